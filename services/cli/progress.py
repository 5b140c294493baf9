"""Progress of long work, step after step, on standard error; nothing where that is no terminal."""

from types import TracebackType
from typing import Any, Self

from services.output import progress


class Bar:
    """A bar for each step, while the context is open."""

    def __init__(self) -> None:
        self._progress = progress()
        self._task: Any = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begins(self, step: str, total: int | None) -> None:
        """Show that a step begins, with its number of parts; None: nobody knows it."""
        self._task = self._progress.add_task(step, total=total)

    def advances(self, parts: int) -> None:
        """Show that so many more parts of the step are done."""
        self._progress.advance(self._task, parts)
