"""Checks of every view, through the registry: a view added to VIEWS comes tested."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

import projections.views
from contracts.playbooks.playbook import Playbook
from projections.columns import columns_of
from projections.generated.__main__ import main as generated
from projections.replay.history import Effective, effective
from projections.replay.replay import Change, Replay
from projections.replay.view import FlagRow, Instant, Row, RowKey, View, fold
from projections.views import VIEWS
from tests.effective import defined
from tests.given import Said, Story, given
from tests.histories import FACTS, stories

every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
BULK = 25
often = settings(max_examples=150, deadline=None)

Rows = dict[RowKey, Row]


def told(view: View[Any], story: list[Said | Playbook]) -> Story:
    found = given(view)
    found.tell(*story)
    return found


def loaded(story: Story) -> Replay:
    replay = Replay(story.subject, [story.view])
    replay.load(story.history, story.playbooks)
    return replay


def difference(before: Rows, after: Rows) -> dict[RowKey, tuple[Row | None, Row | None]]:
    return {key: (before.get(key), after.get(key)) for key in before | after if before.get(key) != after.get(key)}


@every_view
@often
@holds_for(data=st.data())
def test_one_by_one_gives_the_rows_of_all_at_once_and_each_change_is_known_from_its_cause(
    view: View[Any], data: st.DataObject
) -> None:
    story = given(view)
    before: Rows = {}
    for each in data.draw(stories(view.kind)):
        changes = story.tell(each)
        after = loaded(story).rows()
        assert story.replay.rows() == after
        assert {change.key: (change.before, change.after) for change in changes} == difference(before, after)
        assert len({change.key for change in changes}) == len(changes)
        assert {change.sequence for change in changes} <= {story.sequence}
        before = after


@every_view
@often
@holds_for(data=st.data())
def test_bulk_corrections_voids_and_revivals_change_what_telling_all_at_once_shows(
    view: View[Any], data: st.DataObject
) -> None:
    story = given(view)
    before: Rows = {}
    for each in data.draw(stories(view.kind, size=20, changes=BULK)):
        changes = story.tell(each)
        after = loaded(story).rows()
        assert {change.key: (change.before, change.after) for change in changes} == difference(before, after)
        before = after


@every_view
@often
@holds_for(data=st.data())
def test_effective_history_is_that_of_its_definition_after_every_entry(view: View[Any], data: st.DataObject) -> None:
    story = told(view, data.draw(stories(view.kind, size=20, changes=BULK)))
    one_by_one = Effective(story.subject)
    for place, each in enumerate(story.history, start=1):
        one_by_one.take(each)
        wanted = defined(story.history[:place], story.subject)
        for found in (one_by_one, effective(story.history[:place], story.subject)):
            assert found.entries == wanted.entries
            assert (found.voided_by, found.corrected_by) == (wanted.voided_by, wanted.corrected_by)
            assert ({*found.without_effect}, {*found.waiting}) == (wanted.without_effect, wanted.waiting)


@every_view
@often
@holds_for(data=st.data())
def test_a_restart_at_any_point_goes_on_as_if_nothing_had_happened(view: View[Any], data: st.DataObject) -> None:
    story = data.draw(stories(view.kind, changes=BULK))
    cut = data.draw(st.integers(0, len(story)))
    went_on, restarted = told(view, story[:cut]), told(view, story[:cut])
    restarted.replay = loaded(restarted)
    for each in story[cut:]:
        assert by_key(restarted.tell(each)) == by_key(went_on.tell(each))
    assert restarted.replay.rows() == went_on.replay.rows()


@every_view
@often
@holds_for(data=st.data())
def test_any_order_of_arrival_gives_the_same_present_rows(view: View[Any], data: st.DataObject) -> None:
    story = data.draw(stories(view.kind, in_any_order=True, changes=BULK))
    first = next((place for place, each in enumerate(story) if isinstance(each, Said)), len(story))
    other = [*story[:first], *data.draw(st.permutations(story[first:]))]
    assert present(told(view, story)) == present(told(view, other))


@every_view
@often
@holds_for(data=st.data())
def test_folding_on_gives_what_folding_anew_gives(view: View[Any], data: st.DataObject) -> None:
    story = told(view, data.draw(stories(view.kind)))
    entries = [each for each in story.replay.entries if type(each.event) in view.handled]
    cut = data.draw(st.integers(0, len(entries)))
    subject_id = story.subject.partition("/")[2]
    state = fold(view, subject_id, entries[:cut], story.playbooks)
    keys = set(story.replay.rows())
    for each in entries[cut:]:
        keys |= set(view.evolve(state, each, story.playbooks))
    found = {key: row for key in keys if (row := view.row(state, key)) is not None}
    assert found == {key: row for key, row in story.replay.rows().items() if not of_history(row)}


@every_view
@often
@holds_for(data=st.data())
def test_entries_that_share_no_name_may_be_folded_apart(view: View[Any], data: st.DataObject) -> None:
    apart, together = given(view), given(replace(view, partition_keys=lambda _: ("all",)))
    for each in data.draw(stories(view.kind, size=30)):
        assert by_key(apart.tell(each)) == by_key(together.tell(each))
    assert apart.replay.rows() == together.replay.rows()


@every_view
@often
@holds_for(data=st.data())
def test_what_a_view_inserts_or_removes_by_itself_changes_what_folding_anew_does(
    view: View[Any], data: st.DataObject
) -> None:
    by_itself, anew = given(view), given(replace(view, insert=never, remove=never))
    for each in data.draw(stories(view.kind, size=30, changes=BULK)):
        assert by_key(by_itself.tell(each)) == by_key(anew.tell(each))


@every_view
@often
@holds_for(data=st.data())
def test_no_fold_ever_raises(view: View[Any], data: st.DataObject) -> None:
    story = told(view, data.draw(stories(view.kind, size=20)))
    assert story.replay.stale == {}


@every_view
@often
@holds_for(data=st.data())
def test_rows_are_named_by_their_keys_and_belong_to_the_views_tables(view: View[Any], data: st.DataObject) -> None:
    story = told(view, data.draw(stories(view.kind)))
    for key, row in story.replay.rows().items():
        assert type(row) is key.row
        assert key.key == tuple(getattr(row, name) for name in row.KEY)
        assert key.row in {*view.tables, FlagRow}
        assert key.key[0] == (story.subject if key.row is FlagRow else story.subject.partition("/")[2])
        if isinstance(row, FlagRow):
            assert row.view in {view.name, "history"}


@every_view
@often
@holds_for(data=st.data())
def test_intervals_have_a_length_and_do_not_overlap(view: View[Any], data: st.DataObject) -> None:
    story = told(view, data.draw(stories(view.kind)))
    lines: dict[tuple[Any, ...], list[tuple[Any, Any]]] = {}
    for key, row in story.replay.rows().items():
        if "from_at" in row.columns():
            line = (key.row, *(part for name, part in zip(row.KEY, key.key, strict=True) if name != "from_at"))
            lines.setdefault(line, []).append((getattr(row, "from_at"), getattr(row, "to_at")))  # noqa: B009
    for intervals in lines.values():
        intervals.sort()
        assert all(from_at < to_at for from_at, to_at in intervals)
        assert all(one[1] <= next_[0] for one, next_ in pairwise(intervals))


@every_view
def test_every_event_that_a_view_handles_is_in_the_random_histories(view: View[Any]) -> None:
    seen: set[str] = set()

    @settings(max_examples=1000, deadline=None, database=None, derandomize=True)
    @holds_for(fact=st.one_of(FACTS[view.kind]))
    def draw(fact: Said) -> None:
        seen.add(fact.name)

    draw()
    assert {each.event_name() for each in view.handled} <= seen


@every_view
def test_a_view_is_named_as_its_folder(view: View[Any]) -> None:
    assert (folder(view) / "rows.py").is_file()
    assert view.version >= 1


def test_no_two_views_have_a_table_of_one_name() -> None:
    names = [row.TABLE for view in VIEWS for row in view.tables if row is not FlagRow]
    assert len(set(names)) == len(names)


every_row = pytest.mark.parametrize(
    "row", list(dict.fromkeys(row for view in VIEWS for row in (*view.tables, FlagRow))), ids=lambda row: row.TABLE
)


@every_row
def test_a_row_says_a_label_in_both_languages_and_a_comment_for_each_column(row: type[Row]) -> None:
    columns = columns_of(row)
    assert [each.name for each in columns] == list(row.columns())
    for each in columns:
        assert any("\u4e00" <= character <= "\u9fff" for character in each.label.zh), each.name
        assert each.label.en.isascii(), each.name
        assert each.label.en, each.name
        assert each.comment.endswith("."), each.name
    times = (row.VALID.at,) if isinstance(row.VALID, Instant) else (row.VALID.begins, row.VALID.ends)
    assert {*row.KEY, *row.COUNTED, *row.SUMMED, *times} <= set(row.columns())


@every_view
def test_a_view_whose_columns_changed_has_another_version(view: View[Any]) -> None:
    """`row_columns.json` holds the columns of each version: without a new one the tables of an older ledger would be
    taken for this version's."""
    kept = json.loads((Path(__file__).parent / "row_columns.json").read_text(encoding="utf-8"))
    columns = {row.TABLE: [f"{each.name} {each.kind.sql}" for each in columns_of(row)] for row in view.tables}
    assert kept[f"{view.name} {view.version}"] == columns, "raise the view's version, and add its columns"


@every_row
def test_a_column_that_comes_later_is_added_at_the_end_of_reporting(row: type[Row]) -> None:
    """The columns of the first version in their order, which no later version changes."""
    kept = json.loads((Path(__file__).parent / "row_columns.json").read_text(encoding="utf-8"))["first"]
    if row.TABLE in kept:
        assert [each.name for each in columns_of(row) if not each.added] == kept[row.TABLE]


def test_the_sql_of_tables_and_reports_is_what_the_classes_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert generated(["--check"]) == 0, capsys.readouterr().out


def folder(view: View[Any]) -> Path:
    return Path(projections.views.__path__[0]) / view.name


def never(_: Any, __: Any) -> bool:
    return False


def by_key(changes: list[Change]) -> dict[RowKey, Change]:
    return {change.key: change for change in changes}


def of_history(row: Row) -> bool:
    return isinstance(row, FlagRow) and row.view == "history"


def present(story: Story) -> set[tuple[Any, ...]]:
    """The rows, with entries named by their identity: their sequences are those of their arrival."""
    identity = {each.sequence: each.cloud_event.identity for each in story.history}
    return {
        (
            row.TABLE,
            *(
                identity[value] if column.kind.name == "sequence" else value
                for column, value in zip(columns_of(type(row)), row.values(), strict=True)
            ),
        )
        for row in story.replay.rows().values()
    }
