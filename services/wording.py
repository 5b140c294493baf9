"""Wording of what commands print for people: in their language, with times in the ledger's zone.

`--json` and CSV have none of it: they are for programs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projections.columns import Column, Label
from services.texts import TEXTS, Language, Text

_IN_UTC = re.compile(r"(?!9999|0001)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")


@dataclass(frozen=True, slots=True)
class Wording:
    """Language and zone of an output."""

    language: Language
    zone: str = "UTC"

    def label(self, label: Label) -> str:
        """Return a label in the language."""
        return label.zh if self.language == "zh" else label.en

    def text(self, name: str, /, **values: Any) -> str:
        """Return a text of the list, with its values."""
        return self.told(TEXTS[name], **values)

    def told(self, text: Text, /, **values: Any) -> str:
        """Return a text with its values; English says one for `number` 1."""
        if self.language == "zh":
            return text.zh.format(**values)
        return (text.one if text.one and values.get("number") == 1 else text.en).format(**values)

    def headings(self, *names: str) -> tuple[str, ...]:
        """Return several texts without values."""
        return tuple(self.text(name) for name in names)

    def at(self, at: datetime | str | None) -> str:
        """Return an instant, to the second, with the zone's offset; nothing for None."""
        return "" if at is None else self._local(at).replace(microsecond=0).isoformat(" ")

    def day(self, at: datetime | str | None) -> str:
        """Return the day of an instant in the zone; nothing for None."""
        return "" if at is None else self._local(at).date().isoformat()

    def instants(self, text: str) -> str:
        """Return a text in which each instant in UTC is told in the zone, as exactly as it was; FOREVER stays."""
        return _IN_UTC.sub(lambda found: self._local(found[0]).isoformat(" "), text)

    def moment(self, answer: Any) -> str:
        """Return the two times that an answer used."""
        return self.text("moment", as_of=self.at(answer["as_of"]), known_at=answer["known_at"])

    def word(self, column: Column, value: str) -> str:
        """Return one of the few values of a column."""
        return self.label(column.words[value]) if value in column.words else value

    def cell(self, column: Column, value: Any) -> str:
        """Return a value of a column; nothing for null."""
        if value is None:
            return ""
        match column.kind.name:
            case "instant":
                return self.at(value)
            case "amounts":
                return amounts(value)
            case "yes_no":
                return self.text("yes" if value else "no")
            case "word":
                return self.word(column, value)
            case "texts" | "sequences":
                return ", ".join(map(str, value))
            case _:
                return str(value)

    def named(self, columns: Iterable[Column], name: str, *values: Any) -> str:
        """Return values behind the heading of their column, such as `stage 1 → 2`; ∅ stands for null.

        A name that no column has is its own heading.
        """
        column = next((each for each in columns if each.name == name), None)
        heading = name if column is None else self.label(column.label)
        told = (str(value) if column is None else self.cell(column, value) for value in values if value is not None)
        return f"{heading} {' → '.join('∅' if value is None else next(told) for value in values)}"

    def _local(self, at: datetime | str) -> datetime:
        from contracts.types import zones

        instant = datetime.fromisoformat(at) if isinstance(at, str) else at
        return instant.astimezone(zones.zone(self.zone))


def amounts(by_currency: Mapping[str, Any]) -> str:
    """Amounts of several currencies."""
    return ", ".join(f"{amount} {currency}" for currency, amount in by_currency.items())
