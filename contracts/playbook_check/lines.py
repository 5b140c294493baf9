"""Line numbers of the parts of a TOML file, which tomllib does not give."""

import re
import tomllib
from bisect import bisect_right

from contracts.playbooks.consistency import Location

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:\\.|[^"\\])*"' + r"|'[^']*'",
    re.DOTALL,
)
_OTHER_VALUE = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[Location, int]:
    """The line, from 1, of every table, key and list member of a text that tomllib has read.

    A table's line is that of its header or opening brace's key; a table that only its parts imply begins with the
    first of them.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._found: dict[Location, int] = {(): 1}
        self._members: dict[Location, int] = {}
        """How many tables each list of tables has so far."""

    def scan(self) -> dict[Location, int]:
        table: Location = ()
        while self._skip_blank():
            if self._text.startswith("[[", self._at):
                table = self._header(2)
            elif self._text[self._at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
        return self._found

    def _skip_blank(self) -> bool:
        self._take(_BLANK)
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, f"not TOML at {self._at}"
        self._at = match.end()
        return match[0]

    def _next_is(self, sign: str) -> bool:
        """Tell if a sign follows, after any blanks; if so, move past it."""
        self._skip_blank()
        if self._text.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def _note(self, path: Location) -> None:
        self._found.setdefault(path, bisect_right(self._starts, self._at))

    def _header(self, brackets: int) -> Location:
        start = self._at
        self._at += brackets
        parts = self._key()
        end, self._at = self._at, start
        path: Location = ()
        for place, part in enumerate(parts, start=1):
            path += (part,)
            self._note(path)
            if brackets == 2 and place == len(parts):
                self._members[path] = self._members.get(path, 0) + 1
            if path in self._members:
                path += (self._members[path] - 1,)
                self._note(path)
        self._at = end
        self._next_is("]" * brackets)
        return path

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip_blank()
            if self._text[self._at] in "\"'":
                parts.append(str(tomllib.loads(f"key = {self._take(_STRING)}")["key"]))
            else:
                parts.append(self._take(_BARE_KEY))
            if not self._next_is("."):
                return parts

    def _pair(self, table: Location) -> None:
        start = self._at
        parts = self._key()
        end, self._at = self._at, start
        for place in range(len(parts)):
            self._note((*table, *parts[: place + 1]))
        self._at = end
        self._next_is("=")
        self._value((*table, *parts))

    def _value(self, path: Location) -> None:
        self._skip_blank()
        self._note(path)
        if self._next_is("["):
            index = 0
            while not self._next_is("]"):
                self._value((*path, index))
                self._next_is(",")
                index += 1
        elif self._next_is("{"):
            while not self._next_is("}"):
                self._pair(path)
                self._next_is(",")
        else:
            self._take(_STRING if self._text[self._at] in "\"'" else _OTHER_VALUE)
