"""A measured rate, with the floor that it is compared with in the same run."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """Events per second of one way to do one thing."""

    name: str
    per_second: float
    floor: float | None = None
    """Events per second of the floor, where there is one."""

    @property
    def of_floor(self) -> float | None:
        """The share of the floor that is reached."""
        return self.per_second / self.floor if self.floor else None


def medians(runs: Iterable[Iterable[Figure]]) -> list[Figure]:
    """The median of each figure over repeated runs."""
    found: dict[str, list[Figure]] = {}
    for run in runs:
        for each in run:
            found.setdefault(each.name, []).append(each)
    return [
        Figure(
            name,
            median(each.per_second for each in some),
            median(each.floor or 0.0 for each in some) or None,
        )
        for name, some in found.items()
    ]


def markdown(figures: Iterable[Figure]) -> str:
    """A table of figures."""
    lines = ["| what | events/s | of the floor |", "| --- | ---: | ---: |"]
    for each in figures:
        share = f"{each.of_floor:.2f}" if each.of_floor is not None else ""
        lines.append(f"| {each.name} | {each.per_second:,.0f} | {share} |")
    return "\n".join(lines)
