"""The fold agrees with the rules worked out anew at every instant (reference.py)."""

from datetime import timedelta
from typing import Any

from hypothesis import given as holds_for
from hypothesis import settings

from contracts.playbooks.playbook import Playbook
from projections.replay.entry import FOREVER, Entry
from projections.replay.view import FlagRow
from projections.views.stage_position import PositionRow, StageDepartmentRow, StageItemRow, StageStayRow, stage_position
from projections.views.stage_position.explain import explain
from tests.given import Said, Story, given
from tests.histories import stories

from .reference import departments, flags, intervals, items_met, stays

often = settings(max_examples=250, deadline=None)


def told(facts: list[Said | Playbook]) -> Story:
    story = given(stage_position)
    story.tell(*facts)
    return story


@often
@holds_for(facts=stories("deal"))
def test_the_rows_are_what_the_rules_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    rows = [row for row in story.rows() if isinstance(row, PositionRow)]
    assert sorted(rows, key=lambda row: row.from_at) == intervals(handled(story), story.playbooks)


@often
@holds_for(facts=stories("deal"))
def test_the_stages_completed_are_what_the_positions_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    found = {
        (row.playbook, row.stage, row.from_at): (row.to_at, row.wait, row.work, row.stood_at)
        for row in story.rows()
        if isinstance(row, StageStayRow)
    }
    assert found == stays(intervals(handled(story), story.playbooks), story.playbooks)


@often
@holds_for(facts=stories("deal"))
def test_the_items_met_are_what_the_rules_say_at_every_instant(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    found = [row for row in story.rows() if isinstance(row, StageItemRow)]
    said = handled(story)
    for as_of in sorted({each.occurred_at for each in said}):
        standing = [row for row in found if row.from_at <= as_of < row.to_at]
        until = [each for each in said if each.occurred_at <= as_of]
        assert {(row.stage, row.item): (row.kind, row.entry) for row in standing} == items_met(until, story.playbooks)
        assert len({(row.stage, row.item) for row in standing}) == len(standing)


@often
@holds_for(facts=stories("deal"))
def test_departments_are_named_and_take_part_as_positions_and_entries_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    rows = [row for row in story.rows() if isinstance(row, StageDepartmentRow)]
    items = [row for row in story.rows() if isinstance(row, StageItemRow)]
    named = {(row.playbook, row.stage, each): row.at for row in rows for each in row.named}
    took_part = {(row.playbook, row.stage, each): row.at for row in rows for each in row.took_part}
    assert (named, took_part) == departments(
        intervals(handled(story), story.playbooks), items, handled(story), story.playbooks
    )
    assert sum(len(row.named) for row in rows) == len(named)
    assert sum(len(row.took_part) for row in rows) == len(took_part)
    assert all(row.named or row.took_part for row in rows)


@often
@holds_for(facts=stories("deal"))
def test_the_flags_are_what_the_rules_say_at_every_instant(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    found = [row for row in story.rows() if isinstance(row, FlagRow) and row.view != "history"]
    said = handled(story)
    for as_of in sorted({each.occurred_at for each in said}):
        standing = {(row.flag, row.entry) for row in found if row.from_at <= as_of < row.to_at}
        assert standing == flags([each for each in said if each.occurred_at <= as_of], story.playbooks)


@often
@holds_for(facts=stories("deal"))
def test_an_explanation_at_any_instant_says_what_the_rows_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    rows = [row for row in story.rows() if isinstance(row, PositionRow)]
    for row in rows:
        for as_of in (row.from_at, min(row.to_at, FOREVER) - timedelta(microseconds=1)):
            found = explain("D", story.replay.entries, story.playbooks, as_of)
            assert found is not None
            for name in ("playbook", "version", "stage", "phase", "status", "probability"):
                assert getattr(found, name) == getattr(row, name)
            reached = [each.stage for each in found.stages if each.entered_at is not None]
            if found.stage is not None and reached != [found.stage]:
                assert reached == list(range(1, found.stage + 1))
            assert all(each.entered_at is None or each.entered_at <= as_of for each in found.stages)


def handled(story: Story) -> list[Entry[Any]]:
    return [each for each in story.replay.entries if type(each.event) in stage_position.handled]
