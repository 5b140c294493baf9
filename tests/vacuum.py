"""Tables as vigorous vacuuming leaves them, which plans with index-only scans rely on."""

import asyncpg

from tests.service import until

_VISIBLE = "select relallvisible >= relpages from pg_class where oid = $1::regclass"


async def vacuumed(owner: asyncpg.Connection, table: str) -> None:
    """Vacuums and analyses a table until every page is known to be visible to all.

    An automatic vacuum or analysis of the same database holds that up for a moment. Without `index_cleanup on`, pages
    with dead rows stay as they are, however often the table is vacuumed, where they are less than one in fifty.
    """

    async def visible() -> bool:
        await owner.execute(f"vacuum (analyze, index_cleanup on) {table}")
        return bool(await owner.fetchval(_VISIBLE, table))

    await until(visible, f"{table} does not become visible to all")
