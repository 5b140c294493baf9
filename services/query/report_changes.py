"""Changes of a report between two states of knowledge, with the entries that caused them."""

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from projections.reports import compose
from projections.reports.report import Aggregate, Report, Rows, Snapshot
from services.errors import BadRequest, NotKnown
from services.ledger.journal import Connection
from services.query.moment import Between, Moment
from services.query.render import instant
from services.query.report_answers import Json, Places, answer, causes, fetch, rows, values_of
from services.query.report_question import Question, named
from services.query.row_diff import row_diffs
from services.query.shapes import ReportChange, ReportChanges

ANY = object()
"""Stands in a key for a column that is not known."""
MAX_CHECKED = 100
"""Most entries whose effect on a report is told by asking it before and after each."""

Says = Callable[[Json], Any]
"""Values of a row that are compared; None where it counts as no row."""


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
    for name, each in report.parameters.items():
        if each.not_compared is not None and asked.parameters.get(name) == each.not_compared:
            raise BadRequest(f"{name}={each.not_compared}: the rows that are compared do not say it; leave it out.")
    for name in asked.filters:
        if not report.compares(name):
            raise BadRequest(f"{name}: the rows that are compared do not say it; leave it out.")
    if isinstance(report, Rows):
        return Differences(await _changed_rows(connection, asked, report, between, says), None)
    keys: Sequence[Any] | None = None
    effects = _Effects(report)
    if isinstance(report, Snapshot) and report.totals is None and not report.members:
        # The key is that of the rows that are read: nothing else can have changed.
        effects = await _effects(connection, asked, between, rows=True, totals=False)
        keys = sorted({key[0] for key in effects.rows})
    before, after = await _both(connection, asked, between, keys)
    told = {
        key: (was, now)
        for key in dict.fromkeys((*after.rows, *before.rows))
        if (was := _said(before.rows.get(key), says)) != (now := _said(after.rows.get(key), says))
    }
    if keys is None:
        effects = await _effects(connection, asked, between, rows=bool(told), totals=before.totals != after.totals)
    checked = _Checked(connection, asked, between.before, keys, effects.all)
    found = []
    for key, (was, now) in told.items():
        named = dict(zip(report.key, key, strict=True))
        causes = effects.of(key, measures(named))
        sure = {each for each in causes if effects.is_sure(key, each)}
        causes = [each for each in causes if each in sure or await checked.shows(key, each, says)]
        found.append(Changed(named, was, now, causes))
    if before.totals == after.totals:
        return Differences(found, None)
    causes = effects.of_totals(of_totals)
    if effects.all is not None:
        causes = [each for each in causes if await checked.shows_totals(each)]
    return Differences(found, Changed({}, before.totals, after.totals, causes))


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


@dataclass(slots=True)
class _End:
    rows: dict[tuple[Any, ...], Json] = field(default_factory=dict)
    totals: Json | None = None


@dataclass(slots=True)
class _Effects:
    """Sequences that changed lines, by the key of the line's row, with the measures that changed."""

    report: Report
    rows: dict[tuple[Any, ...], dict[int, set[str]]] = field(default_factory=dict)
    """A key has ANY in place of what a source does not hold of it."""
    totals: dict[int, set[str]] = field(default_factory=dict)
    all: Sequence[int] | None = None
    """All sequences that may have changed any row, where they are few enough to look at each."""

    def of_totals(self, measures: Collection[str] | None) -> list[int]:
        """Sequences that changed the totals, or may have."""
        if self.all is not None:
            return list(self.all)
        return sorted(each for each, moved in self.totals.items() if measures is None or not moved.isdisjoint(measures))

    def of(self, key: tuple[Any, ...], measures: Collection[str] | None) -> list[int]:
        """Sequences that changed a row, or may have."""
        if self.all is not None:
            return list(self.all)
        if measures is None and isinstance(self.report, Aggregate):
            measures = self.report.measures
        found: dict[int, set[str]] = {}
        for held in {tuple(part is not ANY for part in each) for each in self.rows}:
            part = tuple(value if holds else ANY for value, holds in zip(key, held, strict=True))
            found |= self.rows.get(part, {})
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
    first: Moment
    """Moment of the first state of knowledge."""
    keys: Sequence[Any] | None
    all: Sequence[int] | None
    """Sequences between which nothing changes."""
    known: dict[int, _End] = field(default_factory=dict)

    async def shows(self, key: tuple[Any, ...], sequence: int, says: Says) -> bool:
        """Tell if a row says something else since a sequence; true where too many were looked at."""
        if sequence not in self.known and len(self.known) >= 2 * MAX_CHECKED:
            return True
        before, after = await self._at(sequence - 1), await self._at(sequence)
        return bool(_said(before.rows.get(key), says) != _said(after.rows.get(key), says))

    async def shows_totals(self, sequence: int) -> bool:
        """Tell if the totals say something else since a sequence."""
        return bool((await self._at(sequence - 1)).totals != (await self._at(sequence)).totals)

    async def _at(self, sequence: int) -> _End:
        if self.all is not None:
            place = bisect_right(self.all, sequence)
            sequence = self.all[place - 1] if place else self.first.known_at
        found = self.known.get(sequence)
        if found is None:
            try:
                found = await _end(self.connection, self.asked, Moment(self.first.as_of, sequence), self.keys)
            except NotKnown:
                found = _End()
            self.known[sequence] = found
        return found


def _said(row: Json | None, says: Says) -> Any:
    return None if row is None else says(row)


async def _changed_rows(
    connection: Connection, asked: Question, report: Rows, between: Between, says: Says
) -> list[Changed]:
    bind = Places(values_of(asked, between.after) | _known(between))
    text = compose.versions(report, bind, tuple(asked.filters))
    found = await fetch(connection, asked, compose.as_json_versions(report.columns, text), bind)
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


async def _both(
    connection: Connection, asked: Question, between: Between, keys: Sequence[Any] | None
) -> tuple[_End, _End]:
    """The report as known at first and in the end; empty where nothing was known of its subject. `keys` are values of
    the first column of the key to which it is restricted."""
    try:
        after = await _end(connection, asked, between.after, keys)
    except NotKnown:
        return await _end(connection, asked, between.before, keys), _End()
    try:
        return await _end(connection, asked, between.before, keys), after
    except NotKnown:
        return _End(), after


async def _end(connection: Connection, asked: Question, moment: Moment, keys: Sequence[Any] | None) -> _End:
    if keys is None:
        found, summed = await answer(connection, asked, moment)
    else:
        found, summed = await rows(connection, asked, moment, keys=keys), "{}"
    told = [json.loads(row) for row in found]
    return _End({_key(asked.report, row): row for row in told}, json.loads(summed) or None)


async def _effects(connection: Connection, asked: Question, between: Between, *, rows: bool, totals: bool) -> _Effects:
    """Entries that changed what rows, and what totals, are made of, as far as it is asked for."""
    report = asked.report
    found = _Effects(report)
    values, filters = values_of(asked, between.after) | _known(between), tuple(asked.filters)
    if isinstance(report, Aggregate) and rows:
        bind = Places(values)
        for row in await fetch(connection, asked, compose.effects(report, bind, filters), bind):
            moved = {name for name, each in zip(report.measures, row["moved"], strict=True) if each}
            found.rows.setdefault(_key(report, row), {})[row["sequence"]] = moved
    if isinstance(report, Aggregate) and totals:
        bind = Places(values)
        text = compose.effects(report, bind, filters, of_totals=True)
        for row in await fetch(connection, asked, text, bind):
            moved = {name for name, each in zip(report.totals_measures, row["moved"], strict=True) if each}
            found.totals[row["sequence"]] = moved
    if isinstance(report, Snapshot) and (report.members or report.totals is not None):
        # A member of a row for a while alone, and a change of what the totals leave out, are found by a look at every
        # entry.
        changing: set[int] = set()
        for source in report.sources:
            bind = Places(values)
            changing |= {
                row["sequence"] for row in await fetch(connection, asked, compose.changing(source, bind), bind)
            }
        if len(changing) < 2 * MAX_CHECKED:
            found.all = sorted(changing)
            return found
    if isinstance(report, Snapshot):
        for source in report.sources:
            for known in ("from_known", "to_known") if report.members else ("to_known",):
                bind = Places(values)
                made = compose.touched(report, source, bind, known, filters)
                for row in () if made is None else await fetch(connection, asked, made, bind):
                    key = tuple(row.get(name, ANY) for name in report.key)
                    found.rows.setdefault(key, {})[row["sequence"]] = set()
        found.totals = {each: moved for line in found.rows.values() for each, moved in line.items()}
    return found


def _key(report: Report, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in report.key)


def _known(between: Between) -> dict[str, tuple[Any, str]]:
    return {"from_known": (between.from_known, "bigint"), "to_known": (between.to_known, "bigint")}
