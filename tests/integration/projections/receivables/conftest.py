"""View tables to fill, with the reports over them."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import asyncpg
import pytest

from projections.replay.replay import Change
from projections.replay.view import FlagRow
from projections.views.receivables import ItemRow, MovementRow, UnappliedRow, receivables
from services.views.generation import served
from services.views.row_tables import table
from services.views.row_versions import versions
from tests.integration.projections.receivables.plain import Version
from tests.ledger import fresh_ledger
from tests.servers import Servers


@dataclass
class Tables:
    """The tables of receivables in a ledger that has no entries."""

    owner: asyncpg.Connection
    reader: asyncpg.Connection
    schema: str

    async def refill(self, *changes: Iterable[Change]) -> list[Version]:
        """Instead of what they hold, the versions that these changes make; gives those that ageing reads."""
        made = [versions(each).made for each in changes]
        for row in receivables.tables:
            if row is not FlagRow:
                rows = [version for each in made for version in each.get(row, ())]
                await self.owner.execute(f'truncate "{self.schema}".{row.TABLE}')
                await self.owner.copy_records_to_table(
                    row.TABLE,
                    schema_name=self.schema,
                    columns=table(row).columns,
                    records=[table(row).record(*each) for each in rows],
                )
        return [
            (row, known_from, known_to)
            for each in made
            for found in each.values()
            for row, known_from, known_to in found
            if isinstance(row, ItemRow | UnappliedRow | MovementRow)
        ]

    async def cut_days_in(self, zone: str) -> None:
        """The ledger's time zone, as if it had been made with it."""
        await self.owner.execute("update ledger.identity set time_zone = $1", zone)


@pytest.fixture(scope="module")
async def tables(servers: Servers) -> AsyncIterator[Tables]:
    async with fresh_ledger(servers, []) as ledger:
        owner, reader = await ledger.connect(), await ledger.connect("daybook_reader")
        generation = await served(owner)
        assert generation is not None
        await owner.execute(f'update "{generation.schema}".lane set sequence = 9223372036854775807')
        yield Tables(owner, reader, generation.schema)
