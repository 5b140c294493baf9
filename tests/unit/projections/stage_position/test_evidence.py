"""Matching of events to items."""

import pytest

from contracts.events import EVENTS
from contracts.playbook_check.evidence import satisfier_mistakes
from contracts.playbooks.playbook import Satisfier
from projections.views.stage_position import PositionRow, stage_position
from tests.given import Said, given
from tests.playbooks import by, item, playbook, stage
from tests.saying import (
    appointment_made,
    call_made,
    commitment,
    criterion,
    deal_opened,
    deal_through,
    evidence_revoked,
    milestone,
    position,
    said,
    stage_claimed,
    visit_done,
)


def test_an_event_that_the_item_names_satisfies_it() -> None:
    given(stage_position, deal_opened()).when(call_made("interested")).then(position(stage=1, phase="entered"))


def test_where_asks_for_the_values_of_fields() -> None:
    told = given(stage_position, deal_opened()).when(call_made("no_answer")).unchanged(PositionRow)
    told.then(position(stage=None))


def test_where_on_a_list_is_met_by_one_of_its_members() -> None:
    told = given(stage_position, *deal_through(3))
    told.when(said("demo_held", audience=["users"])).unchanged(PositionRow)
    told.when(said("demo_held", audience=["users", "technical"])).then(position(stage=4, phase="entered"))


@pytest.mark.parametrize("asked", [{"role": "handler"}, {"roles": "handler"}])
def test_a_field_is_asked_for_by_its_name_of_either_version(asked: dict[str, str | int | bool]) -> None:
    roles = playbook(
        "roles", stage("known", "0.1", (item("handler_known", Satisfier(event="contact_recorded", where=asked)),))
    )
    older = said("contact_recorded", contact_id="c1", role="handler")
    newer = Said("contact_recorded", {"contact_id": "c1", "roles": ["user", "handler"]}, version=2)
    other = Said("contact_recorded", {"contact_id": "c2", "roles": ["user"]}, version=2)
    for each in (older, newer):
        told = given(stage_position, roles, deal_opened("roles"), other).then(position(stage=None))
        told.when(each).then(position(stage=1, phase="entered"))


def test_at_least_asks_for_so_many_events() -> None:
    told = given(stage_position, *deal_through(2, "entered"), criterion("pain_agreed"), commitment(2))
    told.when(said("contact_recorded", contact_id="c1", role="user")).unchanged(PositionRow)
    told.when(said("contact_recorded", contact_id="c2", role="handler")).then(position(stage=2, phase="completed"))


def test_any_one_way_of_satisfying_an_item_is_enough() -> None:
    demo = given(stage_position, *deal_through(2)).when(said("demo_held", audience=["users"]))
    demo.then(position(stage=3, phase="entered"))
    proposal = given(stage_position, *deal_through(2)).when(said("proposal_submitted", kind="preliminary"))
    proposal.then(position(stage=3, phase="entered"))


def test_one_entry_may_meet_several_items() -> None:
    given(stage_position, *deal_through(1)).when(visit_done("survey")).then(position(stage=2, phase="entered"))


def test_naming_an_item_satisfies_it_whichever_event_names_it() -> None:
    given(stage_position, deal_opened()).when(criterion("interested")).then(position(stage=1, phase="entered"))


def test_events_of_an_account_that_name_the_deal_may_be_evidence() -> None:
    collecting = playbook(
        "collecting", stage("paid", "1", (item("cash_in", by("payment_received")),), (item("thanked"),))
    )
    payment = Said(
        "payment_received",
        {
            "payment": "P-1",
            "amount": "10",
            "currency": "CNY",
            "allocations": [{"invoice": "I-1", "amount": "10", "deal_id": "D"}],
        },
        subject="account/A",
    )
    given(stage_position, collecting, deal_opened("collecting")).when(payment).then(position(stage=1, phase="entered"))


@pytest.mark.parametrize("wanted", [True, "1", 1])
def test_where_tells_numbers_text_and_truth_apart(wanted: str | int | bool) -> None:
    asking = playbook(
        "asking",
        stage("only", "1", (item("called", by("call_made", duration_s=wanted)),), (item("thanked"),)),
    )
    told = given(stage_position, asking, deal_opened("asking")).when(said("call_made", duration_s=1))
    told.then(position(stage=1 if wanted is not True and wanted == 1 else None))


def test_a_claim_and_what_takes_evidence_back_satisfy_no_item() -> None:
    odd = playbook(
        "odd", stage("only", "1", (item("told", by("stage_claimed"), by("evidence_revoked")),), (item("thanked"),))
    )
    told = given(stage_position, odd, deal_opened("odd"))
    told.when(stage_claimed("only"), evidence_revoked(item="thanked")).then(position(stage=None))


def test_an_unknown_item_is_flagged_and_has_no_effect() -> None:
    told = given(stage_position, deal_opened()).when(milestone("invented"), criterion("made_up"))
    told.then(position(stage=None)).flagged("unknown_item", "unknown_item")


def test_a_commitment_for_an_unknown_stage_is_flagged() -> None:
    given(stage_position, deal_opened()).when(commitment(5)).flagged("unknown_stage")


def test_a_commitment_completes_the_stage_that_it_names_alone() -> None:
    told = given(stage_position, deal_opened(), call_made(), appointment_made())
    told.when(commitment(2)).unchanged(PositionRow).then(position(stage=1, phase="entered"))


@pytest.mark.parametrize("name", EVENTS.names())
def test_whatever_a_playbook_may_wait_for_the_fold_sees(name: str) -> None:
    waiting = {"stages": [{"milestones": [{"satisfied_by": [{"event": name}]}]}]}
    if not list(satisfier_mistakes(waiting, EVENTS)):
        assert name in {each.event_name() for each in stage_position.handled}
