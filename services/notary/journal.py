"""The journal as leaves of the tree. What its column leaf_hash says is compared, never believed."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from services.ledger.journal import Connection
from services.notary.tree import HASH_BYTES, WIDTH
from services.postgres.statements import queries

SQL = queries("services.notary", "notary.sql")
BLOCKS = 64
"""So many times 256 rows are read at once: the answer is half a mebibyte of hashes, and sorting it needs no file."""


class Leaves(NamedTuple):
    """Rows of the journal that follow one another without a gap."""

    first: int
    """The sequence of the first."""
    hashes: list[bytes]
    """Reckoned from the rows' content."""
    altered: list[int]
    """Sequences whose column leaf_hash says something else."""

    @property
    def last(self) -> int:
        """The sequence of the last."""
        return self.first + len(self.hashes) - 1


class Gap(NamedTuple):
    """A row that the journal must have and has not."""

    sequence: int


async def recorded(connection: Connection) -> int:
    """Sequence of the journal's last row."""
    found: int = await connection.fetchval(SQL["recorded"])
    return found


async def leaves(connection: Connection, after: int, up_to: int) -> AsyncIterator[Leaves | Gap]:
    """The leaves behind a sequence, up to one, in order; a gap is the last that is given."""
    while after < up_to:
        end = min((after // WIDTH + BLOCKS) * WIDTH, up_to)
        for row in await connection.fetch(SQL["blocks"], after, end):
            if row["first"] != after + 1:
                yield Gap(after + 1)
                return
            joined = row["leaves"]
            hashes = [joined[start : start + HASH_BYTES] for start in range(0, len(joined), HASH_BYTES)]
            if row["last"] - row["first"] + 1 != row["rows"]:
                yield Gap(await _missing(connection, row["first"], row["last"]))
                return
            yield Leaves(row["first"], hashes, row["altered"] or [])
            after = row["last"]
        if after < end:
            yield Gap(after + 1)
            return


async def _missing(connection: Connection, first: int, last: int) -> int:
    there = {row["sequence"] for row in await connection.fetch(SQL["leaves"], [first], [last])}
    return next(each for each in range(first, last + 1) if each not in there)
