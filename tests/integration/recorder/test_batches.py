"""However the stream is cut into batches, the journal is the same."""

import random
from itertools import pairwise

import pytest

from services.recorder.journal_rows import classified
from services.recorder.write import Writer
from services.stream.read import Stored
from tests.integration.recorder.events import call, payment, stored, void
from tests.integration.recorder.recording import assert_recorded, stream
from tests.ledger import Ledger

MESSAGES = 400


async def fill(ledger: Ledger, seed: int) -> None:
    """Few ids, so that duplicates, conflicts and corrections of each other abound; and some garbage."""
    draw = random.Random(seed)
    nc = await ledger.nats()
    for _ in range(MESSAGES - 1):
        id = str(draw.randrange(60))
        said = draw.choice(
            [
                call(f"D-{draw.randrange(3)}", id, note=draw.choice("ab")),
                payment(f"A-{draw.randrange(2)}", id, deal=f"D-{draw.randrange(3)}"),
                void(str(draw.randrange(90)), f"account/A-{draw.randrange(3)}", id),
            ]
        )
        subject = f"daybook.{said['subject'].replace('/', '.')}" if draw.random() < 0.95 else "daybook.deal.wrong"
        await nc.publish(subject, stored(said) if draw.random() < 0.95 else b"garbage")
    await ledger.append(call())  # is acknowledged, so those before are in the stream


@pytest.mark.parametrize(("seed", "most"), [(1, 1), (2, 7), (3, 60), (4, 1000)])
async def test_any_cut_gives_the_same_journal(empty_ledger: Ledger, seed: int, most: int) -> None:
    await fill(empty_ledger, seed)
    messages = await stream(empty_ledger)
    assert len(messages) == MESSAGES
    cuts = sorted({0, len(messages), *random.Random(seed).choices(range(len(messages)), k=len(messages) // most)})
    connection = await empty_ledger.connect("daybook_recorder")
    writer = await Writer.open(connection)
    for number, (start, end) in enumerate(pairwise(cuts)):
        if number % 5 == 4:
            writer = await Writer.open(connection)
        await write(writer, messages[start:end])
    await assert_recorded(empty_ledger)


async def test_time_never_goes_back_over_a_restart(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(), call())
    first, second = await stream(empty_ledger)
    connection = await empty_ledger.connect("daybook_recorder")
    ahead = first._replace(taken_at_ns=first.taken_at_ns + 3600 * 1_000_000_000)
    await write(await Writer.open(connection), [ahead])
    writer = await Writer.open(connection)
    await write(writer, [second])
    rows = await connection.fetch("select recorded_at from ledger.journal order by sequence")
    assert rows[1]["recorded_at"] == rows[0]["recorded_at"]


async def test_the_earliest_and_latest_times_can_be_held(empty_ledger: Ledger) -> None:
    times = ["0002-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+14:00"]
    await empty_ledger.append(*[call() | {"time": each} for each in times])
    connection = await empty_ledger.connect("daybook_recorder")
    await write(await Writer.open(connection), await stream(empty_ledger))
    await assert_recorded(empty_ledger)


async def write(writer: Writer, messages: list[Stored]) -> None:
    await writer.write(classified(messages, writer.position.recorded_at))
