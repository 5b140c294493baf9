"""Checks of what the reports say of the story, at any instant and in any state of knowledge."""

from typing import Any

import pytest

from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told


def _of(deals: list[dict[str, Any]], deal: str) -> dict[str, Any]:
    return next(each for each in deals if each["deal"] == deal)


async def test_the_pipeline_has_the_promised_shape(api: Api, told: Told) -> None:
    answer = await api.get("/pipeline", as_of="2026-03-31", known_at=told.first)
    assert answer["as_of"] == "2026-03-31T23:59:59.999999+00:00"
    assert answer["known_at"] == told.first
    assert [each["deal"] for each in answer["deals"]] == ["D-1", "D-5"]
    assert answer["deals"][0] == {
        "deal": "D-1",
        "playbook": "practice",
        "version": 1,
        "stage": 1,
        "phase": "completed",
        "status": "open",
        "probability": "0.1000",
        "amount": "1000.00",
        "currency": "CNY",
        "owner": "Li",
        "account": "A-1",
        "since": "2026-01-05T09:00:00+00:00",
        "stale": False,
    }


async def test_what_is_unknown_is_null(api: Api, told: Told) -> None:
    deal = _of((await api.get("/pipeline", known_at=told.first))["deals"], "D-5")
    assert [deal[name] for name in ("version", "stage", "phase", "amount", "currency")] == [None] * 5
    assert deal["probability"] == "0.0000"


async def test_as_of_and_known_at_are_independent(api: Api, told: Told) -> None:
    async def amount_and_stage(as_of: str, known_at: int) -> tuple[Any, ...]:
        deals = (await api.get("/pipeline", as_of=as_of, known_at=known_at))["deals"]
        return _of(deals, "D-1")["amount"], _of(deals, "D-1")["stage"]

    assert await amount_and_stage("2026-01-02", told.first) == ("1000.00", 1)
    assert await amount_and_stage("2026-01-01", told.first) == ("1000.00", None)
    assert await amount_and_stage("2026-01-01", told.last) == ("2000.00", None)
    assert await amount_and_stage("2026-03-31", told.last) == ("2000.00", 1)
    assert await amount_and_stage("2026-03-31", told.at["c1"]) == ("1000.00", 1)


async def test_a_day_means_its_end(api: Api) -> None:
    opened = "2026-01-01T09:00:00+00:00"
    before = "2026-01-01T08:59:59.999999+00:00"
    assert (await api.get("/pipeline", as_of=opened))["deals"]
    assert (await api.get("/pipeline", as_of=before))["deals"] == []
    assert (await api.get("/pipeline", as_of="2025-12-31"))["deals"] == []
    assert (await api.get("/pipeline", as_of="2026-01-01"))["deals"]


async def test_asking_again_with_the_times_that_were_stated_gives_the_same(api: Api) -> None:
    for as_of in ("0002-01-01", "9998-12-30", "9998-12-31T23:59:59.999999Z", "2026-03-31"):
        answer = await api.get("/pipeline", as_of=as_of)
        assert await api.get("/pipeline", as_of=answer["as_of"], known_at=answer["known_at"]) == answer
    for as_of in ("9999-06-01", "0001-12-30", "9999-01-01T00:00:00Z", "0001-06-01T00:00:00Z"):
        await api.get("/pipeline", status=400, as_of=as_of)


async def test_a_time_known_at_means_the_highest_sequence_recorded_by_then(api: Api, told: Told) -> None:
    connection = await told.ledger.connect()
    recorded_at = await connection.fetchval("select recorded_at from ledger.journal where sequence = $1", told.at["x1"])
    answer = await api.get("/pipeline", known_at=recorded_at.isoformat())
    assert answer["known_at"] >= told.at["x1"]
    last = await connection.fetchval("select max(sequence) from ledger.journal where recorded_at <= $1", recorded_at)
    assert answer["known_at"] == last
    assert (await api.get("/pipeline", known_at="2001-01-01"))["known_at"] == 0


async def test_a_time_still_to_come_means_now(api: Api, told: Told) -> None:
    assert (await api.get("/pipeline", known_at="2999-01-01"))["known_at"] == told.last


async def test_a_sequence_that_is_not_projected_yet_is_refused(api: Api, told: Told) -> None:
    problem = await api.get("/pipeline", status=400, known_at=told.last + 1)
    assert problem["type"] == "urn:daybook:problem:bad-request"
    assert f"up to {told.last}" in problem["detail"]


async def test_one_deal_whatever_its_status(api: Api, told: Told) -> None:
    won = await api.get("/deals/D-2", as_of="2026-03-31")
    assert (won["status"], won["probability"], won["amount"], won["currency"]) == ("won", "1.0000", "450.00", "USD")
    assert (won["as_of"], won["known_at"]) == ("2026-03-31T23:59:59.999999+00:00", told.last)
    assert (await api.get("/deals/D-2", as_of="2026-01-31"))["status"] == "open"


@pytest.mark.parametrize("path", ["/deals/D-9", "/deals/D-4", "/deals/%00", "/deals/D 1", "/deals/" + "x" * 65])
async def test_a_deal_that_was_not_opened_is_not_found(api: Api, path: str) -> None:
    problem = await api.get(path, status=404)
    assert problem["status"] == 404
    assert problem["type"] == "urn:daybook:problem:not-known"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/deals/%00/history", {}),
        ("/deals/%00/explain", {}),
        ("/accounts/%00/history", {}),
        ("/funnel/%00", {}),
        ("/changes", {"from_known": "0", "report": "funnel", "playbook": "\0"}),
    ],
)
async def test_what_cannot_be_an_id_is_not_known_anywhere(api: Api, path: str, asked: dict[str, str]) -> None:
    problem = await api.get(path, status=404, headers=None, **asked)
    assert problem["type"] == "urn:daybook:problem:not-known"


@pytest.mark.parametrize("asked", ["as_of", "known_at", "after"])
async def test_what_cannot_be_a_time_is_refused(api: Api, asked: str) -> None:
    problem = await api.get("/pipeline", status=400, headers=None, **{asked: "\0"})
    assert problem["type"] == "urn:daybook:problem:bad-request"


async def test_the_funnel_counts_where_deals_stand(api: Api, told: Told) -> None:
    answer = await api.get("/funnel/practice", as_of="2026-03-31", known_at=told.first)
    assert set(answer) == {
        "playbook", "as_of", "known_at", "stages", "open", "won", "lost", "abandoned", "won_amounts", "win_rate",
    }  # fmt: skip
    assert [(each["stage"], each["open"], each["entered"], each["completed"]) for each in answer["stages"]] == [
        (None, 0, 0, 0),
        (1, 1, 2, 1),
        (2, 0, 0, 0),
        (3, 0, 0, 0),
        (4, 0, 0, 0),
    ]
    assert answer["stages"][1]["amounts"] == {"CNY": "1000.00"}
    assert (answer["open"], answer["won"], answer["lost"], answer["abandoned"]) == (1, 1, 1, 0)
    assert sum(each["open"] for each in answer["stages"]) == answer["open"]
    assert (answer["won_amounts"], answer["win_rate"]) == ({"USD": "450.00"}, "0.5000")


async def test_a_win_rate_before_any_end_is_null(api: Api) -> None:
    assert (await api.get("/funnel/practice", as_of="2026-01-15"))["win_rate"] is None


async def test_a_playbook_that_nobody_knows_is_not_found(api: Api, told: Told) -> None:
    await api.get("/funnel/nothing", status=404)
    await api.get("/funnel/claimed", status=404, known_at=told.at["c1"])


async def test_ageing_has_the_promised_shape(api: Api, told: Told) -> None:
    answer = await api.get("/receivables/ageing", as_of="2026-03-01", known_at=told.first)
    assert answer == {
        "as_of": "2026-03-01T23:59:59.999999+00:00",
        "known_at": told.first,
        "currencies": {
            "CNY": {
                "not_due": {"items": 1, "amount": "70.00"},
                "1-30": {"items": 1, "amount": "60.00"},
                "31-60": {"items": 0, "amount": "0.00"},
                "61-90": {"items": 0, "amount": "0.00"},
                "over_90": {"items": 0, "amount": "0.00"},
                "disputed": {"items": 0, "amount": "0.00"},
                "unapplied_cash": "20.00",
                "unapplied_credit": "0.00",
                "unapplied": "20.00",
                "balance": "110.00",
            }
        },
    }


async def test_open_invoices_are_listed_with_their_days_past_due(api: Api, told: Told) -> None:
    answer = await api.get("/receivables/open", as_of="2026-03-01", known_at=told.last)
    assert [
        (each["invoice"], each["open_amount"], each["days_past_due"], each["bucket"]) for each in answer["items"]
    ] == [
        ("INV-1", "90.00", 20, "1-30"),
        ("INV-2", "70.00", -30, "not_due"),
    ]
    assert answer["items"][0]["entry"] == told.at["r1"]


async def test_a_moment_before_anything_was_known_has_empty_reports(api: Api) -> None:
    assert (await api.get("/pipeline", known_at=0))["deals"] == []
    assert (await api.get("/receivables/ageing", known_at=0))["currencies"] == {}
    assert (await api.get("/receivables/open", known_at=0))["items"] == []


async def test_a_stale_deal_is_marked_once_the_entry_was_known_that_made_it_so(api: Api, told: Told) -> None:
    connection = await told.ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")
    since = told.at["x1"]
    await connection.execute(f"insert into \"{schema}\".stale values ('deal/D-1', 'stage_position', $1, 'boom')", since)
    try:
        for known_at, stale in ((since - 1, False), (since, True)):
            assert _of((await api.get("/pipeline", known_at=known_at))["deals"], "D-1")["stale"] is stale
            assert (await api.get("/deals/D-1", known_at=known_at))["stale"] is stale
        assert _of((await api.get("/pipeline", known_at=since))["deals"], "D-5")["stale"] is False
        assert (await api.get("/status"))["stale"] == 1
    finally:
        await connection.execute(f'delete from "{schema}".stale')


async def test_a_stale_accounts_invoices_are_marked_once_that_was_known(api: Api, told: Told) -> None:
    connection = await told.ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")
    since = told.at["r1"]
    await connection.execute(f"insert into \"{schema}\".stale values ('account/A-1', 'receivables', $1, 'boom')", since)
    try:
        for known_at, stale in ((since - 1, False), (since, True)):
            items = (await api.get("/receivables/open", known_at=known_at))["items"]
            assert [each["stale"] for each in items] == [stale, stale]
        answer = await api.client.get("/receivables/open", headers={"accept": "text/csv"})
        header, *rows = answer.text.splitlines()
        place = header.split(",").index("stale")
        assert {row.split(",")[place] for row in rows} == {"true"}
    finally:
        await connection.execute(f'delete from "{schema}".stale')
