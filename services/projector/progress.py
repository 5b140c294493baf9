"""Progress of the lanes of this process: when each was last seen to move or to have nothing to do."""

from collections.abc import Mapping
from time import monotonic

from services.projector import metrics
from services.projector.write import NOTHING_LONG, Longest
from services.views.generation import Generation

MOVES_WITHIN_S = 30.0
"""A lane that is behind has finished a batch within so long."""
LOOKS_WITHIN_S = 10.0
"""A session looks at the journal within so long; twice a second when all is well."""


class Progress:
    """Sessions tell; the look at the service's condition asks."""

    def __init__(self) -> None:
        self.generation: Generation | None = None
        """Which one is fed; None without a session."""
        self.interrupted = "it is just starting"
        """Why the last session ended."""
        self.failures = 0
        """How many sessions an error has ended."""
        self.stopped: dict[int, str] = {}
        """Lanes that rest after an error, with the error."""
        self.filled: dict[int, float] = {}
        """Lanes that take all there is at once, with the share of it that they have: nothing of it is committed."""
        self.longest: dict[int, Longest] = {}
        """Lanes whose last batch took long for one subject, with the subject."""
        self._fine_at: dict[int, float] = {}
        self._looked_at = float("-inf")

    def began(self, generation: Generation) -> None:
        """A session feeds a generation from now on."""
        self.generation = generation
        self.looked({})

    def ended(self, reason: str | None = None) -> None:
        """Note that the session has ended; `reason` unless it ended in good order."""
        self.interrupted = reason or "another generation is to be fed"
        self.generation = None
        for lane in list(self._fine_at):
            self.let_go(lane)
        self.stopped.clear()
        if reason is not None:
            self.failures += 1
            metrics.TROUBLES.labels("session_ended").inc()

    def claimed(self, lane: int, sequence: int) -> None:
        """A lane is ours, at that position."""
        self.stopped.pop(lane, None)
        self.moved(lane, sequence)
        metrics.LANES.set(len(self._fine_at))

    def moved(self, lane: int, sequence: int) -> None:
        """A lane is at another position."""
        self.filled.pop(lane, None)
        self._fine_at[lane] = monotonic()
        metrics.POSITION.labels(lane).set(sequence)

    def took_long(self, lane: int, longest: Longest) -> None:
        """Note the subject that a lane's last batch took long for, if any."""
        if longest.subject is None:
            self.longest.pop(lane, None)
        else:
            self.longest[lane] = longest
        metrics.LONGEST.set(max((each.seconds or 0.0 for each in self.longest.values()), default=0.0))

    def bulk_loads(self, lane: int, share: float) -> None:
        """A lane has folded that share of what it takes at once."""
        self._fine_at[lane] = monotonic()
        self.filled[lane] = share

    def looked(self, waiting: Mapping[int, bool]) -> None:
        """The session has looked: which of its lanes are behind."""
        self._looked_at = monotonic()
        for lane, behind in waiting.items():
            if not behind:
                self._fine_at[lane] = self._looked_at

    def let_go(self, lane: int) -> None:
        """A lane is not ours any more."""
        self.filled.pop(lane, None)
        self.took_long(lane, NOTHING_LONG)
        if self._fine_at.pop(lane, None) is not None:
            metrics.POSITION.remove(lane)
        metrics.LANES.set(len(self._fine_at))

    def stops(self, lane: int, error: Exception) -> None:
        """An error has stopped a lane; it is tried again."""
        self.stopped[lane] = str(error) or type(error).__name__
        metrics.TROUBLES.labels("lane_stopped").inc()

    @property
    def lanes(self) -> list[int]:
        """The lanes that are ours."""
        return sorted(self._fine_at)

    @property
    def stuck(self) -> list[int]:
        """List the lanes of this process that are behind and do not move."""
        since = monotonic() - MOVES_WITHIN_S
        return sorted(lane for lane, fine_at in self._fine_at.items() if fine_at < since)

    @property
    def looks(self) -> bool:
        """Tell if the session has looked at the journal within the last `LOOKS_WITHIN_S`."""
        return monotonic() - self._looked_at < LOOKS_WITHIN_S
