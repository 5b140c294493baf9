"""Stale subjects of a lane: a fold raised for them, which is a bug; their rows are those of before."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from services.ledger.journal import Row


@dataclass(slots=True)
class StaleMarks:
    """Changes that a batch makes in the table of stale subjects, by (subject, view)."""

    marked: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """The sequence whose arrival made the fold raise first, and the error."""
    healed: list[tuple[str, str]] = field(default_factory=list)


class Stale:
    """The stale subjects, and what changed since the last commit."""

    def __init__(self, marks: dict[str, dict[str, tuple[int, str]]]) -> None:
        self._marks = marks
        self._before: dict[str, dict[str, tuple[int, str]]] = {}

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Stale":
        """Read the stale subjects from the rows of their table."""
        marks: dict[str, dict[str, tuple[int, str]]] = {}
        for row in rows:
            marks.setdefault(row["subject"], {})[row["view"]] = row["sequence"], row["error"]
        return cls(marks)

    @property
    def subjects(self) -> Set[str]:
        """Subjects that are stale now."""
        return self._marks.keys()

    def note(self, subject: str, errors: Mapping[str, str], sequence: int) -> None:
        """Notes, after an entry, the views of the subject that raise, with the error. A mark keeps its first
        sequence."""
        known = self._marks.get(subject, {})
        if not errors and not known:
            return
        self._before.setdefault(subject, known)
        now = {view: (known[view][0] if view in known else sequence, error) for view, error in errors.items()}
        if now:
            self._marks[subject] = now
        else:
            del self._marks[subject]

    def marks(self) -> StaleMarks:
        """Return what changed since the marks were last asked for."""
        found = StaleMarks()
        for subject, before in self._before.items():
            now = self._marks.get(subject, {})
            found.healed += [(subject, view) for view in before if view not in now]
            found.marked |= {(subject, view): mark for view, mark in now.items() if before.get(view) != mark}
        self._before = {}
        return found
