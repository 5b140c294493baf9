"""One subject through its views: what is folded on, what anew, and what becomes of a fold that raises."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from contracts.events import Event
from contracts.events.activity import CallMade
from contracts.events.deal import DealOpened, DealReassigned
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks, Published
from projections.replay.replay import Replay
from projections.replay.view import Instant, Row, RowKey, View
from projections.views.stage_position import stage_position
from tests.given import Said, Story, day, given
from tests.playbooks import item, playbook, stage
from tests.saying import call_made, deal_opened, event_voided, milestone, said


@dataclass(frozen=True, slots=True)
class CallsRow(Row, table="fragile", key=("deal",), valid=Instant()):
    deal: str
    calls: int
    owner: str | None


@dataclass
class Calls:
    deal: str
    calls: int = 0
    owner: str | None = None
    seen: list[int] = field(default_factory=list)


FragileHandled = CallMade | DealReassigned
CountingHandled = DealOpened | CallMade


def count_calls(state: Calls, entry: Entry[FragileHandled], playbooks: Playbooks) -> list[RowKey]:
    """A fold with a bug: a call noted `boom` raises, halfway, unless the playbook `cure` is published."""
    state.seen.append(entry.sequence)
    if isinstance(entry.event, CallMade):
        state.calls += 1
        if entry.event.note == "boom" and playbooks.named("cure", 1) is None:
            raise KeyError("boom")
    else:
        state.owner = entry.event.owner
    return [RowKey(CallsRow, (state.deal,))]


def calls_row(state: Calls, key: RowKey) -> CallsRow:
    if state.owner == "nobody":
        raise ValueError("no row for nobody")
    return CallsRow(state.deal, state.calls, state.owner)


fragile: View[Calls] = View("fragile", 1, "deal", FragileHandled, (CallsRow,), Calls, count_calls, calls_row)

CURE = playbook("cure", stage("only", "1", (item("begun"),), (item("done"),)))


def boom(**more: Any) -> Said:
    return said("call_made", note="boom", **more)


def shown(replay: Replay) -> list[Row]:
    return [row for row in replay.rows().values() if isinstance(row, CallsRow)]


def told(*facts: Any) -> Story:
    """To both the fragile view and the stage position."""
    story = given(fragile)
    story.replay = Replay(story.subject, [fragile, stage_position])
    story.tell(*facts)
    return story


def loaded(story: Story) -> Replay:
    replay = Replay(story.subject, [fragile, stage_position])
    replay.load(story.history, story.playbooks)
    return replay


def test_a_fold_that_raises_marks_its_view_stale_with_the_entry_and_the_error() -> None:
    story = told(call_made(), boom())
    assert story.replay.stale == {"fragile": "entry 3 (call_made): KeyError: 'boom'"}


def test_its_last_rows_stay_and_the_other_views_go_on() -> None:
    story = told(deal_opened(), call_made("other"), boom(), call_made("other"), milestone("interested"))
    assert shown(story.replay) == [CallsRow("D", 1, None)]
    assert any(getattr(row, "stage", None) == 1 for row in story.replay.rows().values())


def test_it_heals_when_the_culprit_is_voided() -> None:
    story = told(call_made(), boom(id="culprit"), call_made())
    story.tell(event_voided("culprit"))
    assert story.replay.stale == {}
    assert shown(story.replay) == [CallsRow("D", 2, None)]


def test_the_rows_of_a_healed_view_are_known_from_what_healed_it() -> None:
    story = told(call_made(), boom(id="culprit"), call_made())
    (change,) = story.tell(event_voided("culprit"))
    assert (change.sequence, change.before, change.after) == (5, CallsRow("D", 1, None), CallsRow("D", 2, None))


def test_a_row_that_cannot_be_made_marks_its_view_stale_too() -> None:
    story = told(call_made(), said("deal_reassigned", owner="nobody"))
    assert story.replay.stale == {"fragile": "entry 3 (deal_reassigned): ValueError: no row for nobody"}
    assert shown(story.replay) == [CallsRow("D", 1, None)]
    story.tell(said("deal_reassigned", owner="Li"))
    assert story.replay.stale == {}
    assert shown(story.replay) == [CallsRow("D", 1, "Li")]


def test_a_stale_subject_is_loaded_with_the_rows_that_it_had() -> None:
    story = told(call_made(), boom(), call_made())
    assert shown(loaded(story)) == [CallsRow("D", 1, None)]
    assert loaded(story).stale == {"fragile": "entry 3 (call_made): KeyError: 'boom'"}


def test_a_publication_may_heal_a_stale_subject() -> None:
    story = told(call_made(), boom(), call_made()).when(CURE)
    assert story.replay.stale == {}
    assert shown(story.replay) == shown(loaded(story)) == [CallsRow("D", 3, None)]


_facts = st.one_of(
    st.builds(call_made, st.just("other"), at=st.integers(0, 5).map(day)),
    st.builds(boom, at=st.integers(0, 5).map(day)),
    st.builds(event_voided, st.integers(2, 12).map("e{}".format)),
    st.builds(said, st.just("deal_reassigned"), owner=st.sampled_from(["Li", "nobody"])),
    st.just(CURE),
    st.just(milestone("interested")),
)


@settings(max_examples=200, deadline=None)
@holds_for(facts=st.lists(_facts, max_size=12))
def test_with_a_broken_fold_too_one_by_one_gives_the_rows_of_all_at_once(facts: list[Any]) -> None:
    story = told()
    for each in facts:
        story.tell(each)
        assert loaded(story).rows() == story.replay.rows()
        assert loaded(story).stale == story.replay.stale


class _Counting:
    """View that counts the entries it folds."""

    def __init__(self) -> None:
        self.folded = 0
        self.view: View[None] = View(
            "counting", 1, "deal", CountingHandled, (), lambda _: None, self.evolve, lambda *_: None
        )

    def evolve(self, _state: None, _entry: Entry[Event], _playbooks: Playbooks) -> list[RowKey]:
        self.folded += 1
        return []


@pytest.fixture
def counting() -> _Counting:
    return _Counting()


def test_an_entry_behind_all_others_is_folded_on(counting: _Counting) -> None:
    given(counting.view, deal_opened(), *(call_made() for _ in range(10)))
    assert counting.folded == 11


def test_a_late_entry_makes_the_view_fold_anew(counting: _Counting) -> None:
    story = given(counting.view, deal_opened(at=day(1)), call_made(at=day(5)))
    counting.folded = 0
    story.tell(call_made(at=day(3)))
    assert counting.folded == 3


def test_what_a_view_does_not_handle_costs_it_nothing(counting: _Counting) -> None:
    story = given(counting.view, deal_opened(at=day(1)), call_made(at=day(5)))
    counting.folded = 0
    story.tell(said("deal_won", at=day(3)), said("deal_lost", at=day(9)))
    assert counting.folded == 0
    story.tell(call_made(at=day(8)))
    assert counting.folded == 1


def test_a_history_may_be_loaded_into_a_replay_that_had_another() -> None:
    story = told(call_made(), boom())
    story.replay.load(story.history[:1], story.playbooks)
    assert shown(story.replay) == [CallsRow("D", 1, None)]
    assert len(story.replay) == 1
    story.replay.load([], story.playbooks)
    assert story.replay.rows() == {}


def test_a_playbook_published_behind_an_entry_is_not_seen_by_it() -> None:
    story = told()
    story.playbooks = story.playbooks.adding(Published(99, CURE))
    story.tell(boom())
    assert "fragile" in story.replay.stale
