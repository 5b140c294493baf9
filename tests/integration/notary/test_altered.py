"""Checks that nobody changes, drops, reorders, inserts or backdates signed rows unseen, whatever else is made to fit.

Whoever changes rows here owns the database, switches triggers off, and knows how leaf hashes and nodes are made.
"""

import json

import pytest

from services.notary.tree import Tree
from tests.integration.notary.signing import Notarised
from tests.integration.notary.test_places import SIZES, refused, with_heads
from tests.up import daybook

LEAF = (
    "sha256('\\x00'::bytea || int8send(sequence) || int8send((extract(epoch from recorded_at) * 1000000)::bigint)"
    " || substring(int4send(octet_length(stream_subject)) from 3) || convert_to(stream_subject, 'UTF8') || message)"
)
REHASH = f"update ledger.journal set leaf_hash = {LEAF} where leaf_hash <> {LEAF}"
CHANGE = "update ledger.journal set message = 'other' where sequence = 280"
BACKDATE = "update ledger.journal set recorded_at = recorded_at - interval '1 us' where sequence = 280"
RENAME = "update ledger.journal set stream_subject = stream_subject || 'x' where sequence = 280"
DROP = "delete from ledger.journal where sequence = 280"
DROP_LAST = "delete from ledger.journal where sequence = 700"
REORDER = (
    "update ledger.journal set sequence = -sequence + 561 + 100000 where sequence in (280, 281)",
    "update ledger.journal set sequence = sequence - 100000 where sequence > 100000",
)
CLOSE_GAP = (
    DROP,
    "update ledger.journal set sequence = sequence + 100000 where sequence > 280",
    "update ledger.journal set sequence = sequence - 100001 where sequence > 100000",
)
DROP_AND_ADD = (
    *CLOSE_GAP,
    "insert into ledger.journal (sequence, recorded_at, disposition, reason, stream_subject, message, leaf_hash)"
    " select 700, recorded_at, 'unreadable', 'x', 'x', 'x', leaf_hash from ledger.journal where sequence = 699",
)
INSERT = (
    "update ledger.journal set sequence = sequence + 100000 where sequence >= 280",
    "insert into ledger.journal (sequence, recorded_at, disposition, reason, stream_subject, message, leaf_hash)"
    " select 280, recorded_at, 'unreadable', 'x', 'x', 'x', leaf_hash from ledger.journal where sequence = 279",
    "update ledger.journal set sequence = sequence - 99999 where sequence > 100000",
)

CLUMSY = {
    "changed": ((CHANGE,), "the leaf_hash of row 280 is not"),
    "backdated": ((BACKDATE,), "the leaf_hash of row 280 is not"),
    "renamed": ((RENAME,), "the leaf_hash of row 280 is not"),
    "reordered": (REORDER, "the leaf_hash of the rows 280, 281 is not"),
    "dropped": ((DROP,), "row 280 is missing"),
    "inserted": (INSERT, "the leaf_hash of the rows 280, 281,"),
}
SKILFUL = {
    "changed": (CHANGE,), "backdated": (BACKDATE,), "renamed": (RENAME,), "reordered": REORDER, "inserted": INSERT,
    "dropped": DROP_AND_ADD,
}  # fmt: skip


@pytest.mark.long_cases
@pytest.mark.parametrize("what", CLUMSY)
async def test_a_row_that_no_longer_fits_its_hash_is_named(mine: Notarised, what: str) -> None:
    await with_heads(mine)
    statements, said = CLUMSY[what]
    await mine.alter(*statements)
    assert said in await refused(mine)


@pytest.mark.long_cases
@pytest.mark.parametrize("what", SKILFUL)
async def test_who_makes_the_leaf_hash_anew_is_found_by_heads_and_nodes(mine: Notarised, what: str) -> None:
    await with_heads(mine)
    await mine.alter(*SKILFUL[what], REHASH)
    said = await refused(mine)
    assert "rows 4 to 300 are not those for which the head of 300 rows was signed" in said
    if what != "inserted":
        assert "rows 1 to 256" not in said


@pytest.mark.long_cases
@pytest.mark.parametrize("what", SKILFUL)
async def test_who_makes_the_whole_tree_anew_is_found_by_the_heads(mine: Notarised, what: str) -> None:
    await with_heads(mine)
    await mine.alter(*SKILFUL[what], REHASH)
    nodes = Tree().append((await mine.leaves())[: SIZES[-1]])
    values = ", ".join(f"({each.level}, {each.place}, '\\x{each.hash.hex()}')" for each in nodes)
    await mine.alter("delete from ledger.tree_node", f"insert into ledger.tree_node values {values}")
    said = await refused(mine)
    assert said.startswith(
        "The journal is not the one that was signed: rows 4 to 300 are not those for which the head of 300 rows was "
        "signed. Nothing more is signed."
    )


async def test_rows_that_close_ranks_over_one_that_was_dropped_are_found(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.alter(*CLOSE_GAP, REHASH)
    async with mine.notary():
        assert "A head of 700 rows was signed" in await mine.says("waiting")
        await mine.fill(701)
        assert "rows 4 to 300 are not" in await mine.says("refusing")


@pytest.mark.long
async def test_a_journal_that_lost_its_end_is_waited_for_and_another_end_is_refused(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.alter(DROP_LAST, "update ledger.journal set message = 'other' where sequence = 699", REHASH)
    async with mine.notary():
        await mine.says("waiting")
        await mine.fill(700)
        assert "rows 302 to 700 are not" in await mine.says("refusing")


async def test_a_node_of_the_tree_that_was_altered_is_named(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.alter("update ledger.tree_node set hash = sha256(hash) where place = 1")
    assert "the tree has other hashes for rows 257 to 512 (level 8, place 1)" in await refused(mine)


@pytest.mark.long
async def test_a_node_that_is_missing_is_kept_again(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.alter("delete from ledger.tree_node where place = 0")
    await mine.fill(701)
    await mine.signs(701)
    connection = await mine.ledger.connect("daybook_query")
    assert await connection.fetchval("select count(*) from ledger.tree_node") == 2


async def test_a_row_altered_behind_the_newest_head_is_not_signed(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.fill(710)
    await mine.alter("update ledger.journal set message = 'other' where sequence = 705")
    assert "The leaf_hash of row 705 of the journal is not that of its content" in await refused(mine)


@pytest.mark.long
async def test_status_says_that_nothing_is_signed_and_why(mine: Notarised) -> None:
    await with_heads(mine)
    await mine.alter(CHANGE)
    settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in mine.ledger.environment.items()}
    async with mine.notary():
        await mine.says("refusing")
        code, output, _ = await daybook("status", "--json", **settings)
        status = json.loads(output)["notary"]
        assert (code, status["running"], status["state"], status["signed"]) == (0, True, "refusing", 700)
        assert "the leaf_hash of row 280 is not" in status["detail"]
        assert "the notary is refusing: The journal is not" in (await daybook("status", **settings))[1]
    assert "no notary is at work" in (await daybook("status", **settings))[1]


async def test_once_the_journal_is_restored_a_new_start_signs_again(mine: Notarised) -> None:
    await with_heads(mine)
    backup = await mine.ledger.backup()
    await mine.alter(CHANGE)
    await refused(mine)
    await mine.ledger.restore(backup)
    async with mine.notary():
        await mine.fill(800)
        await mine.signed(800)
    await mine.assert_signed()
