"""Satisfiers: what they ask of an event (has, min, max) and of what came before (after, within); and conditions."""

import pytest

from contracts.playbooks.playbook import Playbook, Satisfier
from projections.views.stage_position import PositionRow, StageItemRow, stage_position
from tests.given import Expected, Said, Story, day, given
from tests.playbooks import JUDGED, appraisal, condition, item, playbook, stage
from tests.saying import deal_opened, event_voided, evidence_revoked, position, said


def asking(**satisfier: object) -> Playbook:
    """A playbook of one stage, which an event enters that is as the satisfier says."""
    return playbook("asking", stage("only", "0.5", (item("asked", Satisfier(**satisfier)),)))  # type: ignore[arg-type]


def opened(book: Playbook) -> Story:
    return given(stage_position, book, deal_opened("asking", at=day(0)))


def met(key: str = "asked", **fields: object) -> Expected:
    return Expected(StageItemRow, {"item": key, **fields})


def visit(at: float, id: str | None = None, **data: object) -> Said:
    return said("visit_done", at=day(at), id=id, purpose="survey", **data)


def appointment(at: float, id: str | None = None, **data: object) -> Said:
    return said("appointment_made", at=day(at), id=id, scheduled_at="2026-02-01T09:00:00+08:00", **data)


def offer(at: float, amount: str, currency: str = "CNY") -> Said:
    return said("proposal_submitted", at=day(at), kind="bid", amount=amount, currency=currency)


def worth(at: float, amount: str, currency: str = "CNY", id: str | None = None) -> Said:
    return said("deal_revised", at=day(at), id=id, amount=amount, currency=currency)


def test_has_asks_for_fields_that_are_given() -> None:
    told = opened(asking(event="appointment_made", has=("contact_id", "place", "topic")))
    told.when(appointment(1, place="Hall", topic="needs")).unchanged()
    told.when(appointment(2, place="Hall", topic="needs", contact_id="c1")).then(position(stage=1, phase="entered"))


def test_has_asks_for_lists_that_are_not_empty() -> None:
    told = opened(asking(event="demo_held", has=("audience",)))
    told.when(said("demo_held", at=day(1), audience=[])).unchanged()
    told.when(said("demo_held", at=day(2), audience=["users"])).then(position(stage=1))


@pytest.mark.parametrize(
    ("duration_s", "counts"), [(599, False), (600, True), (1200, True), (1201, False), (None, False)]
)
def test_min_and_max_are_bounds_that_belong_to_the_range(duration_s: int | None, counts: bool) -> None:
    told = opened(asking(event="visit_done", min={"duration_s": 600}, max={"duration_s": "1200.0"}))
    told.when(visit(1, duration_s=duration_s))
    told.then(position(stage=1 if counts else None))


def test_a_bound_also_holds_for_amounts() -> None:
    told = opened(asking(event="proposal_submitted", min={"amount": "1000.5"}))
    told.when(offer(1, "1000.49")).unchanged()
    told.when(offer(2, "1000.50")).then(position(stage=1))


def test_after_asks_for_an_earlier_event() -> None:
    told = opened(asking(event="visit_done", after="appointment_made"))
    told.when(visit(5), appointment(10)).then(position(stage=None))
    told.when(visit(11)).then(position(stage=1, from_at=day(11)))


def test_an_event_that_comes_late_but_happened_before_counts_as_before() -> None:
    told = opened(asking(event="visit_done", after="appointment_made"))
    told.when(visit(5)).then(position(stage=None))
    told.when(appointment(3)).then(position(stage=1, from_at=day(5)))


def test_each_event_uses_up_one_that_came_before() -> None:
    told = opened(asking(event="visit_done", after="appointment_made", at_least=2))
    told.when(appointment(1), visit(2), visit(3)).then(position(stage=None))
    told.when(appointment(4), visit(5)).then(position(stage=1, from_at=day(5)))


@pytest.mark.parametrize(
    "end", [said("activity_cancelled", target={"source": "crm", "id": "a"}), evidence_revoked(target="a")]
)
def test_what_was_cancelled_or_revoked_by_then_is_not_used(end: Said) -> None:
    told = opened(asking(event="visit_done", after="appointment_made"))
    told.when(appointment(1, id="a"), end, visit(9)).then(position(stage=None)).flagged()


@pytest.mark.parametrize(("cancelled", "stands_at"), [("p", None), ("q", 1)])
def test_a_plan_that_was_cancelled_by_its_name_is_not_used(cancelled: str, stands_at: int | None) -> None:
    told = opened(asking(event="visit_done", after="activity_planned"))
    planned = said("activity_planned", at=day(1), plan="p", kind="visit", due_on="2026-02-01")
    told.when(planned, said("activity_cancelled", at=day(2), plan=cancelled), visit(9)).then(position(stage=stands_at))


def test_cancelling_what_is_used_up_takes_nothing_back() -> None:
    told = opened(asking(event="visit_done", after="appointment_made"))
    told.when(appointment(1, id="a"), visit(2)).then(position(stage=1))
    told.when(said("activity_cancelled", at=day(3), target={"source": "crm", "id": "a"})).unchanged()


def test_voiding_what_came_before_takes_it_from_the_history() -> None:
    told = opened(asking(event="visit_done", after="appointment_made"))
    told.when(appointment(1, id="a"), visit(2)).then(position(stage=1))
    told.when(event_voided("a")).then(position(stage=None))


def test_within_asks_for_an_amount_of_at_most_the_latest_value() -> None:
    told = opened(asking(event="proposal_submitted", within="deal_revised.amount"))
    told.when(worth(1, "100"), worth(2, "80"), offer(3, "90")).then(position(stage=None))
    told.when(offer(4, "80.00")).then(position(stage=1, from_at=day(4)))


def test_within_counts_nothing_without_a_value_in_the_currency() -> None:
    told = opened(asking(event="proposal_submitted", within="deal_revised.amount"))
    told.when(offer(1, "10"), worth(2, "100", "USD"), offer(3, "10")).then(position(stage=None))
    told.when(worth(4, "10", "CNY"), worth(5, "1", "USD"), offer(6, "10")).then(position(stage=1, from_at=day(6)))


def test_within_goes_by_what_was_said_before_and_not_revoked() -> None:
    told = opened(asking(event="proposal_submitted", within="deal_revised.amount"))
    told.when(worth(1, "100"), worth(2, "10", id="wrong"), evidence_revoked(target="wrong", at=day(3)), offer(4, "90"))
    told.then(position(stage=1)).flagged()


def shown() -> Story:
    book = playbook(
        "asking",
        stage(
            "only",
            "0.5",
            (item("begun"),),
            conditions=(condition("known", Satisfier(event="contact_recorded")), condition("willing")),
            appraised_by=(appraisal("minuted", 100, Satisfier(event="visit_done", has=("note",))),),
        ),
    )
    return opened(book)


def test_conditions_and_appraisal_items_move_no_deal() -> None:
    told = shown().when(said("condition_assessed", at=day(1), item="willing", result="met")).unchanged(PositionRow)
    told.then(met("willing", kind="condition", stage=1, from_at=day(1), entry=4)).flagged()
    told.when(visit(2, note="minutes")).unchanged(PositionRow).then(met("minuted", kind="appraisal", from_at=day(2)))


def test_not_met_ends_what_stood_before_whoever_said_it() -> None:
    told = shown().when(said("contact_recorded", at=day(1), contact_id="c1", role="user"))
    told.when(said("condition_assessed", at=day(3), item="known", result="not_met"))
    told.then(met("known", from_at=day(1), to_at=day(3))).flagged()
    told.when(said("condition_assessed", at=day(4), item="known", result="met")).then(met("known", from_at=day(4)))


def test_an_assessment_of_what_the_playbook_does_not_have_is_flagged() -> None:
    told = shown().when(said("condition_assessed", item="begun", result="met")).unchanged(PositionRow, StageItemRow)
    told.flagged("unknown_item")


def test_what_is_met_says_by_which_entry_of_whom_and_whose_deal_it_was() -> None:
    told = given(stage_position, JUDGED, deal_opened(at=day(0), owner="Li"))
    told.when(said("call_made", at=day(1), outcome="interested"), said("deal_reassigned", at=day(2), owner="Wu"))
    told.then(met("interested", kind="milestone", stage=1, from_at=day(1), entry=4, owner="Li"))


def test_what_is_met_otherwise_after_a_revocation_names_the_entry_that_meets_it_now() -> None:
    told = opened(asking(event="visit_done"))
    told.when(visit(1, id="first"), visit(2), evidence_revoked(target="first", at=day(3)))
    told.then(met(from_at=day(1), to_at=day(3), entry=4), met(from_at=day(3), entry=5))
