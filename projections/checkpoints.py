"""States kept on the way through a long history, so that what arrives late is not folded from the beginning.

One is left not far before a late entry: what comes late next mostly comes near it, behind it or, when the newest is
sent first, before it. Short histories never have any, and long ones few: a copy costs what folding some hundred
entries does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from projections.entry import Order
from projections.view import RowKey

APART = 256
"""So many entries are folded before a late one, and a checkpoint is left half as many before it."""
MOST = 4
"""Checkpoints of one part of a view's subject."""


@dataclass(slots=True)
class Checkpoint:
    """A state after some entries of effective history. It is never folded on, only copied."""

    last: Order
    """Order of the last entry folded into it."""
    folded: int
    """How many were."""
    state: Any
    touched: dict[RowKey, None] = field(default_factory=dict)
    """Rows touched behind it, up to the next checkpoint or the end."""


def place_before(late: int) -> int | None:
    """Behind how many of the entries that are folded a checkpoint is worth its copy, when so many precede the late one;
    None when it is not."""
    return late - APART // 2 if late >= APART else None


class Checkpoints:
    """Those of one part of a view's subject, in effective order."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: list[Checkpoint] = []

    @property
    def weight(self) -> int:
        """What they take in memory: as many entries as were folded into them."""
        return sum(each.folded for each in self._kept)

    def touch(self, keys: Iterable[RowKey]) -> None:
        """Rows touched at the end of history."""
        if self._kept:
            self._kept[-1].touched.update(dict.fromkeys(keys))

    def before(self, order: Order) -> Checkpoint | None:
        """The latest that an entry of this order does not touch."""
        return next((each for each in reversed(self._kept) if each.last < order), None)

    def touched_since(self, base: Checkpoint) -> dict[RowKey, None]:
        """Rows touched between a checkpoint and the end."""
        found: dict[RowKey, None] = {}
        for each in self._kept[self._kept.index(base) :]:
            found |= each.touched
        return found

    def joined(self, order: Order, keys: Iterable[RowKey]) -> None:
        """Other entries have come into the history, the first of this order; `keys` are the rows that they touched."""
        gone = [each for each in self._kept if each.last >= order]
        self._kept = self._kept[: len(self._kept) - len(gone)]
        for each in gone:
            self.touch(each.touched)
        self.touch(keys)

    def renewed(self, base: Checkpoint | None, added: Checkpoint | None) -> "Checkpoints":
        """Those up to a base, and one more behind it."""
        found = Checkpoints()
        found._kept = [] if base is None else self._kept[: self._kept.index(base) + 1]
        if added is not None:
            found._kept.append(added)
        if len(found._kept) > MOST:
            found._thin()
        return found

    def _thin(self) -> None:
        """One that is nearest to the one before it goes; never the latest."""
        starts = [0, *(each.folded for each in self._kept)]
        place = min(range(len(self._kept) - 1), key=lambda place: self._kept[place].folded - starts[place])
        gone = self._kept.pop(place)
        if place:
            self._kept[place - 1].touched |= gone.touched
