"""Status and stage are independent; the probability of a closed deal is certain."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from projections.replay.entry import FOREVER
from projections.views.stage_position import PositionRow, stage_position
from tests.given import Said, day, flag, given
from tests.saying import (
    commitment_withdrawn,
    criterion,
    deal_opened,
    deal_through,
    event_corrected,
    event_voided,
    milestone,
    position,
    said,
)


@pytest.mark.parametrize(
    ("event", "status", "probability"),
    [("deal_won", "won", "1"), ("deal_lost", "lost", "0"), ("deal_abandoned", "abandoned", "0")],
)
def test_a_closed_deal_keeps_its_stage_and_its_probability_is_certain(
    event: str, status: str, probability: str
) -> None:
    given(stage_position, *deal_through(3)).when(said(event)).then(
        position(status=status, stage=3, phase="completed", probability=probability)
    )


def test_evidence_after_closing_still_moves_the_stage() -> None:
    told = given(stage_position, *deal_through(2), said("deal_won"))
    told.when(milestone("proposal_delivered")).then(position(status="won", stage=3, phase="entered", probability="1"))
    told.when(commitment_withdrawn(1)).then(position(status="won", stage=1, phase="entered", probability="1"))


def test_a_reopened_deal_has_the_probability_of_its_stage_again() -> None:
    told = given(stage_position, *deal_through(3), said("deal_lost"))
    told.when(said("deal_reopened")).then(position(status="open", stage=3, probability="0.25")).flagged()


def test_closing_does_not_begin_the_stage_anew() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(3)))
    told.when(said("deal_won", at=day(8))).then(position(from_at=day(8), since=day(3)))


CLOSINGS = {"deal_won": "won", "deal_lost": "lost", "deal_abandoned": "abandoned"}


@pytest.mark.parametrize("first", CLOSINGS)
@pytest.mark.parametrize("last", CLOSINGS)
def test_of_several_closings_the_latest_counts_and_is_flagged(first: str, last: str) -> None:
    told = given(stage_position, deal_opened(at=day(0)), said(first, at=day(1)))
    told.when(said(last, at=day(2))).then(position(status=CLOSINGS[last], to_at=FOREVER))
    told.then(flag("closed_again", entry=4, detail=f"the deal was {CLOSINGS[first]} and not reopened"))


@pytest.mark.parametrize("first", CLOSINGS)
def test_a_closing_that_arrives_late_does_not_undo_a_later_one(first: str) -> None:
    told = given(stage_position, deal_opened(at=day(0)), said("deal_won", at=day(2), amount="9", currency="CNY"))
    told.when(said(first, at=day(1))).then(position(status="won", amount="9", to_at=FOREVER))
    told.flagged("closed_again").then(flag("closed_again", entry=3))


def test_a_deal_that_was_lost_and_is_won_has_the_value_of_the_win_from_then_on() -> None:
    told = given(stage_position, deal_opened(at=day(0), amount="5", currency="CNY"), said("deal_lost", at=day(1)))
    told.when(said("deal_won", at=day(2), amount="9", currency="USD")).then_all(
        position(status="open", amount="5", to_at=day(1)),
        position(status="lost", amount="5", probability="0", from_at=day(1), to_at=day(2)),
        position(status="won", amount="9", currency="USD", probability="1", from_at=day(2), to_at=FOREVER),
    )


def test_a_second_win_brings_the_final_value() -> None:
    won = said("deal_won", at=day(1), amount="90", currency="CNY")
    told = given(stage_position, deal_opened(at=day(0), amount="100", currency="CNY"), won)
    told.when(said("deal_won", at=day(3), amount="95", currency="CNY")).then_all(
        position(status="open", amount="100", to_at=day(1)),
        position(status="won", amount="90", from_at=day(1), to_at=day(3)),
        position(status="won", amount="95", from_at=day(3), to_at=FOREVER),
    )
    told.flagged("closed_again")


def test_a_second_win_without_a_value_moves_the_close_date_alone_and_is_flagged() -> None:
    told = given(stage_position, deal_opened(at=day(0)), said("deal_won", at=day(1), amount="90", currency="CNY"))
    told.when(said("deal_won", at=day(2)))
    told.then(position(status="won", amount="90", status_since=day(2), opened_at=day(0))).flagged("closed_again")


def test_a_closing_after_a_reopening_is_not_flagged() -> None:
    told = given(stage_position, deal_opened(), said("deal_lost"), said("deal_reopened"))
    told.when(said("deal_won", amount="9", currency="CNY")).then(position(status="won", amount="9")).flagged()


def test_a_reopening_that_arrives_late_takes_the_flag_back() -> None:
    told = given(stage_position, deal_opened(at=day(0)), said("deal_lost", at=day(1)), said("deal_won", at=day(3)))
    told.flagged("closed_again").when(said("deal_reopened", at=day(2))).flagged()
    told.then(position(status="won", to_at=FOREVER))


def test_the_closing_before_counts_again_when_the_latest_is_voided() -> None:
    won = said("deal_won", id="w", at=day(2), amount="9", currency="CNY")
    opened = deal_opened(at=day(0), amount="5", currency="CNY")
    told = given(stage_position, opened, said("deal_lost", id="l", at=day(1)), won)
    told.when(event_voided("w")).then(position(status="lost", amount="5", to_at=FOREVER)).flagged()
    told.when(event_voided("l")).then_all(position(status="open", amount="5")).flagged()


def test_the_flag_goes_with_the_closing_before_it() -> None:
    told = given(
        stage_position, deal_opened(at=day(0)), said("deal_lost", id="l", at=day(1)), said("deal_won", at=day(2))
    )
    told.when(event_voided("l")).then(position(status="won", to_at=FOREVER)).flagged()


def test_a_closing_that_is_corrected_to_another_time_counts_from_there() -> None:
    told = given(
        stage_position, deal_opened(at=day(0)), said("deal_lost", id="l", at=day(1)), said("deal_won", at=day(2))
    )
    told.when(event_corrected("l", "deal_lost", day(3), {})).then(position(status="lost", to_at=FOREVER))
    told.then(flag("closed_again", entry=3))


def test_of_closings_at_one_instant_the_last_to_be_recorded_counts() -> None:
    told = given(stage_position, deal_opened(at=day(0)), said("deal_won", at=day(1)))
    told.when(said("deal_lost", at=day(1))).then_all(position(status="open", to_at=day(1)), position(status="lost"))
    told.flagged("closed_again")


def test_of_closings_within_a_microsecond_the_later_one_counts_in_either_order_of_arrival() -> None:
    won = replace(said("deal_won", at=day(1)), nanoseconds=900)
    lost = replace(said("deal_lost", at=day(1)), nanoseconds=100)
    for first, second in ((won, lost), (lost, won)):
        told = given(stage_position, deal_opened(at=day(0)), first, second)
        told.then_all(position(status="open", to_at=day(1)), position(status="won")).flagged("closed_again")


def test_reopening_an_open_deal_is_flagged() -> None:
    given(stage_position, deal_opened()).when(said("deal_reopened")).flagged("reopened_while_open")


def test_the_final_value_replaces_the_expected_one() -> None:
    told = given(stage_position, deal_opened(amount="100", currency="CNY"))
    told.when(said("deal_won", amount="90", currency="EUR")).then(position(amount="90", currency="EUR"))


@pytest.mark.parametrize("opened", [day(5), day(9)])
def test_the_final_value_stands_though_the_deal_is_opened_later_or_at_once(opened: datetime) -> None:
    told = given(stage_position, said("deal_won", amount="99", currency="CNY", at=day(5)))
    told.when(deal_opened(amount="10", currency="CNY", at=opened)).then(
        position(status="won", amount="99", currency="CNY")
    )
    told.when(said("deal_reopened", at=day(10))).then(position(status="open", amount="99"))


def test_the_opening_says_when_the_closing_is_expected_also_after_a_final_value() -> None:
    told = given(stage_position, said("deal_won", amount="99", currency="CNY", at=day(5)))
    opened = deal_opened(amount="10", currency="CNY", expected_close_on="2026-03-31", at=day(9))
    told.when(opened).then(position(amount="99", expected_close_on=date(2026, 3, 31)))


def test_without_a_final_value_before_the_opening_its_expected_one_stands() -> None:
    told = given(stage_position, said("deal_won", at=day(5)))
    told.when(deal_opened(amount="10", currency="CNY", at=day(9))).then(position(status="won", amount="10"))


def test_without_a_final_value_the_expected_one_stands() -> None:
    told = given(stage_position, deal_opened(amount="100", currency="CNY"))
    told.when(said("deal_won")).then(position(amount="100", currency="CNY", status="won"))


def test_a_revised_value_shows_from_its_time_on() -> None:
    told = given(stage_position, deal_opened(at=day(0), amount="100", currency="CNY"))
    told.when(said("deal_revised", at=day(4), amount="120", currency="CNY")).then_all(
        position(amount="100", from_at=day(0), to_at=day(4)), position(amount="120", from_at=day(4), since=day(0))
    )


def test_a_reassigned_deal_has_its_new_owner_from_then_on() -> None:
    told = given(stage_position, deal_opened(at=day(0), owner="Li", account_id="A"))
    told.when(said("deal_reassigned", at=day(4), owner="Wu")).then_all(
        position(owner="Li", account="A", from_at=day(0), to_at=day(4)), position(owner="Wu", account="A", since=day(0))
    )


def test_of_two_openings_the_earliest_counts() -> None:
    told = given(stage_position, deal_opened(at=day(5), owner="Li"))
    told.when(deal_opened(at=day(2), owner="Wu")).then_all(position(from_at=day(2), owner="Wu"))
    told.flagged("opened_twice").then(flag("opened_twice", entry=2))


def test_a_deal_without_opening_is_in_no_report_and_flagged() -> None:
    told = given(stage_position).when(milestone("interested"), criterion("meeting_confirmed"))
    told.nothing(PositionRow).flagged("not_opened").then(flag("not_opened", entry=2))
    told.when(deal_opened()).flagged().then(position(stage=1))


def test_what_the_opening_says_wins_over_what_was_said_before_it() -> None:
    told = given(stage_position, said("deal_reassigned", at=day(1), owner="Li"))
    told.tell(said("deal_revised", at=day(1.5), amount="7", currency="CNY"), said("deal_won", at=day(1.6)))
    told.when(deal_opened(at=day(2), owner="Wu")).then_all(position(owner="Wu", amount="7", status="won"))


def held(at: datetime | None = None, id: str | None = None) -> Said:
    return said("deal_put_on_hold", at, id, reason="budget frozen")


def test_a_deal_on_hold_keeps_its_stage_and_probability() -> None:
    told = given(stage_position, *deal_through(3))
    told.when(held()).then(position(status="on_hold", stage=3, phase="completed", probability="0.25")).flagged()


def test_a_deal_that_is_resumed_is_open_again() -> None:
    told = given(stage_position, deal_opened(at=day(0)), held(at=day(2)))
    told.when(said("deal_resumed", at=day(9))).then_all(
        position(status="open", from_at=day(0), to_at=day(2)),
        position(status="on_hold", from_at=day(2), to_at=day(9)),
        position(status="open", from_at=day(9), to_at=FOREVER),
    )
    told.flagged()


def test_a_hold_does_not_begin_the_stage_anew() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(3)))
    told.when(held(at=day(8))).then(position(from_at=day(8), since=day(3)))


def test_evidence_moves_a_deal_on_hold() -> None:
    told = given(stage_position, deal_opened(), held())
    told.when(milestone("interested")).then(position(status="on_hold", stage=1, phase="entered"))


def test_holding_a_deal_that_is_on_hold_changes_nothing() -> None:
    given(stage_position, deal_opened(), held()).when(held()).unchanged().flagged()


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_deal_on_hold_may_be_closed(closing: str) -> None:
    told = given(stage_position, deal_opened(), held())
    told.when(said(closing)).then(position(status=CLOSINGS[closing])).flagged()


@pytest.mark.parametrize("closing", CLOSINGS)
def test_holding_a_closed_deal_is_flagged_and_changes_nothing_else(closing: str) -> None:
    told = given(stage_position, deal_opened(), said(closing)).when(held())
    told.then(position(status=CLOSINGS[closing])).flagged("held_while_closed")
    told.then(flag("held_while_closed", detail=f"the deal was {CLOSINGS[closing]}"))


@pytest.mark.parametrize("before", ["open", "won"])
def test_resuming_a_deal_that_is_not_on_hold_is_flagged_and_changes_nothing_else(before: str) -> None:
    closed = [said("deal_won")] if before == "won" else []
    told = given(stage_position, deal_opened(), *closed).when(said("deal_resumed"))
    told.then(position(status=before)).flagged("resumed_while_not_held")
    told.then(flag("resumed_while_not_held", detail=f"the deal was {before}"))


def test_a_deal_that_was_closed_on_hold_is_open_once_it_is_reopened() -> None:
    told = given(stage_position, deal_opened(), held(), said("deal_lost"))
    told.when(said("deal_reopened")).then(position(status="open")).flagged()


def test_reopening_a_deal_on_hold_is_flagged_and_leaves_it_on_hold() -> None:
    told = given(stage_position, deal_opened(), held()).when(said("deal_reopened"))
    told.then(position(status="on_hold")).flagged("reopened_while_open")


def test_a_hold_that_arrives_late_lasts_until_the_resumption_that_is_known() -> None:
    told = given(stage_position, deal_opened(at=day(0)), said("deal_resumed", at=day(9)))
    told.flagged("resumed_while_not_held").when(held(at=day(2))).flagged()
    told.then(position(status="on_hold", from_at=day(2), to_at=day(9)), position(status="open", from_at=day(9)))


def test_the_deal_was_never_on_hold_when_the_hold_is_voided() -> None:
    told = given(stage_position, deal_opened(at=day(0)), held(id="h", at=day(2)))
    told.when(event_voided("h")).then_all(position(status="open", from_at=day(0), to_at=FOREVER)).flagged()
