"""Links between payments and accounts, as the ledger keeps them: added with each batch, and once for older ledgers.

`projections/replay/payment_chain.py` has the rules. Everything here runs in the transaction of whoever calls.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from contracts.events import EVENTS
from projections.replay.entry import JournalEntry, lane_of
from projections.replay.payment_chain import CASH, Link, Tie, first_known, links, of_family, ties
from services.ledger.journal import Connection, recorded_of
from services.postgres.statements import queries

_SQL = queries("services.ledger", "payment_links.sql")
_BATCH_SIZE = 5000
"""Entries of an older ledger that are linked at once."""

Identity = tuple[str, str]


async def add(connection: Connection, own: Iterable[Link], changed: Collection[Identity]) -> None:
    """Note the links of new entries, and tie every entry to all accounts that its payment reaches.

    `changed` are recorded documents of payments that a new correction or void names, or that older ones name.
    """
    found = first_known([*own, *(await _through_corrections(connection, changed) if changed else ())])
    if not found:
        return
    await connection.execute(_SQL["add"], *_columns(found, 5))
    tied = await tied_by(connection, found)
    if tied:
        await connection.execute(_SQL["tie"], *_columns(list(map(_concern, tied)), 4))


async def tied_by(connection: Connection, found: Iterable[Link]) -> list[Tie]:
    """Ties of the payments that these links are about, as far as transfers touch their accounts."""
    places = {(each.reference, account) for each in found for account in (each.account, each.into) if account}
    chains: defaultdict[str, list[Link]] = defaultdict(list)
    for row in await connection.fetch(_SQL["chains"], *_columns(sorted(places), 2)):
        chains[row["reference"]].append(Link(*row))
    return [tie for chain in chains.values() for tie in ties(chain)]


async def of_accounts(connection: Connection, accounts: Collection[str], up_to: int) -> list[Link]:
    """Links of documents about some accounts, as known at a sequence."""
    return [Link(*row) for row in await connection.fetch(_SQL["of_accounts"], list(accounts), up_to)]


async def fill(connection: Connection) -> None:
    """Link what a ledger of an earlier version holds already."""
    types = [each.type for each in EVENTS if issubclass(each, CASH)]
    rows = await connection.fetch(_SQL["recorded"], types)
    for start in range(0, len(rows), _BATCH_SIZE):
        some = rows[start : start + _BATCH_SIZE]
        own = [link for row in some for link in links(recorded_of(row).cloud_event, row["sequence"])]
        changed = {(row["target_source"], row["target_id"]) for row in some if row["target_source"] is not None}
        await add(connection, own, changed)


async def _through_corrections(connection: Connection, changed: Collection[Identity]) -> list[Link]:
    """An event and all corrections and voids of it have to do with what any of them names."""
    families: defaultdict[int, list[JournalEntry]] = defaultdict(list)
    for row in await connection.fetch(_SQL["families"], *_columns(sorted(changed), 2)):
        families[row["target"]].append(recorded_of(row))
    return [link for target, family in families.items() for link in of_family(target, family)]


def _concern(tie: Tie) -> tuple[str, int, int, int | None]:
    subject = f"account/{tie.account}"
    return subject, tie.sequence, lane_of(subject), tie.since if tie.since > tie.sequence else None


def _columns(rows: Sequence[Sequence[object]], number: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(number)]
