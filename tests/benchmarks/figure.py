"""Measured figures: a value with its unit, what was measured beside it in the same repeat, and what is wanted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Beside:
    """Something else that was measured in the same repeat: a floor, a peer, the same at another size."""

    what: str
    value: float
    """In the unit of the figure."""
    least: float | None = None
    """What is wanted of the ratio: the figure's value is at least so many times this one's."""
    most: float | None = None
    """What is wanted of the ratio: at most so many times."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement in one repeat."""

    name: str
    value: float
    unit: str = "events/s"
    beside: Sequence[Beside] = field(default=())
    least: float | None = None
    """What is wanted of the value."""
    most: float | None = None
    """What is wanted of the value."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure beside another, over all repeats."""

    what: str
    value: float
    """Median of the other."""
    ratio: float
    """Median of the ratios of each repeat."""
    least: float | None
    most: float | None
    met: bool | None
    """Whether the ratio is as wanted; None when nothing is wanted."""


@dataclass(frozen=True, slots=True)
class Found:
    """A figure over all repeats."""

    section: str
    name: str
    value: float
    """Median."""
    unit: str
    values: Sequence[float]
    """Of each repeat."""
    beside: Sequence[Ratio]
    least: float | None
    most: float | None
    met: bool | None
    """Whether the median is as wanted; None when nothing is wanted of it."""


def over(section: str, repeats: Iterable[Iterable[Figure]]) -> list[Found]:
    """The figures of one section over its repeats, in the order of the first."""
    by_name: dict[str, list[Figure]] = {}
    for repeat in repeats:
        for each in repeat:
            by_name.setdefault(each.name, []).append(each)
    return [_found(section, same) for same in by_name.values()]


def _found(section: str, same: Sequence[Figure]) -> Found:
    first = same[0]
    values = [each.value for each in same]
    beside = [_ratio([(each.value, each.beside[place]) for each in same]) for place in range(len(first.beside))]
    value = median(values)
    met = _met(value, first.least, first.most)
    return Found(section, first.name, value, first.unit, values, beside, first.least, first.most, met)


def _ratio(pairs: Sequence[tuple[float, Beside]]) -> Ratio:
    first = pairs[0][1]
    ratio = median(value / other.value for value, other in pairs)
    met = _met(ratio, first.least, first.most)
    return Ratio(first.what, median(other.value for _, other in pairs), ratio, first.least, first.most, met)


def _met(value: float, least: float | None, most: float | None) -> bool | None:
    if least is None and most is None:
        return None
    return (least is None or value >= least) and (most is None or value <= most)
