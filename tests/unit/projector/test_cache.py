"""A process keeps what was used last, up to a weight in entries."""

from projections.replay.entry import JournalEntry, lane_of
from projections.replay.playbooks import Playbooks
from projections.replay.replay import Replay
from services.projector.cache import Cache
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil


def _replay(subject: str, entries: int) -> Replay:
    journal = Journal()
    journal.take(turmoil(seed=1, events=entries))
    known: list[JournalEntry] = journal.entries[:entries]
    replay = Replay(subject, [])
    replay.load(known, Playbooks())
    assert len(replay) == entries
    return replay


def test_the_least_recently_used_goes_when_the_weight_is_reached() -> None:
    cache = Cache(10)
    a, b, c = _replay("deal/a", 4), _replay("deal/b", 4), _replay("deal/c", 4)
    cache.keep(a)
    cache.keep(b)
    assert cache.get("deal/a") is a
    cache.keep(c)
    assert cache.get("deal/b") is None
    assert cache.get("deal/a") is a
    assert cache.get("deal/c") is c
    assert cache.entries == 8


def test_one_that_grew_weighs_what_it_is_now() -> None:
    cache = Cache(10)
    for entries in (2, 6, 9):
        cache.keep(_replay("deal/a", entries))
        assert cache.entries == entries
    assert len(cache) == 1


def test_nothing_is_kept_beyond_the_limit() -> None:
    cache = Cache(0)
    cache.keep(_replay("deal/a", 1))
    assert len(cache) == 0
    assert cache.entries == 0


def test_a_subject_without_entries_weighs_too() -> None:
    cache = Cache(2)
    for name in "abc":
        cache.keep(Replay(f"deal/{name}", []))
    assert len(cache) == 2


def test_a_lane_is_forgotten_and_no_other() -> None:
    cache = Cache(1000)
    subjects = [f"deal/{number}" for number in range(50)]
    for each in subjects:
        cache.keep(_replay(each, 2))
    cache.forget(3)
    assert [each for each in subjects if cache.get(each) is None] == [each for each in subjects if lane_of(each) == 3]
    assert cache.entries == 2 * len(cache)
