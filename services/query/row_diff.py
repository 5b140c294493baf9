"""Difference of a row between two states of knowledge: its two contents, and the entries that changed it. Pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.ledger.journal import Row

Says = TypeVar("Says")
"""What a row says; None where there is no row."""


@dataclass(frozen=True, slots=True)
class RowDiff(Generic[Says]):
    """Row that says something else at the end than at the start."""

    before: Says | None
    after: Says | None
    causes: tuple[int, ...]
    """The sequences on the way at which it came to say something else."""
    key: Hashable = field(default=None, compare=False)
    """What tells it from the others."""

    @property
    def either(self) -> Says:
        """Return what the row says at the end or, where there is no row then, what it said at the start."""
        said = self.before if self.after is None else self.after
        assert said is not None
        return said


def row_diffs(
    versions: Iterable[Row],
    key: Callable[[Row], Hashable],
    says: Callable[[Row], Says | None],
    from_known: int,
    to_known: int,
) -> list[RowDiff[Says]]:
    """The rows that differ between two sequences, from all their versions that begin or end in between."""
    by_key: dict[Hashable, list[tuple[int, int, Says | None]]] = {}
    for version in versions:
        by_key.setdefault(key(version), []).append((version["known_from"], version["known_to"], says(version)))
    found = (_way(name, each, from_known, to_known) for name, each in by_key.items())
    return [each for each in found if each.before != each.after]


def _way(key: Hashable, versions: list[tuple[int, int, Says | None]], from_known: int, to_known: int) -> RowDiff[Says]:
    def at(sequence: int) -> Says | None:
        return next((says for known_from, known_to, says in versions if known_from <= sequence < known_to), None)

    moments = {moment for version in versions for moment in version[:2] if from_known < moment <= to_known}
    before = now = at(from_known)
    causes = []
    for moment in sorted(moments):
        then = at(moment)
        if then != now:
            causes.append(moment)
        now = then
    return RowDiff(before, now, tuple(causes), key)
