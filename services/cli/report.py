"""`daybook reports` and `daybook report NAME`: all reports, each a command made from the list."""

import inspect
import json
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, LanguageOption, ask, following, load
from services.output import Table, print_csv, print_json, say, show, table
from services.settings import Settings
from services.texts import Language
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from projections.columns import Column
    from projections.reports.report import Parameter, Report
    from services.query.report_question import Question

_RIGHT = ("amount", "rate", "decimal", "count", "whole", "days", "amounts")


class _Reports(TyperGroup):
    """Commands of the reports, made when one is asked for: reading the list takes a moment."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the reports."""
        from projections.reports import REPORTS

        return [report.name for report in REPORTS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a report; None where there is none."""
        from projections.reports import BY_NAME

        report = BY_NAME.get(cmd_name)
        if report is None:
            return None
        one = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        one.command(name=cmd_name, help=_help(report))(_command(report))
        return get_command(one)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of a report; a name that no report has is refused, with those written much like it."""
        from projections.reports import BY_NAME

        if args and not args[0].startswith("-") and args[0] not in BY_NAME:
            alike = get_close_matches(args[0], BY_NAME)
            meant = f" Did you mean {' or '.join(alike)}?" if alike else ""
            ctx.fail(f"There is no report {args[0]!r}.{meant} `daybook reports` lists all of them.")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Reports,
    help="Print a report of the list (`daybook reports`), what changed in it, or the rows behind a figure.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _group() -> None:
    pass


def reports(as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """List the reports.

    Example: `daybook reports --lang zh`
    """
    from projections.reports import REPORTS

    if as_json:
        from services.query.catalog import summary

        print_json({"reports": [summary(report) for report in REPORTS]})
        return
    wording = Wording(load(language=lang).language)
    rows = table(*wording.headings("report", "title", "question", "parameters", "filters"))
    for report in REPORTS:
        parameters = [f"--{name.replace('_', '-')}" for name in report.parameters]
        filters = [f"--{name}" for name in report.filters]
        title, question = wording.label(report.title), wording.label(report.question)
        rows.add_row(report.name, title, question, " ".join(parameters), " ".join(filters))
    show(rows)


def _help(report: "Report") -> str:
    given = "".join(f" --{name.replace('_', '-')} {report.parameters[name].example}" for name in report.needed)
    return (
        f"{report.title.zh}. {report.question.en}\n\n{report.comment}\n\n"
        f"Example: `daybook report {report.name}{given} --as-of 2026-03-31`"
    )


def _command(report: "Report") -> Any:
    """The function of a report's command; its signature is made of the report's parameters and filters."""

    def run(**given: Any) -> None:
        _run(report, **given)

    parameters = [
        _parameter(report.in_sql(name), name, _told(each), optional=not each.required)
        for name, each in report.parameters.items()
    ]
    parameters += [_parameter(name, name, f"Only rows with this {name}.") for name in report.filters]
    fixed: dict[str, tuple[Any, Any]] = {
        "as_of": (AsOfOption, None),
        "known_at": (KnownAtOption, None),
        "from_known": (
            Annotated[
                str | None,
                typer.Option(
                    "--from-known", help="Print what changed since this state of knowledge, up to --known-at."
                ),
            ],
            None,
        ),
        "line": (
            Annotated[
                str | None,
                typer.Option("--line", help=f"Print the rows behind one row, by {', '.join(report.key)} as CSV."),
            ],
            None,
        ),
        "figure": (Annotated[str | None, typer.Option("--figure", help="With --line: of one figure alone.")], None),
        "data": (DataOption, None),
        "as_json": (JsonOption, False),
        "as_csv": (Annotated[bool, typer.Option("--csv", help="Print CSV.")], False),
        "lang": (LanguageOption, None),
    }
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in fixed.items()
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _told(parameter: "Parameter") -> str:
    values = f" One of {', '.join(parameter.words)}." if parameter.words else ""
    default = "" if parameter.default is None else f" Default: {parameter.default}."
    return f"{parameter.comment}{values}{default}"


def _parameter(name: str, asked_as: str, comment: str, *, optional: bool = True) -> inspect.Parameter:
    """The option of a parameter; `name` is none that Python reserves."""
    type_: Any = str | None if optional else str
    option = Annotated[type_, typer.Option(f"--{asked_as.replace('_', '-')}", help=comment)]
    default = None if optional else inspect.Parameter.empty
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)


def _run(
    report: "Report",
    *,
    as_of: str | None,
    known_at: str | None,
    from_known: str | None,
    line: str | None,
    figure: str | None,
    data: Path | None,
    as_json: bool,
    as_csv: bool,
    lang: Language | None,
    **given: str | None,
) -> None:
    from services.query import drill_down, report_answers, report_changes, report_question
    from services.query.moment import moment
    from services.query.request_context import times_between

    names = {report.in_sql(name): name for name in report.parameters}
    asked = report_question.question(
        report, {names.get(name, name): text for name, text in given.items() if text is not None}
    )
    report = asked.report
    if sum((from_known is not None, line is not None)) > 1 or (figure is not None and line is None):
        raise typer.BadParameter("give one of --from-known and --line; --figure goes with --line.")
    if as_json and as_csv:
        raise typer.BadParameter("give one of --json and --csv.")

    async def question(connection: "Connection", settings: Settings) -> dict[str, Any]:
        if from_known is not None:
            between = await times_between(connection, as_of, from_known, known_at, following(settings))
            return dict(await report_changes.told_changes(connection, asked, between))
        at = await moment(connection, as_of, known_at, following(settings))
        if line is not None:
            key = drill_down.read_line(report, line)
            named = drill_down.read_figure(report, figure)
            return dict(await drill_down.told_rows(connection, asked, at, key, named))
        found, summed = await report_answers.answer(connection, asked, at)
        rows = [json.loads(row) for row in found]
        head = await report_answers.head(connection, asked, at)
        return {**head, "rows": rows, "totals": json.loads(summed)}

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
    elif from_known is not None:
        _print_changes(report, answer, wording, as_csv=as_csv)
    elif line is not None:
        _print_rows(report, answer, wording, as_csv=as_csv)
    else:
        _print_report(asked, answer, wording, as_csv=as_csv)


def _print_report(asked: "Question", answer: dict[str, Any], wording: Wording, *, as_csv: bool) -> None:
    from projections.columns import columns_of

    report = asked.report
    names = [each.name for each in report.columns]
    if as_csv:
        print_csv(names, ([row[name] for name in names] for row in answer["rows"]))
        return
    rows = _table(report.columns, wording)
    for row in answer["rows"]:
        rows.add_row(*(wording.cell(each, row[each.name]) for each in report.columns))
    show(rows)
    if report.totals is not None:
        totals = columns_of(report.totals)
        summed = _table(totals, wording)
        summed.add_row(*(wording.cell(each, answer["totals"][each.name]) for each in totals))
        show(summed)
    count = wording.text("rows", number=len(answer["rows"]))
    say(wording.text("count.moment", count=count, moment=wording.moment(answer)))
    if answer.get("policies"):
        say(wording.text("by policies", policies=", ".join(answer["policies"])))


def _print_changes(report: "Report", answer: dict[str, Any], wording: Wording, *, as_csv: bool) -> None:
    from projections.columns import columns_of

    changes = [*answer["changes"], *([answer["totals"]] if answer["totals"] else [])]
    if as_csv:
        header = ("key", "before", "after", "causes")
        print_csv(
            header,
            (
                (each["key"], each["before"], each["after"], " ".join(str(one["sequence"]) for one in each["causes"]))
                for each in changes
            ),
        )
        return

    def side(columns: "tuple[Column, ...]", row: dict[str, Any] | None, names: list[str]) -> list[str]:
        if row is None:
            return ["—"]
        return [wording.named(columns, each.name, row[each.name]) for each in columns if each.name in names]

    rows = table(*wording.headings("row", "before", "after", "caused by"))
    for each in changes:
        columns = columns_of(report.totals) if report.totals and each is answer["totals"] else report.columns
        before, after = each["before"], each["after"]
        names = list(after or before)
        if before is not None and after is not None:
            names = [name for name in names if before[name] != after[name]]
        causes = [f"{one['sequence']} {one['type'].split('.')[1]}" for one in each["causes"]]
        named = {one.name: one for one in report.columns}
        key = " ".join(wording.cell(named[name], value) for name, value in each["key"].items() if value is not None)
        sides = [side(columns, row, names) for row in (before, after)]
        rows.add_row(key or "—", *sides, causes, end_section=True)
    show(rows, f"{len(changes)}, {answer['from_known']} → {answer['to_known']}, {wording.at(answer['as_of'])}")


def _print_rows(report: "Report", answer: dict[str, Any], wording: Wording, *, as_csv: bool) -> None:
    from projections.columns import columns_of

    if as_csv:
        print_csv(("view", "entry", "row"), ((each["view"], each["entry"], each["row"]) for each in answer["rows"]))
        return
    entries = {each["sequence"]: each for each in answer["entries"]}
    columns = {source.row.TABLE: columns_of(source.row) for source in report.sources if source.row is not None}
    heads = wording.headings("view", "row", "entry", "type", "source / id", "occurred at")
    rows = table(*heads, right=(heads[2],))
    for each in answer["rows"]:
        of_row = columns[each["view"]]
        row = {name: value for name, value in each["row"].items() if value is not None}
        told = [wording.named(of_row, one.name, row[one.name]) for one in of_row if one.name in row]
        entry = entries.get(each["entry"])
        about = (
            (
                str(each["entry"]),
                entry["type"],
                f"{entry['source']} / {entry['id']}",
                wording.at(entry["occurred_at"]),
            )
            if entry
            else ("", "", "", "")
        )
        rows.add_row(each["view"], told, *about, end_section=True)
    more = "" if answer["whole"] else f" ({wording.text('more')})"
    show(rows, f"{len(answer['rows'])}{more}")


def _table(columns: "tuple[Column, ...]", wording: Wording) -> Table:
    heads = [wording.label(each.label) for each in columns]
    right = tuple(head for head, each in zip(heads, columns, strict=True) if each.kind.name in _RIGHT)
    return table(*heads, right=right)
