"""The journal beside what was signed: the tree is grown anew from all rows, and held to heads and to the nodes kept."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from services.ledger.journal import Connection
from services.notary.head import Head
from services.notary.journal import SQL, Gap, leaves
from services.notary.tree import STEP, Node, Tree

FIRST = 10
"""How many differences of one kind are named."""
_NODES_BATCH_SIZE = 2048


@dataclass(slots=True)
class Comparison:
    """Result of comparing the journal with the signed heads and the nodes kept."""

    tree: Tree = field(default_factory=Tree)
    """Grown from the rows as they are."""
    heads: int = 0
    """How many heads were looked at."""
    agreed: int = 0
    """Up to here rows and heads agree: the size of the largest tree that has the root signed."""
    wrong: Head | None = None
    """The first head that has another root than its rows."""
    gap: int | None = None
    """A row that the journal must have and has not."""
    altered: list[int] = field(default_factory=list)
    """The first rows whose leaf_hash is not that of their content."""
    altered_nodes: list[Node] = field(default_factory=list)
    """The first nodes as the rows make them that are kept otherwise."""
    not_kept: list[Node] = field(default_factory=list)
    """Nodes that are not kept yet."""

    @property
    def fits(self) -> bool:
        """Tell if nothing differs."""
        return self.wrong is None and self.gap is None and not self.altered and not self.altered_nodes

    def told(self) -> str:
        """Describe in words what differs."""
        said = []
        if self.gap is not None:
            said.append(f"row {self.gap} is missing")
        if self.wrong is not None:
            said.append(
                f"rows {self.agreed + 1} to {self.wrong.size} are not those for which the head of {self.wrong.size} "
                "rows was signed"
            )
        if self.altered:
            said.append(f"{_rows(self.altered)} not the leaf hash of the content")
        if self.altered_nodes:
            said.append("the tree has other hashes for " + "; ".join(_covered(each) for each in self.altered_nodes))
        return "; ".join(said)


async def compare(
    connection: Connection,
    heads: AsyncIterator[Head],
    up_to: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Grow the tree from the rows up to a sequence. `heads` come by size; the first that is wrong is the last.

    `progress` is told how many rows more were read.
    """
    found = Comparison()
    head = await anext(heads, None)
    fresh: list[Node] = []
    async for part in leaves(connection, 0, up_to):
        if isinstance(part, Gap):
            found.gap = part.sequence
            break
        found.altered += part.altered[: FIRST - len(found.altered)]
        start = 0
        while head is not None and head.size <= part.last and found.wrong is None:
            end = head.size - part.first + 1
            fresh += found.tree.append(part.hashes[start:end])
            start = end
            _judge(found, head)
            head = await anext(heads, None)
        fresh += found.tree.append(part.hashes[start:])
        if found.wrong is not None:
            break
        if len(fresh) >= _NODES_BATCH_SIZE:
            await _compare_nodes(connection, fresh, found)
            fresh = []
        progress(len(part.hashes))
    await _compare_nodes(connection, fresh, found)
    return found


async def these(heads: Iterable[Head]) -> AsyncIterator[Head]:
    """Heads that are known already, by size."""
    for each in sorted(heads):
        yield each


def _judge(found: Comparison, head: Head) -> None:
    found.heads += 1
    if found.tree.root() == head.root:
        found.agreed = head.size
    else:
        found.wrong = head


async def _compare_nodes(connection: Connection, fresh: list[Node], found: Comparison) -> None:
    for level in sorted({each.level for each in fresh}):
        mine = [each for each in fresh if each.level == level]
        rows = await connection.fetch(SQL["nodes"], level, mine[0].place, mine[-1].place + 1)
        kept = {row["place"]: row["hash"] for row in rows}
        for node in mine:
            if node.place not in kept:
                found.not_kept.append(node)
            elif kept[node.place] != node.hash and len(found.altered_nodes) < FIRST:
                found.altered_nodes.append(node)


def _rows(sequences: list[int]) -> str:
    if len(sequences) == 1:
        return f"the leaf_hash of row {sequences[0]} is"
    listed = ", ".join(map(str, sequences))
    return f"the leaf_hash of the rows {listed}{' and perhaps more' if len(sequences) == FIRST else ''} is"


def _covered(node: Node) -> str:
    first = (node.place << node.level) + 1
    return f"rows {first} to {first + (1 << node.level) - 1} (level {node.level // STEP * STEP}, place {node.place})"
