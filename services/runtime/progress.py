"""Progress of long work, as whoever does it tells it."""

from typing import Protocol


class Progress(Protocol):
    """Observer that is told how far the work is."""

    def begins(self, step: str, total: int | None) -> None:
        """Report that a step begins, with its number of parts; None: nobody knows it."""

    def advances(self, parts: int) -> None:
        """Report that so many more parts of the step are done."""
