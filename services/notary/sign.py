"""The notary's work: first the journal must be the one that was signed before, then it is signed as it grows."""

import asyncio
from collections.abc import AsyncIterator
from typing import NoReturn

import structlog

from services.errors import JournalAltered
from services.ledger.journal import Connection
from services.notary.comparison import Comparison, compare, these
from services.notary.head import Head, sign_head
from services.notary.heads_table import HeadsTable, add_nodes
from services.notary.health import NotaryHealth
from services.notary.journal import Gap, leaves, recorded
from services.notary.key import Keys
from services.notary.places import Places
from services.notary.tree import Node, Tree

AT_ONCE = 1 << 20
"""The most rows that one head adds to the one before."""
POLL_INTERVAL_S = 1.0
"""Notices can be lost: the journal is looked at so often at least."""

log = structlog.get_logger()


class Notary:
    """Signs over one connection. Whatever goes wrong ends it: another one begins anew."""

    def __init__(
        self, connection: Connection, keys: Keys, places: Places, standing: NotaryHealth, every_s: float
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._places = places
        self._standing = standing
        self._every_s = every_s
        self._noticed = asyncio.Event()

    def notice(self) -> None:
        """The journal has grown."""
        self._noticed.set()

    async def run(self) -> NoReturn:
        """Check, then sign for ever.

        Raises JournalAltered when the journal is not the one that was signed, LostLeadership when another notary signs,
        and what goes wrong with the servers.
        """
        tree = await self._checked()
        rule = f"A head is signed every {self._every_s:g} s while the journal grows."
        await self._standing.says("signing", f"{rule} {self._places.foreign()}".strip())
        while True:
            end = await self._grown(tree.size)
            head = await self._signed(tree, min(end, tree.size + AT_ONCE))
            self._standing.signed(head.size)
            log.debug("head_signed", size=head.size)
            await asyncio.sleep(self._every_s)

    async def _checked(self) -> Tree:
        """The tree over the rows that the newest head of all three places covers, once the journal has them."""
        newest = await self._places.newest()
        target = max((head.size for head in newest.values() if head), default=0)
        while (there := await recorded(self._connection)) < target:
            where = " and ".join(place for place, head in newest.items() if head and head.size == target)
            await self._standing.says(
                "waiting",
                f"A head of {target} rows was signed (kept by {where}), but the journal has {there}. Nothing is signed "
                "until it reaches it: let the recorder catch up, or restore the journal.",
            )
            await self._notice()
        await self._standing.says("checking", f"The first {target} rows are compared with the heads that were signed.")
        log.info("journal_compared", rows=target)
        heads = {head.size: head for head in newest.values() if head}
        found = await compare(self._connection, these(heads.values()), target, self._standing.compared)
        if not found.fits:
            raise JournalAltered(await self._told(found, target))
        await add_nodes(self._connection, found.not_kept)
        await self._places.repair(newest)
        return found.tree

    async def _told(self, found: Comparison, target: int) -> str:
        """Describe what is wrong with the journal; compare it with all heads to find where it begins to be wrong."""
        if found.wrong is not None:
            again = await compare(self._connection, self._all(found.wrong), target)
            found.agreed, found.wrong = again.agreed, again.wrong or found.wrong
        return (
            f"The journal is not the one that was signed: {found.told()}. Nothing more is signed. `daybook verify` "
            "says more; restore the database from its backup, then start the notary again."
        )

    async def _all(self, last: Head) -> AsyncIterator[Head]:
        async for head in HeadsTable(self._connection, self._keys.known).behind(0):
            if head.size < last.size:
                yield head
        yield last

    async def _signed(self, tree: Tree, end: int) -> Head:
        nodes: list[Node] = []
        async for part in leaves(self._connection, tree.size, end):
            if isinstance(part, Gap):
                raise JournalAltered(f"The journal has no row {part.sequence}, but rows behind it. Nothing is signed.")
            if part.altered:
                raise JournalAltered(
                    f"The leaf_hash of row {part.altered[0]} of the journal is not that of its content: the database "
                    "was altered. Nothing more is signed. Run `daybook verify`."
                )
            nodes += tree.append(part.hashes)
        head = sign_head(self._keys.own, tree.size, tree.root())
        await self._places.add(head, nodes)
        return head

    async def _grown(self, size: int) -> int:
        while (there := await recorded(self._connection)) <= size:
            await self._notice()
        return there

    async def _notice(self) -> None:
        self._noticed.clear()
        try:
            async with asyncio.timeout(POLL_INTERVAL_S):
                await self._noticed.wait()
        except TimeoutError:
            return
