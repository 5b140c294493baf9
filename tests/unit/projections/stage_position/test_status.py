"""Status and stage are independent; the probability of a closed deal is certain."""

import pytest

from projections.stage_position import PositionRow, stage_position
from tests.given import day, flag, given
from tests.saying import commitment_withdrawn, criterion, deal_opened, deal_through, milestone, position, said


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


def test_a_second_closing_is_flagged_and_the_first_counts() -> None:
    told = given(stage_position, deal_opened(amount="5", currency="CNY"), said("deal_lost"))
    told.when(said("deal_won", amount="9", currency="CNY")).then(position(status="lost", amount="5"))
    told.flagged("closed_twice")


def test_reopening_an_open_deal_is_flagged() -> None:
    given(stage_position, deal_opened()).when(said("deal_reopened")).flagged("reopened_while_open")


def test_the_final_value_replaces_the_expected_one() -> None:
    told = given(stage_position, deal_opened(amount="100", currency="CNY"))
    told.when(said("deal_won", amount="90", currency="EUR")).then(position(amount="90", currency="EUR"))


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
