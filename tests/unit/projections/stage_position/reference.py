"""The rules of domain.md §3 once more, as slowly and plainly as they read: everything is worked out anew each time.

Nothing here is shared with the fold but the events, the playbooks and the shape of the rows.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from contracts.events.commitment import CommitmentWithdrawn, CustomerCommitmentReceived
from contracts.events.deal import (
    DealAbandoned,
    DealLost,
    DealOpened,
    DealReassigned,
    DealReopened,
    DealRevised,
    DealWon,
    StageClaimed,
)
from contracts.events.evidence import CriterionMet, EvidenceRevoked, MilestoneAchieved
from contracts.playbooks.playbook import Item, Playbook
from contracts.types.references import reference_key
from projections.replay.entry import FOREVER
from projections.replay.playbooks import Playbooks
from projections.views.stage_position import PositionRow

Entries = Sequence[Any]
Flag = tuple[str, int]

CLOSINGS: dict[type[Any], str] = {DealWon: "won", DealLost: "lost", DealAbandoned: "abandoned"}


def holds(entry: Any, later: Entries, item: str | None, stages: int) -> bool:
    """Tell if evidence was not taken back afterwards: itself, for this item, or as a commitment withdrawn."""
    for each in later:
        event = each.event
        if isinstance(event, EvidenceRevoked):
            if event.target is not None and (event.target.source, event.target.id) == (entry.source, entry.id):
                return False
            if event.item is not None and event.item == item:
                return False
        if (
            isinstance(event, CommitmentWithdrawn)
            and isinstance(entry.event, CustomerCommitmentReceived)
            and event.stage == entry.event.stage <= stages
        ):
            return False
    return True


def counting(said: Entries, item: str | None, stages: int, fits: Callable[[Any], bool]) -> list[Any]:
    """The evidence of a kind that still holds."""
    return [
        each for place, each in enumerate(said) if fits(each.event) and holds(each, said[place + 1 :], item, stages)
    ]


def names(item: Item) -> Callable[[Any], bool]:
    return lambda event: (
        (isinstance(event, MilestoneAchieved) and event.milestone == item.key)
        or (isinstance(event, CriterionMet) and event.criterion == item.key)
    )


def satisfies(satisfier: Any) -> Callable[[Any], bool]:
    def fits(event: Any) -> bool:
        if event.type != f"daybook.{satisfier.event}.v1":
            return False
        for name, wanted in satisfier.where.items():
            found = getattr(event, name)
            if wanted not in (found if isinstance(found, tuple) else (found,)):
                return False
        return True

    return fits


def commits(stage: int) -> Callable[[Any], bool]:
    return lambda event: isinstance(event, CustomerCommitmentReceived) and event.stage == stage


def is_met(said: Entries, item: Item, stages: int) -> bool:
    if counting(said, item.key, stages, names(item)):
        return True
    return any(len(counting(said, item.key, stages, satisfies(each))) >= each.at_least for each in item.satisfied_by)


def by_evidence(said: Entries, playbook: Playbook) -> tuple[int | None, str | None]:
    """Stage and phase, climbing from the first stage as long as nothing is missing."""
    reached: tuple[int | None, str | None] = (None, None)
    count = len(playbook.stages)
    for number, stage in enumerate(playbook.stages, start=1):
        if not all(is_met(said, item, count) for item in stage.milestones):
            return reached
        reached = (number, "entered")
        committed = stage.commitment is None or counting(said, None, count, commits(number))
        if not committed or not all(is_met(said, item, count) for item in stage.criteria):
            return reached
        reached = (number, "completed")
    return reached


def claimed(event: StageClaimed, playbook: Playbook) -> int | None:
    for number, stage in enumerate(playbook.stages, start=1):
        if reference_key(event.stage).lower() in [word.lower() for word in (stage.key, str(number), *stage.claimed_as)]:
            return number
    return None


def standing_claims(said: Entries, playbook: Playbook) -> list[Any]:
    is_claim = lambda event: isinstance(event, StageClaimed) and claimed(event, playbook) is not None  # noqa: E731
    return counting(said, None, 0, is_claim)


def by_claims(said: Entries, playbook: Playbook) -> tuple[int | None, str | None]:
    claims = standing_claims(said, playbook)
    return (claimed(claims[-1].event, playbook), "entered") if claims else (None, None)


def followed(said: Entries, playbooks: Playbooks) -> list[tuple[Any, str, int | None, Playbook | None]]:
    """List what decided which playbook the deal follows, in order: (entry, key, version, playbook if published)."""
    found: list[tuple[Any, str, int | None, Playbook | None]] = []
    for each in said:
        event = each.event
        if isinstance(event, DealOpened) and not found:
            key, version = event.playbook, event.playbook_version
        elif isinstance(event, DealRevised) and found:
            if event.playbook_version is None and event.playbook in (None, found[-1][1]):
                continue
            key, version = event.playbook or found[-1][1], event.playbook_version
        else:
            continue
        published = playbooks.in_force(key, each.sequence) if version is None else playbooks.named(key, version)
        found.append((each, key, published.version if published else version, published))
    return found


def shown(said: Entries, playbooks: Playbooks) -> dict[str, Any] | None:
    """Return what is shown of a deal of which this was said; None before its opening."""
    follows = followed(said, playbooks)
    if not follows:
        return None
    opening, (_, key, version, playbook) = follows[0][0], follows[-1]
    status, amount, currency, owner, final = "open", None, None, None, False
    for each in said:
        event = each.event
        takes_effect = (isinstance(event, DealOpened) and each is opening) or isinstance(event, DealRevised | DealWon)
        final = final or (isinstance(event, DealWon) and event.amount is not None)
        expected = isinstance(event, DealOpened) and status == "won" and final
        if takes_effect and event.amount is not None and not expected:
            amount, currency = event.amount, event.currency
        if isinstance(event, DealReassigned) or (each is opening and event.owner):
            owner = event.owner
        if type(event) in CLOSINGS:
            status = CLOSINGS[type(event)]
        if isinstance(event, DealReopened):
            status = "open"
    stage, phase = None, None
    if playbook is not None:
        stage, phase = by_claims(said, playbook) if playbook.position == "claim" else by_evidence(said, playbook)
    completed = (stage or 0) - (phase == "entered")
    probability = playbook.stages[completed - 1].probability if playbook and completed else Decimal(0)
    return {
        "playbook": key,
        "version": version,
        "stage": stage,
        "phase": phase,
        "status": status,
        "probability": {"won": Decimal(1), "open": probability}.get(status, Decimal(0)),
        "amount": amount,
        "currency": currency,
        "owner": owner,
        "account": opening.event.account_id,
        "place": (key, playbook.stages[stage - 1].key if playbook and stage else None, phase),
    }


def intervals(said: Entries, playbooks: Playbooks) -> list[PositionRow]:
    """The rows of deal D: at every instant, what is shown once all of that instant was said."""
    states = [shown(said[: place + 1], playbooks) for place in range(len(said))]
    found: list[tuple[datetime, dict[str, Any], int]] = []
    for at, instant in groupby(range(len(said)), key=lambda place: said[place].occurred_at):
        places = list(instant)
        now = states[places[-1]]
        if now is None or (found and alike(found[-1][1], now)):
            continue
        causes = [place for place in places if not alike(states[place - 1] if place else None, states[place])]
        found.append((at, now, said[causes[-1]].sequence))
    rows: list[PositionRow] = []
    for place, (at, now, entry) in enumerate(found):
        to_at = found[place + 1][0] if place + 1 < len(found) else FOREVER
        since = rows[-1].since if place and found[place - 1][1]["place"] == now["place"] else at
        columns = {name: value for name, value in now.items() if name != "place"}
        rows.append(PositionRow("D", at, to_at, **columns, since=since, entry=entry))
    return rows


def alike(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Tell if rows would show the same. Where the place differs, so does the stage, the phase or the playbook."""
    if one is None or other is None:
        return one is other
    return one | {"place": None} == other | {"place": None}


def flags(said: Entries, playbooks: Playbooks) -> set[Flag]:
    """Return the flags of a deal: what is surprising, by entry."""
    follows = followed(said, playbooks)
    found: set[Flag] = {("unknown_playbook", each[0].sequence) for each in follows if each[3] is None}
    if not follows:
        found |= {("not_opened", each.sequence) for each in said[:1]}
    status = "open"
    for place, each in enumerate(said):
        event = each.event
        if follows and order(each) < order(follows[0][0]) and moves(event, follows[0][1]):
            found.add(("moved_before_opening", each.sequence))
        if isinstance(event, DealOpened) and each is not follows[0][0]:
            found.add(("opened_twice", each.sequence))
        if type(event) in CLOSINGS:
            if status != "open":
                found.add(("closed_again", each.sequence))
            status = CLOSINGS[type(event)]
        if isinstance(event, DealReopened):
            if status == "open":
                found.add(("reopened_while_open", each.sequence))
            status = "open"
        judging = [follow for follow in follows if order(follow[0]) <= order(each)]
        playbook = (judging or follows[:1])[-1][3] if follows else None
        if playbook is not None and (flag := judged(each, said[:place], playbook)):
            found.add((flag, each.sequence))
    return found


def moves(event: Any, playbook: str) -> bool:
    return isinstance(event, DealRevised) and (
        event.playbook_version is not None or event.playbook not in (None, playbook)
    )


def order(entry: Any) -> tuple[datetime, int, int]:
    return entry.occurred_at, entry.nanoseconds, entry.sequence


def judged(entry: Any, before: Entries, playbook: Playbook) -> str | None:
    """Return the flag for what a playbook finds surprising in an entry, given all that was said before the entry."""
    event, count = entry.event, len(playbook.stages)
    items = {item.key: item for stage in playbook.stages for item in (*stage.milestones, *stage.criteria)}
    if isinstance(event, StageClaimed) and playbook.position == "claim":
        return None if claimed(event, playbook) else "unknown_stage_claimed"
    if isinstance(event, MilestoneAchieved | CriterionMet):
        key = event.milestone if isinstance(event, MilestoneAchieved) else event.criterion
        return None if key in items else "unknown_item"
    if isinstance(event, CustomerCommitmentReceived):
        return None if event.stage <= count else "unknown_stage"
    if isinstance(event, CommitmentWithdrawn):
        if event.stage > count:
            return "unknown_stage"
        return None if counting(before, None, count, commits(event.stage)) else "withdrawn_unknown"
    if isinstance(event, EvidenceRevoked):
        if event.item is not None and event.item not in items:
            return "unknown_item"
        wanted = [item for item in items.values() if event.item in (None, item.key)]
        standing = [
            each
            for item in wanted
            for fits in (names(item), *map(satisfies, item.satisfied_by))
            for each in counting(before, item.key, count, fits)
        ]
        if event.target is not None:
            standing += [
                each for stage in range(1, count + 1) for each in counting(before, None, count, commits(stage))
            ]
            standing += standing_claims(before, playbook) if playbook.position == "claim" else []
            named = (event.target.source, event.target.id)
            standing = [each for each in standing if (each.source, each.id) == named]
        return None if standing else "revoked_unknown"
    return None
