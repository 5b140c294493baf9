"""The journal is signed as it grows, by one notary, in three places; each start goes on where the heads end."""

import random

import pytest

from services.errors import LostLeadership
from services.notary.head import read_head, sign_head
from services.notary.heads_table import HeadsTable
from services.notary.journal import Leaves, leaves
from services.notary.key import heads_path
from services.notary.note import PublicKey
from services.notary.proving import prove_consistency, prove_inclusion
from tests.integration.notary.signing import Notarised
from tests.integration.recorder.events import call, payment
from tests.service import until
from tests.unit.notary import definition


async def test_postgres_reckons_leaf_hashes_as_the_recorder_does(mine: Notarised) -> None:
    ledger = mine.ledger
    await ledger.append(call(note="价格"), payment(), call("D-2"))
    await ledger.publish(b"", "daybook.deal.nobody")
    await ledger.publish("\N{SMILE}".encode(), "daybook.deal.商机")
    async with ledger.process("recorder"):
        await ledger.recorded(5)
    await mine.fill(600)
    parts = [part async for part in leaves(await ledger.connect("daybook_notary"), 0, 600)]
    found = [part for part in parts if isinstance(part, Leaves)]
    assert [len(part.hashes) for part in found] == [256, 256, 88]
    assert [leaf for part in found for leaf in part.hashes] == await mine.leaves()
    assert not any(part.altered for part in found)


@pytest.mark.long
async def test_every_head_is_of_the_rows_that_it_covers(mine: Notarised) -> None:
    async with mine.notary():
        for size in (1, 2, 255, 256, 257, 1000, 3000):
            await mine.fill(size)
            await mine.signed(size)
    await mine.assert_signed()


async def test_what_the_recorder_writes_is_signed(mine: Notarised) -> None:
    async with mine.notary(), mine.ledger.process("recorder"):
        for _ in range(20):
            await mine.ledger.append(call(), call())
        await mine.signed(await mine.ledger.recorded())
    await mine.assert_signed()


async def test_nothing_more_is_signed_while_nothing_more_is_recorded(mine: Notarised) -> None:
    await mine.fill(10)
    await mine.signs(10)
    heads = await mine.heads()
    async with mine.notary():
        await mine.says("signing")
        await mine.fill(11)
        await mine.signed(11)
    again = await mine.heads()
    assert again["table"][:-1] == heads["table"]
    assert len(again["table"]) == len(heads["table"]) + 1


async def test_the_head_can_be_read_with_the_public_key_alone(mine: Notarised) -> None:
    await mine.fill(3)
    await mine.signs(3)
    public = heads_path(mine.settings).with_name("key.pub").read_text()
    note = heads_path(mine.settings).read_text().removesuffix("\n")
    assert read_head(note, [PublicKey.read(public)]).root == definition.mth(await mine.leaves())


@pytest.mark.long
async def test_proofs_are_the_definitions_at_any_size(mine: Notarised) -> None:
    sizes = [1, 2, 300, 4096, 66_000, 66_001]
    async with mine.notary():
        for size in sizes:
            await mine.fill(size)
            await mine.signed(size)
    connection = await mine.ledger.connect("daybook_notary")
    heads = {head.size: head async for head in HeadsTable(connection, mine.keys.known).behind(0)}
    all_leaves = await mine.leaves()
    chance = random.Random(3)
    for size in sizes:
        some = sorted({1, size, *(chance.randint(1, size) for _ in range(12))})
        for sequence, found in zip(some, await prove_inclusion(connection, some, heads[size]), strict=True):
            assert found.leaf == all_leaves[sequence - 1]
            assert found.proof == definition.path(sequence - 1, all_leaves[:size])
        for first in [each for each in sizes if each <= size]:
            proof = await prove_consistency(connection, heads[first], heads[size])
            assert proof == definition.proof(first, all_leaves[:size])


@pytest.mark.long
async def test_of_two_notaries_one_signs_and_the_other_takes_its_place(mine: Notarised) -> None:
    async with mine.ledger.process("notary", notary_every_s="0.02") as one:
        async with mine.ledger.process("notary", notary_every_s="0.02") as other:

            async def one_of_each() -> bool:
                words = one.output() + other.output()
                return words.count("notary_standby_entered") == 1 and words.count("notary_started") == 1

            await until(one_of_each, "there are not one that signs and one that stands by")
            await mine.fill(100)
            await mine.signed(100)
            leads = one if "notary_started" in one.output() else other
            await leads.kill()
            await mine.fill(700)
            await mine.signed(700)
        await mine.assert_signed()


async def test_a_notary_that_is_behind_cannot_add_a_head(mine: Notarised) -> None:
    await mine.fill(8)
    await mine.signs(8)
    late = HeadsTable(await mine.ledger.connect("daybook_notary"), mine.keys.known)
    for size in (5, 8):
        with pytest.raises(LostLeadership, match=f"head of {size} rows does not follow the one of 8"):
            await late.append(sign_head(mine.keys.own, size, definition.mth((await mine.leaves())[:size])))


async def test_a_large_journal_is_signed_by_and_by(mine: Notarised, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notary.sign.AT_ONCE", 1000)
    await mine.fill(3500)
    await mine.signs(3500)
    heads = await mine.heads()
    assert [read_head(each, mine.keys.known).size for each in heads["table"]] == [1000, 2000, 3000, 3500]
    await mine.assert_signed()


async def test_a_notary_that_is_killed_again_and_again_leaves_all_places_alike(mine: Notarised) -> None:
    chance, size = random.Random(7), 0
    for _ in range(6):
        async with mine.ledger.process("notary", notary_every_s="0.01") as process:
            while (size := size + chance.randint(1, 40)) % 7:
                await mine.fill(size)
            await mine.fill(size)
            await process.kill()
    await mine.fill(size + 1)
    await mine.signs(size + 1)
    await mine.assert_signed()
