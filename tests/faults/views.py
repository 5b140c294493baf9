"""The views held against the interpreters of the rules that the tests have: what `daybook rebuild` would not tell.

A fold that is wrong gives the same wrong rows again. So some deals and accounts, drawn by the seed, are worked out from
the journal by the plain reading of the rules, with effective history of our own, and compared with the rows that stand.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import asyncpg

from contracts.events.policy import PlaybookPublished, PlaybookWithdrawn
from projections.replay.entry import FOREVER, Entry
from projections.replay.payment_chain import CASH
from projections.replay.playbooks import Playbooks, Published, Withdrawn
from projections.replay.view import FlagRow, Interval
from projections.views.dealings import dealings
from projections.views.stage_position import stage_position
from tests.faults.effective import Told, effective
from tests.faults.recorded import Row
from tests.unit.projections.dealings.reference import standing
from tests.unit.projections.receivables.reference import books_at
from tests.unit.projections.receivables.reference_contracts import contracts_at
from tests.unit.projections.stage_position.reference import flags, intervals

_SUBJECTS = 16
_INSTANTS = 3
_STANDS = "known_to = 9223372036854775807"


async def differing(connection: asyncpg.Connection, schema: str, rows: Sequence[Row], draw: Random) -> list[str]:
    """List what the views show otherwise than the rules say, of some deals and accounts of a whole journal."""
    told = effective(rows)
    found = []
    for subject in _some(told, "deal", draw):
        found += await _deal(connection, schema, subject, told)
        found += await _dealings(connection, schema, subject, told)
    for subject in _some(told, "account", draw):
        found += await _account(connection, schema, subject, told, draw)
    return found


def _some(told: Sequence[Told], kind: str, draw: Random) -> list[str]:
    subjects = sorted({each for one in told for each in one.concerns if each.startswith(f"{kind}/")})
    return draw.sample(subjects, min(_SUBJECTS, len(subjects)))


def _entries(told: Sequence[Told], subject: str) -> list[Entry[Any]]:
    """All that concerns a subject, in order of the time at which it happened."""
    return sorted((each.entry for each in told if subject in each.concerns), key=lambda each: each.order)


def _playbooks(told: Sequence[Told]) -> Playbooks:
    playbooks = Playbooks()
    for each in told:
        _, _, key = each.event["subject"].partition("playbook/")
        match each.entry.event:
            case PlaybookPublished(playbook=playbook):
                playbooks = playbooks.adding(Published(each.sequence, playbook))
            case PlaybookWithdrawn(playbook_version=version):
                playbooks = playbooks.adding(Withdrawn(each.sequence, key, version))
    return playbooks


async def _deal(connection: asyncpg.Connection, schema: str, subject: str, told: Sequence[Told]) -> list[str]:
    playbooks, deal = _playbooks(told), subject.partition("/")[2]
    handled = [each for each in _entries(told, subject) if type(each.event) in stage_position.handled]
    wanted = [
        dict(zip(row.columns(), row.values(), strict=True)) | {"deal": deal} for row in intervals(handled, playbooks)
    ]
    rows = await connection.fetch(
        f'select * from "{schema}".stage_position where deal = $1 and {_STANDS} order by from_at', deal
    )
    found = [{name: _read(value) for name, value in row.items() if not name.startswith("known_")} for row in rows]
    complaints = [] if found == wanted else [_said(subject, "stage_position", *_differing(found, wanted))]
    flagged = await _flags(connection, schema, subject, "stage_position")
    if flagged != flags(handled, playbooks):
        complaints.append(_said(subject, "flags", flagged, flags(handled, playbooks)))
    return complaints


async def _dealings(connection: asyncpg.Connection, schema: str, subject: str, told: Sequence[Told]) -> list[str]:
    """The rows that have not ended."""
    deal, complaints = subject.partition("/")[2], []
    wanted = standing([each for each in _entries(told, subject) if type(each.event) in dealings.handled])
    for table in (each for each in dealings.tables if each is not FlagRow):
        last = "and to_at = 'infinity'" if isinstance(table.VALID, Interval) else ""
        rows = await connection.fetch(
            f'select * from "{schema}".{table.TABLE} where deal = $1 and {_STANDS} {last}', deal
        )
        found = [{name: _read(row[name]) for name in table.columns()} for row in rows]
        said = [
            dict(zip(each.columns(), each.values(), strict=True)) | {"deal": deal}
            for each in wanted
            if type(each) is table
        ]
        if any(_differing(found, said)):
            complaints.append(_said(subject, table.TABLE, *_differing(found, said)))
    flagged = await _flags(connection, schema, subject, "dealings")
    wanted_flags = {(each.flag, each.entry) for each in wanted if isinstance(each, FlagRow)}
    if flagged != wanted_flags:
        complaints.append(_said(subject, "flags", flagged, wanted_flags))
    return complaints


async def _account(
    connection: asyncpg.Connection, schema: str, subject: str, told: Sequence[Told], draw: Random
) -> list[str]:
    account, entries, complaints = subject.partition("/")[2], _entries(told, subject), []
    about = _with_payments(told, entries, subject)
    times = sorted({each.occurred_at for each in entries})
    for as_of in [*draw.sample(times, min(_INSTANTS, len(times))), FOREVER]:
        wanted = books_at(about, as_of)
        items = await _at(connection, schema, "receivables_item", account, as_of)
        found = {
            (row["invoice"], row["currency"], row["open_amount"], row["disputed"], row["disputed_amount"])
            for row in items
        }
        if found != wanted.open_items(account):
            complaints.append(_said(f"{subject} at {as_of}", "open items", found, wanted.open_items(account)))
        parts = await _at(connection, schema, "receivables_unapplied", account, as_of)
        unapplied = {(row["kind"], row["document"], row["currency"], row["amount"]) for row in parts}
        if unapplied != wanted.unapplied_parts(account):
            complaints.append(_said(f"{subject} at {as_of}", "unapplied", unapplied, wanted.unapplied_parts(account)))
    moved = {
        (row["entry"], row["kind"], row["currency"], row["amount"])
        for row in await connection.fetch(
            f'select * from "{schema}".receivables_movement where account = $1 and {_STANDS}', account
        )
    }
    everything = books_at(about, FOREVER)
    wanted_moves = {(entry, *rest) for owner, entry, *rest in everything.moved if owner == account}
    if moved != wanted_moves:
        complaints.append(_said(subject, "movements", moved, wanted_moves))
    flagged = await _flags(connection, schema, subject, "receivables")
    wanted_flags = {(flag, entry) for owner, flag, entry in everything.flags if owner == account}
    wanted_flags |= contracts_at(entries, account, FOREVER)[1]
    if flagged != wanted_flags:
        complaints.append(_said(subject, "flags", flagged, wanted_flags))
    return complaints


def _with_payments(told: Sequence[Told], entries: Sequence[Entry[Any]], subject: str) -> list[Entry[Any]]:
    """The account's own entries, and what accounts have of its payments to which these may have been transferred."""
    named = {each.event.payment for each in entries if isinstance(each.event, CASH)}
    moved = [each for each in told if each.event["type"].startswith("daybook.payment_")]
    known = {subject}
    while found := {each for one in moved if known & one.concerns for each in one.concerns} - known:
        known |= found
    others = (each.entry for each in moved if each.event["subject"] in known - {subject})
    payments = [each for each in others if isinstance(each.event, CASH) and each.event.payment in named]
    return [*(each for each in entries if each.subject == subject), *payments]


async def _at(
    connection: asyncpg.Connection, schema: str, table: str, account: str, as_of: datetime
) -> list[asyncpg.Record]:
    """The rows that stand at an instant; at the end of all time those that are never ended."""
    when = "to_at = 'infinity'" if as_of == FOREVER else "from_at <= $2 and to_at > $2"
    values = [account] if as_of == FOREVER else [account, as_of]
    return await connection.fetch(
        f'select * from "{schema}".{table} where account = $1 and {_STANDS} and {when}', *values
    )


async def _flags(connection: asyncpg.Connection, schema: str, subject: str, view: str) -> set[tuple[str, int]]:
    rows = await connection.fetch(
        f'select flag, entry from "{schema}".flag where subject = $1 and view = $2 and {_STANDS} '
        "and to_at = 'infinity'",
        subject,
        view,
    )
    return {(row["flag"], row["entry"]) for row in rows}


def _read(value: Any) -> Any:
    """PostgreSQL's infinity comes without a time zone."""
    return FOREVER if value == datetime.max else value


def _differing(found: list[Any], wanted: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what only `found` has, and what only `wanted` has."""
    return [each for each in found if each not in wanted], [each for each in wanted if each not in found]


def _said(subject: str, what: str, found: Any, wanted: Any) -> str:
    return f"{what} of {subject} are not what the rules say: {found}, wanted {wanted}"[:1500]
