"""A number is given twice exactly where the fold leaves the second document out and flags it."""

import pytest
from hypothesis import given as holds_for

from contracts.events.deal import DealWon
from projections.replay.document_number import DocumentNumber, documents_named, number_of
from projections.replay.history import effective
from projections.replay.view import FlagRow
from tests.given import Said
from tests.unit.projections.receivables.histories import histories
from tests.unit.projections.receivables.story import Told


@holds_for(histories())
def test_what_uses_a_number_again_is_what_the_fold_flags(history: list[Said]) -> None:
    story = Told("A", *history).story
    again, given = set[int](), set[DocumentNumber]()
    for entry in effective(story.history, "account/A").entries:
        number = number_of(entry.subject, entry.event)
        if entry.subject != "account/A" or number is None:
            continue
        if number in given:
            again.add(entry.sequence)
        given.add(number)

    flagged = {row.entry for row in story.rows() if isinstance(row, FlagRow) and row.flag.endswith("_twice")}
    assert flagged == again


def test_an_event_that_names_no_document_is_refused() -> None:
    with pytest.raises(TypeError, match="DealWon names no document"):
        documents_named(DealWon())
