"""Numbers of documents, as the ledger keeps them: added with each batch, and once for older ledgers.

Everything here runs in the transaction of whoever calls.
"""

from collections.abc import Sequence

import asyncpg

from projections.replay.document_number import DOCUMENTS, DocumentNumber, numbered
from services.ledger.journal import recorded_of
from services.postgres.statements import queries

_SQL = queries("services.ledger", "document_numbers.sql")
_BATCH_SIZE = 20_000
"""Rows of an older ledger that are read at once."""
_COLUMNS = (*DocumentNumber._fields, "sequence")


async def add(connection: asyncpg.Connection, found: Sequence[tuple[DocumentNumber, int]]) -> None:
    """Note the numbers that new entries give, each with the entry's sequence."""
    if found:
        await connection.copy_records_to_table(
            "document_number",
            schema_name="ledger",
            columns=_COLUMNS,
            records=[(*number, sequence) for number, sequence in found],
        )


async def fill(connection: asyncpg.Connection) -> None:
    """Note the numbers in what a ledger of an earlier version holds already."""
    for start in range(0, await connection.fetchval(_SQL["last"]), _BATCH_SIZE):
        rows = await connection.fetch(_SQL["recorded"], DOCUMENTS, start, start + _BATCH_SIZE)
        entries = [recorded_of(row) for row in rows]
        given = ((numbered(each.cloud_event), each.sequence) for each in entries)
        await add(connection, [(number, sequence) for number, sequence in given if number is not None])
