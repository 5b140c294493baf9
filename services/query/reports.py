"""Answers of the reports: rows, totals, what changed between two states of knowledge, and the rows behind a figure.

Rows come from PostgreSQL as JSON text, so that a long answer is neither read nor written row by row here.
"""

import csv
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import asyncpg

from projections.columns import Kind, columns_of
from projections.reports import compose
from projections.reports.report import Aggregate, Report, Rows, Snapshot
from services.errors import BadRequest, NotKnown
from services.http.parameters import subject
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.query.moment import Between, Moment
from services.query.render import instant
from services.query.row_diff import row_diffs
from services.query.shapes import Cause, ReportChange, ReportChanges, RowBehind, RowsBehind

_SQL = queries("services.query", "reports.sql")
_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,256}")
MAX_ROWS = 10_000
"""Most rows behind a figure, and most rows of a page."""
MAX_CHECKED = 100
"""Most entries whose effect on a report is told by asking it before and after each."""

Json = dict[str, Any]
Says = Callable[[Json], Any]
"""What is compared of a row; None where it counts as no row."""


@dataclass(frozen=True, slots=True)
class Question:
    """A report, its parameters and filters."""

    report: Report
    parameters: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that says something else, with the entries that changed it."""

    key: Json
    before: Any
    after: Any
    causes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Differences:
    """Rows that differ, and the totals where they do."""

    rows: Sequence[Changed]
    totals: Changed | None


@dataclass(frozen=True, slots=True)
class Behind:
    """A row of a view that a figure is made of."""

    view: str
    row: Json
    entry: int | None


class _Places:
    """Values as places of a prepared statement, in the order in which they are first named."""

    def __init__(self, values: Mapping[str, tuple[Any, str]]) -> None:
        self._values = values
        self._names: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        place = self._names.setdefault(name, len(self._names) + 1)
        return f"${place}::{self._values[name][1]}"

    def value_of(self, name: str) -> Any:
        """Value of a parameter."""
        return self._values[name][0]

    @property
    def values(self) -> list[Any]:
        """The values, as asyncpg takes them."""
        return [self._values[name][0] for name in self._names]


def question(report: Report, given: Mapping[str, str]) -> Question:
    """A question as texts say it: parameters and filters by name. Raises BadRequest, NotKnown for what is no id."""
    parameters: dict[str, Any] = {}
    for name, each in report.parameters.items():
        text = given.get(name)
        if text is None:
            if not each.optional:
                raise BadRequest(f"{name}: this report needs one, such as {name}={each.example}. {each.comment}")
            parameters[name] = None
        else:
            parameters[name] = read_value(each.kind, name, text)
    filters = {}
    for name in report.filters:
        if name in given:
            if not _TEXT.fullmatch(given[name]):
                raise BadRequest(f"{name}: {given[name][:40]!r} cannot be a value; it has 1 to 256 visible characters.")
            filters[name] = given[name]
    return Question(report, parameters, filters)


def read_value(kind: Kind, name: str, text: str) -> Any:
    """A value of a kind from text. Raises BadRequest, NotKnown for what is no id."""
    try:
        match kind.sql:
            case "integer" | "bigint":
                number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) else 2**63
                if abs(number) >= (2**31 if kind.sql == "integer" else 2**63):
                    raise ValueError
                return number
            case "numeric":
                if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text, re.ASCII):
                    raise ValueError
                return Decimal(text)
            case "date":
                return date.fromisoformat(text)
            case "boolean":
                return {"true": True, "false": False}[text]
    except (ValueError, KeyError):
        wanted = {"date": "a day such as 2026-03-31", "boolean": "true or false"}.get(kind.sql, "a number")
        raise BadRequest(f"{name}: {text[:40]!r} is not {wanted}.") from None
    if kind.name in ("deal", "account", "playbook"):
        subject(kind.name, text)
    elif not _TEXT.fullmatch(text):
        raise BadRequest(f"{name}: {text[:40]!r} cannot be a value; it has 1 to 256 visible characters.")
    return text


async def rows(
    connection: Connection,
    asked: Question,
    moment: Moment,
    *,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> list[str]:
    """Rows as JSON objects. A report with an order can be read in pages: `limit` rows behind those up to `after`.

    Raises NotKnown where there is nothing of what was asked.
    """
    report = asked.report
    values = _values(asked, moment)
    if after is not None:
        by_name = {each.name: each for each in report.columns}
        values |= {
            f"after_{name}": (value, by_name[name].kind.sql) for name, value in zip(report.order, after, strict=True)
        }
    values["limit"] = (limit, "bigint")
    bind = _Places(values)
    text = compose.rows(report, bind, tuple(asked.filters))
    if report.order:
        text = compose.paged(report, text, bind, after is not None, limit is not None)
    found = await _fetch(connection, asked, compose.as_json_rows(report.columns, text), bind)
    if not found and report.needs_one and after is None and not asked.filters:
        told = {"as_of": instant(moment.as_of), "known_at": moment.known_at}
        raise NotKnown(report.needs_one.format(**{**told, **asked.parameters}))
    return [row["row"] for row in found]


async def totals(connection: Connection, asked: Question, moment: Moment) -> str:
    """Totals as a JSON object; an empty one for a report that has none. Raises NotKnown."""
    report = asked.report
    if report.totals is None:
        return "{}"
    bind = _Places(_values(asked, moment))
    text = compose.as_json_rows(columns_of(report.totals), compose.totals(report, bind, tuple(asked.filters)))
    found = [row["row"] for row in await _fetch(connection, asked, text, bind)]
    return str(found[0]) if found else "{}"


async def answer(
    connection: Connection,
    asked: Question,
    moment: Moment,
    *,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> tuple[list[str], str]:
    """Rows and totals, as `rows` and `totals` give them."""
    if not isinstance(asked.report, Aggregate) or asked.report.totals is None or after is not None or limit is not None:
        found = await rows(connection, asked, moment, after=after, limit=limit)
        return found, await totals(connection, asked, moment)
    bind = _Places(_values(asked, moment))
    told = await _fetch(connection, asked, compose.whole(asked.report, bind, tuple(asked.filters)), bind)
    return [each["row"] for each in told if each["row"] is not None], told[0]["totals"] if told else "{}"


async def differences(
    connection: Connection,
    asked: Question,
    between: Between,
    says: Says = lambda row: row,
    measures: Callable[[Json], Collection[str] | None] = lambda key: None,
    of_totals: Collection[str] | None = None,
) -> Differences:
    """Rows that say something else in the end than at first, and the entries whose arrival changed them.

    A row that came to say something else and then again what it said before does not differ; an entry that changed
    nothing that the row shows is no cause. `says` is what is compared of a row, `measures` what a row of an aggregate
    is made of, by its key, and `of_totals` what its totals are made of; None: all measures. Raises NotKnown where
    nothing is known at either end.
    """
    report = asked.report
    if not report.key:
        raise BadRequest(f"{report.name}: its rows have no key, so that they cannot be compared.")
    if isinstance(report, Rows):
        return Differences(await _changed_rows(connection, asked, report, between, says), None)
    before, after = await _both(connection, asked, between)
    told = {
        key: (was, now)
        for key in dict.fromkeys((*after.rows, *before.rows))
        if (was := _said(before.rows.get(key), says)) != (now := _said(after.rows.get(key), says))
    }
    effects = await _effects(connection, asked, between, rows=bool(told), totals=before.totals != after.totals)
    checked = _Checked(connection, asked, between.as_of)
    found = []
    for key, (was, now) in told.items():
        named = dict(zip(report.key, key, strict=True))
        causes = effects.of(key, measures(named))
        sure = {each for each in causes if effects.is_sure(key, each)}
        causes = [each for each in causes if each in sure or await checked.shows(key, each, says)]
        found.append(Changed(named, was, now, causes))
    if before.totals == after.totals:
        return Differences(found, None)
    return Differences(found, Changed({}, before.totals, after.totals, effects.of_totals(of_totals)))


async def behind(
    connection: Connection, asked: Question, moment: Moment, line: Sequence[Any], figure: str | None = None
) -> list[Behind]:
    """Rows of views that make one row of the report, or one figure of it; at most `MAX_ROWS`."""
    report = asked.report
    by_name = {each.name: each for each in report.columns}
    values = _values(asked, moment) | {
        f"line_{name}": (value, by_name[name].kind.sql) for name, value in zip(report.key, line, strict=True)
    }
    sources = {source.name: source for source in report.sources}
    if isinstance(report, Aggregate):
        sources = {name: cells.source for name, cells in report.cells.items()}
    found: list[Behind] = []
    for name in sources:
        bind = _Places(values)
        text = compose.drill(report, bind, figure, tuple(asked.filters)).get(name)
        row = sources[name].row
        if text is None or row is None:
            continue
        order = ", ".join(f"report.{each}" for each in row.KEY)
        text = f"select report.*\nfrom (\n{text}\n) report\norder by {order}\nlimit {MAX_ROWS}"
        for each in await _fetch(connection, asked, compose.as_json_rows(columns_of(row), text), bind):
            told = json.loads(each["row"])
            found.append(Behind(row.TABLE, told, told.get("entry")))
    return found


async def causes(connection: Connection, sequences: Sequence[int]) -> dict[int, Cause]:
    """Entries by sequence."""
    return {
        row["sequence"]: Cause(
            sequence=row["sequence"],
            source=row["source"],
            id=row["id"],
            type=row["type"],
            subject=row["subject"],
            occurred_at=instant(row["occurred_at"]),
            recorded_at=instant(row["recorded_at"]),
            actor=row["actor"],
        )
        for row in await connection.fetch(_SQL["entries"], list(sequences))
    }


async def digest(connection: Connection) -> str:
    """Digest of what answers depend on beside the two times: subjects that are marked stale, and the reports'
    definitions."""
    found: str = await connection.fetchval(_SQL["digest"])
    return found


def named(question: Question) -> dict[str, Any]:
    """Parameters and filters as JSON."""
    return {
        name: value if isinstance(value, str | int | bool | None) else str(value)
        for name, value in {**question.parameters, **question.filters}.items()
    }


def head(question: Question, moment: Moment) -> Json:
    """The beginning of an answer: what was asked, and the two times that were used."""
    return {
        "report": question.report.name,
        "as_of": instant(moment.as_of),
        "known_at": moment.known_at,
        "parameters": named(question),
    }


async def told_changes(connection: Connection, asked: Question, between: Between) -> ReportChanges:
    """List the rows that differ between two states of knowledge, with the entries. Raises BadRequest, NotKnown."""
    if between.from_known > between.to_known:
        raise BadRequest(f"from_known: {between.from_known} lies behind to_known, which is {between.to_known}.")
    found = await differences(connection, asked, between)
    changed = [*found.rows, *([found.totals] if found.totals else [])]
    entries = await causes(connection, sorted({each for row in changed for each in row.causes}))

    def told(row: Changed) -> ReportChange:
        return ReportChange(
            key=row.key, before=row.before, after=row.after, causes=[entries[each] for each in row.causes]
        )

    return ReportChanges(
        report=asked.report.name,
        as_of=instant(between.as_of),
        from_known=between.from_known,
        to_known=between.to_known,
        parameters=named(asked),
        changes=[told(row) for row in found.rows],
        totals=told(found.totals) if found.totals else None,
    )


async def told_rows(
    connection: Connection, asked: Question, moment: Moment, line: Sequence[Any], figure: str | None
) -> RowsBehind:
    """Rows and entries that a figure is made of."""
    found = await behind(connection, asked, moment, line, figure)
    entries = await causes(connection, sorted({each.entry for each in found if each.entry is not None}))
    return RowsBehind(
        report=asked.report.name,
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        parameters=named(asked),
        line=dict(zip(asked.report.key, line, strict=True)),
        figure=figure,
        whole=len(found) < MAX_ROWS,
        rows=[RowBehind(view=each.view, row=each.row, entry=each.entry) for each in found],
        entries=[entries[sequence] for sequence in sorted(entries)],
    )


def read_figure(report: Report, text: str | None) -> str | None:
    """Reads one of a report's figures, none where none is given. Raises BadRequest."""
    figures = report.figures if isinstance(report, Aggregate) else ()
    if text is not None and text not in figures:
        raise BadRequest(f"figure: there is no {text[:40]!r}; there are {', '.join(figures) or 'none here'}.")
    return text


def read_line(report: Report, text: str) -> list[Any]:
    """The key of a row from text: its values in order as one line of CSV, nothing for null. Raises BadRequest."""
    try:
        parts = next(iter(csv.reader([text], strict=True)), [""]) or [""]
    except (csv.Error, ValueError):
        parts = []
    if len(parts) != len(report.key):
        raise BadRequest(f"line: a row of {report.name} is named by {', '.join(report.key)}, comma separated.")
    by_name = {each.name: each for each in report.columns}
    try:
        return [
            None if not part and by_name[name].optional else read_value(by_name[name].kind, f"line ({name})", part)
            for name, part in zip(report.key, parts, strict=True)
        ]
    except NotKnown as error:
        raise BadRequest(f"line: {error}") from None


@dataclass(slots=True)
class _End:
    rows: dict[tuple[Any, ...], Json] = field(default_factory=dict)
    totals: Json | None = None


@dataclass(slots=True)
class _Effects:
    """Sequences that changed lines, by the key of the line's row, with the measures that changed."""

    report: Report
    rows: dict[tuple[Any, ...], dict[int, set[str]]] = field(default_factory=dict)
    totals: dict[int, set[str]] = field(default_factory=dict)

    def of_totals(self, measures: Collection[str] | None) -> list[int]:
        """Sequences that changed the totals."""
        return sorted(each for each, moved in self.totals.items() if measures is None or not moved.isdisjoint(measures))

    def of(self, key: tuple[Any, ...], measures: Collection[str] | None) -> list[int]:
        """Sequences that changed a row."""
        if measures is None and isinstance(self.report, Aggregate):
            measures = self.report.measures
        found = self.rows.get(key, {})
        return sorted(each for each, moved in found.items() if measures is None or not moved.isdisjoint(measures))

    def is_sure(self, key: tuple[Any, ...], sequence: int) -> bool:
        """Tell if a row says something else since a sequence without a look at both."""
        if not isinstance(self.report, Aggregate):
            return False
        return not self.rows[key][sequence] <= set(self.report.unsure)


@dataclass(slots=True)
class _Checked:
    """Rows of a report before and after single entries; at most `MAX_CHECKED` of them are looked at."""

    connection: Connection
    asked: Question
    as_of: datetime
    known: dict[int, _End] = field(default_factory=dict)

    async def shows(self, key: tuple[Any, ...], sequence: int, says: Says) -> bool:
        """Tell if a row says something else since a sequence; true where too many were looked at."""
        if sequence not in self.known and len(self.known) >= 2 * MAX_CHECKED:
            return True
        before, after = await self._at(sequence - 1), await self._at(sequence)
        return bool(_said(before.rows.get(key), says) != _said(after.rows.get(key), says))

    async def _at(self, sequence: int) -> _End:
        found = self.known.get(sequence)
        if found is None:
            try:
                found = await _end(self.connection, self.asked, Moment(self.as_of, sequence))
            except NotKnown:
                found = _End()
            self.known[sequence] = found
        return found


def _said(row: Json | None, says: Says) -> Any:
    return None if row is None else says(row)


async def _changed_rows(
    connection: Connection, asked: Question, report: Rows, between: Between, says: Says
) -> list[Changed]:
    bind = _Places(_values(asked, between.after) | _known(between))
    text = compose.versions(report, bind, tuple(asked.filters))
    found = await _fetch(connection, asked, compose.as_json_versions(report.columns, text), bind)
    told = [{**row, "row": json.loads(row["row"])} for row in found]
    key = [*report.key]
    changed = row_diffs(
        told,
        lambda version: tuple(version["row"][name] for name in key),
        lambda version: says(version["row"]),
        between.from_known,
        between.to_known,
    )
    named: list[tuple[tuple[Any, ...], Any]] = [(cast("tuple[Any, ...]", each.key), each) for each in changed]
    return [
        Changed(dict(zip(key, name, strict=True)), each.before, each.after, each.causes)
        for name, each in sorted(named, key=lambda pair: tuple("" if part is None else str(part) for part in pair[0]))
    ]


async def _both(connection: Connection, asked: Question, between: Between) -> tuple[_End, _End]:
    """The report as known at first and in the end; empty where nothing was known of its subject."""
    try:
        after = await _end(connection, asked, between.after)
    except NotKnown:
        return await _end(connection, asked, between.before), _End()
    try:
        return await _end(connection, asked, between.before), after
    except NotKnown:
        return _End(), after


async def _end(connection: Connection, asked: Question, moment: Moment) -> _End:
    found, summed = await answer(connection, asked, moment)
    told = [json.loads(row) for row in found]
    return _End({_key(asked.report, row): row for row in told}, json.loads(summed) or None)


async def _effects(connection: Connection, asked: Question, between: Between, *, rows: bool, totals: bool) -> _Effects:
    """Entries that changed what rows, and what totals, are made of, as far as it is asked for."""
    report = asked.report
    found = _Effects(report)
    values, filters = _values(asked, between.after) | _known(between), tuple(asked.filters)
    if isinstance(report, Aggregate) and rows:
        bind = _Places(values)
        for row in await _fetch(connection, asked, compose.effects(report, bind, filters), bind):
            moved = {name for name, each in zip(report.measures, row["moved"], strict=True) if each}
            found.rows.setdefault(_key(report, row), {})[row["sequence"]] = moved
    if isinstance(report, Aggregate) and totals:
        bind = _Places(values)
        text = compose.effects(report, bind, filters, of_totals=True)
        for row in await _fetch(connection, asked, text, bind):
            moved = {name for name, each in zip(report.totals_measures, row["moved"], strict=True) if each}
            found.totals[row["sequence"]] = moved
    if isinstance(report, Snapshot):
        for source in report.joins:
            bind = _Places(values)
            for row in await _fetch(connection, asked, compose.joined(report, source, bind), bind):
                found.rows.setdefault(_key(report, row), {})[row["sequence"]] = set()
        found.totals = {each: moved for line in found.rows.values() for each, moved in line.items()}
    return found


def _key(report: Report, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in report.key)


def _values(asked: Question, moment: Moment) -> dict[str, tuple[Any, str]]:
    """Values and SQL types of all parameters of a statement."""
    return {
        "as_of": (moment.as_of, "timestamptz"),
        "known_at": (moment.known_at, "bigint"),
        **{name: (value, asked.report.parameters[name].kind.sql) for name, value in asked.parameters.items()},
        **{name: (value, "text") for name, value in asked.filters.items()},
    }


def _known(between: Between) -> dict[str, tuple[Any, str]]:
    return {"from_known": (between.from_known, "bigint"), "to_known": (between.to_known, "bigint")}


async def _fetch(connection: Connection, asked: Question, text: str, bind: _Places) -> Sequence[Any]:
    """Rows of a statement. What is refused for nothing being known, though without its filters it would not be, has
    none. Raises NotKnown, BadRequest."""
    try:
        return await connection.fetch(text, *bind.values)
    except asyncpg.NoDataFoundError as error:
        if asked.filters:
            plain = Question(asked.report, asked.parameters)
            known_at = bind.value_of("known_at")
            await rows(connection, plain, Moment(bind.value_of("as_of"), known_at), limit=None)
            return []
        where = ""
        if any(each.kind.name == "playbook" for each in asked.report.parameters.values()):
            where = " `daybook playbook list` shows which there are."
        raise NotKnown(f"{error.args[0]}{where}") from error
    except asyncpg.InvalidParameterValueError as error:
        raise BadRequest(str(error.args[0])) from error
