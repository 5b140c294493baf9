"""Effective history: corrections and voids (architecture.md, two times)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.cloudevents.envelope import read_event
from contracts.events.deal import DealReassigned
from contracts.events.receivables import PaymentReceived
from projections.replay.entry import JournalEntry
from projections.replay.history import Effective, effective
from projections.replay.replay import Replay
from projections.views.receivables import receivables
from projections.views.stage_position import stage_position
from tests.given import Said, Story, day, flag, given
from tests.saying import call_made, deal_opened, event_corrected, event_voided, position, said


def owner(name: str, nanoseconds: int = 0, **more: object) -> Said:
    told = said("deal_reassigned", owner=name, **more)  # type: ignore[arg-type]
    return replace(told, nanoseconds=nanoseconds)


def told(*facts: Said) -> Story:
    return given(stage_position, deal_opened(at=day(0)), *facts)


def of(story: Story) -> Effective:
    return effective(story.history, story.subject)


def owners(story: Story) -> list[str]:
    return [each.event.owner for each in of(story).entries if isinstance(each.event, DealReassigned)]


def corrected_owner(target: str, name: str, time: float = 1, **more: object) -> Said:
    return event_corrected(target, "deal_reassigned", day(time), {"owner": name}, **more)  # type: ignore[arg-type]


def test_entries_are_in_order_of_time_then_sequence() -> None:
    story = told(owner("C", at=day(2)), owner("B", at=day(1)), owner("D", at=day(2)))
    assert owners(story) == ["B", "C", "D"]


def test_within_a_microsecond_entries_are_in_order_of_their_nanoseconds() -> None:
    at = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    for instant in (at, day(2)):
        story = told(
            owner("D", at=instant, nanoseconds=1),
            owner("F", at=instant, nanoseconds=900),
            owner("E", at=instant, nanoseconds=100),
            owner("G", at=instant, nanoseconds=900),
            owner("C", at=instant),
            owner("B", at=instant - timedelta(microseconds=1), nanoseconds=999),
        )
        assert owners(story) == ["B", "C", "D", "E", "F", "G"]
        assert {each.occurred_at for each in of(story).entries[-5:]} >= {instant}


def test_a_replacement_is_put_in_order_by_its_nanoseconds() -> None:
    story = told(owner("B", at=day(1), id="b"), owner("C", at=day(1), nanoseconds=500))
    story.when(event_corrected("b", "deal_reassigned", day(1), {"owner": "X"}, nanoseconds=501))
    assert owners(story) == ["C", "X"]
    story.when(event_corrected("b", "deal_reassigned", day(1), {"owner": "Y"}, nanoseconds=499))
    assert owners(story) == ["Y", "C"]


def test_nanoseconds_are_those_of_the_instant_whatever_the_offset() -> None:
    story = told()
    for name, time in (("C", "2026-01-03T08:00:00.0000004+08:00"), ("B", "2026-01-02T18:30:00.00000005-05:30")):
        event: dict[str, Any] = {
            "specversion": "1.0",
            "source": "crm",
            "id": name,
            "type": "daybook.deal_reassigned.v1",
        }
        event |= {"subject": "deal/D", "time": time, "data": {"owner": name}}
        story.history.append(JournalEntry(len(story.history) + 2, read_event(event)))
    assert owners(story) == ["B", "C"]


def test_a_voided_event_never_happened() -> None:
    story = told(owner("B", id="b")).when(event_voided("b"))
    assert owners(story) == []
    assert of(story).voided_by == {3: 4}


def test_a_correction_replaces_time_and_data_and_keeps_the_rest() -> None:
    story = told(owner("B", at=day(1), id="b"), owner("C", at=day(2))).when(corrected_owner("b", "X", 3))
    entry = of(story).entries[-1]
    assert owners(story) == ["C", "X"]
    assert (entry.sequence, entry.occurred_at, entry.identity) == (3, day(3), ("crm", "b"))
    assert entry.corrected_by == 5
    assert of(story).corrected_by == {3: 5}


def test_a_corrected_entry_sorts_with_the_sequence_of_the_original() -> None:
    story = told(owner("B", at=day(5), id="b"), owner("C", at=day(2))).when(corrected_owner("b", "X", 2))
    assert owners(story) == ["X", "C"]


def test_of_several_corrections_the_highest_sequence_counts() -> None:
    story = told(owner("B", id="b"), corrected_owner("b", "X", at=day(9))).when(corrected_owner("b", "Y", at=day(8)))
    assert owners(story) == ["Y"]


def test_a_later_correction_revives_a_voided_event() -> None:
    story = told(owner("B", id="b"), event_voided("b")).when(corrected_owner("b", "X"))
    assert owners(story) == ["X"]
    assert (of(story).voided_by, of(story).corrected_by) == ({}, {3: 5})


def test_a_later_void_ends_a_corrected_event() -> None:
    story = told(owner("B", id="b"), corrected_owner("b", "X")).when(event_voided("b"))
    assert owners(story) == []


def test_a_correction_may_arrive_before_its_target() -> None:
    story = told(corrected_owner("b", "X")).when(owner("B", id="b"))
    assert owners(story) == ["X"]
    assert of(story).waiting == {}


def test_a_correction_without_its_target_is_flagged_until_it_arrives() -> None:
    story = told(event_voided("b")).flagged("correction_waits").then(flag("correction_waits", view="history", entry=3))
    story.when(owner("B", id="b")).flagged().then(position(owner=None))


@pytest.mark.parametrize("first", ["void", "correction"])
def test_a_correction_of_a_correction_has_no_effect_and_is_flagged(first: str) -> None:
    changing = event_voided("b", id="c") if first == "void" else corrected_owner("b", "X", id="c")
    story = told(owner("B", id="b"), changing)
    before = owners(story)
    story.when(event_voided("c"))
    assert owners(story) == before
    story.flagged("correction_without_effect").then(flag("correction_without_effect", view="history", entry=5))
    assert of(story).without_effect == {5: "the target is itself a correction or void"}


def test_a_target_is_never_voided() -> None:
    aim = {"target": "T", "metric": "deals_opened", "period": "2026", "value": "8"}
    story = given(receivables, Said("target_set", aim, id="t")).when(event_voided("t"))
    story.flagged("correction_without_effect")
    assert of(story).without_effect == {3: "published playbooks and targets are never corrected or voided"}


def test_a_correction_of_another_type_has_no_effect_and_is_flagged() -> None:
    story = told(owner("B", id="b"))
    story.when(event_corrected("b", "call_made", day(1), {})).flagged("correction_without_effect")
    assert owners(story) == ["B"]
    assert "type is daybook.deal_reassigned.v1" in of(story).without_effect[4]


def test_a_correction_under_another_subject_has_no_effect_and_is_flagged_where_its_target_is() -> None:
    elsewhere = event_voided("b")
    story = told(owner("B", id="b")).when(Said(elsewhere.name, elsewhere.data, subject="deal/OTHER"))
    assert owners(story) == ["B"]
    assert of(story).without_effect == {4: "the target's subject is deal/D, not deal/OTHER"}
    story.flagged("correction_without_effect")


def test_a_correction_under_another_subject_whose_target_is_not_here_is_not_flagged_here() -> None:
    elsewhere = event_voided("nowhere")
    story = told().when(Said(elsewhere.name, elsewhere.data, subject="account/A")).flagged()
    assert of(story).waiting == {}


def test_a_correction_under_another_subject_is_there_from_its_target_on() -> None:
    elsewhere = Said("event_voided", event_voided("p").data, id="c", subject="account/A")
    story = told(elsewhere, event_voided("c")).flagged("correction_waits")
    assert list(of(story).waiting) == [4]
    story.when(Said("payment_received", payment("D"), id="p", subject="account/A"))
    story.flagged("correction_without_effect").then(flag("correction_without_effect", entry=4))
    assert of(story).voided_by == {5: 3}
    assert {change.sequence for change in story.changes} == {5}


@pytest.mark.parametrize("first", [[], [event_voided("c")]], ids=["none", "one of its own"])
def test_a_correction_that_its_target_brings_changes_what_one_that_was_there_does(first: list[Said]) -> None:
    void = Said("event_voided", event_voided("p").data, id="c", subject="account/A")
    there = told(*first, void).when(
        Said("payment_received", payment("D"), id="p", subject="account/A"),
        Said("event_voided", event_voided("p").data, subject="account/A"),
        event_voided("p"),
    )
    expected = Replay("deal/D", [stage_position])
    changes = []
    for each in there.history:
        if each.cloud_event.id == "p":
            brought = next(other for other in there.history if other.cloud_event.id == "c")
            changes += expected.take(brought, there.playbooks, each.sequence)
        if each.cloud_event.id != "c":
            changes += expected.take(each, there.playbooks)
    assert expected.rows() == there.replay.rows()
    assert len(expected) == len(there.replay)
    assert [change for change in changes if change.sequence > there.sequence - 3] == there.changes


def payment(deal: str) -> dict[str, object]:
    return {
        "payment": "P",
        "amount": "10",
        "currency": "CNY",
        "allocations": [{"invoice": "I", "amount": "10", "deal_id": deal}],
    }


def test_a_replacement_that_names_other_deals_has_no_effect_and_is_flagged() -> None:
    story = told(Said("payment_received", payment("D"), id="p", subject="account/A"))
    changing = event_corrected("p", "payment_received", day(1), payment("OTHER"))
    story.when(Said(changing.name, changing.data, subject="account/A")).flagged("correction_without_effect")
    (entry,) = [each for each in of(story).entries if isinstance(each.event, PaymentReceived)]
    assert entry.corrected_by is None


def test_what_breaks_a_rule_does_not_undo_what_came_before() -> None:
    story = told(owner("B", id="b"), corrected_owner("b", "X"))
    story.when(event_corrected("b", "call_made", day(1), {}))
    assert owners(story) == ["X"]


def test_a_correction_by_another_source_names_the_targets_source() -> None:
    void = event_voided("b")
    story = told(owner("B", id="b")).when(Said(void.name, void.data, source="audit"))
    assert owners(story) == []


def test_an_event_of_the_same_id_from_another_source_is_another_event() -> None:
    story = told(owner("B", id="b"), Said("deal_reassigned", {"owner": "C"}, id="b", source="erp"))
    story.when(event_voided("b"))
    assert owners(story) == ["C"]


def test_the_time_of_a_replacement_is_in_utc() -> None:
    story = told(call_made(id="c"))
    time = day(3)
    change = event_corrected("c", "call_made", time, {})
    change.data["replacement"]["time"] = (time + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S") + "+08:00"
    story.when(change)
    entry = next(each for each in of(story).entries if each.id == "c")
    assert entry.occurred_at == time
    assert entry.occurred_at.utcoffset() == timedelta(0)


def test_a_correction_that_is_brought_behind_a_later_one_does_not_decide() -> None:
    there = told(Said("payment_received", payment("D"), id="p", subject="account/A"))
    there.when(Said("event_voided", event_voided("p").data, id="early", subject="account/A"))
    there.when(Said("event_voided", event_voided("p").data, id="late", subject="account/A"))
    early = next(each for each in there.history if each.cloud_event.id == "early")
    other = Replay("deal/D", [stage_position])
    for each in there.history:
        if each is not early:
            other.take(each, there.playbooks)
    assert other.take(early, there.playbooks, there.sequence) == []
    assert other.rows() == there.replay.rows()
    assert other.take(early, there.playbooks, there.sequence) == []
    assert len(other) == len(there.replay)
