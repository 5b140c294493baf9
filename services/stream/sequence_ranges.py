"""Runs of sequences, and which of them the stream holds."""

from collections.abc import Sequence

from nats.aio.client import Client

from services.stream.state import ask, read

Ranges = list[tuple[int, int]]
"""Runs of sequences, first and last, in order; no two touch."""

_TOLD = 10


async def held(nc: Client, stream: str, up_to: int) -> Ranges:
    """The sequences that the stream says it holds. Nothing is ever removed, so they are one run; unless someone did."""
    answer = await ask(nc, f"STREAM.INFO.{stream}", {"deleted_details": True})
    found = read(answer)
    if found.messages == 0:
        return []
    gone = [(each, each) for each in sorted(answer["state"].get("deleted") or ())]
    return without((max(found.first_sequence, 1), min(found.last_sequence, up_to)), gone)


def without(whole: tuple[int, int], gone: Sequence[tuple[int, int]]) -> Ranges:
    """A run without some others, which are in order."""
    left: Ranges = []
    start, last = whole
    for first, end in gone:
        if first > last:
            break
        if start < first:
            left.append((start, first - 1))
        start = max(start, end + 1)
    return [*left, (start, last)] if start <= last else left


def common(ranges: Ranges, others: Ranges) -> Ranges:
    """Return the sequences that are in both."""
    both: Ranges = []
    one, other = 0, 0
    while one < len(ranges) and other < len(others):
        first, last = max(ranges[one][0], others[other][0]), min(ranges[one][1], others[other][1])
        if first <= last:
            both.append((first, last))
        if ranges[one][1] == last:
            one += 1
        else:
            other += 1
    return both


def add(ranges: Ranges, first: int, last: int | None = None) -> None:
    """Adds a sequence, or a run, behind all others."""
    last = first if last is None else last
    if ranges and ranges[-1][1] == first - 1:
        first = ranges.pop()[0]
    ranges.append((first, last))


def count(ranges: Ranges) -> int:
    """Number of sequences in the ranges."""
    return sum(last - first + 1 for first, last in ranges)


def told(ranges: Ranges) -> str:
    """Text for people: `3, 7-9`; the first few, and how many more there are."""
    words = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_TOLD])
    more = count(ranges[_TOLD:])
    return f"{words} and {more} more" if more else words
