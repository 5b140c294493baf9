"""Output of commands, all of it: text that was recorded or typed is data, never markup and never a terminal's orders.

Nothing else in `services` prints. Text is shown by `runtime/visible_text.py`; what is ours alone (styles, frames) is
not in it.
"""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.runtime.visible_text import visible, visible_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

WIDTH = 160
"""Of tables that are printed into a file or another program."""

Cell = str | list[str]
"""A cell of one line, or of several."""


def prepare() -> None:
    """Let no character that the terminal's encoding lacks end a command: it is shown by its escape."""
    for each in (sys.stdout, sys.stderr):
        if hasattr(each, "reconfigure"):
            each.reconfigure(errors="backslashreplace")


def console(*, err: bool = False, **options: Any) -> "Console":
    """A console to which brackets and colons are characters like others."""
    from rich.console import Console

    return Console(stderr=err, highlight=False, markup=False, emoji=False, **options)


def say(line: str, *, err: bool = False, style: str = "") -> None:
    """Print one line, however long, on standard output or standard error."""
    _say(visible(line), err, style)


def say_lines(text: str, *, err: bool = False, style: str = "") -> None:
    """Print text whose line ends are ours, such as the message of an error."""
    _say(visible(text, keep="\n"), err, style)


def _say(shown: str, err: bool, style: str) -> None:
    stream = sys.stderr if err else sys.stdout
    if style and stream.isatty():
        from rich.text import Text

        console(err=err, soft_wrap=True).print(Text(shown, style))
    else:
        print(shown, file=stream, flush=True)


def print_json(document: Any) -> None:
    """Print the one document of `--json` on standard output."""
    print(visible_json(json.dumps(document, ensure_ascii=False, indent=2)), flush=True)  # noqa: T201


def print_canonical(document: bytes) -> None:
    """Print one JSON document in its canonical form, on one line of standard output."""
    print(visible_json(document.decode("utf-8")), flush=True)  # noqa: T201


def print_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table as CSV on standard output: as it is into a file, and so that one can see it on a terminal."""
    from services.runtime.csv_text import separated

    told = sys.stdout.isatty()
    for line in separated(header, rows):
        sys.stdout.write(visible(line, keep="\r\n") if told else line)
    sys.stdout.flush()


@dataclass
class Table:
    """Rows for people, as they will be printed. Whatever is in a cell is text."""

    columns: tuple[str, ...]
    right: tuple[str, ...] = ()
    show_header: bool = True
    rows: list[tuple[tuple[Cell, ...], bool]] = field(default_factory=list)

    def add_row(self, *cells: Cell, end_section: bool = False) -> None:
        """Add a row, with a line beneath it at the end of a section."""
        self.rows.append((cells, end_section))

    def __rich__(self) -> Any:
        from rich.table import Table as Drawn

        drawn = Drawn(show_header=self.show_header)
        for column in self.columns:
            drawn.add_column(column, justify="right" if column in self.right else "left", overflow="fold")
        for cells, end_section in self.rows:
            drawn.add_row(*map(_text, cells), end_section=end_section)
        return drawn


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A table with these columns; those in `right` are numbers."""
    return Table(columns, right)


def show(*shown: "str | Table", width: int = WIDTH) -> None:
    """Print tables and lines on standard output; `width` wide where that is no terminal."""
    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    out = console(width=None if told else width)
    for each in shown:
        out.print(_text(each) if isinstance(each, str) else each)


def heading(title: str, width: int) -> None:
    """Print a title with a rule on both sides."""
    from rich.rule import Rule

    console(width=width).print(Rule(_text(title, "bold")))


def progress(*, transient: bool = True) -> "Progress":
    """Bars of long work on standard error, by the tasks' descriptions; nothing where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description:10}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(err=True),
        transient=transient,
        disable=not sys.stderr.isatty(),
    )


def _text(cell: Cell, style: str = "") -> "Text":
    from rich.text import Text

    return Text(visible(cell) if isinstance(cell, str) else "\n".join(map(visible, cell)), style)
