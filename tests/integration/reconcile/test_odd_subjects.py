"""A message is put back under the subject that it has, whatever that is; or nothing is begun."""

import pytest

from services.errors import StreamMismatch
from services.reconcile import records
from services.stream.closing import LONGEST, close, close_for
from services.stream.state import find, state
from tests.foreign import publish_raw
from tests.integration.reconcile.damage import delete, replace
from tests.integration.reconcile.putting_right import applied, assert_whole, everything, recorded
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import journal
from tests.ledger import STREAM_MAX_BYTES, Ledger

ODD = [
    b"*",
    b">",
    b"x" * 4000,
    b"\xff" * 4000,
    b"*" * 4000,
    b"{{wildcard(1)}}",
    b"{{split(1,-)}}",
    b"$1",
    b"a\x00b",
    b"\x00*",
    b"a*",
]


async def publish(ledger: Ledger, *words: bytes) -> None:
    for each in words:
        await publish_raw(ledger, b"PUB daybook.deal.%b 1\r\nx\r\n" % each)


async def test_recorded_messages_regain_their_subjects(empty_ledger: Ledger) -> None:
    await publish(empty_ledger, *ODD)
    before = await recorded(empty_ledger, 2)
    assert [row["stream_subject"] for row in before[:2]] == ["daybook.deal.*", "daybook.deal.>"]
    assert len(before[3]["stream_subject"].encode()) > 12_000
    await delete(empty_ledger)
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


async def test_messages_that_nobody_has_recorded_keep_theirs(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 2)
    await replace(empty_ledger)
    await publish(empty_ledger, *ODD)
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["stream_subject"] for row in rows[2:4]] == [
        "daybook.deal.x" + "x" * 3999,
        "daybook.deal." + "\ufffd" * 4000,
    ]
    assert [row["stream_subject"] for row in rows[-2:]] == ["daybook.deal.*", "daybook.deal.>"]


async def test_one_that_was_interrupted_at_a_long_subject_goes_on(empty_ledger: Ledger) -> None:
    await publish(empty_ledger, b"x" * LONGEST)
    before = await recorded(empty_ledger, 2)
    nc = await empty_ledger.nats()
    await replace(empty_ledger)
    await close(nc, await state(nc, "DAYBOOK"), STREAM_MAX_BYTES)
    await close_for(nc, "DAYBOOK", before[0]["stream_subject"])
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.parametrize("word", [b"{{left(1,1)}}", b"$1", b"\x0c"])
async def test_what_cannot_be_put_back_is_named_before_anything_is_removed(empty_ledger: Ledger, word: bytes) -> None:
    await recorded(empty_ledger, 1)
    await publish(empty_ledger, word + b"x" * LONGEST)
    await everything(empty_ledger)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    found = await find(await empty_ledger.nats(), "DAYBOOK")
    with pytest.raises(StreamMismatch, match="Message 2 has a subject of more than"):
        await applied(empty_ledger)
    now = await find(await empty_ledger.nats(), "DAYBOOK")
    assert found is not None
    assert now is not None
    assert (now.created_at, now.last_sequence) == (found.created_at, 1)
    owner = await empty_ledger.connect()
    assert await records.past(owner) == []
    assert len(await journal(empty_ledger)) == 2
