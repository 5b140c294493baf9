"""`daybook changes`: what differs between two states of knowledge, and why."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, LanguageOption, ask, following
from services.output import Cell, print_json, show, table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Connection

    from projections.columns import Column
    from services.query.shapes import ChangedRow, Changes


class Report(StrEnum):
    """The reports whose rows can be compared."""

    PIPELINE = "pipeline"
    RECEIVABLES = "receivables"
    FUNNEL = "funnel"
    AGEING = "ageing"


def changes(
    from_known: Annotated[
        str, typer.Option("--from-known", help="The first state of knowledge: a sequence, a day (its end) or a time.")
    ],
    report: Annotated[Report | None, typer.Argument(help="Which report. Default: pipeline and receivables.")] = None,
    to_known: Annotated[
        str | None, typer.Option("--to-known", help="The second, likewise. Default: all there is.")
    ] = None,
    as_of: AsOfOption = None,
    playbook: Annotated[str | None, typer.Option(help="For the funnel: which playbook's.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Compare a report between two states of knowledge: the rows that differ, and the entry that caused each.

    Example: `daybook changes pipeline --as-of 2026-03-31 --from-known 2026-03-31 --to-known 2026-04-05`
    """
    from services.query.former_answers import changes as compare
    from services.query.request_context import times_between

    async def question(connection: "Connection", settings: Settings) -> "Changes":
        between = await times_between(connection, as_of, from_known, to_known, following(settings))
        return await compare(connection, between, report.value if report else None, playbook)

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    rows = table(*wording.headings("report", "row", "before", "after", "caused by"))
    for change in answer["changes"]:
        before, after = _differing(change, wording)
        named = {each.name: each for each in _columns(change)}
        key = " ".join(
            wording.cell(named[name], value) if name in named else str(value)
            for name, value in change["key"].items()
            if value is not None
        )
        causes = [f"{each['sequence']} {each['type'].split('.')[1]}" for each in change["causes"]]
        rows.add_row(wording.text(change["report"]), key, before, after, causes, end_section=True)
    known = {name: answer[name] for name in ("from_known", "to_known")}
    show(rows, wording.text("differ", number=len(answer["changes"]), as_of=wording.at(answer["as_of"]), **known))


def _differing(change: "ChangedRow", wording: Wording) -> tuple[Cell, Cell]:
    """Return the columns that differ, on each side; the whole row where it is on one side only."""
    before: Any = change["before"]
    after: Any = change["after"]
    columns = _columns(change)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return _side(before, columns, wording), _side(after, columns, wording)
    names = [name for name in after if before[name] != after[name]]
    return (
        _side({name: before[name] for name in names}, columns, wording),
        _side({name: after[name] for name in names}, columns, wording),
    )


def _side(row: Any, columns: "Sequence[Column]", wording: Wording) -> Cell:
    if row is None:
        return "—"
    if not isinstance(row, dict):
        return str(row)
    return [wording.named(columns, name, value) for name, value in row.items() if value is not False]


def _columns(change: "ChangedRow") -> "Sequence[Column]":
    """Columns of the report, and of its totals, from which the row was made."""
    from projections.columns import columns_of
    from projections.reports import BY_NAME

    report = BY_NAME[_MADE_OF.get(change["report"], change["report"])]
    return (*report.columns, *(columns_of(report.totals) if report.totals else ()))


_MADE_OF = {"receivables": "receivables_open"}
"""Reports whose rows the command shows, where the name is another."""
