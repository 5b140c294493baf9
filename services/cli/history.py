"""`daybook history`: all that concerns a deal, and what each entry caused."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, LanguageOption, ask, following
from services.output import print_json, show, table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from projections.columns import Column
    from projections.replay.view import Row
    from services.query.shapes import Caused, History, HistoryEntry


def history(
    deal: Annotated[str, typer.Argument(help="Id of the deal; of an account with --account.")],
    account: Annotated[bool, typer.Option("--account", help="It is an account.")] = False,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
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

    answer, wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    heads = wording.headings("sequence", "happened", "recorded", "what", "who", "caused")
    rows = table(*heads, right=heads[:1])
    for entry in answer["entries"]:
        rows.add_row(
            str(entry["sequence"]),
            wording.at(entry["occurred_at"]),
            wording.at(entry["recorded_at"]),
            _what(entry, wording),
            entry["actor"] or entry["source"],
            [_caused(each, wording) for each in entry["caused"]],
        )
    show(wording.text("times in", subject=answer["subject"], zone=wording.zone), rows)


def _what(entry: "HistoryEntry", wording: Wording) -> list[str]:
    said = entry["type"].split(".")[1]
    details = ", ".join(f"{name} {value}" for name, value in entry["data"].items() if isinstance(value, str | int))
    told = f"{said}: {details[:80]}" if details else said
    if entry["voided_by"]:
        return [told, wording.text("voided by", sequence=entry["voided_by"])]
    return [told, wording.text("corrected by", sequence=entry["corrected_by"])] if entry["corrected_by"] else [told]


def _caused(caused: "Caused", wording: Wording) -> str:
    before, after = caused["before"], caused["after"]
    row = after or before or {}
    columns = _columns(row)
    if before is None or after is None:
        sign = "+" if before is None else "-"
        shown = [name for name, value in row.items() if value is not None and (name not in _HIDDEN or len(row) < 3)]
        return f"{sign} {caused['view']} {', '.join(wording.named(columns, name, row[name]) for name in shown)}"
    key = {name: value for name, value in caused["key"].items() if name not in _ABOUT}
    which = ", ".join(wording.named(columns, name, value) for name, value in key.items())
    changed = [name for name, value in after.items() if before[name] != value]
    shown = [name for name in changed if name not in _HIDDEN or len(changed) < 3]
    told = ", ".join(wording.named(columns, name, before[name], after[name]) for name in shown)
    return f"~ {caused['view']} {which}: {told}"


_ABOUT = ("deal", "account", "subject", "view")
_HIDDEN = (*_ABOUT, "entry", "playbook", "version", "to_at", "since")


def _columns(row: dict[str, Any]) -> "tuple[Column, ...]":
    """Columns of the table whose rows have these names; none where there is no such table."""
    from projections.columns import columns_of
    from projections.replay.view import FlagRow
    from projections.views import VIEWS

    found: list[type[Row]] = [FlagRow, *(table for view in VIEWS for table in view.tables)]
    tables = [columns_of(each) for each in found]
    return next((columns for columns in tables if row.keys() <= {each.name for each in columns}), ())
