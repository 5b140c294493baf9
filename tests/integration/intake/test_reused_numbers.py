"""A receipt warns whoever uses the number of a document again; everything is recorded all the same."""

import itertools
import json
import time
from collections.abc import AsyncIterator
from copy import copy
from typing import Any

import asyncpg
import nats
import pytest

from projections.replay.document_number import DocumentNumber
from services.intake import document_numbers, look_ups
from services.recorder.health import RecorderHealth
from tests.freezing import frozen
from tests.integration.intake.sending import Sender, call, correction, void
from tests.ledger import Ledger
from tests.service import until

CURRENCY = {"amount": "10.00", "currency": "CNY"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to leave a warning out."""
    monkeypatch.setattr(look_ups, "TIMEOUT_S", 30.0)
    monkeypatch.setattr(look_ups, "SLOW_S", 30.0)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what was acknowledged lately had been so long ago, or by another intake."""
    monkeypatch.setattr(document_numbers, "REMEMBERED_S", -1.0)


def invoice(id: str, number: str = "1", account: str = "A-1", **data: Any) -> dict[str, Any]:
    data = {"invoice": number, "due_on": "2026-04-30", **CURRENCY, **data}
    return call(id, type="daybook.invoice_issued.v1", subject=f"account/{account}", data=data)


def payment(id: str, number: str = "1", **data: Any) -> dict[str, Any]:
    data = {"payment": number, **CURRENCY, **data}
    return call(id, type="daybook.payment_received.v1", subject="account/A-1", data=data)


def credit_note(id: str, number: str = "1", **data: Any) -> dict[str, Any]:
    data = {"credit_note": number, **CURRENCY, **data}
    return call(id, type="daybook.credit_note_issued.v1", subject="account/A-1", data=data)


def renumbered(id: str, target: str, number: str, **data: Any) -> dict[str, Any]:
    """A correction: the invoice has this number, and what else it says."""
    replacement = {"time": "2026-03-30T09:30:00+08:00", "data": invoice("", number, **data)["data"]}
    corrected = correction(id, target, target_type="daybook.invoice_issued.v1", replacement=replacement)
    return corrected | {"subject": "account/A-1"}


def voided(id: str, target: str) -> dict[str, Any]:
    return void(id, target) | {"subject": "account/A-1"}


async def given(ledger: Ledger, sender: Sender, *events: dict[str, Any]) -> None:
    """These are recorded, one after another."""
    for each in events:
        assert (await sender.send(each)).status_code == 201
    await ledger.recorded()


def warnings(receipt: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    """Field, and the earlier entry, of each warning of a receipt."""
    return [
        (each["field"], each["source"], each["id"], each["sequence"])
        for each in receipt.get("warnings", ())
        if each["kind"] == "number-reused"
    ]


async def test_an_invoice_of_a_second_year_is_recorded_and_its_sender_is_told(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await given(empty_ledger, crm, invoice("i-2025"))

    answer = await crm.send(invoice("i-2026"))

    assert (answer.status_code, answer.json()["sequence"], answer.json()["duplicate"]) == (201, 2, False)
    assert warnings(answer.json()) == [("data.invoice", "crm", "i-2025", 1)]
    (warning,) = answer.json()["warnings"]
    assert "account A-1 has invoice 1 already: crm/i-2025, sequence 1" in warning["reason"]
    assert "`series`" in warning["reason"]
    assert "warnings" not in (await crm.send(call("c-1"))).json()


async def test_another_source_is_named_to_those_alone_who_may_correct_it(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await given(empty_ledger, crm, invoice("i-crm"))
    for name, corrects_others, named in (("billing", False, [None, None]), ("office", True, ["crm", "i-crm"])):
        sender = copy(crm)
        sender.token = await empty_ledger.source(name, corrects_others=corrects_others)
        (warning,) = (await sender.send(invoice(f"i-{name}") | {"source": name})).json()["warnings"]
        assert ([warning["source"], warning["id"]], warning["sequence"]) == (named, 1)
        assert ("crm" in warning["reason"]) is corrects_others
        await empty_ledger.recorded()


@pytest.mark.long_cases
@pytest.mark.parametrize("document", [invoice, payment, credit_note])
async def test_each_kind_of_document_has_numbers_of_its_own(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth, document: Any
) -> None:
    others = [each for each in (invoice, payment, credit_note) if each is not document]
    await given(empty_ledger, crm, *(each(each.__name__) for each in others))

    first = (await crm.send(document("first"))).json()
    await empty_ledger.recorded()
    second = (await crm.send(document("second"))).json()

    assert warnings(first) == []
    assert warnings(second) == [(f"data.{document.__name__}", "crm", "first", 3)]


@pytest.mark.long_cases
@pytest.mark.parametrize(
    "other",
    [
        invoice("i-2", account="A-2"),
        invoice("i-2", series="2026"),
        invoice("i-2", number="2"),
        invoice("i-2", number="01"),
        call("i-2", type="daybook.receivable_disputed.v1", subject="account/A-1", data={"invoice": "1"}),
        payment("p-2", number="P", allocations=[{"invoice": "1", "amount": "1.00"}]),
    ],
    ids=["account", "series", "number", "spelling", "dispute", "allocation"],
)
async def test_what_is_another_document_or_names_one_is_not_warned_of(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth, other: dict[str, Any]
) -> None:
    await given(empty_ledger, crm, invoice("i-1"))

    assert "warnings" not in (await crm.send(other)).json()


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("number", "shown"), [("\uff11", "<U+FF11>"), ("1\u200b", "1<U+200B>"), (" 1", "<U+0020>1")], ids=ascii
)
async def test_numbers_that_look_alike_are_one(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth, number: str, shown: str
) -> None:
    await given(empty_ledger, crm, invoice("i-1"), invoice("i-9", "9\u200b", series="\uff12"))

    answer = (await crm.send(invoice("i-2", number))).json()
    plain = (await crm.send(invoice("i-3", "9", series="2"))).json()

    assert warnings(answer) == [("data.invoice", "crm", "i-1", 1)]
    assert f"invoice {shown} already" in answer["warnings"][0]["reason"]
    assert warnings(plain) == [("data.invoice", "crm", "i-9", 2)]
    assert "invoice 9 of series 2 already" in plain["warnings"][0]["reason"]


async def test_what_is_sent_again_gets_the_receipt_that_it_had(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await given(empty_ledger, crm, invoice("i-1"))
    second = (await crm.send(invoice("i-2"))).json()
    await empty_ledger.recorded()

    again = (await crm.send_batch([invoice("i-1"), invoice("i-2")])).json()

    assert again == [
        {"id": "i-1", "sequence": 1, "duplicate": True},
        {**second, "duplicate": True},
    ]
    assert warnings(second) == [("data.invoice", "crm", "i-1", 1)]


async def test_documents_of_one_batch_are_held_against_each_other(crm: Sender) -> None:
    batch = [invoice("i-1"), invoice("i-2"), invoice("i-3", series="2026"), invoice("i-1"), invoice("i-4")]

    receipts = (await crm.send_batch(batch)).json()

    first = ("data.invoice", "crm", "i-1", 1)
    assert [warnings(each) for each in receipts] == [[], [first], [], [], [first]]


async def test_a_thousand_documents_of_one_number_get_their_receipts(crm: Sender) -> None:
    receipts = (await crm.send_batch([invoice(f"i-{number}") for number in range(1000)])).json()

    assert [len(warnings(each)) for each in receipts] == [0, *[1] * 999]
    assert warnings(receipts[-1]) == [("data.invoice", "crm", "i-0", 1)]


async def test_a_request_on_nats_is_warned_too(empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth) -> None:
    await given(empty_ledger, crm, payment("p-1"))
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    try:
        headers = {"Daybook-Token": crm.token}
        answer = await emitter.request("intake.crm", json.dumps(payment("p-2")).encode(), timeout=10, headers=headers)
    finally:
        await emitter.close()

    assert warnings(json.loads(answer.data)) == [("data.payment", "crm", "p-1", 1)]


async def test_an_earlier_document_counts_as_it_was_corrected_and_not_once_it_is_voided(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await given(
        empty_ledger,
        crm,
        *(invoice("void", "V"), voided("v-1", "void")),
        *(invoice("moved", "M"), renumbered("k-1", "moved", "N")),
        *(invoice("revived", "R"), voided("v-2", "revived"), renumbered("k-2", "revived", "R")),
    )

    receipts = (await crm.send_batch([invoice(f"new-{number}", number) for number in "VMNR"])).json()

    assert [warnings(each) for each in receipts] == [
        [],
        [],
        [("data.invoice", "crm", "moved", 3)],
        [("data.invoice", "crm", "revived", 5)],
    ]


async def test_a_correction_is_warned_of_the_number_of_another_document_and_never_of_its_own(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await given(empty_ledger, crm, invoice("i-1", "1"), invoice("i-2", "2"))

    same = (await crm.send(renumbered("k-1", "i-2", "2", amount="20.00"))).json()
    taken = (await crm.send(renumbered("k-2", "i-2", "1"))).json()
    free = (await crm.send(renumbered("k-3", "i-2", "1", series="2026"))).json()

    assert [warnings(each) for each in (same, free)] == [[], []]
    assert warnings(taken) == [("data.replacement.data.invoice", "crm", "i-1", 1)]


async def test_a_batch_that_voids_its_own_document_may_send_it_anew(crm: Sender) -> None:
    receipts = (await crm.send_batch([invoice("i-1"), voided("v-1", "i-1"), invoice("i-2")])).json()

    assert [warnings(each) for each in receipts] == [[], [], []]


@pytest.fixture
async def postgres_away(empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth) -> AsyncIterator[None]:
    await given(empty_ledger, crm, invoice("i-1"))
    admin, database = empty_ledger.servers.admin, empty_ledger.database
    await admin(f"alter database {database} allow_connections false")
    await admin(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'")
    yield
    await admin(f"alter database {database} allow_connections true")


async def test_with_postgres_away_there_is_a_receipt_without_warnings(
    crm: Sender, forgetful: None, postgres_away: None
) -> None:
    answer = await crm.send(invoice("i-2"))

    assert (answer.status_code, answer.json()) == (201, {"id": "i-2", "sequence": 2, "duplicate": None})


@pytest.mark.long
async def test_with_postgres_frozen_a_document_is_taken_as_fast_as_any_event(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth, forgetful: None
) -> None:
    await given(empty_ledger, crm, invoice("i-1"))

    with frozen(empty_ledger.servers.postgres.process):
        began = time.monotonic()
        assert (await crm.send(invoice("i-2"))).json() == {"id": "i-2", "sequence": 2, "duplicate": None}
        assert time.monotonic() - began < 3.0  # what whoever meets it first waits, with or without a number
        for number in range(3, 13):
            began = time.monotonic()
            assert "warnings" not in (await crm.send(invoice(f"i-{number}"))).json()
            assert time.monotonic() - began < 1.0


async def test_where_answers_are_slow_one_receipt_waits_a_moment_and_the_journal_is_not_away(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await given(empty_ledger, crm, invoice("i-1"))
    monkeypatch.setattr(look_ups, "TIMEOUT_S", 0.5)
    monkeypatch.setattr(look_ups, "SLOW_S", 1.0)
    owner = await empty_ledger.connect()

    async with owner.transaction():
        await owner.execute("lock table ledger.document_number in access exclusive mode")
        first = (await crm.send(invoice("i-2"))).json()
        began = time.monotonic()
        later = [(await crm.send(invoice(f"l-{number}"))).json() for number in range(6)]
        took = time.monotonic() - began

    assert [first, *later] == [
        {"id": id, "sequence": sequence, "duplicate": False}
        for sequence, id in enumerate(["i-2", *(f"l-{number}" for number in range(6))], start=2)
    ]
    assert took < 6 * 0.5

    number = itertools.count(1)

    async def warns_again() -> bool:
        return bool(warnings((await crm.send(invoice(f"a-{next(number)}"))).json()))

    await until(warns_again, "no receipt has a warning again")


async def test_where_the_table_is_missing_documents_are_taken_all_the_same(empty_ledger: Ledger, crm: Sender) -> None:
    owner: asyncpg.Connection = await empty_ledger.connect()
    await owner.execute("drop table ledger.document_number")

    assert (await crm.send(invoice("i-1"))).json() == {"id": "i-1", "sequence": 1, "duplicate": False}


async def test_a_number_used_a_moment_before_is_told_though_nothing_is_recorded_yet(
    empty_ledger: Ledger, crm: Sender
) -> None:
    """No recorder works here: nothing but intake can know."""
    assert (await crm.send(invoice("i-1"))).status_code == 201
    assert warnings((await crm.send(invoice("i-2"))).json()) == [("data.invoice", "crm", "i-1", 1)]
    assert warnings((await crm.send(invoice("i-3", "２"))).json()) == []
    assert warnings((await crm.send(renumbered("x-1", "i-3", "1"))).json())[0][1:] == ("crm", "i-1", 1)


async def test_a_number_given_up_a_moment_before_is_free(empty_ledger: Ledger, crm: Sender) -> None:
    assert (await crm.send(invoice("i-1"))).status_code == 201
    assert (await crm.send(voided("v-1", "i-1"))).status_code == 201
    assert warnings((await crm.send(invoice("i-2"))).json()) == []
    assert (await crm.send(renumbered("x-2", "i-2", "7"))).status_code == 201
    assert warnings((await crm.send(invoice("i-3"))).json()) == []
    assert warnings((await crm.send(invoice("i-4", "7"))).json())[0][2] == "i-2"


def test_what_was_acknowledged_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_numbers, "MAX_REMEMBERED", 2)
    lately = document_numbers.Acknowledged()
    one, other = (DocumentNumber("A-1", "invoice", each) for each in "12")
    for sequence in (1, 2, 3):
        lately.remember(one, document_numbers.Holder(sequence, "crm", f"i-{sequence}"))
    assert {each.sequence for each in lately.holders(one)} == {2, 3}
    lately.remember(other, document_numbers.Holder(4, "crm", "i-3"))
    assert {each.sequence for each in lately.holders(one)} == {2}
    monkeypatch.setattr(document_numbers, "REMEMBERED_S", -1.0)
    lately.remember(other, document_numbers.Holder(5, "crm", "i-5"))
    assert not lately.holders(one)
