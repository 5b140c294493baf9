"""The fold agrees with the rules worked out anew at every instant (reference.py)."""

from datetime import datetime

from hypothesis import given as holds_for
from hypothesis import settings

from contracts.playbooks.playbook import Playbook
from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, Instant, Row
from projections.views.dealings import dealings
from tests.given import Said, given
from tests.histories import stories

from .reference import standing


@settings(max_examples=250, deadline=None)
@holds_for(facts=stories("deal", size=25))
def test_the_rows_are_what_the_rules_say_at_every_instant(facts: list[Said | Playbook]) -> None:
    story = given(dealings)
    story.tell(*facts)
    rows = [row for row in story.rows() if not isinstance(row, FlagRow) or row.view != "history"]
    said = [each for each in story.replay.entries if type(each.event) in dealings.handled]
    for as_of in sorted({each.occurred_at for each in said}):
        found = {shown(row) for row in rows if holds(row, as_of)}
        wanted = [shown(row) for row in standing([each for each in said if each.occurred_at <= as_of])]
        assert found == set(wanted)
        assert len(found) == len(wanted)


def holds(row: Row, as_of: datetime) -> bool:
    valid = row.VALID
    if isinstance(valid, Instant):
        return bool(getattr(row, valid.at) <= as_of)
    return bool(getattr(row, valid.begins) <= as_of < getattr(row, valid.ends))


def shown(row: Row) -> tuple[object, ...]:
    """Everything but the end, which the rows that stand at later instants say."""
    values = zip(row.columns(), row.values(), strict=True)
    return (row.TABLE, *(FOREVER if name == "to_at" else value for name, value in values))
