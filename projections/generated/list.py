"""`projections/README.md`: the views and reports for people."""

from collections.abc import Iterable, Sequence

from projections.columns import Column, columns_of
from projections.replay.view import FlagRow, Instant, Row
from projections.reports import REPORTS
from projections.reports.report import Aggregate, Report, Rows
from projections.views import VIEWS

_HEAD = """\
# Views and reports

Written by `make schemas` from the row classes and the list of reports; change those, not this. How to add one:
[CONTRIBUTING.md](../CONTRIBUTING.md).

A view is a pure function over the effective history of one subject. Each row of its tables is a version: known from the
entry that made it until the entry that unmade it. A report is a question over such rows, **as of** and **known at** any
time. Every report is

- the SQL function `reporting.<name>(…, as_of, known_at)`,
- `GET /reports/<name>` as JSON, CSV and NDJSON, with `/changes` and `/rows`,
- `daybook report <name>`.

[documents.md](documents.md) lists what five documents about selling ask for, and the command that answers each.

"""


def view_and_report_list() -> str:
    """The document."""
    reports = "".join(f"| [{each.name}](#{each.name}) | {each.title.zh} | {each.question.en} |\n" for each in REPORTS)
    return (
        _HEAD
        + "| report | 名称 | question |\n| --- | --- | --- |\n"
        + reports
        + "\n## Reports\n"
        + "".join(map(_report, REPORTS))
        + "\n## Views\n"
        + "".join(_table(row) for row in _rows())
    )


def _rows() -> Sequence[type[Row]]:
    return list(dict.fromkeys([*(row for view in VIEWS for row in view.tables), FlagRow]))


def _report(report: Report) -> str:
    kind = "rows" if isinstance(report, Rows) else "aggregate" if isinstance(report, Aggregate) else "snapshot"
    parameters = "".join(
        f"- `{name}`{_how(report, name)}: {each.comment} Example: `{each.example}`.\n"
        for name, each in report.parameters.items()
    )
    facts = [f"Kind: {kind}.", f"Key: {', '.join(f'`{each}`' for each in report.key)}." if report.key else ""]
    facts.append(f"Filters: {', '.join(f'`{each}`' for each in report.filters)}." if report.filters else "")
    facts.append("Pages: `limit`, `cursor`." if report.order else "")
    totals = f"\nTotals:\n\n{_columns(columns_of(report.totals))}" if report.totals else ""
    return (
        f"\n### {report.name}\n\n{report.title.zh}. {report.question.en} {report.comment}\n\n"
        f"{' '.join(each for each in facts if each)}\n\n{parameters}{chr(10) if parameters else ''}"
        f"{_columns(report.columns)}{totals}"
    )


def _how(report: Report, name: str) -> str:
    """Remarks on a parameter: its name in SQL, its values, and what holds without it."""
    each = report.parameters[name]
    told = [f"in SQL `{each.in_sql}`"] if each.in_sql else []
    told += [" or ".join(f"`{word}`" for word in each.words)] if each.words else []
    told += ["optional"] if each.optional else []
    told += [f"default `{each.default}`"] if each.default is not None else []
    return f" ({', '.join(told)})" if told else ""


def _table(row: type[Row]) -> str:
    held = f"`{row.VALID.at}`" if isinstance(row.VALID, Instant) else f"`{row.VALID.begins}` to `{row.VALID.ends}`"
    text = " ".join((row.__doc__ or "").split())
    return (
        f"\n### {row.TABLE}\n\n{text} In SQL: `reporting.{row.TABLE}_version`. Valid: {held}. Key: "
        f"{', '.join(f'`{each}`' for each in row.KEY)}.\n\n{_columns(columns_of(row))}"
    )


def _columns(columns: Iterable[Column]) -> str:
    rows = "".join(
        f"| `{each.name}` | {each.label.zh} | {each.kind.name.replace('_', '/')}{', or null' if each.optional else ''} "
        f"| {each.comment} |\n"
        for each in columns
    )
    return f"| column | 标题 | kind | meaning |\n| --- | --- | --- | --- |\n{rows}"
