"""A message is put back under its subject; one whose subject is too long is named, and nothing is begun."""

import pytest

from services.errors import StreamMismatch
from services.reconcile import records
from services.stream.quiesce import LONGEST
from services.stream.state import find
from tests.foreign import publish_raw
from tests.integration.reconcile.damage import delete, replace
from tests.integration.reconcile.putting_right import applied, assert_whole, everything, recorded
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import journal
from tests.ledger import Ledger

ODD = [
    b"*",
    b">",
    b"x" * (LONGEST - len("daybook.deal.")),
    b"\xff" * 1000,
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
    assert [len(row["stream_subject"].encode()) for row in before[2:4]] == [LONGEST, 3013]
    await delete(empty_ledger)
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_messages_that_nobody_has_recorded_keep_theirs(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 2)
    await replace(empty_ledger)
    await publish(empty_ledger, *ODD)
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["stream_subject"] for row in rows[2:4]] == [
        "daybook.deal." + "x" * (LONGEST - len("daybook.deal.")),
        "daybook.deal." + "\ufffd" * 1000,
    ]
    assert [row["stream_subject"] for row in rows[-2:]] == ["daybook.deal.*", "daybook.deal.>"]


@pytest.mark.parametrize("recorded_before", [True, False], ids=["recorded", "known to nobody"])
@pytest.mark.parametrize("word", [b"", *(pytest.param(each, marks=pytest.mark.long) for each in (b"$1", b"\x0c"))])
async def test_a_subject_too_long_to_be_put_back_is_named_before_anything_is_removed(
    empty_ledger: Ledger, word: bytes, recorded_before: bool
) -> None:
    await recorded(empty_ledger, 1)
    long = word + b"x" * (LONGEST - len("daybook.deal.") + 1 - len(word))
    if recorded_before:
        await publish(empty_ledger, long)
        await everything(empty_ledger)
        await replace(empty_ledger)
        await empty_ledger.append(call(id="other"))
    else:
        await replace(empty_ledger)
        await publish(empty_ledger, long)
    found = await find(await empty_ledger.nats(), "DAYBOOK")
    with pytest.raises(StreamMismatch, match=f"Message 2 has a subject of more than {LONGEST} bytes"):
        await applied(empty_ledger)
    now = await find(await empty_ledger.nats(), "DAYBOOK")
    assert found is not None
    assert now is not None
    assert (now.created_at, now.last_sequence) == (found.created_at, 1)
    owner = await empty_ledger.connect()
    assert await records.past(owner) == []
    assert len(await journal(empty_ledger)) == 1 + recorded_before
