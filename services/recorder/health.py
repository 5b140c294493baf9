"""Health of a recorder: it leads and keeps up, or it stands by, or something keeps it from both."""

from collections.abc import Callable
from time import monotonic, time

from nats.aio.client import Client

from services.errors import Unavailable
from services.recorder.write import JournalPosition
from services.runtime.health import Health, Reason
from services.stream.clock import BOUND_S, ahead_s, words
from services.stream.read import message_at
from services.stream.state import StreamState, find

KEEPS_UP_S = 10.0
"""The oldest message that is not recorded may be so old; what is older says that the recorder does not keep up."""
STANDS_BY_S = 5.0
"""Who stands by has asked for the lock within so long."""


class RecorderHealth:
    """State of a recorder, reported by its service."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self._leads: tuple[Client, str, Callable[[], JournalPosition]] | None = None
        self._interrupted = "it is just starting"
        self._code = "not_recording"

    def stands_by(self) -> None:
        """Note that this recorder has asked for the lock, and another recorder has it."""
        self._asked_at = monotonic()

    def leads(self, nc: Client, stream: str, position: Callable[[], JournalPosition]) -> None:
        """Note that this recorder writes the journal of a stream; `position` says how far the journal goes."""
        self._leads = nc, stream, position

    def ended(self) -> None:
        """Note that this recorder leads no more."""
        self._leads = None
        self._asked_at = float("-inf")

    def interrupted(self, reason: str, code: str = "not_recording") -> None:
        """Notes what keeps it from leading and standing by; it begins anew. `code`: of the reason on `/ready`."""
        self._interrupted, self._code = reason, code

    async def check(self) -> Health:
        """Checks the recorder's health now."""
        if self._leads is not None:
            return await _leading(*self._leads)
        if monotonic() - self._asked_at < STANDS_BY_S:
            return Health((), {"role": "standing_by"}, {"daybook_recorder_leading": 0})
        reason = Reason(self._code, f"It neither records nor stands by: {self._interrupted}")
        return Health((reason,), {"role": "waiting"}, {"daybook_recorder_leading": 0})


async def _leading(nc: Client, stream: str, position: Callable[[], JournalPosition]) -> Health:
    state: dict[str, object] = {"role": "leading", "sequence": position().sequence}
    leading = {"daybook_recorder_leading": 1.0}
    try:
        found = await find(nc, stream)
        behind = None if found is None else await _behind(nc, found, position().sequence)
    except Unavailable as error:
        return Health((Reason("stream_away", str(error)),), state, leading)
    if found is None or behind is None:
        return Health((Reason("stream_missing", f"There is no stream {stream}."),), state, leading)
    messages, seconds = behind
    ahead = ahead_s(found)
    reasons = _of_clocks(ahead, -seconds, position())
    seconds = max(seconds, 0.0)
    if seconds > KEEPS_UP_S:
        what = f"The oldest of {messages} messages that are not recorded is {seconds:.0f} s old."
        reasons.append(Reason("behind", what))
    figures = {
        "daybook_recorder_lag_messages": messages,
        "daybook_recorder_lag_seconds": seconds,
        "daybook_recorder_clock_ahead_seconds": ahead,
        **found.figures(),
        **leading,
    }
    return Health(reasons, state | {"lag_messages": messages, "lag_seconds": round(seconds, 3)}, figures)


def _of_clocks(ahead: float, oldest_to_come_s: float, position: JournalPosition) -> list[Reason]:
    reasons = []
    if (what := words(ahead)) is not None:
        reasons.append(Reason("clock_differs", what))
    elif oldest_to_come_s > BOUND_S:
        what = (
            f"Message {position.sequence + 1} was taken {oldest_to_come_s:.0f} s from now by the stream's clock, which "
            "was wrong then: `daybook reconcile` gives it the time at which it is put back."
        )
        reasons.append(Reason("clock_differs", what))
    if position.sequence and (recorded_s := position.recorded_at.timestamp() - time()) > BOUND_S:
        what = (
            f"The journal's last row was recorded {recorded_s:.0f} s from now: a clock was wrong. What is recorded is "
            "not altered; until then all rows say that time. `daybook reconcile` names them."
        )
        reasons.append(Reason("recorded_ahead", what))
    return reasons


async def _behind(nc: Client, found: StreamState, position: int) -> tuple[int, float]:
    """Number of unrecorded messages and age of the oldest in seconds, by the stream's own clock; negative: to come."""
    if found.last_sequence <= position:
        return 0, 0.0
    oldest = await message_at(nc, found.name, position + 1)
    age = 0.0 if oldest is None else found.asked_at.timestamp() - oldest.taken_at_ns / 1e9
    return found.last_sequence - position, age
