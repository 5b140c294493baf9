"""Checks of what a batch finds out about folds that raise."""

from services.projector.stale import Stale


def test_a_mark_keeps_the_sequence_at_which_the_fold_raised_first() -> None:
    stale = Stale({})
    stale.note("deal/a", {"v": "boom"}, 5)
    stale.note("deal/a", {"v": "bang"}, 9)
    assert stale.marks().marked == {("deal/a", "v"): (5, "bang")}
    assert stale.subjects == {"deal/a"}


def test_what_did_not_change_since_the_last_commit_is_not_written() -> None:
    stale = Stale.of([{"subject": "deal/a", "view": "v", "sequence": 5, "error": "boom"}])
    stale.note("deal/a", {"v": "boom"}, 9)
    marks = stale.marks()
    assert not marks.marked
    assert not marks.healed


def test_a_fold_that_raises_no_more_heals() -> None:
    stale = Stale.of([{"subject": "deal/a", "view": "v", "sequence": 5, "error": "boom"}])
    stale.note("deal/a", {}, 9)
    assert stale.marks().healed == [("deal/a", "v")]
    assert not stale.subjects


def test_one_that_healed_and_raised_within_a_batch_was_never_marked() -> None:
    stale = Stale({})
    stale.note("deal/a", {"v": "boom"}, 5)
    stale.note("deal/a", {}, 6)
    marks = stale.marks()
    assert not marks.marked
    assert not marks.healed


def test_each_view_heals_by_itself() -> None:
    stale = Stale({"deal/a": {"v": (1, "boom"), "w": (2, "bang")}})
    stale.note("deal/a", {"w": "bang"}, 9)
    marks = stale.marks()
    assert marks.healed == [("deal/a", "v")]
    assert not marks.marked
