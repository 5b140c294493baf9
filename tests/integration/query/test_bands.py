"""Bands: every open deal stands in one of them, by the band of its stage in the playbook that it follows."""

from collections import Counter

import pytest

from tests.integration.query.conftest import Api
from tests.integration.query.telling import PLAYBOOKS, Told
from tests.playbooks import CLAIMED

_BANDS = {
    (each.key, each.version, number): stage.band
    for each in (*PLAYBOOKS, CLAIMED)
    for number, stage in enumerate(each.stages, 1)
}


@pytest.mark.parametrize("as_of", ["2025-12-31", "2026-01-04", "2026-02-20", "2026-03-31"])
async def test_each_open_deal_is_in_the_band_of_its_stage(told: Told, api: Api, as_of: str) -> None:
    for known_at in (told.first, told.last):
        deals = (await api.get("/pipeline", as_of=as_of, known_at=known_at))["deals"]
        expected = Counter(
            "not_started" if deal["stage"] is None else _BANDS[deal["playbook"], deal["version"], deal["stage"]]
            for deal in deals
        )
        rows = (await api.get("/reports/bands", as_of=as_of, known_at=known_at))["rows"]
        assert [row["band"] for row in rows] == ["not_started", "potential", "intent", "negotiation", "closing"]
        assert {row["band"]: row["deals"] for row in rows if row["deals"]} == expected
        assert sum(row["deals"] for row in rows) == len(deals)


async def test_amounts_are_those_of_the_deals_by_currency(told: Told, api: Api) -> None:
    (row,) = [each for each in (await api.get("/reports/bands", as_of="2026-03-31", known_at=told.last))["rows"]
              if each["band"] == "intent"]  # fmt: skip
    pipeline = (await api.get("/pipeline", as_of="2026-03-31", known_at=told.last))["deals"]
    amounts = [deal for deal in pipeline if deal["stage"] is not None and deal["amount"] is not None]
    assert row["amounts"] == {deal["currency"]: deal["amount"] for deal in amounts}
