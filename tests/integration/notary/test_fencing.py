"""A head that can be had over HTTP stands where the owner of the database cannot remove it; and of several notaries
only one goes on from a head, in each of the three places by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.errors import LostLeadership, Unavailable
from services.notary.head import Head, read_head, sign_head
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.heads_table import HeadsTable
from services.notary.key import heads_path
from tests.integration.notary.signing import Notarised
from tests.integration.notary.test_altered import REHASH
from tests.integration.notary.test_places import refused, with_heads
from tests.unit.notary.definition import mth


@asynccontextmanager
async def no_room(path: Path) -> AsyncIterator[None]:
    """While the context is open, nothing can be written to the file."""
    kept = path.with_name("kept")
    path.rename(kept)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        kept.rename(path)


async def head(mine: Notarised, size: int) -> Head:
    """The head of the first rows, signed."""
    return sign_head(mine.keys.own, size, mth((await mine.leaves())[:size]))


async def stream(mine: Notarised) -> HeadsStream:
    """The stream of heads, as another notary has it."""
    return HeadsStream(await mine.ledger.nats(), mine.settings.stream, mine.keys.known)


@pytest.mark.long
async def test_no_head_is_given_away_that_the_owner_of_the_database_could_take_back(mine: Notarised) -> None:
    await with_heads(mine)
    async with mine.ledger.process("notary", notary_every_s="0.02") as notary:
        await mine.fill(701)
        await mine.signed(701)
        async with no_room(heads_path(mine.settings)), httpx.AsyncClient(base_url=notary.url) as http:
            await mine.fill(710)
            assert "cannot be used: It is a directory" in await mine.says("interrupted")
            assert (await http.get("/checkpoint")).text.split("\n")[1] == "701"
            assert (await http.get("/checkpoint", params={"size": 710})).status_code == 404
        await notary.stop()
    # Everything that the owner of the database has a hand in goes back, and another row takes the place of one.
    await mine.alter(
        "delete from ledger.tree_head where size > 701",
        "update ledger.journal set message = 'other' where sequence = 705",
        REHASH,
    )
    assert "rows 702 to 710 are not those for which the head of 710 rows was signed" in await refused(mine)


@pytest.mark.long
async def test_a_head_that_some_place_lacked_is_given_away_once_it_has_it(mine: Notarised) -> None:
    await with_heads(mine)
    async with mine.notary():
        await mine.fill(701)
        await mine.signed(701)
        async with no_room(heads_path(mine.settings)):
            await mine.fill(710)
            await mine.says("interrupted")
        await mine.fill(711)
        await mine.signed(711)
    await mine.assert_signed()


async def test_a_notary_that_was_held_up_behind_the_stream_adds_nothing_later(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.fill(710)
    late = await head(mine, 710)
    held_up = await stream(mine)
    await held_up.newest()
    await held_up.append(late)
    await mine.fill(720)
    await mine.signs(720)
    with pytest.raises(LostLeadership, match=r"a head of 720 rows .* with its head of 710 rows"):
        mine.file.append(late)
    with pytest.raises(LostLeadership):
        await HeadsTable(await mine.ledger.connect("daybook_notary"), mine.keys.known).append(late)
    await mine.assert_signed()


async def test_a_notary_that_was_held_up_before_the_stream_adds_nothing_later(mine: Notarised) -> None:
    await with_heads(mine)
    held_up = await stream(mine)
    await held_up.newest()
    await mine.fill(720)
    await mine.signs(720)
    assert [each.size async for each in held_up.behind(700)] == [720], "it may look, and still has no claim"
    with pytest.raises(Unavailable, match="does not end at 4"):
        await held_up.append(await head(mine, 710))
    await mine.assert_signed()


async def test_a_head_that_the_file_ends_with_is_not_written_again(mine: Notarised) -> None:
    before = await with_heads(mine)
    mine.file.append(read_head(before["file"][-1], mine.keys.known))
    assert (await mine.heads())["file"] == before["file"]


async def test_nothing_is_cut_from_a_file_that_another_notary_writes_to(mine: Notarised) -> None:
    before = await with_heads(mine)
    await mine.fill(710)
    path, late = heads_path(mine.settings), await head(mine, 710)
    with path.open("ab", buffering=0) as other:
        flock(other, LOCK_EX)
        other.write(late.note.encode()[:40])
        newest = mine.file.newest()
        assert newest is not None
        assert newest.note == before["file"][-1]
        with pytest.raises(Unavailable, match="temporarily unavailable"):
            mine.file.append(late)
        other.write(late.note.encode()[40:] + b"\n")
        flock(other, LOCK_UN)
    assert HeadsFile(path, mine.keys.known).newest() == late
    await mine.signs(710)
    await mine.assert_signed()


async def test_of_two_heads_in_open_transactions_the_smaller_is_refused(mine: Notarised) -> None:
    await mine.fill(10)
    one, other = await mine.ledger.connect("daybook_notary"), await mine.ledger.connect("daybook_notary")
    transaction = one.transaction()
    await transaction.start()
    add = "insert into ledger.tree_head (size, note) values ($1, $2)"
    await one.execute(add, 10, (await head(mine, 10)).note)
    smaller = asyncio.ensure_future(other.execute(add, 5, (await head(mine, 5)).note))
    while not await one.fetchval("select count(*) from pg_locks where locktype = 'advisory' and not granted"):
        assert not smaller.done(), "it does not wait for the other"
    await transaction.commit()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="head of 5 rows does not follow the one of 10"):
        await smaller
