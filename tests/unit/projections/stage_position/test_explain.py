"""Explanation of a deal's position."""

from datetime import datetime
from decimal import Decimal

import pytest

from projections.replay.entry import FOREVER
from projections.views.stage_position import PositionRow, stage_position
from projections.views.stage_position.explain import Explanation, ItemExplained, StageExplained, explain
from tests.given import Story, day, given
from tests.playbooks import CLAIMED, JUDGED, SHORTER, names
from tests.saying import (
    call_made,
    commitment,
    criterion,
    deal_opened,
    deal_through,
    event_voided,
    evidence_revoked,
    milestone,
    said,
    stage_claimed,
    visit_done,
)


def explained(story: Story, as_of: datetime = FOREVER) -> Explanation:
    found = explain("D", story.replay.entries, story.playbooks, as_of)
    assert found is not None
    return found


def met(story: Story, item: str, as_of: datetime = FOREVER) -> tuple[datetime | None, tuple[int, ...]]:
    stages = explained(story, as_of).stages
    return next((each.met_at, each.by) for stage in stages for each in stage.items if each.item == item)


@pytest.fixture
def told() -> Story:
    """A deal that completed stage 1 on day 5 and lacks the survey for stage 2."""
    return given(
        stage_position,
        deal_opened(at=day(0)),  # 2
        call_made("interested", at=day(2)),  # 3
        criterion("meeting_confirmed", at=day(5)),  # 4
        commitment(1, at=day(4)),  # 5
        visit_done("introduction", at=day(7)),  # 6
    )


def test_a_stage_says_when_it_was_entered_and_completed_and_which_entry_met_which_item(told: Story) -> None:
    assert explained(told).stages[0] == StageExplained(
        stage=1,
        names=names("contact"),
        entered_at=day(2),
        completed_at=day(5),
        items=(
            ItemExplained("interested", names("interested"), "milestone", day(2), (3,)),
            ItemExplained("meeting_confirmed", names("meeting_confirmed"), "criterion", day(5), (4,)),
            ItemExplained("commitment", names("commitment"), "commitment", day(4), (5,)),
        ),
        shown=(),
    )


def test_what_is_met_of_a_stage_not_entered_is_shown_and_what_it_lacks_is_missing(told: Story) -> None:
    found = explained(told)
    assert (found.stage, found.phase, found.probability) == (1, "completed", Decimal("0.1"))
    assert found.missing == ("survey_made",)
    assert (found.stages[1].entered_at, found.stages[1].completed_at) == (None, None)
    assert found.stages[1].items[0] == ItemExplained("visit_held", names("visit_held"), "milestone", day(7), (6,))
    assert found.stages[1].items[1] == ItemExplained("survey_made", names("survey_made"), "milestone", None, ())


def test_all_stages_of_the_playbook_are_told(told: Story) -> None:
    assert [each.stage for each in explained(told).stages] == [1, 2, 3, 4]


def test_what_happened_after_as_of_is_left_out(told: Story) -> None:
    found = explained(told, day(4.5))
    assert (found.stage, found.phase, found.missing) == (1, "entered", ("meeting_confirmed",))
    assert explained(told, day(5)).phase == "completed"


def test_a_deal_not_opened_by_then_has_no_explanation(told: Story) -> None:
    assert explain("D", told.replay.entries, told.playbooks, day(-1)) is None
    assert explain("D", [], told.playbooks, FOREVER) is None


def test_a_stage_dates_from_the_latest_of_what_it_and_the_stages_before_need(told: Story) -> None:
    told.tell(milestone("survey_made", at=day(3)))
    assert explained(told).stages[1].entered_at == day(7)
    assert met(told, "survey_made") == (day(3), (7,))


def test_evidence_before_the_opening_enters_no_stage_before_it() -> None:
    told = given(stage_position, milestone("interested", at=day(1)), deal_opened(at=day(3)))
    assert explained(told).stages[0].entered_at == day(3)
    assert met(told, "interested") == (day(1), (2,))


def test_of_several_ways_and_entries_the_earliest_that_suffice_are_named() -> None:
    told = given(stage_position, deal_opened(), call_made(at=day(2), id="call"), milestone("interested", at=day(3)))
    assert met(told, "interested") == (day(2), (3,))
    told.tell(evidence_revoked(target="call", at=day(4)))
    assert met(told, "interested") == (day(3), (4,))
    assert met(told, "interested", as_of=day(3.5)) == (day(2), (3,))


def test_an_item_that_asks_for_several_events_names_them_all() -> None:
    told = given(stage_position, deal_opened(at=day(0)))
    for number in range(3):
        told.tell(said("contact_recorded", at=day(5 - number), contact_id=f"c{number}", role="user"))
    assert met(told, "roles_mapped") == (day(4), (5, 4))


def test_a_voided_entry_meets_nothing(told: Story) -> None:
    told.tell(event_voided("e3", at=day(9)))
    assert met(told, "interested") == (None, ())
    assert explained(told).missing == ("interested",)


def test_nothing_is_missing_after_the_last_step() -> None:
    assert explained(given(stage_position, *deal_through(4))).missing == ()


def test_the_next_step_to_complete_a_stage_lacks_its_commitment_too() -> None:
    assert explained(given(stage_position, *deal_through(3, "entered"))).missing == ("exchange_agreed", "commitment")


def test_the_version_in_force_at_as_of_explains() -> None:
    told = given(stage_position, *deal_through(1), SHORTER, said("deal_revised", at=day(3), playbook_version=2))
    assert (explained(told, day(2)).version, explained(told, day(2)).missing) == (1, ("visit_held", "survey_made"))
    assert (explained(told).version, explained(told).missing) == (2, ("proposal_delivered",))


def test_while_the_playbook_is_unknown_there_are_no_stages() -> None:
    found = explained(given(stage_position, deal_opened("later")))
    assert (found.playbook, found.version, found.stage, found.stages, found.missing) == ("later", None, None, (), ())


def test_where_claims_decide_the_stage_dates_from_the_claim() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed", at=day(1)), stage_claimed("1", at=day(2)))
    told.tell(stage_claimed("engaging", at=day(3)), stage_claimed("engaged", at=day(4)))
    found = explained(told)
    assert (found.stage, found.phase, found.missing) == (2, "entered", ())
    assert [each.entered_at for each in found.stages] == [None, day(3), None]


def test_an_explanation_agrees_with_the_rows(told: Story) -> None:
    row = next(row for row in told.rows() if isinstance(row, PositionRow) and row.to_at == FOREVER)
    found = explained(told)
    for name in ("playbook", "version", "stage", "phase", "status", "probability"):
        assert getattr(found, name) == getattr(row, name)


def test_conditions_and_appraisal_items_are_told_with_what_meets_them() -> None:
    told = given(stage_position, JUDGED, deal_opened(), said("visit_done", at=day(2), purpose="survey", note="minutes"))
    assert explained(told).stages[1].shown == (
        ItemExplained("booked_twice", names("booked_twice"), "condition", None, ()),
        ItemExplained("well_prepared", names("well_prepared"), "condition", None, ()),
        ItemExplained("brief", names("brief"), "appraisal", None, ()),
        ItemExplained("minuted", names("minuted"), "appraisal", day(2), (4,)),
    )
