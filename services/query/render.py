"""Rendering of answers as HTTP responses: JSON or CSV, with the position and the two times in headers.

Tables are for CSV; what does not fit their rows stands in headers.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Literal

from starlette.responses import Response, StreamingResponse

from contracts.types.money import in_units
from projections.replay.entry import FOREVER
from services.query.moment import Moment
from services.query.shapes import (
    Ageing,
    Changes,
    Deal,
    Explanation,
    Funnel,
    HistoryEntry,
    OpenItem,
    PipelineDeal,
    Status,
)
from services.runtime.csv_text import separated

Rows = Iterable[Sequence[Any]]

PIPELINE = tuple(PipelineDeal.__annotations__)
DEAL = tuple(Deal.__annotations__)
OPEN_ITEMS = tuple(OpenItem.__annotations__)
HISTORY = tuple(HistoryEntry.__annotations__)
AGEING = ("currency", "line", "items", "amount")
CHANGES = ("report", "key", "before", "after", "causes")
FUNNEL_STAGE: tuple[Literal["stage", "open", "entered", "completed"], ...] = ("stage", "open", "entered", "completed")
FUNNEL_TOTAL: tuple[Literal["won", "lost", "abandoned", "win_rate"], ...] = ("won", "lost", "abandoned", "win_rate")
EXPLANATION = ("stage", "entered_at", "completed_at", "item", "kind", "met_at", "by")
LANES = ("lane", "projected", "lag", "slow_subject", "slow_s")


def plain_rows(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Objects with one value for each column."""
    return ([row[name] for name in header] for row in rows)


def ageing_rows(answer: Ageing) -> Rows:
    """Rows of the ageing report, one for each currency and line."""
    for currency, lines in answer["currencies"].items():
        for line, value in lines.items():
            if isinstance(value, dict):
                yield currency, line, value["items"], value["amount"]
            else:
                yield currency, line, None, value


def funnel_table(answer: Funnel) -> tuple[Sequence[str], Rows]:
    """Table of the funnel: a row for each stage, then one whose stage is `total`; a column for each currency.

    Only the last row says how deals ended (`won` to `win_rate`, `won_amount_…`), only the others how deals went through
    (`entered`, `completed`, `amount_…`); `open` is in all.
    """
    currencies = sorted({currency for stage in answer["stages"] for currency in stage["amounts"]})
    won_in = sorted(answer["won_amounts"])
    header = (
        *FUNNEL_STAGE,
        *FUNNEL_TOTAL,
        *(f"amount_{currency}" for currency in currencies),
        *(f"won_amount_{currency}" for currency in won_in),
    )
    rows: list[dict[str, Any]] = [
        {name: stage[name] for name in FUNNEL_STAGE}
        | {f"amount_{currency}": amount for currency, amount in stage["amounts"].items()}
        for stage in answer["stages"]
    ]
    total: dict[str, Any] = {"stage": "total", "open": answer["open"]} | {name: answer[name] for name in FUNNEL_TOTAL}
    rows.append(total | {f"won_amount_{currency}": answer["won_amounts"][currency] for currency in won_in})
    return header, ([row.get(name) for name in header] for row in rows)


def explanation_rows(answer: Explanation) -> Rows:
    """Rows of an explanation, one for each item of each stage."""
    for stage in answer["stages"]:
        for item in stage["items"]:
            yield (
                stage["stage"],
                stage["entered_at"],
                stage["completed_at"],
                item["item"],
                item["kind"],
                item["met_at"],
                " ".join(map(str, item["by"])),
            )


def changes_rows(answer: Changes) -> Rows:
    """Rows of the changes, one for each row that differs."""
    for each in answer["changes"]:
        causes = " ".join(str(cause["sequence"]) for cause in each["causes"])
        yield each["report"], each["key"], each["before"], each["after"], causes


def lane_rows(answer: Status) -> Rows:
    """Rows of the lanes, one for each."""
    return plain_rows(LANES, answer["lanes"])


_RATE = Decimal("0.0001")


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, with offset."""
    return at.astimezone(UTC).isoformat()


def instant_or_none(at: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC; null for what has not happened, and for the end of what has not ended."""
    return None if at is None or at.replace(tzinfo=UTC) >= FOREVER else instant(at)


def amount(value: Decimal, currency: str) -> str:
    """A decimal string with the decimals of its currency."""
    return f"{in_units(value, currency):f}"


@lru_cache(1000)
def rate(value: Decimal) -> str:
    """A decimal string with four decimals."""
    return str(value.quantize(_RATE))


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime):
        return instant_or_none(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row as text: probabilities are rates, other decimals amounts in the row's currency."""
    currency = row.get("currency")
    return {name: _column(name, value, currency) for name, value in row.items()}


def _column(name: str, value: Any, currency: str | None) -> Any:
    if isinstance(value, Decimal):
        if name == "probability":
            return rate(value)
        if currency is not None:
            return amount(value, currency)
    return plain(value)


JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
_LINES = 500
"""Lines of CSV, or members of a list, written at once."""


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """The media type that a reader wants most of those offered, by the header Accept (RFC 9110, 12.5.1). It is the
    first where the reader wants none more than others."""
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
