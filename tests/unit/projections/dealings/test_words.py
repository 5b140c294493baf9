"""Words of the tables: those of the events' fields, with the labels that the contracts give them."""

from typing import Any, get_args, get_origin

import pytest

from contracts.events import Event
from contracts.events.activity import ActivityPlanned, CallMade, MessageExchanged, ProposalSubmitted, VisitDone
from contracts.events.customer import NeedRecorded, PurchaseStageObserved
from contracts.events.deal import DealOpened
from contracts.labels import event_label, value_label
from projections.columns import column_of
from projections.replay.view import Row
from projections.views.dealings import ActivityRow, DealFileRow, NeedRow, PlanRow, PurchaseStageRow


@pytest.mark.parametrize(
    ("row", "column", "event", "field"),
    [
        (DealFileRow, "source_channel", DealOpened, "source_channel"),
        (ActivityRow, "channel", MessageExchanged, "channel"),
        (ActivityRow, "direction", MessageExchanged, "direction"),
        (ActivityRow, "purpose", VisitDone, "purpose"),
        (ActivityRow, "outcome", CallMade, "outcome"),
        (ActivityRow, "message_kind", MessageExchanged, "kind"),
        (ActivityRow, "proposal_kind", ProposalSubmitted, "kind"),
        (PlanRow, "kind", ActivityPlanned, "kind"),
        (PurchaseStageRow, "confidence", PurchaseStageObserved, "confidence"),
        (NeedRow, "kind", NeedRecorded, "kind"),
        (NeedRow, "motive", NeedRecorded, "motive"),
        (NeedRow, "priority", NeedRecorded, "priority"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_a_word_has_the_label_of_the_field(row: type[Row], column: str, event: type[Event], field: str) -> None:
    found = {value: label.zh for value, label in column_of(row, column).words.items()}
    name = event.event_name()
    assert found == {
        each: value_label(name, field, each, "zh") for each in _words(event.model_fields[field].annotation)
    }


def test_an_activity_has_the_label_of_its_event() -> None:
    for name, label in column_of(ActivityRow, "kind").words.items():
        assert label.zh == event_label(name, "zh")


def _words(hint: Any) -> list[str]:
    """Values of the literals in a type."""
    if isinstance(hint, str):
        return [hint]
    return [each for part in get_args(hint) for each in _words(part)] if get_origin(hint) else []
