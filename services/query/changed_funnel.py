"""Stages of a funnel and its outcome: which differ, and the entries that changed them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, cast

from services.errors import NotKnown
from services.ledger.journal import Connection, Row
from services.query.changed_rows import OPEN, Between, Changed, versions
from services.query.funnel import funnel as funnel_at
from services.query.shapes import Funnel
from services.query.sums import Steps, steps
from services.query.times import Moment
from services.query.values import instant
from services.sql import queries

_SQL = queries("services.query", "changes.sql")

_Line = int | Literal["outcome", "deals"] | None
"""A stage by its number, the open deals before the first, the outcome, or all deals, whatever became of them."""
_Measure = str | tuple[Literal["amount", "valued"], str]
"""What is counted; or of a currency the amount, and how many deals have one: a currency that none has is left out."""
_OUTCOME = ("open", "won", "lost", "abandoned", "won_amounts", "win_rate")


async def funnel(connection: Connection, between: Between, playbook: str) -> list[Changed]:
    """Stages of the funnel that differ, and its outcome. Raises NotKnown, of a playbook that is unknown in both."""
    before, after = await _both(connection, between, playbook)
    published = {row["stage"]: row["published"] for row in await connection.fetch(_SQL["stages"], playbook)}
    stages = list(dict.fromkeys(each["stage"] for each in (*after["stages"], *before["stages"])))
    highest = max((stage for stage in stages if stage is not None), default=0)

    def adds(row: Row) -> Iterable[tuple[_Line, _Measure, Decimal | int]]:
        return _adds(row, highest) if row["playbook"] == playbook else ()

    moved = steps(await versions(connection, "deals", between), adds, between.from_known, between.to_known)
    sums = await _at_first(connection, between, playbook)
    causes = _causes(moved, sums, published, between)
    found = [
        Changed("funnel", {"playbook": playbook, "stage": stage}, was, now, causes[stage])
        for stage in stages
        if (was := _stage(before, stage)) != (now := _stage(after, stage))
    ]
    if (ended := _outcome(before)) != (ends := _outcome(after)):
        found.append(Changed("funnel", {"playbook": playbook, "line": "outcome"}, ended, ends, causes["outcome"]))
    return found


def _causes(
    moved: Steps[_Line, _Measure],
    sums: defaultdict[_Line, defaultdict[_Measure, Decimal]],
    published: dict[int, int],
    between: Between,
) -> defaultdict[_Line, set[int]]:
    """The entries that changed each line: its sums while it was there, and whether it was there at all.

    A stage is there from its first publication on; the deals before the first stage, once the playbook is published
    or a deal follows it.
    """
    found: defaultdict[_Line, set[int]] = defaultdict(set)
    first = min(published.values(), default=between.to_known + 1)

    def there(line: _Line, sequence: int) -> bool:
        if line is None:
            return first <= sequence or sums["deals"]["deals"] > 0
        return line == "outcome" or published.get(cast("int", line), first) <= sequence

    appeared = {sequence for sequence in published.values() if between.from_known < sequence <= between.to_known}
    for sequence in sorted({*moved, *appeared}):
        step = moved.get(sequence, {})
        lines: set[_Line] = {None, *(line for line in step if line != "deals"), *published}
        were = {line: _shown(sums[line]) if there(line, sequence - 1) else None for line in lines}
        for line, measures in step.items():
            for measure, number in measures.items():
                sums[line][measure] += number
        for line, was in were.items():
            if was != (_shown(sums[line]) if there(line, sequence) else None):
                found[line].add(sequence)
    return found


def _shown(sums: dict[_Measure, Decimal]) -> dict[_Measure, Any]:
    """What a row shows of its sums: not how many deals have an amount in a currency, only whether any has."""
    return {measure: number > 0 if measure[0] == "valued" else number for measure, number in sums.items() if number}


def _adds(deal: Row, highest: int) -> Iterable[tuple[_Line, _Measure, Decimal | int]]:
    """What a deal adds: at its stage while open, to all stages that it entered and completed, and to the outcome."""
    yield "deals", "deals", 1
    status = "open" if deal["status"] in OPEN else deal["status"]
    yield "outcome", status, 1
    at = deal["stage"]
    if status == "open":
        yield at, "open", 1
    line: _Line = at if status == "open" else "outcome"
    if status in ("open", "won") and deal["amount"] is not None:
        yield line, ("amount", deal["currency"]), deal["amount"]
        yield line, ("valued", deal["currency"]), 1
    for stage in range(1, min(at or 0, highest) + 1):
        yield stage, "entered", 1
        if stage < at or deal["phase"] == "completed":
            yield stage, "completed", 1


async def _at_first(
    connection: Connection, between: Between, playbook: str
) -> defaultdict[_Line, defaultdict[_Measure, Decimal]]:
    """Of the sums at first those whose change does not tell whether a row changes; the others begin at 0."""
    sums: defaultdict[_Line, defaultdict[_Measure, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in await connection.fetch(_SQL["funnel_deals"], playbook, between.as_of, between.from_known):
        sums["deals"]["deals"] += row["deals"]
        if row["status"] in OPEN:
            sums[row["stage"]]["valued", row["currency"]] += row["valued"]
        elif row["status"] == "won":
            sums["outcome"]["valued", row["currency"]] += row["valued"]
    return sums


async def _both(connection: Connection, between: Between, playbook: str) -> tuple[Funnel, Funnel]:
    """The funnel as known at first and in the end; an empty one where nothing was known of the playbook."""
    try:
        after = await funnel_at(connection, playbook, between.after)
    except NotKnown:
        return await funnel_at(connection, playbook, between.before), _empty(playbook, between.after)
    try:
        return await funnel_at(connection, playbook, between.before), after
    except NotKnown:
        return _empty(playbook, between.before), after


def _empty(playbook: str, moment: Moment) -> Funnel:
    return Funnel(
        playbook=playbook,
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        stages=[],
        open=0,
        won=0,
        lost=0,
        abandoned=0,
        won_amounts={},
        win_rate=None,
    )


def _stage(answer: Funnel, stage: int | None) -> Any:
    return next((each for each in answer["stages"] if each["stage"] == stage), None)


def _outcome(answer: Funnel) -> dict[str, Any]:
    return {name: cast("dict[str, Any]", answer)[name] for name in _OUTCOME}
