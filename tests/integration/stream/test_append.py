"""An append is acknowledged whole or not at all, durable when it is answered, and its outcome is a value."""

import json
from uuid import uuid4

import pytest

from services.errors import StreamMismatch
from services.stream.append import Appended, Away, DuplicateSomewhere, Full, Message, append
from services.stream.read import message_at
from services.stream.state import ask
from tests.ledger import Ledger

STREAM = "DAYBOOK"


def messages(*names: str, size: int = 10) -> list[Message]:
    return [Message(f"daybook.deal.{name}", f"test:{name}", name.ljust(size, "x").encode()) for name in names]


async def test_sequences_are_contiguous_and_in_order(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    names = [f"m{number}" for number in range(100)]

    one = await append(nc, STREAM, messages("first"))
    many = await append(nc, STREAM, messages(*names))

    assert (one, many) == (Appended(range(1, 2)), Appended(range(2, 102)))
    for name, sequence in zip(names, range(2, 102), strict=True):
        found = await message_at(nc, STREAM, sequence)
        assert found is not None
        assert found.subject == f"daybook.deal.{name}"


async def test_one_duplicate_keeps_a_whole_batch_out(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    await append(nc, STREAM, messages("b"))

    assert await append(nc, STREAM, messages("a", "b", "c")) == DuplicateSomewhere(None)
    assert await append(nc, STREAM, messages("b", size=20)) == DuplicateSomewhere(1)
    assert await empty_ledger.last_sequence() == 1


async def test_a_committed_batch_sent_again_is_a_duplicate(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()

    assert await append(nc, STREAM, messages("a", "b")) == Appended(range(1, 3))
    assert await append(nc, STREAM, messages("a", "b")) == DuplicateSomewhere(None)


async def test_what_does_not_fit_is_left_out_whole(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    config = (await ask(nc, f"STREAM.INFO.{STREAM}"))["config"]
    await ask(nc, f"STREAM.UPDATE.{STREAM}", config | {"max_bytes": 20_000})

    assert isinstance(await append(nc, STREAM, messages("a", "b", size=30_000)), Full)
    assert isinstance(await append(nc, STREAM, messages("c", size=30_000)), Full)
    assert await empty_ledger.last_sequence() == 0


async def test_more_unfinished_batches_than_the_stream_keeps_are_away_for_now(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    for _ in range(50):
        headers = {"Nats-Batch-Id": uuid4().hex, "Nats-Batch-Sequence": "1"}
        await nc.publish("daybook.deal.open", b"{}", headers=headers)
    await nc.flush()

    outcome = await append(nc, STREAM, messages("a", "b"))

    assert isinstance(outcome, Away)
    assert not outcome.ambiguous
    assert await append(nc, STREAM, messages("alone")) == Appended(range(1, 2))


@pytest.mark.parametrize("count", [1, 3])
async def test_another_stream_is_not_written_to(empty_ledger: Ledger, count: int) -> None:
    nc = await empty_ledger.nats()

    with pytest.raises(StreamMismatch, match="OTHER"):
        await append(nc, "OTHER", messages(*"abc"[:count]))
    assert await empty_ledger.last_sequence() == 0


async def test_where_no_stream_listens_nothing_is_kept_for_later(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()

    outcome = await append(nc, STREAM, [Message("elsewhere.x", "test:x", b"{}")])

    assert outcome == Away("no stream listens", ambiguous=False)


async def test_while_not_connected_nothing_is_kept_for_later(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    await append(nc, STREAM, messages("a"))
    await empty_ledger.servers.nats.stop()
    try:
        outcomes = [await append(nc, STREAM, messages(f"b{number}")) for number in range(3)]
    finally:
        await empty_ledger.servers.nats.start()

    assert all(isinstance(each, Away) for each in outcomes)
    assert not outcomes[-1].ambiguous  # type: ignore[union-attr]
    assert await empty_ledger.last_sequence() == 1


async def test_the_largest_event_fits(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    longest = Message("daybook.deal." + "d" * 64, "s" * 64 + ":" + "i" * 128, b"x" * 48 * 1024)

    assert await append(nc, STREAM, [longest]) == Appended(range(1, 2))
    assert await append(nc, STREAM, [longest._replace(identity=f"s:{n}") for n in range(200)]) == Appended(
        range(2, 202)
    )
    found = json.loads((await nc.request(f"$JS.API.STREAM.INFO.{STREAM}", b"")).data)
    assert found["state"]["messages"] == 201
