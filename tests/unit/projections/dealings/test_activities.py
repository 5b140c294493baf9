"""Activities: a row for each, with the deal's owner at that time."""

from dataclasses import replace
from typing import Any

from projections.replay.replay import Change
from projections.replay.view import FlagRow
from projections.views.dealings import ActivityRow, dealings
from tests.given import day, given
from tests.saying import call_made, criterion, deal_opened, event_corrected, event_voided, said

from .rows import activity


def test_a_call_shows_who_made_it_for_which_department_and_how_it_ended() -> None:
    call = said("call_made", at=day(2), contact_id="c1", outcome="callback", direction="inbound", plan="p1")
    (
        given(dealings, deal_opened(at=day(1), owner="Li"))
        .when(replace(call, actor="Wu", department="Sales"))
        .then_all(
            activity(
                kind="call_made",
                at=day(2),
                entry=3,
                actor="Wu",
                department="Sales",
                owner="Li",
                contact="c1",
                direction="inbound",
                outcome="callback",
                plan="p1",
                purpose=None,
                booked=None,
            )
        )
    )


def test_a_visit_shows_its_purpose_and_the_first_contact_named() -> None:
    visit = said("visit_done", purpose="survey", contact_ids=["c2", "c1"])
    given(dealings).when(visit).then_all(activity(kind="visit_done", purpose="survey", contact="c2", booked=False))


def test_proposals_and_quotes_show_the_price_offered() -> None:
    (
        given(dealings)
        .when(
            said("proposal_submitted", kind="formal", amount="100.00", currency="CNY"),
            said("proposal_submitted", kind="preliminary"),
            said("quote_submitted", quote="q1", amount="90.00", currency="USD"),
        )
        .then_all(
            activity(kind="proposal_submitted", proposal_kind="formal", amount="100.00", currency="CNY"),
            activity(kind="proposal_submitted", proposal_kind="preliminary", amount=None, currency=None),
            activity(kind="quote_submitted", proposal_kind=None, amount="90.00", currency="USD"),
        )
    )


def test_each_thing_that_happens_to_a_message_is_an_activity() -> None:
    message: dict[str, Any] = {"message": "m1", "channel": "email", "campaign": "spring", "contact_id": "c1"}
    (
        given(dealings)
        .when(
            said("message_exchanged", kind="sent", direction="outbound", **message),
            said("message_exchanged", kind="opened", **message),
        )
        .then_all(
            activity(message="m1", message_kind="sent", direction="outbound", channel="email", campaign="spring"),
            activity(message="m1", message_kind="opened", direction=None, contact="c1"),
        )
    )


def test_a_demo_is_an_activity_and_evidence_is_none() -> None:
    given(dealings).when(said("demo_held"), criterion("approved")).then_all(activity(kind="demo_held", contact=None))


def test_the_owner_is_the_one_of_that_time() -> None:
    (
        given(dealings, deal_opened(at=day(1), owner="Li"), said("deal_reassigned", at=day(5), owner="Wu"))
        .when(call_made(at=day(0)), call_made(at=day(4)), call_made(at=day(6)))
        .then_all(activity(at=day(0), owner=None), activity(at=day(4), owner="Li"), activity(at=day(6), owner="Wu"))
    )


def test_an_activity_of_a_deal_that_is_not_opened_counts_and_is_not_flagged_here() -> None:
    given(dealings).when(call_made(at=day(0))).then_all(activity(at=day(0))).nothing(FlagRow)


def test_a_voided_activity_is_gone_and_a_corrected_one_keeps_its_department() -> None:
    call = replace(said("call_made", at=day(2), id="c"), actor="Wu", department="Sales")
    story = given(dealings, call)
    story.when(event_corrected("c", "call_made", day(3), {"outcome": "interested"}, at=day(9)))
    story.then_all(activity(at=day(3), outcome="interested", actor="Wu", department="Sales"))
    story.when(event_voided("c", at=day(9))).nothing(ActivityRow)


def test_evidence_that_is_revoked_stays_an_activity() -> None:
    (
        given(dealings, call_made(at=day(2), id="c"))
        .when(said("evidence_revoked", target={"source": "crm", "id": "c"}, reason="wrong"))
        .unchanged()
    )


def test_an_activity_changes_one_row_however_many_there_are() -> None:
    story = given(dealings, deal_opened(at=day(0)), *(call_made(at=day(each)) for each in range(1, 60)))
    changes: list[Change] = story.tell(call_made(at=day(90)))
    assert [change.key.row for change in changes] == [ActivityRow]
