"""Checks that each difference between two states of knowledge names the entry that caused it."""

from typing import Any

from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told


async def _changes(api: Api, told: Told, **asked: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {"as_of": "2026-03-31", "from_known": told.first, "to_known": told.last} | asked
    answer: dict[str, Any] = await api.get("/changes", **wanted)
    return answer


def _causes(row: dict[str, Any]) -> list[int]:
    return [each["sequence"] for each in row["causes"]]


async def test_a_correction_is_the_cause_of_the_deals_new_amount(api: Api, told: Told) -> None:
    answer = await _changes(api, told, report="pipeline")
    assert {name: answer[name] for name in ("as_of", "from_known", "to_known")} == {
        "as_of": "2026-03-31T23:59:59.999999+00:00",
        "from_known": told.first,
        "to_known": told.last,
    }
    rows = {each["key"]["deal"]: each for each in answer["changes"]}
    assert sorted(rows) == ["D-1", "D-5", "D-6"]
    changed = rows["D-1"]
    assert (changed["before"]["amount"], changed["after"]["amount"]) == ("1000.00", "2000.00")
    (cause,) = changed["causes"]
    assert cause["sequence"] == told.at["x1"]
    assert (cause["source"], cause["id"], cause["type"], cause["subject"]) == (
        "crm", "x1", "daybook.event_corrected.v1", "deal/D-1",
    )  # fmt: skip


async def test_a_row_changed_in_steps_names_them_all(api: Api, told: Told) -> None:
    rows = {each["key"]["deal"]: each for each in (await _changes(api, told, report="pipeline"))["changes"]}
    assert _causes(rows["D-5"]) == [told.at["pb"], told.at["s5"]]
    assert rows["D-6"]["before"] is None
    assert _causes(rows["D-6"]) == [told.at["o6"]]


async def test_before_and_after_are_the_rows_of_the_two_reports(api: Api, told: Told) -> None:
    for report, path, rows in (("pipeline", "/pipeline", "deals"), ("receivables", "/receivables/open", "items")):
        before = (await api.get(path, as_of="2026-03-31", known_at=told.first))[rows]
        after = (await api.get(path, as_of="2026-03-31", known_at=told.last))[rows]
        changed = (await _changes(api, told, report=report))["changes"]
        assert changed
        names = set(before[0])  # the first addresses have no columns that were added since
        told_before, told_after = (
            [{name: row[name] for name in row if name in names} for each in changed if (row := each[side])]
            for side in ("before", "after")
        )
        assert told_before == [each for each in before if each not in after]
        assert told_after == [each for each in after if each not in before]


async def test_a_reversal_is_the_cause_in_receivables_and_in_every_line_of_the_ageing(api: Api, told: Told) -> None:
    (invoice,) = (await _changes(api, told, report="receivables", as_of="2026-03-01"))["changes"]
    assert invoice["key"] == {"account": "A-1", "invoice": "INV-1"}
    assert (invoice["before"]["open_amount"], invoice["after"]["open_amount"]) == ("60.00", "90.00")
    assert _causes(invoice) == [told.at["r1"]]
    lines = (await _changes(api, told, report="ageing", as_of="2026-03-01"))["changes"]
    assert {each["key"]["line"]: (each["before"], each["after"]) for each in lines} == {
        "1-30": ({"items": 1, "amount": "60.00"}, {"items": 1, "amount": "90.00"}),
        "unapplied_cash": ("20.00", "0.00"),
        "unapplied": ("20.00", "0.00"),
        "balance": ("110.00", "160.00"),
    }
    assert all(_causes(each) == [told.at["r1"]] for each in lines)


async def test_a_stage_of_the_funnel_names_what_moved_in_and_out(api: Api, told: Told) -> None:
    rows = (await _changes(api, told, report="funnel", playbook="practice"))["changes"]
    by_stage = {each["key"].get("stage", each["key"].get("line")): each for each in rows}
    assert sorted(by_stage, key=str) == [1, None, "outcome"]
    assert _causes(by_stage[None]) == [told.at["o6"]]
    # D-1 has another amount, and D-3 never entered: its call was voided.
    assert _causes(by_stage[1]) == [told.at["x1"], told.at["v3"]]
    assert (by_stage[1]["before"]["entered"], by_stage[1]["after"]["entered"]) == (2, 1)
    assert (by_stage["outcome"]["before"]["open"], by_stage["outcome"]["after"]["open"]) == (1, 2)
    assert _causes(by_stage["outcome"]) == [told.at["o6"]]


async def test_a_funnel_that_nobody_knew_before_has_all_its_rows_new(api: Api, told: Told) -> None:
    rows = (await _changes(api, told, report="funnel", playbook="claimed", from_known=told.at["c1"]))["changes"]
    stages = [each for each in rows if "stage" in each["key"]]
    assert [each["before"] for each in stages] == [None] * 4
    # A deal made it known and waited before the first stage; the stages are there since it was published.
    assert _causes(stages[0]) == [told.at["o5"], told.at["s5"]]
    assert _causes(stages[1]) == _causes(stages[2]) == [told.at["pb"], told.at["s5"]]
    assert _causes(stages[3]) == [told.at["pb"]]


async def test_without_a_report_it_is_pipeline_and_receivables(api: Api, told: Told) -> None:
    both = (await _changes(api, told))["changes"]
    apart = [*(await _changes(api, told, report="pipeline"))["changes"],
             *(await _changes(api, told, report="receivables"))["changes"]]  # fmt: skip
    assert both == apart


async def test_nothing_differs_from_itself(api: Api, told: Told) -> None:
    for report in ({"report": "pipeline"}, {"report": "ageing"}, {"report": "funnel", "playbook": "practice"}, {}):
        assert (await _changes(api, told, from_known=told.last, **report))["changes"] == []


async def test_wrong_questions_are_refused(api: Api, told: Told) -> None:
    for asked in (
        {},
        {"from_known": 3, "to_known": 2},
        {"from_known": 1, "to_known": told.last + 1},
        {"from_known": 1, "report": "nothing"},
        {"from_known": 1, "report": "funnel"},
        {"from_known": 1, "report": "pipeline", "playbook": "practice"},
    ):
        await api.get("/changes", status=400, **asked)
    await api.get("/changes", status=404, from_known=1, report="funnel", playbook="nothing")
