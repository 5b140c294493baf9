"""Simulation of a draft: a deal is judged by it from its opening, whatever version the deal follows."""

from datetime import datetime
from decimal import Decimal

from hypothesis import given as holds_for
from hypothesis import settings

from contracts.playbooks.playbook import Playbook, Stage
from projections.replay.entry import FOREVER
from projections.views.stage_position import PositionRow, stage_position
from projections.views.stage_position.simulate import Simulated, Simulation
from tests.given import Said, Story, day, given
from tests.histories import stories
from tests.playbooks import CONTACT, DEMO, JUDGED, PRACTICE, PROPOSAL, VISIT, item, playbook, stage
from tests.saying import commitment, criterion, deal_opened, deal_through, milestone, said, stage_claimed


def simulated(story: Story, draft: Playbook, version: int | None = 1, as_of: datetime = FOREVER) -> Simulated:
    found = Simulation(draft, story.playbooks).judge("D", version, story.replay.entries, as_of)
    assert found is not None
    return found


def draft(*stages: Stage) -> Playbook:
    return playbook("practice", *stages, version=9)


def test_a_stage_that_asks_for_more_is_not_completed() -> None:
    more = stage("visit", "0.2", (*VISIT.milestones, item("gift_declined")), VISIT.criteria)
    story = given(stage_position, *deal_through(2))

    assert simulated(story, draft(CONTACT, more, PROPOSAL)) == Simulated(1, "completed", Decimal("0.1"), ())


def test_a_stage_that_the_draft_lacks_is_passed_over_and_its_evidence_is_orphaned() -> None:
    story = given(stage_position, *deal_through(3))

    found = simulated(story, draft(CONTACT, PROPOSAL))

    assert (found.stage, found.phase, found.probability) == (2, "completed", Decimal("0.25"))
    assert found.orphaned == ("visit_held", "survey_made", "pain_agreed", "roles_mapped", "commitment/3")


def test_evidence_after_as_of_does_not_count() -> None:
    story = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(1)))
    story.tell(milestone("no_longer", at=day(3)))

    assert simulated(story, PRACTICE, as_of=day(0.5)).stage is None
    assert simulated(story, PRACTICE, as_of=day(1)).stage == 1
    assert Simulation(PRACTICE, story.playbooks).judge("D", 1, story.replay.entries, day(-1)) is None


def test_what_the_version_followed_lacks_as_well_is_not_orphaned() -> None:
    story = given(stage_position, deal_opened(), milestone("mistyped"), milestone("interested"), commitment(1))
    lighter = draft(stage("contact", "0.1", (item("met"),), (item("agreed"),), commitment=False))

    assert simulated(story, lighter).orphaned == ("interested", "commitment/1")
    assert simulated(story, lighter, version=None).orphaned == ("mistyped", "interested", "commitment/1")


def test_a_condition_that_the_draft_lacks_is_orphaned() -> None:
    story = given(stage_position, JUDGED, deal_opened(playbook_version=3))
    story.tell(said("condition_assessed", item="well_prepared", result="met"))

    assert simulated(story, PRACTICE, version=3).orphaned == ("well_prepared",)


def test_a_draft_judges_the_deals_of_a_playbook_of_which_nothing_is_published() -> None:
    story = given(stage_position, deal_opened("planned"), milestone("begun"), criterion("done"))
    first = playbook("planned", stage("only", "0.4", (item("begun"),), (item("done"),), commitment=False))

    assert simulated(story, first, version=None) == Simulated(1, "completed", Decimal("0.4"), ())


def test_a_deal_that_moved_to_the_playbook_is_judged_by_the_draft_from_its_opening() -> None:
    story = given(
        stage_position, deal_opened("another"), milestone("interested"), said("deal_revised", playbook="practice")
    )

    assert simulated(story, draft(CONTACT, DEMO)).stage == 1


def test_claims_decide_where_the_draft_says_so() -> None:
    by_claims = playbook("practice", stage("contact", "0.3", commitment=False), version=2, position="claim")
    story = given(stage_position, deal_opened(), stage_claimed("contact"))

    assert simulated(story, PRACTICE).stage is None
    assert simulated(story, by_claims) == Simulated(1, "entered", Decimal("0.3"), ())


@settings(max_examples=250, deadline=None)
@holds_for(facts=stories("deal"))
def test_the_version_that_a_deal_follows_changes_nothing_at_any_time(facts: list[Said | Playbook]) -> None:
    story = given(stage_position)
    story.tell(*facts)
    for row in story.rows():
        if isinstance(row, PositionRow) and (followed := story.playbooks.named(row.playbook, row.version or 0)):
            found = Simulation(followed, story.playbooks).judge("D", row.version, story.replay.entries, row.from_at)
            assert found == Simulated(row.stage, row.phase, row.probability, ())
