"""What the versions of many rows add up to, from one sequence to the next. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from services.ledger.journal import Row

Line = TypeVar("Line", bound=Hashable)
Measure = TypeVar("Measure", bound=Hashable)
Steps = Mapping[int, Mapping[Line, Mapping[Measure, Decimal]]]
"""By sequence, in order: how much each measure of each line changed; what did not change is left out."""


def steps(
    versions: Iterable[Row],
    adds: Callable[[Row], Iterable[tuple[Line, Measure, Decimal | int]]],
    from_known: int,
    to_known: int,
) -> Steps[Line, Measure]:
    """How the sums moved behind `from_known` up to `to_known`; `adds` says what a version adds to which line.

    An entry whose changes cancel each other out in a line does not move that line.
    """
    found: dict[int, dict[Line, dict[Measure, Decimal]]] = {}
    for version in versions:
        added = list(adds(version))
        for sequence, sign in ((version["known_from"], 1), (version["known_to"], -1)):
            if from_known < sequence <= to_known:
                lines = found.setdefault(sequence, {})
                for line, measure, number in added:
                    measures = lines.setdefault(line, defaultdict(Decimal))
                    measures[measure] += sign * number
    return {sequence: _moved(found[sequence]) for sequence in sorted(found)}


def _moved(lines: Mapping[Line, Mapping[Measure, Decimal]]) -> dict[Line, dict[Measure, Decimal]]:
    moved = {
        line: {measure: number for measure, number in measures.items() if number} for line, measures in lines.items()
    }
    return {line: measures for line, measures in moved.items() if measures}
