"""Choice of the version of a playbook that a deal follows."""

from contracts.playbooks.playbook import Playbook
from projections.replay.playbooks import Playbooks, Published, Withdrawn
from tests.playbooks import CONTACT, playbook


def version(number: int) -> Playbook:
    return playbook("p", CONTACT, version=number)


BOTH = Playbooks.of([Published(20, version(1)), Published(10, version(3)), Published(30, version(2))])


def test_the_version_named_is_found_whenever_it_was_published() -> None:
    assert BOTH.named("p", 2) == version(2)
    assert BOTH.named("p", 9) is None
    assert BOTH.named("other", 1) is None


def test_without_a_version_the_highest_published_at_a_lower_sequence_is_in_force() -> None:
    assert BOTH.in_force("p", 25) == version(3)
    assert BOTH.known_at(25).in_force("p", 99) == version(3)
    assert Playbooks.of([Published(1, version(1)), Published(5, version(2))]).in_force("p", 5) == version(1)


def test_before_any_publication_the_first_published_later_is_in_force() -> None:
    assert BOTH.in_force("p", 10) == version(3)
    assert BOTH.in_force("other", 10) is None


def test_of_two_publications_of_one_version_the_first_counts() -> None:
    twice = Playbooks.of([Published(9, version(1)), Published(4, playbook("p", CONTACT))])
    found = twice.find("p", 1, 0)
    assert found is not None
    assert found.sequence == 4


def test_what_was_published_behind_a_sequence_is_not_known_at_it() -> None:
    assert [each.sequence for each in BOTH.known_at(20)] == [10, 20]
    assert BOTH.known_at(30) is BOTH
    assert list(BOTH.known_at(9)) == []


def test_adding_leaves_what_was_there_as_it_was() -> None:
    more = BOTH.known_at(10).adding(Published(40, version(7)))
    assert [each.sequence for each in more] == [10, 40]
    assert more.latest == 40


WITHDRAWN = BOTH.adding(Withdrawn(40, "p", 3))


def test_what_was_withdrawn_at_a_lower_sequence_is_not_in_force() -> None:
    assert WITHDRAWN.in_force("p", 41) == version(2)
    assert WITHDRAWN.adding(Withdrawn(50, "p", 2)).in_force("p", 51) == version(1)
    assert Playbooks.of([Published(1, version(1)), Withdrawn(2, "p", 1)]).in_force("p", 3) is None


def test_a_withdrawal_changes_nothing_for_what_came_before_it() -> None:
    assert WITHDRAWN.in_force("p", 40) == version(3)
    assert WITHDRAWN.in_force("p", 5) == BOTH.in_force("p", 5) == version(3)
    assert WITHDRAWN.known_at(39).in_force("p", 99) == version(3)


def test_a_withdrawn_version_is_found_by_its_name() -> None:
    assert WITHDRAWN.named("p", 3) == version(3)


def test_the_first_withdrawal_counts_and_none_of_what_is_not_published_yet() -> None:
    again = WITHDRAWN.adding(Withdrawn(60, "p", 3)).adding(Published(70, version(3)))
    assert again.in_force("p", 41) == again.in_force("p", 99) == version(2)
    early = BOTH.adding(Withdrawn(5, "p", 3))
    assert early.in_force("p", 99) == version(3)
    assert early.latest == 30


def test_after_a_version_far_ahead_was_withdrawn_the_next_one_is_in_force() -> None:
    hijacked = Playbooks.of([Published(1, version(1)), Published(2, version(2**31 - 1))])
    assert hijacked.in_force("p", 3) == version(2**31 - 1)
    mended = hijacked.adding(Withdrawn(3, "p", 2**31 - 1))
    assert mended.in_force("p", 4) == version(1)
    assert mended.adding(Published(5, version(2))).in_force("p", 6) == version(2)
