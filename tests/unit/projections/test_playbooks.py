"""Which version of a playbook a deal follows."""

from contracts.playbooks.playbook import Playbook
from projections.playbooks import Playbooks, Published
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
