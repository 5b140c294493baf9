"""`daybook pipeline`, `daybook funnel`, `daybook ageing`: the reports."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, LanguageOption, ask, following, text
from services.output import print_json, show, table
from services.settings import Settings
from services.wording import amounts

if TYPE_CHECKING:
    from asyncpg import Connection

    from projections.columns import Label
    from services.query.shapes import Ageing, Funnel, Pipeline


def pipeline(
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Deals that are open or on hold.

    Example: `daybook pipeline --as-of 2026-03-31 --known-at 2026-04-05`
    """
    from projections.columns import columns_of
    from projections.reports.pipeline import StandingDeal
    from services.query.former_answers import pipeline as report
    from services.query.moment import moment

    async def question(connection: "Connection", settings: Settings) -> "Pipeline":
        return await report(connection, await moment(connection, as_of, known_at, following(settings)))

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    columns = {each.name: each for each in columns_of(StandingDeal)}
    shown = ("deal", "account", "owner", "playbook", "stage", "status", "probability", "amount", "since")
    heads = {name: wording.label(columns[name].label) for name in shown}
    rows = table(*heads.values(), right=(heads["probability"], heads["amount"]))
    for deal in answer["deals"]:
        rows.add_row(
            deal["deal"] + (f" ({wording.label(columns['stale'].label)})" if deal["stale"] else ""),
            text(deal["account"]),
            text(deal["owner"]),
            f"{deal['playbook']} v{deal['version']}" if deal["version"] else text(deal["playbook"]),
            f"{deal['stage']} {wording.word(columns['phase'], deal['phase'])}" if deal["phase"] else "",
            wording.word(columns["status"], deal["status"]),
            deal["probability"],
            f"{deal['amount']} {deal['currency']}" if deal["amount"] else "",
            wording.day(deal["since"]),
        )
    count = wording.text("deals", number=len(answer["deals"]))
    show(rows, wording.text("count.moment", count=count, moment=wording.moment(answer)))


def funnel(
    playbook: Annotated[str, typer.Argument(help="Key of the playbook.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Count a playbook's deals stage by stage.

    Example: `daybook funnel project --as-of 2026-03-31`
    """
    from projections.columns import columns_of
    from projections.reports.funnel import FunnelRow
    from services.query.former_answers import funnel as report
    from services.query.moment import moment
    from services.query.playbook_labels import stage_names

    async def question(connection: "Connection", settings: Settings) -> "tuple[Funnel, dict[int, Label]]":
        at = await moment(connection, as_of, known_at, following(settings))
        return await report(connection, playbook, at), await stage_names(connection, playbook, at.known_at)

    (answer, names), wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    columns = {each.name: each for each in columns_of(FunnelRow)}
    heads = [wording.label(columns[name].label) for name in ("stage", "open", "entered", "completed", "amounts")]
    rows = table(*heads, right=tuple(heads[1:]))
    for stage in answer["stages"]:
        number = stage["stage"]
        name = f" {wording.label(names[number])}" if number in names else ""
        rows.add_row(
            wording.text("before the first") if number is None else f"{number}{name}",
            str(stage["open"]),
            str(stage["entered"]),
            str(stage["completed"]),
            amounts(stage["amounts"]),
        )
    rate = answer["win_rate"]
    won = f" ({amounts(answer['won_amounts'])})" if answer["won_amounts"] else ""
    ends = {name: answer[name] for name in ("open", "won", "lost", "abandoned")}
    show(
        rows,
        wording.text("outcome", amounts=won, **ends),
        wording.text("no win rate") if rate is None else wording.text("win rate", rate=rate),
        wording.moment(answer),
    )


def ageing(
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Print the amounts owed, by how long they are past due.

    Example: `daybook ageing --as-of 2026-03-31 --json`
    """
    from projections.columns import columns_of
    from projections.reports.ageing import AgeingRow
    from services.query.former_answers import ageing as report
    from services.query.moment import moment
    from services.query.render import ageing_rows

    async def question(connection: "Connection", settings: Settings) -> "Ageing":
        return await report(connection, await moment(connection, as_of, known_at, following(settings)))

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    columns = columns_of(AgeingRow)
    heads = [wording.label(each.label) for each in columns]
    rows = table(*heads, right=tuple(heads[2:]))
    for currency, line, items, amount in ageing_rows(answer):
        cells = map(wording.cell, columns, (currency, line, items, amount))
        rows.add_row(*cells, end_section=line in ("disputed", "balance"))
    show(rows, wording.moment(answer))
