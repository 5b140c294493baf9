"""Checks that the harness's own reading of the rules counts the same as the product does, of random histories."""

from hypothesis import given as holds_for
from hypothesis import settings

from contracts.playbooks.playbook import Playbook
from projections.replay.history import effective as product
from projections.views.stage_position import stage_position
from tests.faults.effective import effective
from tests.faults.recorded import Row
from tests.given import Said, given
from tests.histories import stories


@settings(max_examples=100, deadline=None)
@holds_for(facts=stories("deal"))
def test_voids_and_corrections_count_as_the_product_counts_them(facts: list[Said | Playbook]) -> None:
    story = given(stage_position)
    story.tell(*facts)
    rows = [Row(each.sequence, 0, "entry", "", each.cloud_event.canonical, b"") for each in story.history]
    wanted = [(each.order, each.event) for each in product(story.history, story.subject).entries]
    found = [(each.order, each.event) for each in (one.entry for one in effective(rows))]
    assert sorted(found, key=lambda each: each[0]) == wanted
