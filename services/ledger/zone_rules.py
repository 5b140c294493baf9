"""Rules of the ledger's time zone, kept in the ledger: where days end is read from one place by SQL and by Python.

Readers' SQL sessions begin in the zone, too. Daybook's own sessions say UTC themselves, and what a session sets holds.
"""

import structlog

from contracts.types import zones
from services.errors import NotProvisioned
from services.ledger.journal import Connection, Row
from services.postgres.statements import queries

log = structlog.get_logger()

_SQL = queries("services.ledger", "zone_rules.sql")


async def keep(connection: Connection) -> None:
    """Writes the rules that the package `tzdata` has, and makes the zone that of new sessions of the database.

    Without an identity there is no zone yet, and nothing to keep.
    """
    found = await connection.fetchrow(_SQL["kept"])
    if found is None:
        return
    await _begin_sessions(connection)
    kept, wanted = _compared(found)
    if kept == wanted:
        return
    async with connection.transaction():
        await connection.execute(_SQL["clear"])
        from_at, seconds_east = zip(*wanted, strict=True)
        await connection.execute(_SQL["add"], found["time_zone"], from_at, seconds_east)
    if (first := zones.difference(kept, wanted)) is not None and kept:
        log.warning(
            "zone_rules_replaced", zone=found["time_zone"], tzdata=zones.version(), differ_from=first.isoformat()
        )


async def _begin_sessions(connection: Connection) -> None:
    found = await connection.fetchrow(_SQL["begin_sessions"])
    if found is None:
        return
    if found["allowed"]:
        await connection.execute(found["statement"])
    else:
        log.warning("reader_time_zone_not_set", reason="the owner of the database has to do it", run=found["statement"])


async def check(connection: Connection) -> None:
    """Raises NotProvisioned where the ledger keeps other rules than this installation's package `tzdata` has."""
    found = await connection.fetchrow(_SQL["kept"])
    if found is None:
        return
    kept, wanted = _compared(found)
    if kept != wanted and (first := zones.difference(kept, wanted)) is not None:
        raise NotProvisioned(
            f"The ledger keeps other rules for {found['time_zone']} than the package tzdata {zones.version()} of this "
            f"installation has, first for {first.isoformat()}: days would end elsewhere over HTTP than in SQL. Run "
            "`daybook init` with the newer of the two."
        )


def _compared(found: Row) -> tuple[tuple[zones.Rule, ...], tuple[zones.Rule, ...]]:
    """The rules that are kept, and those that the package has."""
    return tuple(map(zones.Rule, found["from_at"], found["seconds_east"])), zones.rules(found["time_zone"])
