"""SQL of one row class: its table and indexes, and how readers see its rows at two times.

Every row is a version: known from the entry that made it until the entry that unmade it. A report asks which versions
were known at a sequence and hold at an instant. Three sets of rows have an index each, which also holds what reports
count and sum (`COUNTED`, `SUMMED`):

- last: what stands and has not ended, in the order in which it is counted;
- ended: what stands and has ended;
- superseded: what is no longer believed.

An instant wants the few of the ended ones that had begun by then, among all that ended later; so does a sequence with
the superseded ones. What lasts at most L and holds at a point ends within L behind it: so both are kept by classes of
length, and each class is asked only for what ends within its longest. Measured with 630,000 versions of 30,000 deals:
7 to 9 ms for a funnel at any two times, where indexes by beginning and end alone take 9 to 15, and GiST over ranges 44
to 65.
"""

# ruff: noqa: S608

from collections.abc import Iterable

from projections.columns import Column, columns_of
from projections.replay.view import Instant, Interval, Row

STANDS = 9223372036854775807
_HOURS = (24, 96, 384, 1536, 6144, 24576)
_SEQUENCES = (64, 1024, 16384, 262144, 4194304, 67108864, 1073741824)
_LAST_MOMENT = "timestamptz '9999-12-31 00:00:00+00'"
"""Lengths are told for every row, those that have not ended included: before version 17, PostgreSQL cannot subtract
from infinity."""
ALWAYS = "timestamptz '0001-01-01 00:00:00+00'"
"""Beginning of rows whose tables, of an older version, have none."""
_KNOWN = {
    "known_from": "Sequence of the entry whose arrival made this version.",
    "known_to": f"Sequence of the entry whose arrival unmade it; {STANDS} while it stands.",
}
_INDENT = "    "


def literal(text: str) -> str:
    """Text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listed(items: Iterable[str], indent: str) -> str:
    """Items, comma separated, in lines of at most 120 characters as long as an item is no longer."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 3 <= 120:
            lines[-1] += f", {item}"
        else:
            if lines:
                lines[-1] += ","
            lines.append(f"{indent}{item}")
    return "\n".join(lines)


def tables(row: type[Row]) -> str:
    """The table with its comments, and the indexes that writing needs. The search path says which schema."""
    lines = [f"create table {row.TABLE} ("]
    lines += [
        f"{_INDENT}{each.name} {each.kind.sql}{'' if each.optional else ' not null'}," for each in columns_of(row)
    ]
    lines += [
        f"{_INDENT}known_from bigint not null,",
        f"{_INDENT}known_to bigint not null default {STANDS}",
        ") with (",
        f"{_INDENT}autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,",
        f"{_INDENT}autovacuum_analyze_scale_factor = 0.02",
        ");",
    ]
    comments = {each.name: _in_table(row, each) for each in columns_of(row)} | _KNOWN
    lines += _comments("table", row.TABLE, _documented(row), comments)
    lines += [
        "",
        f"create unique index {row.TABLE}_key on {row.TABLE} ({', '.join(row.KEY)})",
        f"{_INDENT}where known_to = {STANDS};",
        f"create index {row.TABLE}_{row.KEY[0]} on {row.TABLE} ({row.KEY[0]});",
    ]
    lines += [
        f"create index {row.TABLE}_{each.name} on {row.TABLE} ({', '.join(each.columns)})\n"
        f"{_INDENT}where {each.where} and known_to = {STANDS};"
        for each in row.INDEXES
    ]
    return "\n".join(lines) + "\n"


def indexes(row: type[Row]) -> str:
    """Statements that make the indexes of reports where they are not there yet, in the schema {generation}."""
    made = []
    for name, text in _indexes(row).items():
        made += [
            f"{_INDENT}if to_regclass('{{generation}}.{name}') is null then",
            *(f"{_INDENT * 2}{line}" for line in text.splitlines()),
            f"{_INDENT}end if;",
        ]
    return "\n".join(["do $$", "begin", *made, "end", "$$;"]) + "\n"


def _indexes(row: type[Row]) -> dict[str, str]:
    table, counted, summed = f"{{generation}}.{row.TABLE}", row.COUNTED, row.SUMMED
    superseded = _index(
        f"{row.TABLE}_superseded",
        table,
        (_length_of_knowledge(""), "known_to", "known_from"),
        (*_times(row), *counted, *summed),
        f"known_to < {STANDS}",
    )
    past: dict[str, str] = {}
    if row.PAST:
        columns = tuple(dict.fromkeys((row.PAST[0], row.KEY[0], _times(row)[0])))
        included = tuple(each for each in (*row.PAST, *_times(row), "known_from") if each not in columns)
        past[f"{row.TABLE}_past"] = _index(f"{row.TABLE}_past", table, columns, included, f"known_to = {STANDS}")
    match row.VALID:
        case Instant(at):
            standing = (*counted, at, "known_from"), summed, f"known_to = {STANDS}"
            return {
                f"{row.TABLE}_standing": _index(f"{row.TABLE}_standing", table, *standing),
                f"{row.TABLE}_superseded": superseded,
                **past,
            }
        case Interval(begins, ends):
            last = (*counted, begins, "known_from"), summed, f"known_to = {STANDS} and {ends} = 'infinity'"
            ended = (
                (_length_of_time("", begins, ends), ends, begins),
                ("known_from", *counted, *summed),
                f"known_to = {STANDS} and {ends} < 'infinity'",
            )
            return {
                f"{row.TABLE}_last": _index(f"{row.TABLE}_last", table, *last),
                f"{row.TABLE}_ended": _index(f"{row.TABLE}_ended", table, *ended),
                f"{row.TABLE}_superseded": superseded,
                **past,
            }


def index_names(row: type[Row]) -> set[str]:
    """Names of all indexes of a table."""
    written = {f"{row.TABLE}_key", f"{row.TABLE}_{row.KEY[0]}", *(f"{row.TABLE}_{each.name}" for each in row.INDEXES)}
    return written | _indexes(row).keys()


def _index(name: str, table: str, columns: tuple[str, ...], include: tuple[str, ...], where: str) -> str:
    lines = [f"create index {name} on {table} (", listed(columns, _INDENT), ")"]
    if include:
        lines[-1] += " include (" + ", ".join(include) + ")"
    return "\n".join([*lines, f"where {where};"])


def _times(row: type[Row]) -> tuple[str, ...]:
    return (row.VALID.at,) if isinstance(row.VALID, Instant) else (row.VALID.begins, row.VALID.ends)


def _length_of_time(prefix: str, begins: str, ends: str) -> str:
    classes = ",".join(f"{hours} hours" for hours in _HOURS)
    return f"width_bucket(least({prefix}{ends}, {_LAST_MOMENT}) - {prefix}{begins}, '{{{classes}}}'::interval[])"


def _length_of_knowledge(prefix: str) -> str:
    classes = ",".join(map(str, _SEQUENCES))
    return f"width_bucket({prefix}known_to - {prefix}known_from, '{{{classes}}}'::bigint[])"


def in_order(row: type[Row], *behind: str) -> list[str]:
    """Columns as relations of `reporting` have them: those added by a later version stand behind all others."""
    first = [each.name for each in columns_of(row) if not each.added]
    return [*first, *behind, *(each.name for each in columns_of(row) if each.added)]


def served(row: type[Row], lacking: frozenset[str] = frozenset()) -> str:
    """The table of the served generation, whichever that is. `lacking` names columns that a generation of an older
    version does not have: they hold for ever, or are null. A table of which it has none is empty."""
    places = {each.name: f"{each.name}" for each in columns_of(row)} | {name: name for name in _KNOWN}
    for each in columns_of(row):
        if each.name in lacking:
            value = "null"
            if isinstance(row.VALID, Interval):
                value = {row.VALID.begins: ALWAYS, row.VALID.ends: "'infinity'"}.get(each.name, value)
            places[each.name] = f"{value}::{each.kind.sql} as {each.name}"
    source = f"from {{generation}}.{row.TABLE}"
    if lacking >= set(row.columns()):
        places |= {name: f"null::bigint as {name}" for name in _KNOWN}
        source = "where false"
    names = [places[each] for each in in_order(row, *_KNOWN)]
    return (
        f"create or replace view served.{row.TABLE} as\nselect\n{listed(names, _INDENT)}\n"
        f"  {source};\n"
        f"comment on view served.{row.TABLE} is 'The table of the served generation, as it is.';\n"
    )


def stale(view: str, kind: str) -> str:
    """Subjects of a view whose rows are those of before."""
    plural = f"{kind.capitalize()}s"
    return (
        f"create or replace view reporting.{view}_stale as\n"
        f"select substr(stale.subject, {len(kind) + 2}) as {kind}, stale.sequence\n"
        f"  from reporting.stale where stale.view = {literal(view)};\n"
        f"comment on view reporting.{view}_stale is\n"
        f"    '{plural} whose later entries could not be folded: their rows are those of before.';\n"
        f"comment on column reporting.{view}_stale.{kind} is 'Id of the {kind}.';\n"
        f"comment on column reporting.{view}_stale.sequence is 'The entry since which it cannot be folded.';\n"
    )


def face(row: type[Row], view: str | None) -> str:
    """SQL of a table's views and functions: all versions, the present, the rows at any two times. `view` is the one
    whose stale subjects are marked."""
    parts = [served(row), _versions(row), _two_times(row), _of_one(row)]
    if row.PAST:
        parts += [_past(row), _of_one(row, "_past")]
    if row.FACE:
        parts += [_present(row, view), _report(row)]
    return "\n".join(parts)


def _shown(row: type[Row], name: str, source: str) -> str:
    """A column as readers see it. No end is null, because many drivers cannot read infinity; so is a beginning that the
    tables of an older version lack."""
    if isinstance(row.VALID, Interval) and name == row.VALID.ends:
        return f"nullif({source}.{name}, 'infinity') as {name}"
    added = any(each.added for each in columns_of(row) if each.name == name)
    if isinstance(row.VALID, Interval) and name == row.VALID.begins and added:
        return f"nullif({source}.{name}, {ALWAYS}) as {name}"
    return f"{source}.{name}"


def _versions(row: type[Row]) -> str:
    name = f"reporting.{row.TABLE}_version"
    match row.VALID:
        case Instant(at):
            holds = f"at as_of where {at} <= as_of"
        case Interval(begins, ends):
            holds = f"at as_of where {begins} <= as_of and ({ends} is null or as_of < {ends})"
    comment = (
        f"{_first_sentence(row)}, in every state of knowledge: {holds}, "
        "as known at known_at where known_from <= known_at < known_to."
    )
    columns = in_order(row, *_KNOWN)
    comments = {each.name: each.comment for each in columns_of(row)} | _KNOWN
    return "\n".join(
        [
            f"create or replace view {name} as",
            "select",
            listed([_shown(row, each, "version") for each in columns], _INDENT),
            f"  from served.{row.TABLE} version;",
            *_comments("view", name, comment, {each: comments[each] for each in columns}),
            "",
        ]
    )


def _present(row: type[Row], view: str | None) -> str:
    name = f"reporting.{row.TABLE}"
    columns = in_order(row, *(["stale"] if view else []))
    subject = row.KEY[0]
    marked = f"exists (select from reporting.{view}_stale stale where stale.{subject} = version.{subject}) as stale"
    comments = {each.name: each.comment for each in columns_of(row)} | {
        "stale": f"Whether the {subject}'s later entries could not be folded."
    }
    return "\n".join(
        [
            f"create or replace view {name} as",
            "select",
            listed([marked if each == "stale" else _shown(row, each, "version") for each in columns], _INDENT),
            f"  from served.{row.TABLE} version",
            f" where version.known_to = {STANDS};",
            *_comments(
                "view",
                name,
                f"{_first_sentence(row)}, by all that is known now.",
                {each: comments[each] for each in columns},
            ),
            "",
        ]
    )


def _two_times(row: type[Row]) -> str:
    """The rows that hold at an instant, as known at a sequence, for reports to be made of: all, and in two sets.

    Those that stand and have not ended are by far the most, and an index has them in the order in which they are
    counted. Counted together with others they would be hashed row by row, which takes twice as long.
    """
    what = f"{row.TABLE} that hold at as_of, as known at known_at"
    columns = in_order(row, *_KNOWN)
    whole = _union(f"served.{row.TABLE}", row, columns, _held(row, row.TABLE), f"Rows of {what}.")
    last, others = _held(row, f"{row.TABLE}_last")[:1], _held(row, f"{row.TABLE}_others")[1:]
    return "\n".join(
        [
            whole,
            _union(f"served.{row.TABLE}_last", row, columns, last, f"Of the rows of {what} those that last."),
            _union(
                f"served.{row.TABLE}_others", row, columns, others, f"Of the rows of {what} all but those that last."
            ),
        ]
    )


def _held(row: type[Row], function: str) -> list[tuple[str, list[str]]]:
    """Sets of rows that hold at the two times of a function, each as its source and conditions, the last ones first."""
    name = f"served.{row.TABLE}"
    as_of = f"(select reporting.instant({function}.as_of))"
    known = f"(select reporting.known({function}.known_at))"
    begins = row.VALID.at if isinstance(row.VALID, Instant) else row.VALID.begins
    held = [f"version.{begins} <= {as_of}"]
    parts: list[tuple[str, list[str]]] = []
    if isinstance(row.VALID, Interval):
        ends = row.VALID.ends
        parts.append(
            (
                name,
                [
                    f"version.known_to = {STANDS}",
                    f"version.known_from <= {known}",
                    f"version.{ends} = 'infinity'",
                    *held,
                ],
            )
        )
        parts.append(
            (
                _classes([f"interval '{hours} hours'" for hours in _HOURS], name),
                [
                    f"version.known_to = {STANDS}",
                    f"version.known_from <= {known}",
                    f"version.{ends} < 'infinity'",
                    f"{_length_of_time('version.', begins, ends)} = class.number",
                    f"version.{ends} > {as_of}",
                    f"version.{ends} <= coalesce(least({as_of}, {_LAST_MOMENT}) + class.longest, 'infinity')",
                    *held,
                ],
            )
        )
        held = [f"version.{ends} > {as_of}", *held]
    else:
        parts.append((name, [f"version.known_to = {STANDS}", f"version.known_from <= {known}", *held]))
    return [*parts, (_classes([str(each) for each in _SEQUENCES], name), [*_superseded(known), *held])]


def _superseded(known: str) -> list[str]:
    """Conditions of versions that were known and are not any more."""
    return [
        f"version.known_to < {STANDS}",
        f"{_length_of_knowledge('version.')} = class.number",
        f"version.known_to > {known}",
        f"version.known_to <= coalesce(least({known}, {STANDS // 2}) + class.longest, {STANDS})",
        f"version.known_from <= {known}",
    ]


def _past(row: type[Row]) -> str:
    """The rows that had begun by an instant, ended or not, as known at a sequence, for reports over time."""
    table, name = f"served.{row.TABLE}", f"served.{row.TABLE}_past"
    as_of = f"(select reporting.instant({row.TABLE}_past.as_of))"
    known = f"(select reporting.known({row.TABLE}_past.known_at))"
    begun = f"version.{_times(row)[0]} <= {as_of}"
    parts = [
        (table, [f"version.known_to = {STANDS}", f"version.known_from <= {known}", begun]),
        (_classes([str(each) for each in _SEQUENCES], table), [*_superseded(known), begun]),
    ]
    comment = f"Rows of {row.TABLE} that had begun by as_of, ended or not, as known at known_at."
    view = (
        f"create or replace view {name} as\n{_INDENT}select * from {table};\n"
        f"comment on view {name} is 'The table of the served generation, for reports over time.';\n"
    )
    return view + _union(name, row, in_order(row, *_KNOWN), parts, comment)


def _of_one(row: type[Row], past: str = "") -> str:
    """The rows of one subject, by its index, for reports that look them up subject by subject: those that hold at the
    two times, or that had begun by the first."""
    subject = next(each for each in columns_of(row) if each.name == row.KEY[0])
    name = f"served.{row.TABLE}{past}_of"
    asked = f"{row.TABLE}{past}_of"
    conditions = [
        f"version.{subject.name} = {asked}.{subject.name}",
        f"version.known_from <= {asked}.known_at",
        f"version.known_to > {asked}.known_at",
        f"version.{_times(row)[0]} <= {asked}.as_of",
    ]
    if isinstance(row.VALID, Interval) and not past:
        conditions.append(f"version.{row.VALID.ends} > {asked}.as_of")
    which = "had begun by as_of, ended or not" if past else "hold at as_of"
    comment = f"Rows of {row.TABLE} of one {subject.name} that {which}, as known at known_at; both are given."
    arguments = f"{subject.kind.sql}, timestamptz, bigint"
    return "\n".join(
        [
            f"create or replace function {name}({subject.name} {subject.kind.sql}, as_of timestamptz, known_at bigint)",
            f"returns setof served.{row.TABLE}",
            "language sql stable parallel safe",
            "begin atomic",
            f"{_INDENT}select",
            listed([f"version.{each}" for each in in_order(row, *_KNOWN)], _INDENT * 3),
            f"{_INDENT}  from served.{row.TABLE} version",
            f"{_INDENT} where " + f"\n{_INDENT}   and ".join(conditions) + ";",
            "end;",
            f"comment on function {name}({arguments}) is",
            f"{_INDENT}{literal(comment)};",
            "",
        ]
    )


def _union(
    name: str, row: type[Row], columns: Iterable[str], parts: Iterable[tuple[str, list[str]]], comment: str
) -> str:
    """A function of the two times that returns rows of several sources, each with its conditions."""
    selected = listed([f"version.{each}" for each in columns], _INDENT * 3)
    bodies = [
        "\n".join(
            [
                f"{_INDENT}select",
                selected,
                f"{_INDENT}  from {source} version",
                f"{_INDENT} where " + f"\n{_INDENT}   and ".join(conditions),
            ]
        )
        for source, conditions in parts
    ]
    return "\n".join(
        [
            f"create or replace function {name}(as_of timestamptz, known_at bigint) returns setof served.{row.TABLE}",
            "language sql stable parallel safe",
            "begin atomic",
            f"\n{_INDENT}union all\n".join(bodies) + ";",
            "end;",
            f"comment on function {name}(timestamptz, bigint) is",
            f"{_INDENT}{literal(comment)};",
            "",
        ]
    )


def _classes(longest: list[str], name: str) -> str:
    values = ", ".join(f"({number}, {each})" for number, each in enumerate([*longest, "null"]))
    return f"(values {values})\n{_INDENT}       as class (number, longest)\n{_INDENT} cross join {name}"


def _report(row: type[Row]) -> str:
    """The rows at any two times, as readers see them."""
    name = f"reporting.{row.TABLE}"
    by_name = {each.name: each for each in columns_of(row)}
    columns = [by_name[each] for each in in_order(row)]
    by = "at" if isinstance(row.VALID, Interval) else "by"
    comment = f"{_first_sentence(row).removesuffix(' over time')} {by} as_of, as known at the sequence known_at."
    return "\n".join(
        [
            f"create or replace function {name}(",
            f"{_INDENT}as_of timestamptz default now(), known_at bigint default reporting.sequence()",
            ")",
            "returns table (",
            listed([f"{each.name} {each.kind.sql}" for each in columns], _INDENT),
            ")",
            "language sql stable parallel safe",
            "begin atomic",
            f"{_INDENT}select",
            listed([_answered(row, each) for each in columns], _INDENT * 3),
            f"{_INDENT}  from served.{row.TABLE}({row.TABLE}.as_of, {row.TABLE}.known_at) version;",
            "end;",
            f"comment on function {name}(timestamptz, bigint) is",
            f"{_INDENT}{literal(comment)};",
            "",
        ]
    )


def _answered(row: type[Row], column: Column) -> str:
    """A column as a report gives it: a number without series has none, not an empty one."""
    if column.kind.name == "series":
        return f"nullif(version.{column.name}, '') as {column.name}"
    return _shown(row, column.name, "version")


def _documented(row: type[Row]) -> str:
    return " ".join((row.__doc__ or "").split())


def _first_sentence(row: type[Row]) -> str:
    """The first sentence of the docstring without its full stop."""
    return _documented(row).partition(". ")[0].removesuffix(".")


def _in_table(row: type[Row], column: Column) -> str:
    ends = isinstance(row.VALID, Interval) and column.name == row.VALID.ends
    return column.comment.replace("null while", "infinity while") if ends else column.comment


def _comments(what: str, name: str, comment: str, columns: dict[str, str]) -> list[str]:
    return [
        f"comment on {what} {name} is\n{_INDENT}{literal(comment)};",
        *(f"comment on column {name}.{each} is\n{_INDENT}{literal(text)};" for each, text in columns.items()),
    ]
