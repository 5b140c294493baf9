"""SQL of the reports: a function of each in `reporting`, and the view that lists them."""

import json
from collections.abc import Sequence

from contracts.policy import policy_rows
from contracts.types.currencies import MINOR_UNITS
from projections.columns import Column, columns_of
from projections.generated.tables import listed, literal
from projections.reports.compose import Bind, rows, totals
from projections.reports.report import RESERVED, Aggregate, Parameter, Report, Rows

_INDENT = "    "


def minor_units() -> str:
    """SQL function that gives the number of decimals of a currency; 2 for one that this version does not know."""
    other = sorted({units for units in MINOR_UNITS.values() if units != 2})
    lines = [
        f"    when currency in ({', '.join(literal(each) for each in sorted(_with(units)))}) then {units}"
        for units in other
    ]
    return "\n".join(
        [
            "create or replace function served.minor_units(currency text) returns integer",
            "language sql immutable parallel safe",
            "return case",
            *lines,
            "    else 2",
            "end;",
            "comment on function served.minor_units(text) is 'Decimals of a currency (ISO 4217).';",
            "",
        ]
    )


def policy() -> str:
    """SQL relation of all policy data, and functions that give a value that is in force on a day, and its name."""
    values = ",\n".join(
        f"{_INDENT}({literal(each.name)}, {literal(each.key)}, {each.value}, "
        f"date {literal(each.from_on.isoformat())}, "
        f"{'null::date' if each.until_on is None else f'date {literal(each.until_on.isoformat())}'})"
        for each in policy_rows()
    )
    return "\n".join(
        [
            "create or replace view reporting.policy as",
            "select *",
            f"  from (values\n{values}\n  ) as policy (name, key, value, from_on, until_on);",
            "comment on view reporting.policy is 'Statutory terms, published rates and thresholds of ours, by the days "
            "on which they hold; contracts/policy.toml has their sources.';",
            "comment on column reporting.policy.name is 'Name of the policy.';",
            "comment on column reporting.policy.key is 'Name of the value within it.';",
            "comment on column reporting.policy.value is 'The value: days, a score, or a fraction of 1.';",
            "comment on column reporting.policy.from_on is 'First day on which it holds.';",
            "comment on column reporting.policy.until_on is 'First day on which it holds no longer; null for none.';",
            "",
            "create or replace function served.policy_value(name text, key text, day date) returns numeric",
            "language sql stable parallel safe",
            "return (select policy.value from reporting.policy",
            "         where policy.name = policy_value.name and policy.key = policy_value.key",
            "           and policy.from_on <= policy_value.day",
            "           and policy_value.day < coalesce(policy.until_on, 'infinity'));",
            "comment on function served.policy_value(text, text, date) is",
            f"{_INDENT}'Value of a policy on a day; null before it.';",
            "",
        ]
    )


def _with(units: int) -> list[str]:
    return [code for code, each in MINOR_UNITS.items() if each == units]


def function(report: Report) -> str:
    """The report as a function of its parameters, as_of and known_at; its totals as another."""
    parts = [_function(report, report.name, report.columns, rows(report, _bind(report.name)), report.comment)]
    if report.totals is not None:
        name = f"{report.name}_totals"
        comment = f"Totals of {report.name}(…); one row."
        parts.append(_function(report, name, columns_of(report.totals), totals(report, _bind(name)), comment))
    return "\n".join(parts)


def _bind(function: str) -> Bind:
    return lambda name: f"{function}.{name}"


def _function(report: Report, name: str, columns: Sequence[Column], text: str, comment: str) -> str:
    required = {name: of for name, of in report.parameters.items() if of.required}
    others = {name: of for name, of in report.parameters.items() if not of.required}
    given = [
        *(f"{report.in_sql(each)} {of.kind.sql}" for each, of in required.items()),
        "as_of timestamptz" + (" default now()" if report.defaults else ""),
        "known_at bigint" + (" default reporting.sequence()" if report.defaults else ""),
        *(f"{report.in_sql(each)} {of.kind.sql} default {_default(of)}" for each, of in others.items()),
    ]
    types = [
        *(of.kind.sql for of in required.values()),
        "timestamptz",
        "bigint",
        *(of.kind.sql for of in others.values()),
    ]
    return "\n".join(
        [
            f"create or replace function reporting.{name}(",
            listed(given, _INDENT),
            ")",
            "returns table (",
            listed([f"{_quoted(each.name)} {each.kind.sql}" for each in columns], _INDENT),
            ")",
            "language sql stable parallel safe",
            "begin atomic",
            f"{text};",
            "end;",
            f"comment on function reporting.{name}({', '.join(types)}) is",
            f"{_INDENT}{literal(comment)};",
            "",
        ]
    )


def _quoted(name: str) -> str:
    """Name of a column where SQL declares it."""
    return f'"{name}"' if name in RESERVED else name


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if value is None:
        return "null"
    return literal(value) if isinstance(value, str) else str(value)


def catalog(reports: Sequence[Report]) -> str:
    """The view that lists the reports."""
    values = ",\n".join(f"{_INDENT}({', '.join(_cells(each))})" for each in reports)
    names = {
        "name": "Name of the report: of the function in reporting, of the address /reports/<name> and of the command.",
        "kind": "rows: each row is one row of a view. aggregate: rows of views are summed. snapshot: anything else.",
        "title_zh": "Its title in Chinese.",
        "title_en": "Its title in English.",
        "question_zh": "The question that it answers, in Chinese.",
        "question_en": "The question that it answers, in English.",
        "definition": "Formulas and edge cases.",
        "parameters": "Parameters beside as_of and known_at: name, type, whether it may be left out, meaning; its "
        "default; its name over HTTP and on the command line (asked_as), where that is another.",
        "columns": "Columns in order: name, type, kind, headings, meaning.",
        "key": "Columns that name a row.",
        "filters": "Columns by which answers over HTTP and on the command line can be filtered.",
    }
    comments = [
        f"comment on column reporting.catalog.{name} is\n{_INDENT}{literal(text)};" for name, text in names.items()
    ]
    return "\n".join(
        [
            "create or replace view reporting.catalog as",
            "select *",
            "  from (values",
            f"{values}",
            f"  ) as report ({', '.join(names)});",
            "comment on view reporting.catalog is 'The reports, each a function of as_of and known_at.';",
            *comments,
            "",
        ]
    )


def _cells(report: Report) -> list[str]:
    kind = "rows" if isinstance(report, Rows) else "aggregate" if isinstance(report, Aggregate) else "snapshot"
    texts = [
        report.name,
        kind,
        report.title.zh,
        report.title.en,
        report.question.zh,
        report.question.en,
        report.comment,
    ]
    parameters = [
        {
            "name": report.in_sql(name),
            "type": each.kind.sql,
            "optional": not each.required,
            "comment": each.comment,
            **({"default": each.default} if each.default is not None else {}),
            **({"asked_as": name} if each.in_sql else {}),
        }
        for name, each in report.parameters.items()
    ]
    columns = [
        {
            "name": each.name,
            "type": each.kind.sql,
            "kind": each.kind.name,
            "zh": each.label.zh,
            "en": each.label.en,
            "comment": each.comment,
        }
        for each in report.columns
    ]
    return [
        *map(literal, texts),
        *(f"{literal(json.dumps(each, ensure_ascii=False))}::jsonb" for each in (parameters, columns)),
        *(f"array[{', '.join(map(literal, each))}]::text[]" for each in (report.key, report.filters)),
    ]
