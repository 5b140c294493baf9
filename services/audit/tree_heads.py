"""Check of the journal against the signed heads in every place that keeps them: finds a history that was rewritten.

Every head must be signed by the trusted key and have the root that the rows, as they are now, come to. A place that
lacks the newest heads lags, which the notary repairs; one that lacks heads in between has lost them.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.differences import Differences
from services.ledger.journal import Connection
from services.nats.client import FollowingClient
from services.notary.comparison import compare
from services.notary.head import Head, read_head
from services.notary.heads_file import notes_of
from services.notary.heads_stream import stream_name
from services.notary.journal import SQL, recorded
from services.notary.note import NotSigned, PublicKey
from services.runtime import files
from services.stream.messages import Messages
from services.stream.sequence_ranges import held
from services.stream.state import find

_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class Signed:
    """Keys that the signed heads are held to, and where the heads are."""

    keys: Collection[PublicKey]
    file: Path | None
    """None, or a file that is not there: it is not looked at."""
    required: bool = False
    """Whoever asks named the key, so there must be a head of it."""


@dataclass(slots=True)
class Compared:
    """Result of comparing the rows with the signed heads."""

    differences: Differences = field(default_factory=Differences)
    heads: int = 0
    """How many heads the rows were compared with."""
    places: dict[str, int | None] = field(default_factory=dict)
    """By place, how many rows its newest head covers; None where there is no file."""


class HeadChecks:
    """Checks all heads of one ledger."""

    def __init__(self, connection: Connection, nc: FollowingClient, stream: str, signed: Signed) -> None:
        self._connection = connection
        self._nc = nc
        self._stream = stream
        self._signed = signed
        self._compared = Compared()
        self._differences = self._compared.differences

    async def rows(self) -> int:
        """Number of rows to compare: none where nothing was ever signed."""
        signed = await self._connection.fetchrow(SQL["newest_head"]) or await _last(self._nc, self._stream)
        if signed or (self._signed.file is not None and self._signed.file.exists()):
            return await recorded(self._connection)
        return 0

    async def check(self, up_to: int, progress: Callable[[int], None]) -> Compared:
        """Finds all differences, looking at so many rows."""
        heads = self._all()
        found = await compare(self._connection, heads, up_to, progress)
        async for _ in heads:  # behind the first that is wrong, each is still looked at for itself
            pass
        newest, there = max(each or 0 for each in self._compared.places.values()), await recorded(self._connection)
        if found.wrong is not None:
            self._differences.add(
                "rows_not_signed",
                found.agreed + 1,
                None,
                f"the rows for which the head of {found.wrong.size} rows was signed",
                f"rows {found.agreed + 1} to {found.wrong.size} are others",
            )
        elif newest > there:
            self._differences.add("rows_not_signed", there + 1, None, f"a head of {newest} rows", f"{there} rows")
        for node in found.altered_nodes:
            place = f"level {node.level}, place {node.place}"
            self._differences.add("tree_altered", (node.place << node.level) + 1, None, f"{place}: {node.hash.hex()}")
        return self._compared

    async def _all(self) -> AsyncIterator[Head]:
        """Heads, one of each size, in order; what is wrong with others, or where one is missing, is noted."""
        places = {
            "ledger.tree_head": self._read("ledger.tree_head", self._table()),
            "NATS": self._read("NATS", self._published()),
        }
        self._compared.places |= dict.fromkeys(places, 0) | {"the file": None}
        if self._signed.file is not None and self._signed.file.exists():
            self._compared.places["the file"] = 0
            places["the file"] = self._read("the file", self._written(self._signed.file))
        nexts = {place: await anext(heads, None) for place, heads in places.items()}
        while present := {place: head for place, head in nexts.items() if head is not None}:
            head = min(present.values())
            for place, other in present.items():
                if other.size > head.size:
                    self._differences.add("head_missing", head.size, None, f"{place} has a head of {head.size} rows")
                elif other.root != head.root:
                    self._differences.add("head_altered", head.size, None, "one head of a size", f"another in {place}")
            self._compared.heads += 1
            yield head
            for place, other in present.items():
                if other.size == head.size:
                    self._compared.places[place] = head.size
                    nexts[place] = await anext(places[place], None)

    async def _read(self, place: str, notes: AsyncIterator[tuple[str, str]]) -> AsyncIterator[Head]:
        before: Head | None = None
        async for where, note in notes:
            try:
                head = read_head(note, self._signed.keys)
                if before is not None and head == before:
                    continue  # published twice, as it was not certain that the first had come through
                if before is not None and head.size <= before.size:
                    raise NotSigned(f"it is of {head.size} rows and stands behind one of {before.size}")
                if where.isdigit() and head.size != int(where):
                    raise NotSigned(f"it is of {head.size} rows")
            except NotSigned as error:
                found = f"{place}, {where}: {error}"
                self._differences.add("head_altered", None, None, "a head of the trusted key", found)
                continue
            before = head
            yield head

    async def _table(self) -> AsyncIterator[tuple[str, str]]:
        size = 0
        while rows := await self._connection.fetch(SQL["heads_behind"], size, _BATCH_SIZE):
            for row in rows:
                size = row["size"]
                yield str(size), row["note"]

    async def _published(self) -> AsyncIterator[tuple[str, str]]:
        last = await _last(self._nc, self._stream)
        if not last:
            return
        name = stream_name(self._stream)
        async with Messages(self._nc, name, await held(self._nc, name, last)) as messages:
            async for batch in messages.batches():
                for each in batch:
                    yield f"message {each.sequence} of {name}", each.data.decode("utf-8", "replace")

    async def _written(self, path: Path) -> AsyncIterator[tuple[str, str]]:
        for number, note in enumerate(_notes(path), 1):
            yield f"head {number} of {path}", note


async def _last(nc: FollowingClient, stream: str) -> int:
    found = await find(nc, stream_name(stream))
    return 0 if found is None else found.last_sequence


def _notes(path: Path) -> Iterator[str]:
    with files.opened(path) as file:
        for note in notes_of(file):
            yield note.decode("utf-8", "replace")
