"""Explanation of a deal's position: the entry that met each item, and what the next step still needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.events import Event
from contracts.playbooks.playbook import Names
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.rulebook import Need, NeedKind, Phase, Rulebook
from projections.replay.view import fold
from projections.views.stage_position import stage_position
from projections.views.stage_position.evidence import Evidence
from projections.views.stage_position.position import DealPosition
from projections.views.stage_position.rows import Status


@dataclass(frozen=True, slots=True)
class ItemExplained:
    """An item, commitment, condition or appraisal item of a stage."""

    item: str
    """The item's key; `commitment` for the customer's commitment."""
    names: Names | None
    """Names for people; None for the commitment of a stage that asks for none."""
    kind: NeedKind
    met_at: datetime | None
    """The latest `occurred_at` in `by`; None while it is not met."""
    by: tuple[int, ...]
    """Sequences of the entries that meet it: the earliest that suffice of those that count at as_of."""


@dataclass(frozen=True, slots=True)
class StageExplained:
    """A stage of the playbook that the deal follows at as_of."""

    stage: int
    names: Names
    entered_at: datetime | None
    """The latest time among what entering needs: the opening, all stages before, the milestones."""
    completed_at: datetime | None
    """Likewise, with the criteria and the commitment."""
    items: tuple[ItemExplained, ...]
    """What entering and completing need."""
    shown: tuple[ItemExplained, ...]
    """Conditions and appraisal items, which move no deal."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explanation of a deal's position at as_of."""

    deal: str
    playbook: str
    version: int | None
    stage: int | None
    phase: Phase | None
    status: Status
    probability: Decimal
    stages: tuple[StageExplained, ...]
    """All stages in order; none while the playbook is not published."""
    missing: tuple[str, ...]
    """Keys of what the next step still needs; nothing where claims decide, or after the last step."""


def explain(deal: str, entries: Iterable[Entry[Event]], playbooks: Playbooks, as_of: datetime) -> Explanation | None:
    """Explain deal `deal` (its id) from its effective history and the playbooks, both as known at one sequence.

    Entries after `as_of` are left out. None for a deal that was not opened by then.
    """
    state = fold(stage_position, deal, (each for each in entries if each.occurred_at <= as_of), playbooks)
    row = state.intervals.now
    if row is None or state.opening is None:
        return None
    stages: tuple[StageExplained, ...] = ()
    missing: tuple[str, ...] = ()
    if state.standing is not None:
        stages = tuple(_stages(state.standing, state.opening.occurred_at))
        if state.standing.claims is None:
            missing = tuple(need.key for need in state.standing.evidence.missing())
    return Explanation(
        deal, row.playbook, row.version, row.stage, row.phase, row.status, row.probability, stages, missing
    )


def _stages(standing: DealPosition, opened_at: datetime) -> Iterable[StageExplained]:
    book, evidence = standing.rulebook, standing.evidence
    reached = opened_at
    for stage in range(1, len(book.playbook.stages) + 1):
        times: list[datetime | None] = []
        items: list[ItemExplained] = []
        for step in (2 * stage - 1, 2 * stage):
            explained = [_item(need, book, evidence) for need in book.needs_of(step)]
            items += explained
            reached = max([reached, *(each.met_at for each in explained if each.met_at)])
            times.append(reached if step <= evidence.step else None)
        if standing.claims is not None:
            claims = standing.claims.standing() if 2 * stage - 1 == standing.step else []
            times = [max(opened_at, claims[0].occurred_at) if claims else None, None]
        shown = tuple(_item(need, book, evidence) for need in book.shown_of(stage))
        yield StageExplained(stage, book.playbook.stages[stage - 1].names, times[0], times[1], tuple(items), shown)


def _item(need: Need, book: Rulebook, evidence: Evidence) -> ItemExplained:
    entries = evidence.met_by(need)
    met_at = entries[-1].occurred_at if entries else None
    return ItemExplained(need.key, book.names_of(need), need.kind, met_at, tuple(each.sequence for each in entries))
