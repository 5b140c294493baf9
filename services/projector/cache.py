"""The subjects that a process keeps in memory, of all its lanes: least recently used go, by weight in entries."""

from collections import OrderedDict

from projections.replay.entry import lane_of
from projections.replay.replay import Replay


class Cache:
    """Replays by subject. A miss costs reading the subject's history and folding it anew."""

    def __init__(self, entries: int) -> None:
        self._limit = entries
        self._held: OrderedDict[str, tuple[Replay, int]] = OrderedDict()
        self.entries = 0
        """Sum of the lengths of what is held, as of the last `keep` of each."""

    def __len__(self) -> int:
        return len(self._held)

    def get(self, subject: str) -> Replay | None:
        """The subject's replay, None when it is not held."""
        found = self._held.get(subject)
        if found is None:
            return None
        self._held.move_to_end(subject)
        return found[0]

    def keep(self, replay: Replay) -> None:
        """Hold a replay that is up to date with the lane, and let others go until the limit is met."""
        before = self._held.pop(replay.subject, None)
        length = max(len(replay), 1)
        self.entries += length - (before[1] if before else 0)
        self._held[replay.subject] = replay, length
        while self.entries > self._limit:
            self.entries -= self._held.popitem(last=False)[1][1]

    def forget(self, lane: int) -> None:
        """Hold nothing of a lane: what it had in memory may never have been committed."""
        for subject in [each for each in self._held if lane_of(each) == lane]:
            self.entries -= self._held.pop(subject)[1]
