"""Messages that the stream must hold: every row of the journal at its sequence, then the messages put back behind them.

Messages put back were saved by a reconciliation, which gave them new numbers (`ledger.reconciliation_message`); the
recorder makes rows of them when it reaches them.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

from contracts.types.microseconds import microseconds
from services.errors import DaybookError
from services.ledger.journal import Connection, Row
from services.postgres.statements import queries

_SQL = queries("services.ledger", "expected_stream.sql")
CHUNK = 1000


class ExpectedMessage(NamedTuple):
    """One message, as the stream must hold it."""

    sequence: int
    recorded_at_us: int
    """In microseconds since 1970 UTC."""
    stream_subject: str
    message: bytes


async def expected(connection: Connection, after: int, up_to: int) -> AsyncIterator[list[ExpectedMessage]]:
    """The messages behind a sequence, in order, none left out, at most `CHUNK` at a time.

    Raises DaybookError when the database lacks one of them.
    """
    for source in ("journal", "saved"):
        while after < up_to and (rows := await connection.fetch(_SQL[source], after, up_to, CHUNK)):
            chunk = [_expected(row) for row in rows]
            if (chunk[0].sequence, chunk[-1].sequence) != (after + 1, after + len(chunk)):
                break
            yield chunk
            after = chunk[-1].sequence
    if after < up_to:
        raise DaybookError(
            f"The database does not hold message {after + 1}, but later ones: it was altered. Run `daybook verify`, "
            "and restore the database from its backup."
        )


def _expected(row: Row) -> ExpectedMessage:
    return ExpectedMessage(
        row["sequence"], microseconds(row["recorded_at"]), row["stream_subject"], bytes(row["message"])
    )
