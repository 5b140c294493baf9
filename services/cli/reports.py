"""`daybook pipeline`, `daybook funnel`, `daybook ageing`: the reports."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import (
    AsOfOption,
    DataOption,
    JsonOption,
    KnownAtOption,
    ask,
    counted,
    following,
    moment_line,
    text,
)
from services.output import print_json, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import Ageing, Funnel, Pipeline


def pipeline(
    as_of: AsOfOption = None, known_at: KnownAtOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Deals that are open or on hold.

    Example: `daybook pipeline --as-of 2026-03-31 --known-at 2026-04-05`
    """
    from services.query.former_answers import pipeline as report
    from services.query.moment import moment

    async def question(connection: "Connection", settings: Settings) -> "Pipeline":
        return await report(connection, await moment(connection, as_of, known_at, following(settings)))

    answer = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table(
        "deal", "account", "owner", "playbook", "stage", "status", "probability", "amount", "since",
        right=("probability", "amount"),
    )  # fmt: skip
    for deal in answer["deals"]:
        rows.add_row(
            deal["deal"] + (" (stale)" if deal["stale"] else ""),
            text(deal["account"]),
            text(deal["owner"]),
            f"{deal['playbook']} v{deal['version']}" if deal["version"] else text(deal["playbook"]),
            f"{deal['stage']} {deal['phase']}" if deal["stage"] else "",
            deal["status"],
            deal["probability"],
            f"{deal['amount']} {deal['currency']}" if deal["amount"] else "",
            text(deal["since"])[:10],
        )
    show(rows, f"{counted(len(answer['deals']), 'deal')}, {moment_line(answer)}")


def funnel(
    playbook: Annotated[str, typer.Argument(help="Key of the playbook.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count a playbook's deals stage by stage.

    Example: `daybook funnel project --as-of 2026-03-31`
    """
    from services.query.former_answers import funnel as report
    from services.query.moment import moment
    from services.query.playbook_labels import stage_names

    async def question(connection: "Connection", settings: Settings) -> "tuple[Funnel, dict[int, str]]":
        at = await moment(connection, as_of, known_at, following(settings))
        return await report(connection, playbook, at), await stage_names(connection, playbook, at.known_at)

    answer, names = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table("stage", "open", "entered", "completed", "amount", right=("open", "entered", "completed", "amount"))
    for stage in answer["stages"]:
        number = stage["stage"]
        rows.add_row(
            "before the first" if number is None else f"{number} {names.get(number, '')}",
            str(stage["open"]),
            str(stage["entered"]),
            str(stage["completed"]),
            _amounts(stage["amounts"]),
        )
    rate = "no deal won or lost yet" if answer["win_rate"] is None else f"win rate {answer['win_rate']}"
    won = f" ({_amounts(answer['won_amounts'])})" if answer["won_amounts"] else ""
    show(
        rows,
        f"open {answer['open']}, won {answer['won']}{won}, lost {answer['lost']}, abandoned {answer['abandoned']}",
        rate,
        moment_line(answer),
    )


def ageing(
    as_of: AsOfOption = None, known_at: KnownAtOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Print the amounts owed, by how long they are past due.

    Example: `daybook ageing --as-of 2026-03-31 --json`
    """
    from services.query.former_answers import ageing as report
    from services.query.moment import moment
    from services.query.render import ageing_rows

    async def question(connection: "Connection", settings: Settings) -> "Ageing":
        return await report(connection, await moment(connection, as_of, known_at, following(settings)))

    answer = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table("currency", "days past due", "invoices", "amount", right=("invoices", "amount"))
    for currency, line, items, amount in ageing_rows(answer):
        rows.add_row(currency, line.replace("_", " "), text(items), amount, end_section=line in ("disputed", "balance"))
    show(rows, moment_line(answer))


def _amounts(amounts: dict[str, str]) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in amounts.items())
