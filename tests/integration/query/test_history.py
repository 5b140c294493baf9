"""History, explanation and changes: what was said, what it caused, and why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.query.explain import explain
from services.query.history import history
from services.query.moment import Moment
from tests.integration.query.conftest import Api
from tests.integration.query.telling import PLAYBOOKS, Told, corrected, event
from tests.ledger import fresh_ledger
from tests.servers import Servers


def _by_id(history: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in history["entries"]}


async def test_a_deals_history_is_all_that_concerns_it_in_the_order_of_recording(api: Api, told: Told) -> None:
    history = await api.get("/deals/D-1/history")
    assert history["subject"] == "deal/D-1"
    assert [each["id"] for each in history["entries"]] == ["o1", "c1", "k1", "m1", "i1", "x1"]
    first = history["entries"][0]
    assert set(first) == {
        "sequence", "id", "source", "type", "occurred_at", "recorded_at", "actor", "data", "voided_by", "corrected_by",
        "caused",
    }  # fmt: skip
    assert (first["sequence"], first["source"], first["type"], first["actor"]) == (
        told.at["o1"], "crm", "daybook.deal_opened.v1", "Li",
    )  # fmt: skip
    assert first["occurred_at"] == "2026-01-01T09:00:00+00:00"


async def test_an_accounts_history_has_the_payments_and_the_deals_that_name_it(api: Api) -> None:
    history = await api.get("/accounts/A-1/history")
    assert [each["id"] for each in history["entries"]] == ["o1", "i1", "i2", "p1", "x1", "r1", "x6", "o6"]


async def test_data_is_always_the_original(api: Api, told: Told) -> None:
    opened = _by_id(await api.get("/deals/D-1/history"))["o1"]
    assert opened["data"]["amount"] == "1000.00"
    assert (opened["corrected_by"], opened["voided_by"]) == (told.at["x1"], None)
    voided = _by_id(await api.get("/deals/D-3/history"))["c3"]
    assert (voided["corrected_by"], voided["voided_by"]) == (None, told.at["v3"])


async def test_what_was_not_known_yet_is_not_told(api: Api, told: Told) -> None:
    opened = _by_id(await api.get("/deals/D-1/history", known_at=told.first))
    assert list(opened) == ["o1", "c1", "k1", "m1", "i1"]
    assert opened["o1"]["corrected_by"] is None


async def test_as_of_goes_by_the_corrected_time_too_and_tells_the_correction_with_it(api: Api, told: Told) -> None:
    """o6 said the 15th and was corrected, on 1 March, to the 20th; o1 kept its time; c3 was voided on 1 March."""
    ids = {day: list(_by_id(await api.get("/deals/D-6/history", as_of=day))) for day in ("2026-01-14", "2026-01-15")}
    assert ids == {"2026-01-14": [], "2026-01-15": ["x6", "o6"]}
    assert list(_by_id(await api.get("/deals/D-3/history", as_of="2026-01-01"))) == ["o3"]
    assert list(_by_id(await api.get("/deals/D-3/history", as_of="2026-01-02"))) == ["o3", "c3", "v3"]
    assert list(_by_id(await api.get("/accounts/A-1/history", as_of="2026-01-01"))) == ["o1", "x1"]
    before = await api.get("/deals/D-1/history", as_of="2026-01-01", known_at=told.first)
    assert list(_by_id(before)) == ["o1"]


async def test_what_a_correction_dates_back_is_in_the_history_as_soon_as_explain_names_it(servers: Servers) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = Told(ledger)
        await told.tell(
            event("oh", "deal_opened", "deal/H", "2026-01-01", playbook="practice"),
            event("ch", "call_made", "deal/H", "2026-02-10", outcome="interested"),
            corrected("xh", "ch", "call_made", "deal/H", "2026-01-20", outcome="interested"),
            event("ph", "payment_received", "account/B", "2026-02-10", payment="P", amount="5.00", currency="CNY"),
            corrected("yh", "ph", "payment_received", "account/B", "2026-01-20", payment="P", amount="5.00",
                      currency="CNY"),
        )  # fmt: skip
        await told.projected()
        connection = await ledger.connect("daybook_query")
        for day, deal, account in ((1, ["oh"], []), (20, ["oh", "ch", "xh"], ["ph", "yh"])):
            at = datetime(2026, 1, day, 12, tzinfo=UTC)
            for subject, wanted in (("deal/H", deal), ("account/B", account)):
                found = await history(connection, subject, told.last, at)
                assert [each["id"] for each in found["entries"]] == wanted, (subject, day)
        explained = await explain(connection, "H", Moment(at, told.last))
        assert explained["stages"][0]["items"][0]["by"] == [told.at["ch"]]


async def test_a_correction_known_only_through_a_later_target_is_told_from_then_on(api: Api, told: Told) -> None:
    before = await api.get("/accounts/A-1/history", known_at=told.at["o6"] - 1)
    assert "x6" not in _by_id(before)
    after = _by_id(await api.get("/accounts/A-1/history", known_at=told.at["o6"]))
    assert after["o6"]["corrected_by"] == after["x6"]["sequence"] == told.at["x6"]


def positions(caused: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes of positions, without those of the items met."""
    return [each for each in caused if each["view"] == "stage_position" and set(each["key"]) == {"deal", "from_at"}]


async def test_an_entry_says_which_rows_it_made_and_unmade(api: Api, told: Told) -> None:
    history = _by_id(await api.get("/deals/D-1/history"))
    (made,) = positions(history["o1"]["caused"])
    assert (made["view"], made["before"]) == ("stage_position", None)
    assert made["key"] == {"deal": "D-1", "from_at": "2026-01-01T09:00:00+00:00"}
    assert (made["after"]["amount"], made["after"]["to_at"], made["after"]["probability"]) == (
        "1000.00",
        None,
        "0.0000",
    )
    closed, opened = positions(history["c1"]["caused"])
    assert (closed["before"]["to_at"], closed["after"]["to_at"]) == (None, "2026-01-02T09:00:00+00:00")
    assert (opened["before"], opened["after"]["stage"], opened["after"]["phase"]) == (None, 1, "entered")
    assert positions(history["k1"]["caused"]) == []
    items = [each["after"] for each in history["k1"]["caused"] if each["view"] == "stage_position"]
    assert [each["item"] for each in items] == ["commitment"]
    assert {each["view"] for each in history["i1"]["caused"]} == {"receivables"}
    corrected = positions(history["x1"]["caused"])
    assert [(each["before"]["amount"], each["after"]["amount"]) for each in corrected] == [("1000.00", "2000.00")] * 3


async def test_a_flag_is_caused_in_the_view_that_raised_it(api: Api, told: Told) -> None:
    caused = _by_id(await api.get("/deals/D-4/history"))["c4"]["caused"]
    flags = [(each["view"], each["key"]["flag"]) for each in caused if "flag" in each["key"]]
    assert flags == [("stage_position", "not_opened")]


async def test_a_playbook_that_a_deal_had_waited_for_is_in_its_history(api: Api, told: Told) -> None:
    history = _by_id(await api.get("/deals/D-5/history"))
    assert list(history) == ["o5", "pb", "s5"]
    assert {each["view"] for each in history["pb"]["caused"]} == {"stage_position"}
    assert "pb" not in _by_id(await api.get("/deals/D-2/history"))


async def test_a_long_history_is_told_in_parts_without_a_seam(api: Api, told: Told, monkeypatch: Any) -> None:
    whole = await api.get("/accounts/A-1/history")
    monkeypatch.setattr("services.query.history.PART", 3)
    assert await api.get("/accounts/A-1/history") == whole


async def test_nothing_known_of_a_subject_is_not_found(api: Api, told: Told) -> None:
    await api.get("/deals/D-9/history", status=404)
    await api.get("/accounts/A-9/history", status=404)
    await api.get("/deals/D-6/history", status=404, known_at=told.first)


async def test_an_explanation_names_the_entries_that_met_each_item(api: Api, told: Told) -> None:
    answer = await api.get("/deals/D-1/explain", as_of="2026-03-31", known_at=told.first)
    assert {name: answer[name] for name in answer if name != "stages"} == {
        "deal": "D-1",
        "playbook": "practice",
        "version": 1,
        "as_of": "2026-03-31T23:59:59.999999+00:00",
        "known_at": told.first,
        "stage": 1,
        "phase": "completed",
        "probability": "0.1000",
        "missing": ["visit_held", "survey_made"],
    }
    by = {
        "interested": ("milestone", "2026-01-02T09:00:00+00:00", "c1"),
        "meeting_confirmed": ("criterion", "2026-01-03T09:00:00+00:00", "m1"),
        "commitment": ("commitment", "2026-01-05T09:00:00+00:00", "k1"),
    }
    assert answer["stages"][0] == {
        "stage": 1,
        "name_zh": "contact",
        "name_en": "contact",
        "entered_at": "2026-01-02T09:00:00+00:00",
        "completed_at": "2026-01-05T09:00:00+00:00",
        "items": [
            {"item": item, "name_zh": item, "name_en": item, "kind": kind, "met_at": at, "by": [told.at[entry]]}
            for item, (kind, at, entry) in by.items()
        ],
        "shown": [],
    }


@pytest.mark.long
async def test_an_explanation_agrees_with_the_pipeline_at_every_moment(api: Api, told: Told) -> None:
    for as_of in ("2026-01-01", "2026-01-04", "2026-03-31"):
        for known_at in range(told.at["o1"], told.last + 1, 3):
            stands = await api.get("/deals/D-1", as_of=as_of, known_at=known_at)
            explained = await api.get("/deals/D-1/explain", as_of=as_of, known_at=known_at)
            for name in ("playbook", "version", "stage", "phase", "probability"):
                assert explained[name] == stands[name], (as_of, known_at, name)


async def test_a_deal_that_was_not_opened_cannot_be_explained(api: Api) -> None:
    for asked in ({"as_of": "2025-12-31"}, {"known_at": 1}):
        await api.get("/deals/D-1/explain", status=404, **asked)
    await api.get("/deals/D-4/explain", status=404)
