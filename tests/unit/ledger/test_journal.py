"""Entries as they are read from the journal's rows, of which a projector holds very many."""

from datetime import UTC, datetime
from typing import Any

from contracts.events import EVENTS
from contracts.events.receivables import ContractSignedV2
from services.ledger import journal
from services.ledger.journal import recorded_of


def _row(sequence: int, subject: str) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "source": "".join(("telephone ", "exchange")),
        "id": f"c-{sequence}",
        "type": "".join(("daybook.", "call_made.v1")),
        "subject": subject,
        "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor": "".join(("Li ", "Lei")),
        "message": b'{"data":{"outcome":"interested"},"department":"East"}',
    }


def test_text_that_recurs_is_held_once() -> None:
    one, other = (recorded_of(_row(sequence, "".join(("deal/", "D-1")))).cloud_event for sequence in (1, 2))
    assert one.source is other.source
    assert one.type is other.type
    assert one.subject is other.subject
    assert one.actor is other.actor
    assert one.department is other.department


def test_the_department_is_read_from_the_message_also_where_the_contract_asks_more_today() -> None:
    assert recorded_of(_row(1, "deal/D-1")).cloud_event.department == "East"
    lenient = _row(2, "deal/D-1") | {"message": b'{"data":{"outcome":"unheard of"},"department":"East"}'}
    assert recorded_of(lenient).cloud_event.department == "East"
    without = _row(3, "deal/D-1") | {"message": b'{"data":{"outcome":"interested"}}'}
    assert recorded_of(without).cloud_event.department is None


def test_text_that_does_not_recur_is_not_kept() -> None:
    most = journal._once.cache_info().maxsize
    assert most is not None
    for number in range(2 * most):
        journal._once(f"deal/D-{number}")
    assert journal._once.cache_info().currsize == most


def test_an_event_of_an_older_version_becomes_the_newest_with_all_that_it_says() -> None:
    row = _row(1, "deal/D-1") | {
        "type": "daybook.contract_signed.v1",
        "message": b'{"data":{"account_id":"A-1","amount":"10.00","contract":"C-1","currency":"CNY"}}',
    }
    newest = EVENTS.newest(recorded_of(row).cloud_event.event)
    assert isinstance(newest, ContractSignedV2)
    assert (newest.contract, newest.account_id, str(newest.amount)) == ("C-1", "A-1", "10.00")
