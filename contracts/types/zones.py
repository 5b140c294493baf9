"""Names of time zones in which a ledger may cut days.

Python reads zones from the system's files before the package `tzdata`, and PostgreSQL from files of its own. Names such
as `right/UTC` or `localtime` are there on some machines alone, and mean other things on others. So a ledger takes
names from the list of the IANA database alone, as the package `tzdata` has it, spelt as they are spelt there.

What the zones mean comes from that package too. The ledger keeps the rules of its zone, so that SQL cuts days by the
same (`services/ledger/zone_rules.py`).
"""

import io
import struct
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import metadata, resources
from typing import NamedTuple
from zoneinfo import ZoneInfo

_PLACEHOLDER = "Factory"
"""A name of the IANA list for machines whose zone nobody has set."""


@cache
def names() -> frozenset[str]:
    """Names of the time zones that are accepted."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(listed) - {_PLACEHOLDER}


def refused(name: str) -> str | None:
    """Reason why a name is refused; None for one that is accepted."""
    if name in names():
        return None
    reason = _reason(name)
    return f"{name[:80]!a} is not accepted as a time zone{reason}; write a name such as Asia/Shanghai"


class Rule(NamedTuple):
    """One rule of a zone: from an instant on, inclusive, until the next rule's."""

    from_at: datetime
    seconds_east: int
    """What is added to UTC for the time of day in the zone."""


_FIRST = datetime(1, 1, 1, microsecond=1, tzinfo=UTC)
"""The first instant that asyncpg tells from minus infinity."""
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
"""Behind it the last rule holds for good: no government's summer times are foretold any farther."""
_STEP = timedelta(days=7)
"""Shorter than any rule that a zone repeats each year."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER = struct.Struct(">4sc15x6L")
"""Of a TZif file (RFC 8536): numbers of UT and standard indicators, leap seconds, transitions, types and characters."""


@cache
def zone(name: str) -> ZoneInfo:
    """A zone as the package `tzdata` has it, whatever files the machine has; of another name, from those files."""
    listed = _listed(name)
    return ZoneInfo(name) if listed is None else ZoneInfo.from_file(io.BytesIO(_file(listed)), key=name)


@cache
def rules(name: str) -> tuple[Rule, ...]:
    """Rules of a zone in order, the first from the year 1 on.

    None of a name that is not accepted: a ledger of an early version may have one, and PostgreSQL cuts its days.
    """
    listed, found = _listed(name), zone(name)
    if listed is None:
        return ()

    def east(at: datetime) -> int:
        offset = at.astimezone(found).utcoffset()
        assert offset is not None
        return int(offset.total_seconds())

    changes = [at for at in _transitions(_file(listed)) if _FIRST < at < _LAST]
    all_rules = [Rule(_FIRST, east(min([*changes, _LAST]) - timedelta(seconds=1)))]
    for at in changes:
        if (then := east(at)) != all_rules[-1].seconds_east:
            all_rules.append(Rule(at, then))
    at = max([*changes, _EPOCH])
    while (following := at + _STEP) < _LAST:  # what the file says by a rule for every year alone
        if (then := east(following)) != all_rules[-1].seconds_east:
            before, since = at, following
            while since - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(since - before) // timedelta(seconds=2))
                before, since = (before, middle) if east(middle) == then else (middle, since)
            all_rules.append(Rule(since, then))
        at = following
    return tuple(all_rules)


def _listed(name: str) -> str | None:
    """The name that the package knows a zone by, None where it does not."""
    bare = name.removeprefix("posix/")
    return bare if bare in names() else None


def _file(name: str) -> bytes:
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def _transitions(file: bytes) -> list[datetime]:
    """Times of change that a TZif file lists one by one; its second block has them in 64 bits."""
    _, _, utc, standard, leaps, times, types, characters = _HEADER.unpack_from(file)
    second = _HEADER.size + times * 5 + types * 6 + characters + leaps * 8 + standard + utc
    times = _HEADER.unpack_from(file, second)[5]
    found = struct.unpack_from(f">{times}q", file, second + _HEADER.size)
    earliest = int((_FIRST - _EPOCH).total_seconds())
    return [_EPOCH + timedelta(seconds=each) for each in found if each > earliest]


def version() -> str:
    """The version of the package `tzdata`."""
    return metadata.version("tzdata")


def difference(one: tuple[Rule, ...], other: tuple[Rule, ...]) -> datetime | None:
    """The first instant of which two lists of rules say different things; None where there is none."""
    for at in sorted({rule.from_at for rule in (*one, *other)}):
        if _at(one, at) != _at(other, at):
            return at
    return None


def end_of(day: date, name: str) -> datetime:
    """The last microsecond of a day in a zone: the day ends when the next one begins for the first time.

    Raises OverflowError where that is no longer a time.
    """
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    if not (found := rules(name)):
        return midnight.replace(tzinfo=zone(name)).astimezone(UTC) - timedelta(microseconds=1)
    place = bisect_right(found, midnight, key=lambda rule: rule.from_at)
    for number in range(max(place - 3, 0), len(found)):  # no zone is two rules away from UTC
        begins = max(found[number].from_at, midnight - timedelta(seconds=found[number].seconds_east))
        if number + 1 == len(found) or begins < found[number + 1].from_at:
            return begins - timedelta(microseconds=1)
    raise AssertionError("the last rule has no end")


def _at(found: tuple[Rule, ...], at: datetime) -> int | None:
    place = bisect_right(found, at, key=lambda rule: rule.from_at)
    return found[place - 1].seconds_east if place else None


def _reason(name: str) -> str:
    folder, _, rest = name.partition("/")
    if folder == "right":
        return f": it counts leap seconds, which PostgreSQL does not{_instead(rest)}"
    if folder == "posix":
        return f": it is a copy that only some machines have{_instead(rest)}"
    if name in ("localtime", "posixrules"):
        return ": it means another zone on every machine"
    if name == _PLACEHOLDER:
        return ": it stands for a zone that nobody has set"
    alike = sorted(each for each in names() if each.lower() == name.lower())
    if alike:
        return f": it is spelt {alike[0]}"
    return ": the IANA database does not list it"


def _instead(name: str) -> str:
    return f" (its name without that is {name})" if name in names() else ""
