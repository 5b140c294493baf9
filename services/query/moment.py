"""Two times of an answer: it shows the world as of an instant, as the ledger knew it at a sequence."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from contracts.types import zones
from contracts.types.times import FIRST_YEAR, LAST_YEAR, read_instant
from services.errors import BadRequest, Unavailable
from services.ledger import zone_rules
from services.ledger.journal import Connection
from services.postgres.statements import queries

_SQL = queries("services.query", "moment.sql")
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLUS_READ_AS_SPACE = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:[0-9]{2}$)")

Following = Callable[[int], Awaitable[datetime | None]]
"""When the stream took the message that follows a sequence, None when there is none. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The two times of an answer."""

    as_of: datetime
    known_at: int


@dataclass(frozen=True, slots=True)
class Between:
    """An instant, and two states of knowledge about it."""

    as_of: datetime
    from_known: int
    to_known: int

    @property
    def before(self) -> Moment:
        """Moment of the first state of knowledge."""
        return Moment(self.as_of, self.from_known)

    @property
    def after(self) -> Moment:
        """Moment of the second state of knowledge."""
        return Moment(self.as_of, self.to_known)


@dataclass(frozen=True, slots=True)
class Reach:
    """Position of the views and time zone of the ledger, by which both times are read; looked up once for each
    question.
    """

    projected: int
    """The lowest sequence that all lanes have projected."""
    zone: ZoneInfo
    """The zone in which the ledger cuts days."""


def utc_now() -> datetime:
    """The present, to the microsecond."""
    return datetime.now(UTC)


async def moment(
    connection: Connection,
    as_of: str | None,
    known_at: str | None,
    following: Following,
    now: Callable[[], datetime] = utc_now,
    name: str = "known_at",
    reach: Reach | None = None,
) -> Moment:
    """The moment that the two texts mean on this ledger; `name` is what the second is called. Without `reach` it is
    looked up, and the rules of the ledger's zone are compared with ours.

    Raises BadRequest; NotProvisioned where the rules differ; Unavailable where the stream has to be asked and does not
    answer.
    """
    within = reach or await reach_compared(connection)
    present = now()
    instant = present if as_of is None else read_time(as_of, within.zone, "as_of")
    return Moment(instant, await sequence_known(connection, known_at, within, present, name, following))


async def reach_of(connection: Connection) -> Reach:
    """Position of the views, and the zone in which days end."""
    found = await connection.fetchrow(_SQL["reach"])
    assert found is not None
    return Reach(found["projected"], zones.zone(found["time_zone"]))


async def reach_compared(connection: Connection) -> Reach:
    """Look up what `reach_of` does. Raises NotProvisioned where days would end elsewhere than in SQL."""
    await zone_rules.check(connection)
    return await reach_of(connection)


async def time_zone(connection: Connection) -> str:
    """The zone in which the ledger cuts days."""
    found: str = await connection.fetchval(_SQL["time_zone"])
    return found


async def sequence_known(
    connection: Connection, text: str | None, within: Reach, present: datetime, name: str, following: Following
) -> int:
    """The sequence that a text means. Raises BadRequest for one that is not projected yet, and what `moment` raises."""
    lowest = within.projected
    if text is None:
        return lowest
    wanted = read_known(text, within.zone, name)
    if isinstance(wanted, datetime):
        if wanted >= present:
            return lowest
        wanted = await _recorded_by(connection, wanted, name, following)
    if wanted > lowest:
        raise BadRequest(
            f"{name}: sequence {wanted} is not in the views yet; they include everything up to {lowest}. "
            f"Ask for {lowest} or less, or wait until it is there (over HTTP: ?after={wanted})."
        )
    return wanted


async def _recorded_by(connection: Connection, at: datetime, name: str, following: Following) -> int:
    """The highest sequence recorded by an instant that is past. The stream is asked only where the journal ends before
    the instant: what comes next may belong before it."""
    found = await connection.fetchrow(_SQL["sequence_at"], at)
    assert found is not None
    sequence: int = found["sequence"]
    if found["settled"]:
        return sequence
    try:
        taken_at = await following(sequence)
    except Unavailable as error:
        raise Unavailable(
            f"{name}: the journal ends at {sequence}, and whether the stream holds more from before {at.isoformat()} "
            f"cannot be told while NATS does not answer. Ask again shortly, or name a sequence. ({error})"
        ) from error
    if taken_at is not None and taken_at <= at:
        raise BadRequest(
            f"{name}: the stream holds what belongs before {at.isoformat()} and is not recorded yet; the journal ends "
            f"at {sequence}. Ask again shortly, or name a sequence, such as {sequence}."
        )
    return sequence


async def projected(connection: Connection) -> int:
    """The lowest sequence that all lanes of the served generation have projected."""
    found: int = await connection.fetchval(_SQL["projected"])
    return found


def read_known(text: str, zone: ZoneInfo, name: str = "known_at") -> int | datetime:
    """A sequence or an instant. Raises BadRequest."""
    return int(text) if _SEQUENCE.fullmatch(text) else read_time(text, zone, name)


def read_time(text: str, zone: ZoneInfo, name: str) -> datetime:
    """An instant in UTC; a day means its end in the zone. Raises BadRequest that names the parameter.

    A `+` that an address turned into a space is read as what it was: `…T00:00:00 08:00`.
    """
    try:
        if _DAY.fullmatch(text):
            found = zones.end_of(date.fromisoformat(text), zone.key)
        else:
            found = read_instant(_PLUS_READ_AS_SPACE.sub("+", text))[0]
    except (ValueError, OverflowError):
        raise BadRequest(
            f"{name}: {text[:40]!r} is neither a day such as 2026-03-31 nor a time with offset such as "
            "2026-03-31T18:00:00+08:00."
        ) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadRequest(f"{name}: {text[:40]!r} is not in the years {FIRST_YEAR} to {LAST_YEAR}, in UTC.")
    return found
