"""The rows: intervals without length zero, without neighbours alike, closed when the next begins."""

from projections.replay.entry import FOREVER
from projections.views.stage_position import PositionRow, stage_position
from tests.given import day, given
from tests.saying import call_made, commitment, criterion, deal_opened, evidence_revoked, milestone, position, said


def test_an_interval_ends_where_the_next_begins() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(2)))
    told.when(said("deal_reassigned", at=day(4), owner="Wu")).then_all(
        position(from_at=day(0), to_at=day(2), stage=None),
        position(from_at=day(2), to_at=day(4), stage=1, owner=None),
        position(from_at=day(4), stage=1, owner="Wu", since=day(2)),
    )


def test_what_happens_at_one_instant_makes_one_interval() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(2)))
    told.when(criterion("meeting_confirmed", at=day(2)), commitment(1, at=day(2))).then_all(
        position(from_at=day(0), to_at=day(2)),
        position(from_at=day(2), stage=1, phase="completed", entry=told.sequence),
    )


def test_what_comes_to_nothing_at_one_instant_makes_none() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(2), id="m"))
    told.when(evidence_revoked(target="m", at=day(2))).then_all(position(to_at=FOREVER, from_at=day(0), stage=None))
    told.when(milestone("interested", at=day(2))).then_all(
        position(from_at=day(0), to_at=day(2), stage=None), position(from_at=day(2), stage=1, entry=told.sequence)
    )


def test_evidence_that_moves_nothing_makes_no_interval() -> None:
    given(stage_position, deal_opened()).when(call_made("other"), milestone("visit_held")).unchanged(PositionRow)


def test_a_row_names_the_entry_that_made_it_so() -> None:
    told = given(stage_position, deal_opened(), call_made("other")).when(milestone("interested"))
    told.then(position(stage=1, entry=told.sequence))


def test_a_step_changes_two_rows_at_most() -> None:
    told = given(stage_position, deal_opened())
    for each in range(20):
        assert len(told.tell(said("deal_reassigned", owner=f"owner {each}"))) == 2
