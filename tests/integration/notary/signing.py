"""A notary in the test's own process, journals of any size, and what the three places must hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from contracts.rules.canonical import leaf_hash
from contracts.types.microseconds import microseconds
from services.notary import key, service
from services.notary.head import Head, read_head
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.heads_table import HeadsTable
from services.notary.health import NotaryHealth
from services.notary.key import Keys, heads_path
from services.settings import Settings
from tests.ledger import Ledger
from tests.service import at_work, until
from tests.unit.notary.definition import mth

BEGAN = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Notarised:
    """A ledger with a notary's key."""

    ledger: Ledger
    settings: Settings
    keys: Keys
    _looking: asyncpg.Connection | None = None

    async def fill(self, up_to: int) -> None:
        """Brings the journal up to a sequence, behind the recorder's back, with rows of any content."""
        connection = await self.ledger.connect("daybook_recorder")
        last = await connection.fetchval("select coalesce(max(sequence), 0) from ledger.journal")
        rows = [row(sequence) for sequence in range(last + 1, up_to + 1)]
        names = ("sequence", "recorded_at", "disposition", "reason", "stream_subject", "message", "leaf_hash")
        await connection.copy_records_to_table("journal", schema_name="ledger", columns=names, records=rows)

    @asynccontextmanager
    async def notary(self) -> AsyncIterator[NotaryHealth]:
        """A notary while the context is open."""
        standing = NotaryHealth(str(self.keys.own.public))
        async with at_work(service.run(self.settings, self.ledger.endpoints, self.keys, standing)):
            yield standing

    async def signs(self, size: int) -> None:
        """Runs a notary until all three places have a head of so many rows."""
        async with self.notary():
            await self.signed(size)

    async def signed(self, size: int) -> None:
        """Waits until all three places have a head of so many rows."""

        async def everywhere() -> bool:
            return all(head is not None and head.size == size for head in (await self.newest()).values())

        await until(everywhere, f"no head of {size} rows in all three places")

    async def says(self, state: str) -> str:
        """Waits until the notary says that it is in a state; what it says about it."""
        connection = await self.ledger.connect("daybook_query")
        found: list[Any] = []

        async def so() -> bool:
            found[:] = await connection.fetch("select state, detail from ledger.notary")
            return bool(found) and found[0]["state"] == state

        await until(so, f"the notary does not say {state}", lambda: str(found))
        return str(found[0]["detail"])

    async def newest(self) -> dict[str, Head | None]:
        """Return the newest head that each place has."""
        if self._looking is None or self._looking.is_closed():  # restoring a database ends it
            self._looking = await self.ledger.connect()
        table = await HeadsTable(self._looking, self.keys.known).newest()
        stream = HeadsStream(await self.ledger.nats(), self.settings.stream, self.keys.known)
        return {"table": table, "file": self.file.newest(), "stream": await stream.newest()}

    async def heads(self) -> dict[str, list[str]]:
        """All notes that each place has, in order."""
        connection = await self.ledger.connect()
        stream = HeadsStream(await self.ledger.nats(), self.settings.stream, self.keys.known)
        return {
            "table": [each.note async for each in HeadsTable(connection, self.keys.known).behind(0)],
            "file": [each.note for each in self.file.behind(0)],
            "stream": [each.note async for each in stream.behind(0)],
        }

    @property
    def file(self) -> HeadsFile:
        """The file of heads."""
        return HeadsFile(heads_path(self.settings), self.keys.known)

    async def leaves(self) -> list[bytes]:
        """The leaf hashes of the journal's rows, in Python."""
        connection = await self.ledger.connect("daybook_query")
        rows = await connection.fetch("select * from ledger.journal order by sequence")
        return [
            leaf_hash(each["sequence"], microseconds(each["recorded_at"]), each["stream_subject"], each["message"])
            for each in rows
        ]

    async def assert_signed(self) -> None:
        """All places have the same heads, and each is of the rows as they are."""
        heads = await self.heads()
        assert heads["table"] == heads["file"] == heads["stream"]
        leaves = await self.leaves()
        for note in heads["table"]:
            head = read_head(note, [self.keys.own.public])
            assert head.root == mth(leaves[: head.size])

    async def alter(self, *statements: str) -> None:
        """Statements of somebody who owns the database and has switched its triggers off."""
        tables = ("journal", "concerns", "tree_node", "tree_head")
        connection = await self.ledger.connect()
        async with connection.transaction():
            for table in tables:
                await connection.execute(f"alter table ledger.{table} disable trigger user")
            for statement in statements:
                await connection.execute(statement)
            for table in tables:
                await connection.execute(f"alter table ledger.{table} enable trigger user")
        await connection.close()


def row(sequence: int) -> tuple[Any, ...]:
    """A row of any content; every third has a subject beyond ASCII, every fifth the time of the one before."""
    at = BEGAN + timedelta(microseconds=sequence - (sequence % 5 == 0))
    subject = f"daybook.deal.{'商机-' if sequence % 3 == 0 else 'D-'}{sequence}"
    message = b"\x00\xff" * (sequence % 40) + str(sequence).encode()
    leaf = leaf_hash(sequence, microseconds(at), subject, message)
    return sequence, at, "unreadable", "filled", subject, message, leaf


async def notarised(ledger: Ledger, **settings: Any) -> Notarised:
    """The ledger, with a key of its own."""
    mine = ledger.settings.model_copy(update={"notary_every_s": 0.02, "notary_port": 0, **settings})
    key.ensure(mine)
    return Notarised(ledger, mine, key.load(mine))
