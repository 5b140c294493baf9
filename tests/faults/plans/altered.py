"""The journal is altered while the notary is down, and every row fits its own hash: nothing more is signed."""

import asyncio
import hashlib
from collections.abc import Sequence
from random import Random
from time import monotonic

from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_SIGNED_S = 30.0
_REFUSES_S = 30.0
_ROW = (
    "select sequence, stream_subject, message, leaf_hash, (extract(epoch from recorded_at) * 1000000)::bigint as at_us"
    " from ledger.journal where disposition = 'entry' and type = 'daybook.call_made.v1' and sequence <= $1"
    " order by sequence offset $2 limit 1"
)
_ALTER = "update ledger.journal set message = $2, leaf_hash = $3 where sequence = $1"


async def _alter(world: World[OneOfEach]) -> None:
    notary = world.kept["notary"]
    async with world.writers.quiet():
        await world.settled()
        recorded = await world.projected()
        await _within(_SIGNED_S, world, recorded)
        await notary.hold()
        mark, signed = len(notary.output()), await world.signed()
        row = (await world.look(_ROW, recorded, world.draw.randrange(5)))[0]
        other = row["message"].replace(b'"outcome":"', b'"outcome": "', 1)
        await _write(world, row["sequence"], other, _leaf(row["sequence"], row["at_us"], row["stream_subject"], other))
    try:
        await notary.release()
        until = monotonic() + _REFUSES_S
        while "journal_altered" not in notary.output()[mark:] and monotonic() < until:  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.05)
        if "journal_altered" not in notary.output()[mark:]:
            world.complain(f"row {row['sequence']} was altered, and the notary says nothing of it")
        if (now := await world.signed()) != signed:
            world.complain(f"row {row['sequence']} was altered, and the notary has signed {now} rows; before {signed}")
    finally:
        await notary.hold()
        await _write(world, row["sequence"], row["message"], row["leaf_hash"])
        await notary.release()
    world.note(f"row {row['sequence']} of {recorded} was altered, and put back")


async def _within(seconds: float, world: World[OneOfEach], rows: int) -> None:
    async with asyncio.timeout(seconds):
        while await world.signed() < rows:  # noqa: ASYNC110 - the notary is another process
            await asyncio.sleep(0.05)


async def _write(world: World[OneOfEach], sequence: int, message: bytes, leaf: bytes) -> None:
    """Behind everybody's back, as the database's owner can."""
    await world.look("alter table ledger.journal disable trigger user")
    await world.look(_ALTER, sequence, message, leaf)
    await world.look("alter table ledger.journal enable trigger user")


def _leaf(sequence: int, at_us: int, subject: str, message: bytes) -> bytes:
    numbers = sequence.to_bytes(8, "big") + at_us.to_bytes(8, "big", signed=True)
    said = subject.encode()
    return hashlib.sha256(b"\0" + numbers + len(said).to_bytes(2, "big") + said + message).digest()


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("alter a row that is signed, while the notary is down", draw.uniform(0.5, 2), _alter)]


PLANS = (Plan("altered", "a signed row altered", _faults, OneOfEach),)
