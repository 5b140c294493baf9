"""Folding anew from a state kept on the way gives what folding from the beginning gives, for every view."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from projections import checkpoints
from projections.view import View, fold
from projections.views import VIEWS
from tests.given import Story, given
from tests.histories import stories

every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
often = settings(max_examples=200, deadline=None)


@contextmanager
def apart(entries: int) -> Iterator[None]:
    """With checkpoints so close."""
    usual = checkpoints.APART
    checkpoints.APART = entries
    try:
        yield
    finally:
        checkpoints.APART = usual


@every_view
@often
@holds_for(data=st.data())
def test_with_checkpoints_every_entry_changes_the_same_rows(view: View[Any], data: st.DataObject) -> None:
    plain, kept = given(view), given(view)
    for each in data.draw(stories(view.kind, size=30)):
        without = plain.tell(each)
        with apart(data.draw(st.integers(1, 4))):
            assert {change.key: change for change in kept.tell(each)} == {change.key: change for change in without}
        assert kept.replay.rows() == plain.replay.rows()


@every_view
def test_random_histories_do_leave_checkpoints(view: View[Any]) -> None:
    most = 0

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @holds_for(story=stories(view.kind, size=30))
    def tell(story: Any) -> None:
        nonlocal most
        told = given(view)
        with apart(1):
            for each in story:
                told.tell(each)
                most = max(most, told.replay.weight - len(told.replay))

    tell()
    assert most > 5


@every_view
@often
@holds_for(data=st.data())
def test_a_copied_state_and_the_one_it_came_from_go_on_by_themselves(view: View[Any], data: st.DataObject) -> None:
    story: Story = given(view)
    story.tell(*data.draw(stories(view.kind)))
    entries = [each for each in story.replay.entries if type(each.event) in view.handled]
    cut = data.draw(st.integers(0, len(entries)))
    subject_id = story.subject.partition("/")[2]
    state = fold(view, subject_id, entries[:cut], story.playbooks)
    copied = view.copy(state)
    keys = list(story.replay.rows())
    for going in (state, copied):
        for each in entries[cut:]:
            keys += view.evolve(going, each, story.playbooks)
    alone = fold(view, subject_id, entries, story.playbooks)
    for key in keys:
        assert view.row(state, key) == view.row(copied, key) == view.row(alone, key)
