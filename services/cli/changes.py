"""`daybook changes`: what differs between two states of knowledge, and why."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, ask, clock, counted, following
from services.output import Cell, print_json, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from asyncpg import Connection

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
) -> None:
    """Compare a report between two states of knowledge: the rows that differ, and the entry that caused each.

    Example: `daybook changes pipeline --as-of 2026-03-31 --from-known 2026-03-31 --to-known 2026-04-05`
    """
    from services.query.former_answers import changes as compare
    from services.query.request_context import times_between

    async def question(connection: "Connection", settings: Settings) -> "Changes":
        between = await times_between(connection, as_of, from_known, to_known, following(settings))
        return await compare(connection, between, report.value if report else None, playbook)

    answer = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table("report", "row", "before", "after", "caused by")
    for change in answer["changes"]:
        before, after = _differing(change)
        key = " ".join(str(value) for value in change["key"].values() if value is not None)
        causes = [f"{each['sequence']} {each['type'].split('.')[1]}" for each in change["causes"]]
        rows.add_row(change["report"], key, before, after, causes, end_section=True)
    number = len(answer["changes"])
    count = f"{counted(number, 'row')} {'differs' if number == 1 else 'differ'},"
    show(
        rows,
        f"{count} as of {clock(answer['as_of'])}, between what was known at sequence "
        f"{answer['from_known']} and at {answer['to_known']}",
    )


def _differing(change: "ChangedRow") -> tuple[Cell, Cell]:
    """Return the columns that differ, on each side; the whole row where it is on one side only."""
    before: Any = change["before"]
    after: Any = change["after"]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return _side(before), _side(after)
    names = [name for name in after if before[name] != after[name]]
    return _side({name: before[name] for name in names}), _side({name: after[name] for name in names})


def _side(row: Any) -> Cell:
    if row is None:
        return "—"
    if not isinstance(row, dict):
        return str(row)
    return [f"{name} {'∅' if value is None else value}" for name, value in row.items() if value is not False]
