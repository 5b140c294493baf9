"""`daybook history`: all that concerns a deal, and what each entry caused."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, ask, clock, following
from services.output import print_json, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import Caused, History, HistoryEntry


def history(
    deal: Annotated[str, typer.Argument(help="Id of the deal; of an account with --account.")],
    account: Annotated[bool, typer.Option("--account", help="It is an account.")] = False,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List everything that concerns a deal, in the order in which it was recorded, and what each entry caused.

    Example: `daybook history D-1 --known-at 2026-04-05`
    """
    from services.http.parameters import subject
    from services.query.history import history as report
    from services.query.moment import moment

    async def question(connection: "Connection", settings: Settings) -> "History":
        about = subject("account" if account else "deal", deal)
        at = await moment(connection, as_of, known_at, following(settings))
        return await report(connection, about, at.known_at, None if as_of is None else at.as_of)

    answer = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table("sequence", "happened", "recorded", "what", "who", "caused", right=("sequence",))
    for entry in answer["entries"]:
        rows.add_row(
            str(entry["sequence"]),
            clock(entry["occurred_at"]),
            clock(entry["recorded_at"]),
            _what(entry),
            entry["actor"] or entry["source"],
            [_caused(each) for each in entry["caused"]],
        )
    show(f"{answer['subject']}, times in UTC", rows)


def _what(entry: "HistoryEntry") -> list[str]:
    said = entry["type"].split(".")[1]
    details = ", ".join(f"{name} {value}" for name, value in entry["data"].items() if isinstance(value, str | int))
    told = f"{said}: {details[:80]}" if details else said
    if entry["voided_by"]:
        return [told, f"voided by {entry['voided_by']}"]
    return [told, f"corrected by {entry['corrected_by']}"] if entry["corrected_by"] else [told]


def _caused(caused: "Caused") -> str:
    before, after = caused["before"], caused["after"]
    if before is None or after is None:
        sign, row = ("+", after) if before is None else ("-", before)
        return f"{sign} {caused['view']} {_short(row or {})}"
    changed = {name: f"{_say(before[name])} → {_say(value)}" for name, value in after.items() if before[name] != value}
    which = ", ".join(f"{name} {_say(value)}" for name, value in caused["key"].items() if name not in _ABOUT)
    return f"~ {caused['view']} {which}: {_short(changed)}"


_ABOUT = ("deal", "account", "subject", "view")
_HIDDEN = (*_ABOUT, "entry", "playbook", "version", "to_at", "since")


def _short(row: dict[str, Any]) -> str:
    shown = {name: value for name, value in row.items() if value is not None and (name not in _HIDDEN or len(row) < 3)}
    return ", ".join(f"{name} {_say(value)}" for name, value in shown.items())


def _say(value: Any) -> str:
    text = "∅" if value is None else str(value)
    return clock(text) if text[10:11] == "T" and text.endswith("+00:00") else text
