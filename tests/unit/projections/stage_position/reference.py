"""The rules of domain.md §3 once more, as slowly and plainly as they read: everything is worked out anew each time.

Nothing here is shared with the fold but the events, the playbooks and the shape of the rows.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from contracts.events.activity import (
    ActivityCancelled,
    AppointmentMade,
    CallMade,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    QuoteSubmitted,
    VisitDone,
)
from contracts.events.care import CareGiven, FeedbackGiven
from contracts.events.commitment import CommitmentWithdrawn, CustomerCommitmentReceived
from contracts.events.deal import (
    DealAbandoned,
    DealLost,
    DealOpened,
    DealPutOnHold,
    DealReassigned,
    DealReopened,
    DealResumed,
    DealRevised,
    DealWon,
    StageClaimed,
)
from contracts.events.evidence import ConditionAssessed, CriterionMet, EvidenceRevoked, MilestoneAchieved
from contracts.playbooks.playbook import Appraisal, Condition, Item, Playbook
from contracts.types.references import reference_key
from projections.replay.entry import FOREVER
from projections.replay.playbooks import Playbooks
from projections.views.stage_position import PositionRow, StageItemRow

Entries = Sequence[Any]
Flag = tuple[str, int]

TAKING_PART = (
    AppointmentMade,
    CallMade,
    VisitDone,
    DemoHeld,
    ProposalSubmitted,
    MessageExchanged,
    QuoteSubmitted,
    CareGiven,
    FeedbackGiven,
)
RETRACTING = (ActivityCancelled, EvidenceRevoked)
CLOSINGS: dict[type[Any], str] = {DealWon: "won", DealLost: "lost", DealAbandoned: "abandoned"}


Judged = Item | Condition | Appraisal


def holds(entry: Any, later: Entries, item: Judged | None, stages: int) -> bool:
    """Tell if evidence was not taken back afterwards: itself, for this item, or as a commitment withdrawn."""
    for each in later:
        event = each.event
        shown = item if isinstance(item, Condition | Appraisal) else None
        if isinstance(event, ConditionAssessed) and event.result == "not_met" and shown and event.item == shown.key:
            return False
        if isinstance(event, EvidenceRevoked):
            if event.target is not None and (event.target.source, event.target.id) == (entry.source, entry.id):
                return False
            if event.item is not None and item is not None and event.item == item.key:
                return False
        if (
            isinstance(event, CommitmentWithdrawn)
            and isinstance(entry.event, CustomerCommitmentReceived)
            and event.stage == entry.event.stage <= stages
        ):
            return False
    return True


Fits = Callable[[Any, Entries], bool]
"""Judgement of an entry, given all that was said before it."""


def counting(said: Entries, item: Judged | None, stages: int, fits: Fits) -> list[Any]:
    """The evidence of a kind that still holds."""
    return [
        each
        for place, each in enumerate(said)
        if fits(each, said[:place]) and holds(each, said[place + 1 :], item, stages)
    ]


def names(item: Judged) -> Fits:
    def fits(entry: Any, _: Entries) -> bool:
        match entry.event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key):
                return bool(key == item.key) and isinstance(item, Item)
            case ConditionAssessed(item=key, result="met"):
                return bool(key == item.key) and not isinstance(item, Item)
        return False

    return fits


def satisfies(satisfier: Any) -> Fits:
    def fits(entry: Any, before: Entries) -> bool:
        event = entry.event
        if event.event_name() != satisfier.event:
            return False
        for name, wanted in satisfier.where.items():
            found = getattr(event, name)
            if wanted not in (found if isinstance(found, tuple) else (found,)):
                return False
        given = {name: getattr(event, name) for name in (*satisfier.has, *satisfier.min, *satisfier.max)}
        if any(value in (None, "", ()) for value in given.values()):
            return False
        if any(given[name] < Decimal(bound) for name, bound in satisfier.min.items()):
            return False
        if any(given[name] > Decimal(bound) for name, bound in satisfier.max.items()):
            return False
        if satisfier.within is not None and not lies_within(event, before, *satisfier.within.split(".")):
            return False
        return satisfier.after is None or bool(unused(satisfier, before))

    return fits


def lies_within(event: Any, before: Entries, limiting: str, field: str) -> bool:
    """Tell if the amount is at most the latest value before it that was not revoked, in its currency."""
    limits = [
        getattr(each.event, field)
        for place, each in enumerate(before)
        if each.event.event_name() == limiting
        and getattr(each.event, field) is not None
        and each.event.currency == event.currency
        and holds(each, before[place + 1 :], None, 0)
    ]
    return event.amount is not None and bool(limits) and event.amount <= limits[-1]


def unused(satisfier: Any, said: Entries) -> list[Any]:
    """Entries that must come before, and that were neither cancelled, revoked nor used up by what counted."""
    found: list[Any] = []
    for place, each in enumerate(said):
        if satisfies(satisfier)(each, said[:place]):
            found = found[1:]
        target = getattr(each.event, "target", None) if isinstance(each.event, RETRACTING) else None
        found = [one for one in found if target is None or (one.source, one.id) != (target.source, target.id)]
        if isinstance(each.event, ActivityCancelled) and each.event.plan is not None:
            found = [one for one in found if getattr(one.event, "plan", None) != each.event.plan]
        if each.event.event_name() == satisfier.after:
            found.append(each)
    return found


def commits(stage: int) -> Fits:
    return lambda entry, _: isinstance(entry.event, CustomerCommitmentReceived) and entry.event.stage == stage


def is_met(said: Entries, item: Item, stages: int) -> bool:
    return met_by(said, item, stages) is not None


def met_by(said: Entries, item: Judged, stages: int) -> Any:
    """The entry that meets an item: of each way the last of the earliest that suffice, and of those the earliest."""
    ways = [(names(item), 1), *((satisfies(each), each.at_least) for each in item.satisfied_by)]
    found = [(counting(said, item, stages, fits), at_least) for fits, at_least in ways]
    return min((each[at_least - 1] for each, at_least in found if len(each) >= at_least), key=order, default=None)


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
    def is_claim(entry: Any, _: Entries) -> bool:
        return isinstance(entry.event, StageClaimed) and claimed(entry.event, playbook) is not None

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
    status, amount, currency, owner, final, expected_on = "open", None, None, None, False, None
    since = opening.occurred_at
    for each in said:
        event = each.event
        takes_effect = (isinstance(event, DealOpened) and each is opening) or isinstance(event, DealRevised | DealWon)
        final = final or (isinstance(event, DealWon) and event.amount is not None)
        expected = isinstance(event, DealOpened) and status == "won" and final
        if takes_effect and event.amount is not None and not expected:
            amount, currency = event.amount, event.currency
        if takes_effect and getattr(event, "expected_close_on", None) is not None:
            expected_on = event.expected_close_on
        if isinstance(event, DealReassigned) or (each is opening and event.owner):
            owner = event.owner
        if type(event) in CLOSINGS:
            status, since = CLOSINGS[type(event)], each.occurred_at
        closed = status in CLOSINGS.values()
        if (isinstance(event, DealReopened) and closed) or (isinstance(event, DealResumed) and status == "on_hold"):
            status, since = "open", each.occurred_at
        if isinstance(event, DealPutOnHold) and status == "open":
            status, since = "on_hold", each.occurred_at
    stage, phase = None, None
    if playbook is not None:
        stage, phase = by_claims(said, playbook) if playbook.position == "claim" else by_evidence(said, playbook)
    completed = (stage or 0) - (phase == "entered")
    likely = (stage or 0) if playbook and playbook.position == "claim" else completed
    probability = playbook.stages[likely - 1].probability if playbook and likely else Decimal(0)
    return {
        "playbook": key,
        "version": version,
        "stage": stage,
        "phase": phase,
        "status": status,
        "probability": {"won": Decimal(1), "open": probability, "on_hold": probability}.get(status, Decimal(0)),
        "amount": amount,
        "currency": currency,
        "owner": owner,
        "account": opening.event.account_id,
        "completed": completed if playbook else None,
        "expected_close_on": expected_on,
        "opened_at": opening.occurred_at,
        "status_since": since,
        "place": (key, playbook.stages[stage - 1].key if playbook and stage else None, phase),
        "work": (key, next((each.key for each in playbook.stages[completed:]), None) if playbook else None),
    }


def items_met(said: Entries, playbooks: Playbooks) -> dict[tuple[int, str], tuple[str, int]]:
    """Kind and meeting entry of every item that is met, by stage and key; none before the opening."""
    follows = followed(said, playbooks)
    playbook = follows[-1][3] if follows else None
    found: dict[tuple[int, str], tuple[str, int]] = {}
    for number, stage in enumerate(playbook.stages if playbook else (), start=1):
        assert playbook is not None
        groups: dict[str, Sequence[Any]] = {
            "milestone": stage.milestones,
            "criterion": stage.criteria,
            "condition": stage.conditions,
            "appraisal": stage.appraisal,
        }
        for kind, item in ((kind, item) for kind, items in groups.items() for item in items):
            if entry := met_by(said, item, len(playbook.stages)):
                found[number, item.key] = kind, entry.sequence
        if commitments := counting(said, None, len(playbook.stages), commits(number)):
            found[number, "commitment"] = "commitment", commitments[0].sequence
    return found


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
        columns = {name: value for name, value in now.items() if name not in ("place", "work")}
        begun = rows[-1].working_since if place and found[place - 1][1]["work"] == now["work"] else at
        working_since = None if now["completed"] is None else begun
        stayed = time_taken(rows, columns["playbook"], columns["completed"])
        rows.append(
            PositionRow("D", at, to_at, **columns, since=since, entry=entry, working_since=working_since, stayed=stayed)
        )
    return rows


def time_taken(rows: Sequence[PositionRow], playbook: str, completed: int | None, *phases: str | None) -> int:
    """Microseconds for which the deal was open on the stage behind `completed`, in these phases, or in all."""
    return sum(
        (row.to_at - row.from_at) // timedelta(microseconds=1)
        for row in rows
        if completed is not None and row.status == "open" and (row.playbook, row.completed) == (playbook, completed)
        if not phases or row.phase in phases
    )


def stays(rows: Sequence[PositionRow], playbooks: Playbooks) -> dict[tuple[str, int, datetime], tuple[Any, ...]]:
    """Runs of intervals in which a stage of the playbook followed is completed: when it ends, how long the deal had
    waited and worked before, and when it first stood there."""

    def by_claim(row: PositionRow) -> bool:
        published = playbooks.find(row.playbook, row.version, 10**9)
        return published is not None and published.playbook.position == "claim"

    found: dict[tuple[str, int, datetime], tuple[Any, ...]] = {}
    stages = {(row.playbook, number) for row in rows for number in range(1, (row.completed or 0) + 1)}
    for playbook, number in stages:
        stands = [row.playbook == playbook and (row.completed or 0) >= number for row in rows]
        for completed, run in groupby(range(len(rows)), stands.__getitem__):
            if not completed:
                continue
            members = list(run)
            before, begin = rows[: members[0]], rows[members[0]]
            stood = (
                rows[each].from_at for each in members if rows[each].completed == number and not by_claim(rows[each])
            )
            found[playbook, number, begin.from_at] = (
                rows[members[-1]].to_at,
                time_taken(before, playbook, number - 1, None, "completed"),
                time_taken(before, playbook, number - 1, "entered"),
                next(stood, None),
            )
    return found


Since = dict[tuple[str, int, str], datetime]
"""By playbook, stage and department."""


def departments(
    rows: Sequence[PositionRow], items: Sequence[StageItemRow], said: Entries, playbooks: Playbooks
) -> tuple[Since, Since]:
    """Departments named at the stages worked on, and those that took part, each since the first time: by an entry or an
    item met in an interval, its beginning left out and its end included, but at the opening."""
    told = [(each.department, each.occurred_at) for each in said if isinstance(each.event, TAKING_PART)]
    told += [(row.department, row.from_at) for row in items]
    named: Since = {}
    took_part: Since = {}
    for row in rows:
        published = playbooks.find(row.playbook, row.version, 10**9)
        if published is None or row.completed is None or row.status in ("lost", "abandoned"):
            continue
        for stage in published.playbook.stages[row.completed : row.completed + 1]:
            for department in (each.zh for each in stage.departments):
                key = row.playbook, row.completed + 1, department
                named.setdefault(key, row.from_at)
                for at in sorted(at for name, at in told if name == department):
                    if row.from_at < at <= row.to_at or (row is rows[0] and at == row.from_at):
                        took_part.setdefault(key, at)
    return named, took_part


def alike(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Tell if rows would show the same. Where the place differs, so does the stage, the phase or the playbook."""
    if one is None or other is None:
        return one is other
    return one | {"place": None, "work": None} == other | {"place": None, "work": None}


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
        closed = status in CLOSINGS.values()
        if type(event) in CLOSINGS:
            if closed:
                found.add(("closed_again", each.sequence))
            status = CLOSINGS[type(event)]
        if isinstance(event, DealReopened):
            if not closed:
                found.add(("reopened_while_open", each.sequence))
            status = "open" if closed else status
        if isinstance(event, DealPutOnHold):
            if closed:
                found.add(("held_while_closed", each.sequence))
            status = status if closed else "on_hold"
        if isinstance(event, DealResumed):
            if status != "on_hold":
                found.add(("resumed_while_not_held", each.sequence))
            status = "open" if status == "on_hold" else status
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
    shown: dict[str, Judged] = {each.key: each for stage in playbook.stages for each in stage.conditions}
    shown |= {each.key: each for stage in playbook.stages for each in stage.appraisal}
    if isinstance(event, ConditionAssessed):
        return None if event.item in shown else "unknown_item"
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
        every: dict[str, Judged] = {**shown, **items}
        if event.item is not None and event.item not in every:
            return "unknown_item"
        wanted = [item for item in every.values() if event.item in (None, item.key)]
        standing = [
            each
            for item in wanted
            for fits in (names(item), *map(satisfies, item.satisfied_by))
            for each in counting(before, item, count, fits)
        ]
        if event.target is not None:
            standing += [
                each for stage in range(1, count + 1) for each in counting(before, None, count, commits(stage))
            ]
            standing += standing_claims(before, playbook) if playbook.position == "claim" else []
            named = (event.target.source, event.target.id)
            ways = [way for item in every.values() for way in item.satisfied_by]
            standing += [each for way in ways if way.after is not None for each in unused(way, before)]
            standing += [
                each
                for way in ways
                if way.within is not None
                for place, each in enumerate(before)
                if each.event.event_name() == way.within.partition(".")[0] and holds(each, before[place + 1 :], None, 0)
            ]
            standing = [each for each in standing if (each.source, each.id) == named]
        return None if standing else "revoked_unknown"
    return None
