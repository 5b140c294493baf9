"""`daybook playbook simulate`: what a draft would change."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, LanguageOption, ask, following
from services.cli.playbook_file import FileArgument, right
from services.output import Table, print_json, say, table
from services.output import show as print_table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import Simulation


def simulate(
    file: FileArgument,
    every: Annotated[bool, typer.Option("--all", help="List also the deals that would stand where they do.")] = False,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Say what a draft would change: every deal of the playbook is judged by the file alone, from its opening.

    Shows stage, probability and weighted amount before and after, and the items that evidence names and the draft
    lacks. Totals are of open deals. Publishes and writes nothing.

    Example: `daybook playbook simulate playbooks/project_v3.toml --as-of 2026-03-31`
    """
    from services.cli.progress import Bar
    from services.query.moment import moment
    from services.query.simulation import simulate as simulated

    draft = right(file, as_json)

    async def question(connection: "Connection", settings: Settings) -> "Simulation":
        at = await moment(connection, as_of, known_at, following(settings))
        with Bar() as progress:
            return await simulated(connection, draft, at, progress, every)

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    if answer["deals"]:
        print_table(_deals(answer, wording))
    for line in _lines(answer, wording):
        say(line)


def _deals(answer: "Simulation", wording: Wording) -> Table:
    from projections.columns import column_of
    from projections.views.stage_position.rows import PositionRow

    columns = {name: column_of(PositionRow, name) for name in ("deal", "status", "stage", "phase", "probability")}
    heads = [wording.label(each.label) for each in columns.values()]
    rows = table(*heads, *wording.headings("weighted", "orphaned"))
    for deal in answer["deals"]:

        def both(name: str, of: Any = deal) -> str:
            sides = [wording.cell(columns[name], of[f"{name}_{side}"]) or "∅" for side in ("before", "after")]
            return _from_to(*sides)

        currency = f" {deal['currency']}" if deal["currency"] else ""
        weighted = deal["weighted_before"], deal["weighted_after"]
        rows.add_row(
            deal["deal"],
            wording.word(columns["status"], deal["status"]),
            *map(both, ("stage", "phase", "probability")),
            "" if None in weighted else _from_to(*map(str, weighted)) + currency,
            ", ".join(deal["orphaned"]),
        )
    return rows


def _from_to(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _lines(answer: "Simulation", wording: Wording) -> Iterator[str]:
    for currency, total in answer["totals"].items():
        sums = {"before": total["weighted_before"], "after": total["weighted_after"]}
        yield wording.text("simulated total", currency=currency, number=total["deals"], **sums)
    for each in answer["orphaned"]:
        yield wording.text("simulated orphan", item=each["item"], number=each["deals"])
    if answer["stale"]:
        yield wording.text("simulated stale", deals=", ".join(answer["stale"]))
    counts = {name: answer[name] for name in ("playbook", "version", "judged", "changed")}
    yield wording.text("simulated", **counts, moment=wording.moment(answer))
