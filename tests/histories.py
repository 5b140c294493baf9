"""Random histories for any view: few words, amounts and times, so that facts collide as often as they can."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from contracts.playbooks.playbook import Playbook
from contracts.types.identifiers import SubjectKind
from tests.given import Said, day
from tests.playbooks import CLAIMED, JUDGED, PRACTICE, SHORTER, playbook
from tests.saying import deal_through, event_corrected, event_voided

Fact = st.SearchStrategy[Said]

_one_of = st.sampled_from
_money = st.fixed_dictionaries({"amount": _one_of(["10", "20.00", "60.5", "100"]), "currency": _one_of(["CNY", "USD"])})
_NANOSECONDS = _one_of([0, 0, 1, 200, 999])
_DEPARTMENTS = _one_of([None, "A", "A", "B", "C"])
_items = _one_of(
    [item.key for stage in PRACTICE.stages for item in (*stage.milestones, *stage.criteria)] + ["no_such_item"]
)
_shown = _one_of(
    [
        *(condition.key for stage in JUDGED.stages for condition in stage.conditions),
        *(appraised.key for stage in JUDGED.stages for appraised in stage.appraisal),
        "no_such_item",
    ]
)
_stages = st.integers(1, 5)
_targets = st.builds(lambda number: {"source": "crm", "id": f"f{number}"}, st.integers(0, 12))
_paid = st.lists(
    st.fixed_dictionaries({"invoice": _one_of(["I-1", "I-2", "I-3"]), "amount": _one_of(["5", "10.00"])}),
    min_size=1,
    max_size=2,
)
_documents = _one_of(["P-1", "P-2", "P-3"])
_plans = _one_of(["p1", "p2", "p\u00ad2"])
_needs = _one_of(["n1", "n2", "n1\u200b"])
_perhaps_planned = _one_of([None, None, "p1", "p2"])


def _fact(
    event: str, /, *, subject: st.SearchStrategy[str | None] | str | None = None, **fields: st.SearchStrategy[Any] | Any
) -> Fact:
    about = subject if isinstance(subject, st.SearchStrategy) else st.just(subject)
    wanted = {key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in fields.items()}
    data = st.fixed_dictionaries(wanted).map(lambda found: {k: v for k, v in found.items() if v is not None})
    return st.builds(Said, st.just(event), data, subject=about)


def _valued(event: str, /, *, subject: str | None = None, **fields: st.SearchStrategy[Any] | Any) -> Fact:
    """With an amount and its currency."""
    return st.builds(
        lambda said, money: replace(said, data=said.data | money), _fact(event, subject=subject, **fields), _money
    )


def _of_the_deal(paid: list[dict[str, str]]) -> list[dict[str, str]]:
    return [each | {"deal_id": "D"} for each in paid]


_ABOUT_A_DEAL: list[Fact] = [
    st.one_of(
        _valued("deal_opened", playbook=_one_of(["practice", "practice", "claimed", "later"]), owner="Li"),
        _fact(
            "deal_opened",
            playbook="practice",
            playbook_version=st.integers(1, 3),
            account_id="A",
            expected_close_on="2026-03-31",
            name=_one_of([None, "Hall", "Annex"]),
            source_channel=_one_of([None, "referral"]),
            referral="R-1",
            tender_ref="T-1",
            partner_account_id="P",
            product="Lamps",
        ),
    ),
    st.one_of(
        _valued("deal_revised", expected_close_on=_one_of([None, "2026-04-30"])),
        _fact("deal_revised", playbook_version=st.integers(1, 3)),
        _fact("deal_revised", playbook=_one_of(["practice", "claimed", "later"])),
        _fact("deal_revised", name=_one_of(["Hall", "Annex"])),
    ),
    _fact("deal_reassigned", owner=_one_of(["Wu", "Li"])),
    st.one_of(_fact("deal_won"), _valued("deal_won")),
    _fact("deal_lost"),
    _fact("deal_abandoned"),
    _fact("deal_reopened"),
    _fact("deal_put_on_hold", reason="budget frozen"),
    _fact("deal_resumed"),
    _fact(
        "stage_claimed",
        stage=_one_of(["1", "engaging", "In Talks", " In\u00a0Talks\u200b", "closing", "demo", "nowhere"]),
    ),
    _fact("appointment_made", scheduled_at="2026-02-01T09:00:00+08:00"),
    _fact("appointment_made", scheduled_at="2026-02-01T09:00:00+08:00", place="Hall", topic=_one_of([None, "needs"])),
    st.one_of(_fact("activity_cancelled", target=_targets), _fact("activity_cancelled", plan=_plans)),
    _fact("condition_assessed", item=_shown, result=_one_of(["met", "met", "not_met"])),
    _fact("call_made", outcome=_one_of(["interested", "no_answer"]), plan=_perhaps_planned),
    _fact("visit_done", purpose=_one_of(["survey", "care"]), plan=_perhaps_planned),
    _fact("visit_done", purpose="survey", duration_s=_one_of([599, 600, 1201]), note=_one_of([None, "minutes"])),
    _fact("demo_held", audience=_one_of([["users"], ["technical", "users"], []])),
    _fact("proposal_submitted", kind=_one_of(["preliminary", "formal"])),
    _valued("proposal_submitted", kind="bid"),
    _fact("milestone_achieved", milestone=_items),
    _fact("criterion_met", criterion=_items),
    st.one_of(
        _fact("evidence_revoked", target=_targets, reason="wrong"),
        _fact("evidence_revoked", item=st.one_of(_items, _shown), reason="wrong"),
    ),
    st.one_of(
        _fact("contact_recorded", contact_id=_one_of(["c1", "c2"]), role="user", account_id=_one_of([None, None, "A"])),
        st.builds(replace, _fact("contact_recorded", contact_id="c1", roles=["user", "handler"]), version=st.just(2)),
        _fact("contact_recorded", subject="account/A", contact_id="c1", role="user", deal_id="D"),
    ),
    st.one_of(
        _fact("message_exchanged", message=_one_of(["m1", "m2"]), channel="email", kind=_one_of(["sent", "replied"])),
        _valued("quote_submitted", quote=_one_of(["q1", "q2"])),
        _fact("activity_planned", plan=_plans, kind=_one_of(["visit", "call"]), due_on="2026-01-09"),
    ),
    st.one_of(
        _fact("condition_assessed", item=_items, result=_one_of(["met", "not_met"])),
        _fact("commitment_fulfilled", target=_targets),
        _fact("commitment_broken", target=_targets),
    ),
    st.one_of(
        _fact("purchase_stage_observed", number=_stages, confidence="stated"),
        _fact("need_recorded", need=_needs, kind=_one_of(["explicit", "hidden"])),
        _fact("need_recorded", need=_needs, kind="explicit", budget=_one_of(["50", "60"]), currency="CNY"),
    ),
    st.one_of(
        _fact("account_profiled", subject="account/A", scope="local", deal_id="D"),
        _fact(
            "relationship_assessed",
            contact_id="c1",
            level="personal_bond",
            content="company",
            reached=st.booleans(),
            account_id=_one_of([None, None, "A"]),
        ),
        _fact("care_given", subject="account/A", kind="return_visit", deal_id="D", plan=_perhaps_planned),
        _fact("feedback_given", subject="account/A", kind="satisfaction", score=st.integers(0, 10), deal_id="D"),
    ),
    st.one_of(
        _valued("contract_amended", contract="C-1", account_id="A", reason="scope"),
        _fact("acceptance_confirmed", contract="C-1", account_id="A", accepted_on="2026-01-05"),
        _fact(
            "reminder_sent",
            subject="account/A",
            invoices=["I-1"],
            level=1,
            channel="call",
            deal_id="D",
            plan=_perhaps_planned,
        ),
        _valued("retention_released", subject="account/A", contract="C-1", deal_id="D"),
    ),
    _fact("customer_commitment_received", stage=_stages),
    _fact("commitment_withdrawn", stage=_stages),
    st.one_of(
        _valued("contract_signed", contract="C-1", account_id="A"),
        st.builds(replace, _valued("contract_signed", contract="C-1", account_id="A"), version=st.just(2)),
    ),
    _valued("invoice_issued", subject="account/A", invoice="I-1", due_on="2026-03-31", deal_id="D"),
    _fact(
        "credit_note_issued",
        subject="account/A",
        credit_note="N-1",
        amount="10",
        currency="CNY",
        allocations=_paid.filter(lambda paid: len(paid) == 1).map(_of_the_deal),
    ),
    _fact(
        "payment_received",
        subject="account/A",
        payment="P-1",
        amount="50",
        currency="CNY",
        allocations=_paid.map(_of_the_deal),
    ),
    _fact(
        "payment_allocated",
        subject="account/A",
        payment="P-1",
        currency="CNY",
        allocations=_paid.map(_of_the_deal),
    ),
]

_currency = _one_of(["CNY", "CNY", "USD"])
_PEOPLE = _one_of(["c1", "c2"])
_PLANNED = _one_of(["p1", "p1", "p\u200b1", "p2"])
_PLANS = st.one_of(st.none(), _PLANNED)
_CASES = _one_of([None, "Q-1", "Q\u20101", "Q-2"])
_SETTLED = _one_of([None, False, True])

_KNOWN = st.one_of(
    _fact("account_registered", name=_one_of(["Acme", "Acme Ltd"]), region=_one_of([None, "East"])),
    _fact(
        "account_profiled",
        region=_one_of([None, "East", "West"]),
        employees=_one_of([None, 10, 20]),
        competitors=_one_of([None, [], ["Bolt", "Gear"]]),
        goals=_one_of([None, "grow"]),
    ),
    _fact(
        "account_graded",
        grade=_one_of(["A", "B"]),
        potential=4,
        standing=3,
        strategic=st.integers(1, 2),
        method="m",
    ),
    st.one_of(
        _fact("account_merged", into_account_id=_one_of(["A", "B", "C"]), reason="twice", approver="Chen"),
        _fact("account_merged", subject="account/B", into_account_id="A", reason="twice", approver="Chen"),
    ),
    _fact("account_plan_set", plan=_one_of(["k1", "k2"]), period=_one_of(["2026", "2026-Q1"]), owner="Li"),
)
_KNOWN_PEOPLE = st.one_of(
    _fact("contact_recorded", contact_id=_PEOPLE, role=_one_of(["user", "handler"])),
    st.builds(
        replace,
        _fact(
            "contact_recorded",
            subject=_one_of([None, "deal/D", "account/B"]),
            account_id="A",
            contact_id=_PEOPLE,
            roles=_one_of([["user"], ["handler", "decision_maker"]]),
            personal=_one_of([None, {"birthday": "1980-02-29"}]),
        ),
        version=st.just(2),
    ),
    _fact(
        "relationship_assessed",
        subject=_one_of([None, "deal/D"]),
        account_id="A",
        contact_id=_PEOPLE,
        level=_one_of(["personal_need", "personal_bond"]),
        content="company",
        reached=st.booleans(),
    ),
    _fact("referral_received", referral=_one_of(["R-1", "R\u20111"]), referred_name=_one_of(["Bolt", "Gear"])),
)
_DOINGS = st.one_of(
    _fact("appointment_made", scheduled_at="2026-02-01T09:00:00+08:00", plan=_PLANS),
    _fact("call_made", contact_id=_PEOPLE, outcome=_one_of(["interested", "no_answer"]), plan=_PLANS),
    _fact("visit_done", subject=_one_of([None, "deal/D"]), account_id="A", purpose="care", plan=_PLANS),
    _fact("demo_held", plan=_PLANS),
    _fact("proposal_submitted", kind="preliminary", plan=_PLANS),
    _fact("message_exchanged", message="m1", channel="email", kind=_one_of(["sent", "opened"]), plan=_PLANS),
    _fact("care_given", kind=_one_of(["gift", "other"]), deal_id=_one_of([None, "D"]), plan=_PLANS),
    _fact("reminder_sent", invoices=["I-1"], level=1, channel="call", plan=_PLANS),
)
_PLANNINGS = st.one_of(
    _fact(
        "activity_planned",
        plan=_PLANNED,
        kind=_one_of(["call", "visit"]),
        due_on=_one_of(["2026-01-09", "2026-02-09"]),
    ),
    _fact("activity_planned", plan=_PLANNED, kind="care", due_on="2026-01-09"),
    _fact("activity_cancelled", plan=_PLANNED),
    _fact("activity_cancelled", target=_targets),
)
_FEEDBACK = st.one_of(
    _fact("feedback_given", kind="satisfaction", score=st.integers(0, 10), case=_CASES, resolved=_SETTLED),
    _fact("feedback_given", kind=_one_of(["objection", "complaint", "praise"]), case=_CASES, resolved=_SETTLED),
)

PLANS: list[Fact] = [_DOINGS, _PLANNINGS, _PLANNINGS]
"""Activities that are planned on an account, and what becomes of them."""
CASES: list[Fact] = [_FEEDBACK]
"""Objections and complaints, and what settles them."""

_of_contract: dict[str, Any] = {"subject": "deal/D", "contract": _one_of(["C-1", "C-2"]), "account_id": "A"}
_terms = _one_of(
    [
        [],
        [{"term": "all", "trigger": "acceptance", "share": "100", "days": 30}],
        [
            {"term": "first", "trigger": "signing", "share": "30"},
            {"term": "second", "trigger": "delivery", "share": "66.6667", "days": 7},
            {"term": "third", "trigger": "date", "share": "3.3333", "on": "2026-02-01"},
        ],
    ]
)

_ABOUT_COLLECTION: list[Fact] = [
    st.one_of(
        _valued("contract_signed", **_of_contract),
        st.builds(replace, _valued("contract_signed", **_of_contract, terms=_terms), version=st.just(2)),
        st.builds(
            replace,
            _valued("contract_signed", **_of_contract, retention_percent="5", retention_until="2027-01-01"),
            version=st.just(2),
        ),
    ),
    st.one_of(
        _valued("contract_amended", **_of_contract, reason="scope"),
        _fact("contract_amended", **_of_contract, reason="scope", terms=_terms),
        _fact("contract_amended", **_of_contract, reason="scope", retention_percent="2.5"),
    ),
    _fact("acceptance_confirmed", **_of_contract, term=_one_of([None, "all", "second"]), delivered_on="2026-01-05"),
    _fact("acceptance_confirmed", **_of_contract, term=_one_of([None, "third"]), accepted_on="2026-01-06"),
    _valued("retention_released", contract=_one_of(["C-1", "C-2"])),
    _fact("reminder_sent", invoices=_one_of([["I-1"], ["I-2", "I-3", "I-2"]]), level=_one_of([1, 2]), channel="call"),
    _valued("payment_promised", invoice=_one_of(["I-1", "I-2"]), promised_on="2026-01-08"),
    _valued("receivable_written_off", invoice=_one_of(["I-1", "I-2"]), reason="bankrupt", approver="Wu"),
]

_ABOUT_AN_ACCOUNT: list[Fact] = [
    _fact("account_registered", name="Acme"),
    _valued("invoice_issued", invoice=_one_of(["I-1", "I-2", "I-3"]), due_on=_one_of(["2026-01-05", "2026-02-01"])),
    _fact(
        "payment_received",
        payment=_documents,
        amount="20",
        currency=_currency,
        allocations=st.one_of(st.just([]), _paid),
    ),
    _fact(
        "credit_note_issued",
        credit_note=_documents,
        amount="20",
        currency=_currency,
        allocations=st.one_of(st.just([]), _paid),
    ),
    _fact("payment_allocated", payment=_documents, currency=_currency, allocations=_paid),
    _valued("payment_reversed", payment=_documents),
    st.one_of(
        _valued("payment_transferred", payment=_documents, to_account_id=_one_of(["B", "A"])),
        _valued("payment_transferred", subject="account/B", payment=_documents, to_account_id="A"),
    ),
    st.one_of(
        _fact("receivable_disputed", invoice=_one_of(["I-1", "I-2", "I-9"])),
        _valued("receivable_disputed", invoice=_one_of(["I-1", "I-2"])),
    ),
    _fact("dispute_resolved", invoice=_one_of(["I-1", "I-2", "I-9"])),
    _KNOWN,
    _KNOWN_PEOPLE,
    _DOINGS,
    _PLANNINGS,
    _FEEDBACK,
    *_ABOUT_COLLECTION,
]

PUBLICATIONS = (
    SHORTER,
    JUDGED,
    CLAIMED,
    playbook("later", *SHORTER.stages),
    playbook("later", *PRACTICE.stages, version=2),
)
"""What may be published beside PRACTICE, which every story begins with."""

FACTS: dict[SubjectKind, list[Fact]] = {"deal": _ABOUT_A_DEAL, "account": _ABOUT_AN_ACCOUNT}
"""For each kind of subject, every fact that may concern it."""


@st.composite
def stories(
    draw: st.DrawFn,
    kind: SubjectKind,
    size: int = 12,
    in_any_order: bool = False,
    changes: int = 4,
    among: Sequence[Fact] = (),
) -> list[Said | Playbook]:
    """Facts, at most so many corrections and voids, and publications in order of arrival; facts have ids and times.

    Facts are drawn `among` some, or from all that may concern such a subject.

    With `in_any_order` their order of arrival must not matter: instants are distinct, some by nanoseconds alone,
    playbooks come first, and no two corrections name one target.
    """
    facts: list[Said] = []
    minutes_apart = in_any_order and draw(st.booleans())
    last_day = draw(st.sampled_from([1, 3, 8]))
    begun = draw(_started()) if kind == "deal" else []
    for place, fact in enumerate([*begun, *draw(st.lists(st.one_of(among or FACTS[kind]), max_size=size))]):
        at = day(draw(st.integers(0, last_day))) + timedelta(minutes=place * minutes_apart)
        nanoseconds, department = place if in_any_order else draw(_NANOSECONDS), draw(_DEPARTMENTS)
        facts.append(replace(fact, id=f"f{place}", at=at, nanoseconds=nanoseconds, department=department))
    changed = draw(st.lists(st.integers(0, len(facts)), max_size=changes, unique=in_any_order))
    changing: list[Said] = []
    for number, place in enumerate(changed):
        kind_of = {(each.name, each.version) for each in facts[place : place + 1]}
        alike = [each for each in facts if (each.name, each.version) in kind_of]
        changing.append(draw(_change(f"f{place}", alike, number, in_any_order)))
    published = draw(
        st.lists(st.sampled_from(PUBLICATIONS), max_size=4, unique_by=lambda each: (each.key, each.version))
    )
    if in_any_order:
        return [*published, *draw(st.permutations([*facts, *changing]))]
    told: list[Said | Playbook] = list(facts)
    later: list[Said | Playbook] = [*changing, *published]
    for each in later:
        told.insert(draw(st.integers(0, len(told))), each)
    return told


@st.composite
def _change(draw: st.DrawFn, target: str, alike: list[Said], number: int, in_any_order: bool) -> Said:
    """A void or a correction of the fact with that id, which may not exist; `alike` are facts of its type."""
    at, id = day(50 + number), f"c{number}"
    if not alike or draw(st.booleans()):
        return replace(event_voided(target, at=at, id=id), subject=alike[0].subject if alike else None)
    other = draw(st.sampled_from(alike))
    time, nanoseconds = day(draw(st.integers(0, 8))), 500 + number if in_any_order else draw(_NANOSECONDS)
    change = event_corrected(
        target, other.name, time, other.data, at=at, id=id, nanoseconds=nanoseconds, version=other.version
    )
    return replace(change, subject=other.subject)


@st.composite
def _started(draw: st.DrawFn) -> list[Said]:
    """Most of what it takes to bring a deal to a stage, so that histories get anywhere."""
    through = deal_through(draw(st.integers(0, 4)))
    left_out = draw(st.sets(st.integers(0, 30), max_size=3))
    return [each for place, each in enumerate(through) if place not in left_out]
