"""The rules of the customer view once more, as slowly and plainly as they read: at every instant, worked out anew.

Nothing here is shared with the fold but the events and the shape of the rows. `entries` are those of effective history
up to the instant.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Entries = Sequence[Any]
Table = dict[tuple[Any, ...], tuple[Any, ...]]
"""Rows that stand, by their thing: the values said, and the sequence of the entry that began them."""

FACTS = {
    "account_registered": ("name", "industry", "region", "founded_year", "employees", "parent"),
    "account_profiled": tuple(
        "industry industry_phase competitors suppliers scope branches employees size_class standing life_phase "
        "profitability investment credit goals urgent_problem organisation region intent buyer_kind gov_level "
        "policy_focus purchase_plan preferences info_source".split()
    ),
}
LONG = {"goals", "urgent_problem", "organisation", "policy_focus", "purchase_plan", "preferences"}
CARE = "care_given"
TOUCHES = {
    "appointment_made",
    "call_made",
    "visit_done",
    "demo_held",
    "proposal_submitted",
    "message_exchanged",
    CARE,
    "feedback_given",
}
DOING = (TOUCHES | {"reminder_sent"}) - {"feedback_given"}


def look(name: str) -> str:
    """A name as people see it, as far as the histories of tests go."""
    return unicodedata.normalize("NFKC", name).replace("\u2010", "-").replace("\u200b", "")


def of(entries: Entries, *names: str) -> list[Any]:
    return [each for each in entries if each.event.event_name() in names]


def latest(said: Iterable[tuple[tuple[Any, ...], tuple[Any, ...], Any]]) -> Table:
    """Of each thing what was said last, since the first of the entries in a row that say so."""
    found: Table = {}
    for key, values, entry in said:
        if key not in found or found[key][:-1] != values:
            found[key] = (*values, entry.sequence)
    return found


def deal_of(entry: Any) -> str | None:
    if entry.subject.startswith("deal/"):
        return str(entry.subject.removeprefix("deal/"))
    return getattr(entry.event, "deal_id", None)


def facts(entries: Entries) -> Table:
    def said() -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], Any]]:
        for each in of(entries, *FACTS):
            for name in FACTS[each.event.event_name()]:
                value = getattr(each.event, name)
                if isinstance(value, tuple):
                    yield (name,), (json.dumps(list(value), ensure_ascii=False), None), each
                elif value is not None:
                    yield (name,), (str(value), None if name in LONG else str(value)), each

    return latest(said())


def grades(entries: Entries) -> Table:
    return latest(
        ((), (e.event.grade, e.event.potential, e.event.standing, e.event.strategic, e.event.method), e)
        for e in of(entries, "account_graded")
    )


def contacts(entries: Entries) -> Table:
    def said(entry: Any) -> tuple[Any, ...]:
        one = entry.event
        birthday = None if one.personal is None else one.personal.birthday
        names = one.position, one.department, one.reports_to, one.preferred_channel, one.style
        return (one.roles, *names, birthday, deal_of(entry))

    return latest(((e.event.contact_id,), said(e), e) for e in of(entries, "contact_recorded"))


def relationships(entries: Entries) -> Table:
    def said(one: Any) -> tuple[Any, ...]:
        return one.reached, one.decision, one.influence, one.motivation, one.stance

    return latest(
        ((e.event.contact_id, e.event.level, e.event.content), (*said(e.event), deal_of(e)), e)
        for e in of(entries, "relationship_assessed")
    )


def account_plans(entries: Entries) -> Table:
    def said(one: Any) -> tuple[Any, ...]:
        return one.plan, one.status, one.potential, one.strategy, one.resources, one.owner

    return latest(((e.event.period,), said(e.event), e) for e in of(entries, "account_plan_set"))


def aliases(entries: Entries, account: str) -> Table:
    mergings = [e for e in of(entries, "account_merged") if e.subject == f"account/{account}"]
    return latest(((), (e.event.into_account_id,), e) for e in mergings if e.event.into_account_id != account)


def referrals(entries: Entries) -> set[tuple[Any, ...]]:
    firsts: dict[str, Any] = {}
    for each in of(entries, "referral_received"):
        firsts.setdefault(look(each.event.referral), each)
    return {
        (e.occurred_at, e.event.referral, e.event.referred_name, e.event.contact_id, e.sequence)
        for e in firsts.values()
    }


def touches(entries: Entries) -> set[tuple[Any, ...]]:
    """Instant, sequence, kind, contacts, deal, actor, department, score, case, plan."""
    found = set()
    for each in of(entries, *TOUCHES):
        event, name = each.event, each.event.event_name()
        kind = name
        if name in (CARE, "feedback_given"):
            kind = "other_care" if event.kind == "other" else event.kind
        people = getattr(event, "contact_ids", None) or tuple(
            one for one in (getattr(event, "contact_id", None),) if one is not None
        )
        more = (getattr(event, field, None) for field in ("score", "case", "plan", "outcome", "purpose", "message"))
        found.add((each.occurred_at, each.sequence, kind, people, deal_of(each), each.actor, each.department, *more))
    return found


def cases(entries: Entries) -> Table:
    found: Table = {}
    named: dict[str, list[Any]] = {}
    for each in of(entries, "feedback_given"):
        if each.event.case is not None:
            named.setdefault(look(each.event.case), []).append(each)
    for feedback in named.values():
        state: tuple[Any, ...] | None = None
        name = None
        for each in feedback:
            said = each.event
            contested = said.kind in ("objection", "complaint")
            if state is None and not contested:
                continue
            name = name or said.case
            if said.resolved:
                now = (said.kind if state is None else state[0], "closed")
            elif contested:
                now = (said.kind, "open")
            elif said.resolved is False and state is not None:
                now = (state[0], "open")
            else:
                continue
            if state is None or state[:2] != now:
                state = (*now, each.sequence)
        if state is not None:
            found[name,] = state
    return found


def todos(entries: Entries, account: str) -> tuple[Table, set[tuple[str, int]]]:
    """Work out what stands, and the flags that are up."""
    own = [e for e in entries if e.subject == f"account/{account}" and getattr(e.event, "plan", None) is not None]
    named: dict[str, list[Any]] = {}
    for each in own:
        if each.event.event_name() in {*DOING, "activity_planned", "activity_cancelled"}:
            named.setdefault(look(each.event.plan), []).append(each)
    found: Table = {}
    flags: set[tuple[str, int]] = set()
    for said in named.values():
        planned = [e for e in said if e.event.event_name() == "activity_planned"]
        done = next((e for e in said if e.event.event_name() in DOING), None)
        cancelled = None
        counts = None
        for each in said:
            name = each.event.event_name()
            was_done = done is not None and said.index(done) < said.index(each)
            if name == "activity_planned" and counts is None:
                counts = each
            elif name in ("activity_planned", "activity_cancelled") and was_done:
                flags.add(("plan_is_done", each.sequence))
            elif name == "activity_planned":
                counts, cancelled = each, None
            elif name == "activity_cancelled" and cancelled is None:
                cancelled = each
        if not planned:
            flags |= {("unknown_plan", e.sequence) for e in (done, cancelled) if e is not None}
        if counts is not None:
            one = counts.event
            state, by = "open", since(said, counts)
            if done is not None:
                state, by = "done", done.sequence
            elif cancelled is not None:
                state, by = "cancelled", cancelled.sequence
            found[said[0].event.plan,] = (*planned_as(one), state, by)
    return found, flags


def planned_as(one: Any) -> tuple[Any, ...]:
    return one.kind, one.due_on, one.owner, one.contact_id, one.agenda


def since(said: Entries, counts: Any) -> int:
    """The entry since which the plan is open as planned last: one that says the same once more changes nothing."""
    plan: tuple[Any, ...] | None = None
    cancelled, began, shown = False, counts, None
    for each in said[: said.index(counts) + 1]:
        if each.event.event_name() == "activity_planned":
            plan, cancelled = planned_as(each.event), cancelled and plan is None
        else:
            cancelled = True
        if plan is not None and (plan, cancelled) != shown:
            began, shown = each, (plan, cancelled)
    return int(began.sequence)


def flags(entries: Entries, account: str) -> set[tuple[str, int]]:
    found = todos(entries, account)[1]
    known: set[str] = set()
    for each in of(entries, "referral_received"):
        name = look(each.event.referral)
        if name in known:
            found.add(("referral_twice", each.sequence))
        known.add(name)
    for each in of(entries, "account_merged"):
        if each.subject == f"account/{account}" and each.event.into_account_id == account:
            found.add(("merged_into_itself", each.sequence))
    return found
