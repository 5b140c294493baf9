"""Answers as HTTP responses: JSON or CSV as the reader prefers, with the position and the two times in headers.

Long answers are written part by part, so that one reader's does not hold up the others'.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from starlette.responses import Response, StreamingResponse

from services.query.tables import Rows
from services.query.times import Moment
from services.query.values import instant
from services.runtime.csv_text import separated

JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
_LINES = 500
"""Lines of CSV, or members of a list, written at once."""


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """The media type that a reader wants most of those offered, by the header Accept (RFC 9110, 12.5.1): the first
    where it wants none more than others."""
    weights = dict.fromkeys(offered, 0.0)
    exactness = dict.fromkeys(offered, -1)
    for part in (accept or "*/*").split(","):
        media, *parameters = (each.strip().lower() for each in part.split(";"))
        weight = next((_weight(each[2:]) for each in parameters if each.startswith("q=")), 1.0)
        for mine in weights:
            fits = [media == "*/*", media == mine.split("/")[0] + "/*", media == mine]
            exact = max((place for place, fit in enumerate(fits) if fit), default=-1)
            if exact > exactness[mine]:
                weights[mine], exactness[mine] = weight, exact
    return max(offered, key=lambda each: weights[each])


def prefers_csv(accept: str | None) -> bool:
    """Tell if a reader wants CSV rather than JSON."""
    return preferred(accept, (JSON, CSV)) == CSV


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def headers_of(sequence: int, moment: Moment | None = None) -> dict[str, str]:
    """Make the headers of every answer: the lowest sequence projected, and the times that the answer used."""
    headers = {"Daybook-Sequence": str(sequence), "Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    if moment is not None:
        headers |= {"Daybook-As-Of": instant(moment.as_of), "Daybook-Known-At": str(moment.known_at)}
    return headers


def json_answer(answer: Mapping[str, Any], headers: Mapping[str, str], long: str | None = None) -> Response:
    """An answer as JSON; its list `long` is written part by part."""
    if long is None or len(answer[long]) <= _LINES:
        return Response(encoded(answer), 200, dict(headers), JSON)
    return StreamingResponse(_in_parts(answer, long), 200, dict(headers), JSON)


def csv_answer(header: Sequence[str], rows: Rows, headers: Mapping[str, str], mark: str = "") -> Response:
    """A table as CSV; `mark` goes before it: the byte order mark, by which Excel knows UTF-8."""
    return StreamingResponse(_lines(header, rows, mark), 200, dict(headers), CSV)


def encoded(value: Any) -> bytes:
    """JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


async def _in_parts(answer: Mapping[str, Any], long: str) -> AsyncIterator[bytes]:
    async for part in list_in_parts({**answer, long: []}, long, _async(_parts(answer[long]))):
        yield part


async def list_in_parts(
    answer: Mapping[str, Any], long: str, parts: AsyncIterator[Sequence[Any]]
) -> AsyncIterator[bytes]:
    """An object of which one list comes part by part; it is written last."""
    head = encoded({name: value for name, value in answer.items() if name != long})[:-1]
    yield head + (b"," if len(head) > 1 else b"") + encoded(long) + b":["
    first = True
    async for part in parts:
        text = encoded(part)[1:-1]
        if text:
            yield text if first else b"," + text
            first = False
    yield b"]}"


def rows_answer(
    head: Mapping[str, Any], name: str, rows: Sequence[str], headers: Mapping[str, str], tail: str = ""
) -> Response:
    """An object of which one list is made of rows that are JSON already; `tail` is what follows it."""
    return StreamingResponse(_rows_in_parts(head, name, rows, tail), 200, dict(headers), JSON)


async def _rows_in_parts(head: Mapping[str, Any], name: str, rows: Sequence[str], tail: str) -> AsyncIterator[bytes]:
    yield encoded(head)[:-1] + b"," + encoded(name) + b":["
    for start in range(0, len(rows), _LINES):
        yield (("," if start else "") + ",".join(rows[start : start + _LINES])).encode("utf-8")
    yield f"]{tail}}}".encode()


async def _lines(header: Sequence[str], rows: Rows, mark: str) -> AsyncIterator[bytes]:
    lines = chain([mark], separated(header, rows)) if mark else separated(header, rows)
    while part := "".join(islice(lines, _LINES)):
        yield part.encode("utf-8")


async def csv_parts(header: Sequence[str], parts: AsyncIterator[Sequence[Any]]) -> AsyncIterator[bytes]:
    """A table whose rows come part by part, as objects with one value for each column."""
    yield "".join(separated(header, [])).encode("utf-8")
    async for part in parts:
        lines = islice(separated(header, ([row[name] for name in header] for row in part)), 1, None)
        yield "".join(lines).encode("utf-8")


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _LINES] for start in range(0, len(values), _LINES))


async def _async(parts: Iterable[Sequence[Any]]) -> AsyncIterator[Sequence[Any]]:
    for part in parts:
        yield part
