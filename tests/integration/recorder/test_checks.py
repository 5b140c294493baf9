"""A stream that is not the one the journal was written from stops the recorder, which says what to do."""

import asyncio

import pytest

from services.audit.verify import verify
from services.errors import StreamMismatch
from services.stream.configuration import configuration
from services.stream.state import ask
from services.stream.state import state as stream_state
from tests.foreign import publish_raw
from tests.integration.query.test_verify import Heard
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import assert_recorded, journal, recorder
from tests.ledger import STREAM_MAX_BYTES, Ledger


async def record(ledger: Ledger, count: int) -> None:
    await ledger.append(*[call() for _ in range(count)])
    async with recorder(ledger):
        await ledger.recorded()


async def replace_stream(ledger: Ledger, *, forget: bool, first: int = 0) -> None:
    """A new empty stream of the same name; `forget`: the database is made to believe that it is the old one."""
    nc = await ledger.nats()
    stream = ledger.settings.stream
    await ask(nc, f"STREAM.DELETE.{stream}")
    await ask(nc, f"STREAM.CREATE.{stream}", configuration(ledger.settings, STREAM_MAX_BYTES) | {"first_seq": first})
    if forget:
        owner = await ledger.connect()
        created_at = (await stream_state(nc, stream)).created_at
        await owner.execute("update ledger.identity set stream_created_at = $1", created_at)


async def refusal(ledger: Ledger) -> str:
    """Return what the recorder says before it gives up."""
    async with recorder(ledger) as task, asyncio.timeout(30):
        with pytest.raises(StreamMismatch) as raised:
            await task
    return str(raised.value)


async def test_a_stream_that_was_replaced(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 3)
    await replace_stream(empty_ledger, forget=False)
    said = await refusal(empty_ledger)
    assert "which goes to sequence 3" in said
    assert "it is another stream" in said
    assert "its messages 1-3 are missing" in said
    assert "`daybook reconcile`" in said


async def test_a_stream_that_lost_its_end(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 3)
    await replace_stream(empty_ledger, forget=True)
    await empty_ledger.append(call())
    said = await refusal(empty_ledger)
    assert "its messages 2-3 are missing" in said
    assert "Message by message: 2 missing: 2-3; 1 held by other messages: 1." in said


async def test_a_stream_whose_sequences_were_used_again(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 3)
    await replace_stream(empty_ledger, forget=True)
    await empty_ledger.append(*[call() for _ in range(5)])
    said = await refusal(empty_ledger)
    assert "at sequence 3, where the journal ends, it holds another message" in said
    assert "Message by message: 3 held by other messages: 1-3." in said
    assert len(await journal(empty_ledger)) == 3


async def test_a_stream_whose_beginning_is_gone(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 3)
    await replace_stream(empty_ledger, forget=True, first=3)
    await empty_ledger.append(call())
    assert "its messages 1-2 are missing" in await refusal(empty_ledger)


async def test_a_stream_that_is_gone(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 1)
    await ask(await empty_ledger.nats(), f"STREAM.DELETE.{empty_ledger.settings.stream}")
    assert "there is no such stream" in await refusal(empty_ledger)


async def test_a_stream_that_is_replaced_while_it_is_followed(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(), call())
    async with empty_ledger.process("recorder") as process:
        await empty_ledger.recorded()
        await replace_stream(empty_ledger, forget=False)
        await empty_ledger.append(*[call() for _ in range(5)])
        assert await process.ends() == 2
        assert "`daybook reconcile`" in process.output()
    assert len(await journal(empty_ledger)) == 2


async def test_a_journal_that_was_altered(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 2)
    owner = await empty_ledger.connect()
    await owner.execute("alter table ledger.journal disable trigger user")
    await owner.execute("update ledger.journal set recorded_at = recorded_at + interval '1 s' where sequence = 2")
    assert "row 2 does not have the hash of its content" in await refusal(empty_ledger)


async def test_a_stream_that_was_replaced_and_a_journal_that_lacks_a_row(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 3)
    owner = await empty_ledger.connect()
    for table in ("ledger.concerns", "ledger.journal"):
        await owner.execute(f"alter table {table} disable trigger user")
        await owner.execute(f"delete from {table} where sequence = 2")
    await replace_stream(empty_ledger, forget=False)
    assert "it is another stream" in await refusal(empty_ledger)


async def test_a_stream_of_another_name(empty_ledger: Ledger) -> None:
    await record(empty_ledger, 1)
    owner = await empty_ledger.connect()
    await owner.execute("update ledger.identity set stream_name = 'OTHER'")
    assert "belongs to the stream OTHER" in await refusal(empty_ledger)


@pytest.mark.long_cases
@pytest.mark.parametrize("word", [b"\xe4\xb8", b"\xed\xa0\x80", b"a\xf0\x9f\x98z", b"a\x00\xff"], ids=bytes.hex)
async def test_a_journal_that_ends_with_a_subject_that_is_not_text(empty_ledger: Ledger, word: bytes) -> None:
    await publish_raw(empty_ledger, b"PUB daybook.deal.%b 4\r\n\x00\xffxy\r\n" % word)
    async with empty_ledger.process("recorder") as process:
        await empty_ledger.recorded()
        await process.kill()
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        await empty_ledger.append(call())
        await empty_ledger.projected()
    await assert_recorded(empty_ledger)
    connection, nc = await empty_ledger.connect("daybook_query"), await empty_ledger.nats()
    answer = await verify(connection, nc, empty_ledger.settings.stream, Heard())
    assert (answer["ok"], answer["sequence"]) == (True, 2), answer
