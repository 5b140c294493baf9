"""Tables as vigorous vacuuming leaves them, which plans with index-only scans rely on."""

import asyncpg

from tests.service import DEADLINE_S, until

_VISIBLE = "select relallvisible >= relpages from pg_class where oid = $1::regclass"


async def vacuumed(owner: asyncpg.Connection, table: str, within_s: float = DEADLINE_S) -> None:
    """Vacuums and analyses a table until every page is known to be visible to all: an automatic vacuum or analysis of
    the same database holds that up for a moment."""

    async def visible() -> bool:
        await owner.execute(f"vacuum (analyze) {table}")
        return bool(await owner.fetchval(_VISIBLE, table))

    await until(visible, f"{table} does not become visible to all", deadline_s=within_s)
