"""SQL of reports, composed from their statements: for functions of `reporting`, answers, changes and drill-down alike.

`bind` says how a parameter is written: as a function's argument, or as a place of a prepared statement. Filters are
written as parameters of the columns' names. Texts hold names of columns and relations alone, never a value.
"""
# ruff: noqa: S608

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from projections.columns import Column, columns_of
from projections.replay.view import Instant, Interval
from projections.reports.report import Aggregate, Cells, Report, Rows, Snapshot, Source, filtered_by
from projections.views.stage_position.rows import PositionRow

Bind = Callable[[str], str]
Filters = Sequence[str]

_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_WITH = re.compile(r"\A\s*with\s+", re.IGNORECASE)
_MOMENT = re.compile(r"\bmoment\b")


def rows(report: Report, bind: Bind, filters: Filters = (), *, of_keys: bool = False) -> str:
    """The report's rows, typed as its row class says; `of_keys`: those whose first column of the key is in the
    parameter `keys`."""
    text = _with(_relations(report, bind, filters), _bound(report.statements["rows"], bind))
    kept = _kept(report, bind, filters) if report.keeps_rows else ""
    if of_keys:
        kept = f"{kept}{' and ' if kept else ''}report.{report.key[0]} = any({bind('keys')})"
    return f"select report.*\nfrom (\n{text}\n) report\nwhere {kept}" if kept else text


def totals(report: Report, bind: Bind, filters: Filters = ()) -> str:
    """The one row of totals."""
    relations = _relations(report, bind, filters)
    if not isinstance(report, Aggregate):
        relations["report"] = f"report as (\n{_kept_rows(report, bind, filters)}\n)"
    return _with(relations, _bound(report.statements["totals"], bind))


def whole(report: Report, bind: Bind, filters: Filters = (), *, after: bool = False, limited: bool = False) -> str:
    """Rows and totals as JSON objects, what both are made of read once. Columns: `row`, null where there is none, and
    `totals`, the same in each. Of a report with an order the rows can be a page, as in `page`."""
    assert report.totals is not None
    relations = _relations(report, bind, filters)
    text = _kept_rows(report, bind, filters)
    if not isinstance(report, Aggregate):
        relations["report"] = f"report as materialized (\n{text}\n)"
        text = "select * from report"
        text = paged(report, text, bind, after, limited) if report.order else text
    told = as_json_rows(report.columns, text)
    relations["answer"] = f"answer as (\nselect row_number() over () as place, told.row from (\n{told}\n) told\n)"
    summed = as_json_rows(columns_of(report.totals), _bound(report.statements["totals"], bind))
    relations["summed"] = f"summed as (\n{summed}\n)"
    return _with(
        relations,
        "select answer.row, summed.row as totals\nfrom summed left join answer on true\norder by answer.place",
    )


def _kept_rows(report: Report, bind: Bind, filters: Filters) -> str:
    """Rows of a report, of which filters leave some."""
    text = _bound(report.statements["rows"], bind)
    kept = _kept(report, bind, filters) if report.keeps_rows else ""
    return f"select report.*\nfrom (\n{text}\n) report\nwhere {kept}" if kept else text


def versions(report: Rows, bind: Bind, filters: Filters = ()) -> str:
    """Rows of a report by versions of their source: `known_from`, `known_to`, and the columns. Versions are those that
    hold at as_of and that began or ended behind the sequence from_known up to to_known."""
    source = report.source
    known = f"(version.{{0}} > {bind('from_known')} and version.{{0}} <= {bind('to_known')})"
    kept = _kept(report, bind, filters)
    one = _with({"one": f"{source.name} as (select version.*)"}, _bound(report.statements["rows"], bind))
    return _with(
        _moment(report, bind, "to_known"),
        f"select version.known_from, version.known_to, report.*\n"
        f"from served.{source.name} version\n"
        f"cross join lateral (\n{one}\n) report\n"
        f"where ({known.format('known_from')} or {known.format('known_to')})\n"
        f"and {_holds(source, 'version', _as_of(source, bind))}{f' and {kept}' if kept else ''}",
    )


def effects(report: Aggregate, bind: Bind, filters: Filters = (), *, of_totals: bool = False) -> str:
    """Sequences behind from_known up to to_known whose entries changed lines. Columns: the key (none for the totals),
    `sequence`, and of each measure whether it changed (`moved`).

    A sequence changes a cell by what it made and unmade. Lines are linear, so each change of a cell is a change of
    lines by itself, with all other cells empty.
    """
    relations = _moment(report, bind, "to_known")
    for name, cells in report.cells.items():
        relations[f"{name}_change"] = _changes_of(name, cells, bind, filters)
    relations["line_change"] = _line_changes(report, bind)
    key = () if of_totals else report.key
    dimensions = tuple(each for each in report.dimensions if each in key or each not in report.key)
    measures = report.totals_measures if of_totals else report.measures
    presence = [each for each in measures if each in report.presence]
    if presence:
        at_first = _relations(report, lambda name: bind("from_known" if name == "known_at" else name), filters)
        at_first.pop("moment", None)
        relations |= at_first
        sums = ", ".join(f"sum(line.{each}) as {each}" for each in presence)
        relations["at_first"] = (
            f"at_first as (\nselect {_row(dimensions, 'line')} as name, {sums}\nfrom line group by name\n)"
        )
    sums = ", ".join(f"coalesce(sum(line_change.{each}), 0) as {each}" for each in measures)
    by = ", ".join([*(f"line_change.{each}" for each in dimensions), "line_change.sequence"])
    moved = f"select {by}, {_row(dimensions, 'line_change')} as name, {sums}\nfrom line_change group by {by}"
    changed = {
        each: f"(change.{each}_now > 0) <> (change.{each}_now - change.{each} > 0)"
        if each in presence
        else f"change.{each} <> 0"
        for each in measures
    }
    running = "".join(
        f", coalesce(at_first.{each}, 0) + sum(moved.{each}) over (partition by moved.name order by moved.sequence) "
        f"as {each}_now"
        for each in presence
    )
    joined = "\nleft join at_first on at_first.name = moved.name" if presence else ""
    named = ", ".join([*(f"change.{each}" for each in key), "change.sequence"])
    return _with(
        relations,
        f"select {named}, array[{', '.join(f'bool_or({each})' for each in changed.values())}] as moved\n"
        f"from (\nselect moved.*{running}\nfrom (\n{moved}\n) moved{joined}\n) change\n"
        f"where {' or '.join(changed.values())}\ngroup by {named}",
    )


def _line_changes(report: Aggregate, bind: Bind) -> str:
    """Changes of lines: of each cell that changed, with all others empty."""
    lines = _bound(report.statements["lines"], bind)
    parts = []
    for name in report.cells:
        others = {
            other: f"{other} as (select {_columns('change', _cell(cells))} from {other}_change change where false)"
            for other, cells in report.cells.items()
            if other != name
        }
        one = {name: f"{name} as (select {_columns('change', _cell(report.cells[name]))})", **others}
        parts.append(
            f"select change.sequence, line.*\nfrom {name}_change change\n"
            f"cross join lateral (\n{_with(one, lines)}\n) line"
        )
    return "line_change as (\n" + "\nunion all\n".join(parts) + "\n)"


def _row(names: Sequence[str], relation: str) -> str:
    """Values by which rows are told apart, null among them."""
    return f"row({_columns(relation, names)})::text" if names else "''"


def drill(report: Report, name: str, bind: Bind, figure: str | None = None, filters: Filters = ()) -> str | None:
    """Rows of one source, or cells, that made one row of a report; None where rows of the source make none. The row's
    key is given as parameters of the columns' names with `line_` before them; `figure` names one measure of an
    aggregate."""
    if isinstance(report, Aggregate):
        return _drilled_lines(report, name, bind, figure, filters)
    source = next(each for each in report.sources if each.relation == name)
    if source.row is None:
        return None
    joins: Mapping[str, Mapping[str, str]] = {}
    if isinstance(report, Rows):
        joins = {source.name: {each: each for each in report.key}}
    elif isinstance(report, Snapshot):
        joins = report.joins
        if report.members and source.name not in joins:
            return _drilled_members(report, source, bind, figure, filters)
    if source.name not in joins:
        return None
    kinds = {each.name: each for each in columns_of(source.row)}
    same = [
        f"{_keyed(kinds[mine], name, mine)} is not distinct from {bind(f'line_{theirs}')}"
        for mine, theirs in joins[source.name].items()
    ]
    asked = [each for each, of in report.parameters.items() if of.names_column and each in source.columns]
    same += [f"({bind(each)} is null or {name}.{each} = {bind(each)})" for each in asked]
    return f"select {name}.*\nfrom {_at(source, bind)} {name}\nwhere {' and '.join(same)}"


def as_json_rows(columns: Sequence[Column], text: str) -> str:
    """Rows of a text as JSON objects (`row`): amounts and rates are decimal strings, times ISO 8601 in UTC."""
    return f"select row_to_json(told)::text as row from (select {_listed(columns)} from (\n{text}\n) report) told"


def as_json_versions(columns: Sequence[Column], text: str) -> str:
    """Versions of rows (`versions`) as `known_from`, `known_to` and a JSON object (`row`)."""
    return (
        f"select report.known_from, report.known_to, (select row_to_json(told)::text from (select {_listed(columns)}) "
        f"told) as row from (\n{text}\n) report"
    )


def _listed(columns: Sequence[Column]) -> str:
    currency = any(each.name == "currency" for each in columns)
    return ", ".join(f"{_written(each, 'report', currency)} as {each.name}" for each in columns)


def touched(report: Snapshot, source: Source, bind: Bind, known: str, filters: Filters = ()) -> str | None:
    """Keys of a report, and the sequences at which rows of a source that made them began or ended; None where rows of
    the source make none. The rows hold at as_of; the sequences lie behind from_known, up to to_known. `known` is one of
    the two: where members say what makes a row, those of that time do."""
    name = source.name
    changed = _changed(source, bind)
    if report.members and name not in report.joins:
        subject = report.subject_of(source)
        if subject is None:
            return None
        key = ", ".join(f"member.{each}" for each in report.key)
        text = (
            f"select distinct {key}, change.sequence\nfrom (\n{{members}}\n) member\n"
            f"join served.{name} {name} on {name}.{subject} = member.{report.member_of(subject)}\n{changed}"
        )
        return text.format(members=_members(report, bind, known, filters))
    columns = report.joins.get(name)
    if columns is None:
        return None
    kinds = {each.name: each for each in columns_of(source.row)} if source.row is not None else {}
    key = ", ".join(f"{_keyed(kinds.get(mine), name, mine)} as {theirs}" for mine, theirs in columns.items())
    return f"select distinct {key}, change.sequence\nfrom served.{name} {name}\n{changed}"


def _changed(source: Source, bind: Bind) -> str:
    """Versions of a source's rows that began or ended behind from_known up to to_known: `change.sequence`."""
    name = source.name
    held = "" if source.valid is None else f"\nand {_holds(source, name, _as_of(source, bind))}"
    return (
        f"cross join lateral (values ({name}.known_from), ({name}.known_to)) as change (sequence)\n"
        f"where change.sequence > {bind('from_known')} and change.sequence <= {bind('to_known')}{held}"
    )


def changing(source: Source, bind: Bind) -> str:
    """Sequences behind from_known up to to_known at which rows of a source that hold at as_of began or ended."""
    return f"select distinct change.sequence\nfrom served.{source.name} {source.name}\n{_changed(source, bind)}"


def _members(report: Snapshot, bind: Bind, known: str, filters: Filters) -> str:
    """Subjects that make the rows of a report, as known at the sequence that `known` names."""

    def at(name: str) -> str:
        return bind(known if name == "known_at" else name)

    return _with(_relations(report, at, filters), _bound(report.statements["members"], at))


def _drilled_members(report: Snapshot, source: Source, bind: Bind, figure: str | None, filters: Filters) -> str | None:
    subject, name = report.subject_of(source), source.relation
    if subject is None:
        return None
    same = [f"member.{each} is not distinct from {bind(f'line_{each}')}" for each in report.key]
    if figure is not None:
        same.append(f"'{figure}' = any(member.figures)")
    member = f"member.{report.member_of(subject)}"
    kinds = columns_of(source.row) if source.row is not None else ()
    # Money of another currency is in other rows.
    money = [each.name for each in kinds if each.name == "currency" and not each.optional]
    others = "".join(f"\nand {name}.{each} = {bind(f'line_{each}')}" for each in money if each in report.key)
    return (
        f"select {name}.*\nfrom {_at(source, bind)} {name}\nwhere {name}.{subject} in (\n"
        f"select {member} from (\n{_members(report, bind, 'known_at', filters)}\n) member\n"
        f"where {' and '.join(same)}\n){others}"
    )


def page(report: Report, bind: Bind, filters: Filters, after: bool, limited: bool) -> str:
    """Rows in the order of the report; behind those up to the ones that the parameters `after_…` name, and at most
    `limit`.

    What is costly to work out is worked out for the rows of the page alone. Where a statement says of which subjects
    they are, these are looked up one by one. Where the rows come in this order, the limit stands with the statement
    that sorts; where the order begins with a column of the first relation, rows of that one before the page are left
    out.
    """
    if limited and isinstance(report, Snapshot) and report.pages_by_subject:
        text = _with(_page_relations(report, bind, filters, after), _bound(report.statements["rows"], bind))
        return paged(report, text, bind, after, limited)
    if not (isinstance(report, Snapshot) and report.comes_in_order):
        return paged(report, rows(report, bind, filters), bind, after, limited)
    first, alone = "", len(report.order) == 1
    if after and report.pages_by_first:
        name = report.order[0]
        first = f'{report.reads[0].relation}.{name} collate "C" {">" if alone else ">="} {bind(f"after_{name}")}'
    text = _with(_relations(report, bind, filters, first), _bound(report.statements["rows"], bind))
    kept = [_kept(report, bind, filters)] if report.keeps_rows and filters else []
    if after and not (first and alone):
        kept.append(_behind(report, bind))
    if kept:
        text = f"select report.*\nfrom (\n{text}\n) report\nwhere {' and '.join(kept)}"
    return text + (f"\nlimit {bind('limit')}" if limited else "")


def _page_relations(report: Snapshot, bind: Bind, filters: Filters, after: bool) -> dict[str, str]:
    """Relations of a report with rows of those subjects alone that the rows of a page are about."""
    found = _relations(report, bind, filters)
    subject = report.order[0]
    if "page" in report.statements:
        chosen = paged(report, _bound(report.statements["page"], bind), bind, after, True)
    else:
        # That of the row before the page may have more rows, or none.
        name = _ordered(report, subject, f"report.{subject}")
        behind = f"\nwhere {name} >= {bind(f'after_{subject}')}" if after else ""
        named = _bound(report.statements["subjects"], bind)
        chosen = f"select * from (\n{named}\n) report{behind}\norder by {name}\nlimit {bind('limit')} + 1"
    chosen = _with({name: text for name, text in found.items() if re.search(rf"\b{name}\b", chosen)}, chosen)
    subjects = f"subject as materialized (\nselect distinct page.{subject} from (\n{chosen}\n) page\n)"
    for source in report.reads:
        name = source.relation
        if source.row is not None and subject == report.joins.get(source.name, {}).get(source.row.KEY[0]):
            kept = _filtered(source, bind, filters) if report.applies_to(source) else ""
            at = f"least(moment.as_of, served.ends({bind(source.until)}))" if source.until else "moment.as_of"
            found[name] = (
                f"{name} as not materialized (select {name}.* from subject cross join moment\n"
                f"cross join lateral served.{source.name}_of(subject.{subject}, {at}, moment.known_at) {name}{kept})"
            )
    return {"moment": _moment_relation(bind, "known_at"), "subject": subjects} | {
        name: text for name, text in found.items() if name != "moment"
    }


def paged(report: Report, text: str, bind: Bind, after: bool, limited: bool) -> str:
    """Rows of a text in the order of the report, behind some and at most so many."""
    behind = f"\nwhere {_behind(report, bind)}" if after else ""
    limit = f"\nlimit {bind('limit')}" if limited else ""
    return f"select report.*\nfrom (\n{text}\n) report{behind}\norder by {', '.join(_order(report))}{limit}"


def _order(report: Report) -> list[str]:
    return [_ordered(report, each, f"report.{each}") for each in report.order]


def _behind(report: Report, bind: Bind) -> str:
    """Condition of the rows behind those up to the one that the parameters `after_…` name."""
    given = [_ordered(report, each, bind(f"after_{each}")) for each in report.order]
    return f"({', '.join(_order(report))}) > ({', '.join(given)})"


def _ordered(report: Report, name: str, text: str) -> str:
    column = next(each for each in report.columns if each.name == name)
    if column.kind.sql != "text":
        return text
    return f"""coalesce({text}, '') collate "C\"""" if column.optional else f'{text} collate "C"'


def _drilled_lines(report: Aggregate, name: str, bind: Bind, figure: str | None, filters: Filters) -> str | None:
    cells = report.cells[name]
    source = cells.source
    if source.row is None:
        return None
    lines = _bound(report.statements["lines"], bind)
    measures = (figure,) if figure else report.figures
    counts = " or ".join(f"coalesce(line.{each}, 0) <> 0" for each in measures)
    same = [f"line.{each} is not distinct from {bind(f'line_{each}')}" for each in report.key]
    dimensions = [f"{_dimension(cells, each, bind)} as {each}" for each in cells.dimensions]
    one = [*dimensions, "1::bigint as n", *(f"{source.name}.{each}" for each in cells.measures)]
    empty = {
        other: f"{other} as (select {', '.join([*_named_dimensions(each, bind), '0::bigint as n', *each.measures])} "
        f"from served.{each.source.name} {each.source.name}{_beside(each)} where false)"
        for other, each in report.cells.items()
        if other != name
    }
    beside = _beside(cells).replace("cross join", "from")
    relations = {name: f"{name} as (select {', '.join(one)}{beside})", **empty}
    return _with(
        _moment(report, bind, "known_at"),
        f"select {source.name}.*\nfrom {_at(source, bind)} {source.name}\n"
        f"where {_conditions(cells, bind, filters)}\n"
        f"and exists (select from (\n{_with(relations, lines)}\n) line\n"
        f"where {' and '.join([*same, f'({counts})'])})",
    )


def _relations(report: Report, bind: Bind, filters: Filters, first: str = "") -> dict[str, str]:
    """Relations that a report's statements name, in the order in which they are made. `first` is a condition that the
    rows of the first one fulfil."""
    found = _moment(report, bind, "known_at")
    if isinstance(report, Aggregate):
        for name, cells in report.cells.items():
            found[name] = _counted(name, cells, bind, filters)
        found["line"] = f"line as materialized (\n{_bound(report.statements['lines'], bind)}\n)"
        return found
    wanted = report.wanted if isinstance(report, Snapshot) else ()
    if wanted:
        given = ", ".join(f"{bind(each) if each in filters else 'null'}::text as {each}" for each in wanted)
        found["wanted"] = f"wanted as materialized (select {given})"
    others = [each for each in filters if each not in wanted]
    for place, source in enumerate(report.sources):
        name = source.relation
        applies = isinstance(report, Snapshot) and report.applies_to(source)
        kept = _filtered(source, bind, others) if applies else ""
        if first and place == 0:
            kept = f"{kept} and {first}" if kept else f" where {first}"
        found[name] = f"{name} as not materialized (select * from {_at(source, bind)} {name}{kept})"
    if "relations" in report.statements:
        found["relations"] = _WITH.sub("", _bound(report.statements["relations"], bind), 1)
    return found


def _filtered(source: Source, bind: Bind, filters: Filters) -> str:
    """Filters of the rows of a source."""
    kept = " and ".join(_matches(each, source.relation, source.columns, bind) for each in filters)
    return f" where {kept}" if kept else ""


def _matches(name: str, relation: str, columns: Collection[str], bind: Bind) -> str:
    """Condition that a row of a relation with these columns has the value of a filter, or leads to it at as_of."""
    column = filtered_by(name, columns)
    if column is None:
        raise ValueError(f"{relation} cannot be filtered by {name}.")
    if column == name:
        return f"{relation}.{name} = {bind(name)}"
    at = f"{bind('as_of')}, {bind('known_at')}"
    if column == "account":
        found = f"select placed.account from served.account_in_region({bind(name)}, {at}) placed"
    else:
        same = _matches(name, "followed", PositionRow.columns(), bind)
        found = f"select followed.deal from served.stage_position({at}) followed where {same}"
    return f"{relation}.{column} in ({found})"


def _counted(name: str, cells: Cells, bind: Bind, filters: Filters) -> str:
    source = cells.source
    kept = _conditions(cells, bind, filters)
    sums = [f"sum({source.name}.{each}) as {each}" for each in cells.measures]
    columns = ", ".join([*_named_dimensions(cells, bind), "count(*) as n", *sums])
    by = ", ".join(_dimension(cells, each, bind) for each in cells.dimensions)
    # Lines are linear, so that a cell may be counted in two parts.
    parts = ["_last", "_others"] if source.row is not None and source.name == source.row.TABLE else [""]
    counted = "\nunion all\n".join(
        f"select {columns}\nfrom {_at(source, bind, part)} {source.name}{_beside(cells)}\nwhere {kept}\ngroup by {by}"
        for part in parts
    )
    return f"{name} as materialized (\n{counted}\n)"


def _dimension(cells: Cells, name: str, bind: Bind) -> str:
    """A dimension as SQL over a row of the source."""
    return _bound(cells.derived[name], bind) if name in cells.derived else f"{cells.source.name}.{name}"


def _beside(cells: Cells) -> str:
    """Join of the two times, where a dimension names them: a function of a column of theirs is inlined, one of what a
    subquery gives is called row by row."""
    return "\ncross join moment" if any(_MOMENT.search(each) for each in cells.derived.values()) else ""


def _named_dimensions(cells: Cells, bind: Bind) -> list[str]:
    return [f"{_dimension(cells, each, bind)} as {each}" for each in cells.dimensions]


def _changes_of(name: str, cells: Cells, bind: Bind, filters: Filters) -> str:
    source = cells.source
    within = f"> {bind('from_known')} and {{0}} <= {bind('to_known')}"
    dimensions = [_dimension(cells, each, bind) for each in cells.dimensions]
    sums = [f"sum(change.sign * {source.name}.{each}) as {each}" for each in cells.measures]
    moved = ["sum(change.sign) <> 0", *(f"sum(change.sign * {source.name}.{each}) <> 0" for each in cells.measures)]
    named = ["change.sequence", *_named_dimensions(cells, bind), "sum(change.sign)::bigint as n"]
    return (
        f"{name}_change as materialized (\n"
        f"select {', '.join([*named, *sums])}\n"
        f"from served.{source.name} {source.name}{_beside(cells)}\n"
        f"cross join lateral (values ({source.name}.known_from, 1), ({source.name}.known_to, -1))"
        " as change (sequence, sign)\n"
        f"where change.sequence {within.format('change.sequence')}\n"
        f"and {_holds(source, source.name, bind('as_of'))}\nand {_conditions(cells, bind, filters)}\n"
        f"group by {', '.join(['change.sequence', *dimensions])}\nhaving {' or '.join(moved)}\n)"
    )


def _conditions(cells: Cells, bind: Bind, filters: Filters) -> str:
    """Conditions of the rows that a cell counts. What the journal says itself, such as the stages of playbooks, has no
    columns of filters and is counted whole."""
    names = () if cells.source.row is None else filters
    source = cells.source
    return " and ".join(
        [_bound(cells.where, bind), *(_matches(each, source.name, source.columns, bind) for each in names)]
    )


def _kept(report: Report, bind: Bind, filters: Filters) -> str:
    """Filters of a report of single rows; others filter what they are made of instead. The rows keep their order:
    `is true` makes no join of what is looked up in another table."""
    columns = {each.name for each in report.columns}
    matches = {each: _matches(each, "report", columns, bind) for each in filters}
    if "account" in matches and isinstance(report, Snapshot) and report.merges:
        at = f"{bind('as_of')}, {bind('known_at')}"
        merged = (
            f"select merged.account from served.account_merged({at}) merged where merged.member = {bind('account')}"
        )
        matches["account"] = f"report.account = coalesce(({merged}), {bind('account')})"
    return " and ".join(text if each in columns else f"({text}) is true" for each, text in matches.items())


def _cell(cells: Cells) -> tuple[str, ...]:
    return (*cells.dimensions, "n", *cells.measures)


def _columns(relation: str, names: Iterable[str]) -> str:
    return ", ".join(f"{relation}.{each}" for each in names)


def _moment(report: Report, bind: Bind, known: str) -> dict[str, str]:
    """The two times, where a statement asks for them."""
    if not any(_MOMENT.search(each) for each in report.statements.values()):
        return {}
    return {"moment": _moment_relation(bind, known)}


def _moment_relation(bind: Bind, known: str) -> str:
    as_of = f"reporting.instant({bind('as_of')})"
    return (
        f"moment as materialized (\nselect {as_of} as as_of, reporting.known({bind(known)}) as known_at,\n"
        f"reporting.local_day({as_of}) as day, (select zone from served.zone zone) as zone\n)"
    )


def _at(source: Source, bind: Bind, part: str = "") -> str:
    """Rows of a source at the two times; `part` names one of the two sets that `served` has of a table's."""
    if source.versions:
        known = f"(select reporting.known({bind('known_at')}))"
        held = _holds(source, "version", f"(select reporting.instant({_as_of(source, bind)}))")
        return (
            f"(select version.* from served.{source.name} version\n"
            f"where version.known_from <= {known} and {known} < version.known_to and {held})"
        )
    return f"served.{source.name}{part}({_as_of(source, bind)}, {bind('known_at')})"


def _as_of(source: Source, bind: Bind) -> str:
    """The moment of which a source gives rows."""
    as_of = bind("as_of")
    if not source.until:
        return as_of
    return f"least(reporting.instant({as_of}), served.ends({bind(source.until)}))"


def _holds(source: Source, relation: str, as_of: str) -> str:
    match source.valid:
        case Interval(begins, ends):
            return f"{relation}.{begins} <= {as_of} and {relation}.{ends} > {as_of}"
        case Instant(at):
            return f"{relation}.{at} <= {as_of}"
        case None:
            return "true"


def _keyed(column: Column | None, relation: str, name: str) -> str:
    """A column of a key as reports show it: a number without series has none. What is no table has no series."""
    named = f"{relation}.{name}"
    return f"nullif({named}, '')" if column is not None and column.kind.name == "series" else named


def _written(column: Column, relation: str, currency: bool) -> str:
    name = f"{relation}.{column.name}"
    match column.kind.name:
        case "instant":
            return f"served.written(nullif({name}, 'infinity'))"
        case "amount" if currency:
            return f"served.written({name}, {relation}.currency)"
        case "rate":
            return f"round({name}, 4)::text"
        case "duration":
            return f"round({name}, 2)::text"
        case "amount" | "decimal":
            return f"{name}::text"
        case "series":
            return f"nullif({name}, '')"
        case _:
            return name


def _with(relations: Mapping[str, str], text: str) -> str:
    """A statement with relations before it, those that it makes itself behind them."""
    if not relations:
        return text
    own = _WITH.match(text)
    return "with " + ",\n".join(relations.values()) + (f",\n{text[own.end() :]}" if own else f"\n{text}")


def _bound(text: str, bind: Bind) -> str:
    """A statement with its parameters written. Comments go: they may speak of parameters."""
    plain = "\n".join(line for line in _COMMENT.sub("", text).splitlines() if line.strip())
    return _PARAMETER.sub(lambda found: bind(found[1]), plain.rstrip().removesuffix(";"))
