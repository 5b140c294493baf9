"""Heads stand in three places. One that lags gets them from the one ahead, never the other way; what is no head of
this notary, in whichever place, stops it, and it says which place."""

import pytest

from services.errors import StreamMismatch
from services.notary.head import sign_head
from services.notary.heads_stream import configuration, provision, stream_name, subject
from services.notary.key import heads_path
from services.notary.note import SigningKey
from services.setup.init import provision as provision_all
from services.stream.state import ask
from services.stream.state import state as stream_state
from tests.integration.backup.places import remove_streams
from tests.integration.notary.signing import Notarised
from tests.integration.reconcile.putting_right import applied
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import recorder

SIZES = (3, 300, 301, 700)


async def with_heads(mine: Notarised) -> dict[str, list[str]]:
    """A journal with some heads."""
    async with mine.notary():
        for size in SIZES:
            await mine.fill(size)
            await mine.signed(size)
    return await mine.heads()


async def published(mine: Notarised, *notes: str) -> None:
    """The stream of heads with these and no others."""
    nc, name = await mine.ledger.nats(), stream_name(mine.settings.stream)
    await ask(nc, f"STREAM.DELETE.{name}")
    ledger_stream = await stream_state(nc, mine.settings.stream)
    await provision(nc, mine.settings, ledger_stream.max_bytes)
    for note in notes:
        await nc.jetstream().publish(subject(mine.settings.stream), note.encode(), stream=name)


async def lose(mine: Notarised, place: str, kept: int) -> None:
    """Takes a place back to its first heads."""
    heads = (await mine.heads())[place][:kept]
    match place:
        case "table":
            size = SIZES[kept - 1] if kept else 0
            await mine.alter(f"delete from ledger.tree_head where size > {size}")
        case "file":
            heads_path(mine.settings).write_text("".join(f"{each}\n" for each in heads))
        case "stream":
            await published(mine, *heads)


@pytest.mark.long_cases
@pytest.mark.parametrize("kept", [0, 1, 3])
@pytest.mark.parametrize("place", ["table", "file", "stream"])
async def test_a_place_that_lags_gets_its_heads_again(mine: Notarised, place: str, kept: int) -> None:
    before = await with_heads(mine)
    await lose(mine, place, kept)
    assert len((await mine.heads())[place]) == kept
    await mine.signs(700)
    assert await mine.heads() == before
    async with mine.notary():
        await mine.fill(900)
        await mine.signed(900)
    await mine.assert_signed()


@pytest.mark.long_cases
@pytest.mark.parametrize("kept", [0, 1, 3])
async def test_a_stream_of_heads_that_is_rewound_under_a_notary_gets_them_again(mine: Notarised, kept: int) -> None:
    async with mine.notary():
        for size in SIZES:
            await mine.fill(size)
            await mine.signed(size)
        before = (await mine.heads())["stream"]
        await lose(mine, "stream", kept)
        await mine.fill(900)
        await mine.signed(900)
    assert (await mine.heads())["stream"][:-1] == before
    await mine.assert_signed()


@pytest.mark.long_cases
@pytest.mark.parametrize("ahead", ["table", "file", "stream"])
async def test_one_place_is_enough_for_the_other_two(mine: Notarised, ahead: str) -> None:
    before = await with_heads(mine)
    for place in {"table", "file", "stream"} - {ahead}:
        await lose(mine, place, 1)
    await mine.signs(700)
    assert await mine.heads() == before


@pytest.mark.parametrize("cut", [1, 2, 60, 120])
async def test_half_a_head_at_the_end_of_the_file_is_written_again(mine: Notarised, cut: int) -> None:
    before = await with_heads(mine)
    path = heads_path(mine.settings)
    path.write_bytes(path.read_bytes()[:-cut])
    await mine.signs(700)
    assert await mine.heads() == before


@pytest.mark.long
async def test_it_waits_until_the_journal_reaches_the_newest_head(mine: Notarised) -> None:
    ledger = mine.ledger
    await ledger.append(*[call() for _ in range(5)])
    async with ledger.process("recorder"):
        await ledger.recorded(5)
    await mine.signs(5)
    backup = await ledger.backup()
    await ledger.append(*[call() for _ in range(300)])
    async with ledger.process("recorder"), mine.notary():
        await ledger.recorded(305)
        await mine.signed(305)
    await ledger.restore(backup)
    async with mine.notary() as standing:
        said = await mine.says("waiting")
        assert said.startswith("A head of 305 rows was signed (kept by NATS and the file), but the journal has 5.")
        condition = await standing.check()
        assert (condition.ready, [each.code for each in condition.reasons]) == (False, ["waiting"])
        await ledger.append(call())
        async with ledger.process("recorder"):
            await mine.says("signing")
            await mine.signed(306)
    await mine.assert_signed()


async def refused(mine: Notarised) -> str:
    """Runs a notary that signs nothing; what it says. Its heads stay as they are."""
    async with mine.notary() as standing:
        said = await mine.says("refusing")
        condition = await standing.check()
        assert not condition.ready
        assert condition.reasons[0].detail == said
    return said


FOREIGN = SigningKey.generate("somebody/else")


def swaps(mine: Notarised, notes: list[str]) -> dict[str, str]:
    """Make notes that somebody might put in the place of the newest head."""
    impostor = SigningKey.generate(mine.keys.own.public.name)
    return {
        "a changed root": notes[-1].replace("\n700\n", "\n701\n"),
        "an older head's signature": notes[-1].split("\n\n")[0] + "\n\n" + notes[0].split("\n\n")[1],
        "another key": sign_head(FOREIGN, 700, bytes(32)).note,
        "another key of the same name": sign_head(impostor, 700, bytes(32)).note,
        "no head": "hello\n\n\N{EM DASH} x eA==\n",
    }


@pytest.mark.parametrize("swap", ["a changed root", "an older head's signature", "another key",
                                  "another key of the same name", "no head"])  # fmt: skip
@pytest.mark.parametrize("place", ["table", "file"])
async def test_a_swapped_head_is_found_and_its_place_named(mine: Notarised, place: str, swap: str) -> None:
    notes = (await with_heads(mine))["table"]
    swapped = swaps(mine, notes)[swap]
    match place:
        case "table":
            await mine.alter(f"update ledger.tree_head set note = $q${swapped}$q$ where size = 700")
            named = "ledger.tree_head"
        case "file":
            heads_path(mine.settings).write_text("".join(f"{each}\n" for each in [*notes[:-1], swapped]))
            named = str(heads_path(mine.settings))
    assert named in await refused(mine)


@pytest.mark.parametrize("swap", ["a changed root", "an older head's signature", "another key",
                                  "another key of the same name", "no head"])  # fmt: skip
@pytest.mark.parametrize("kept", [pytest.param(1, marks=pytest.mark.long), 3, pytest.param(4, marks=pytest.mark.long)])
async def test_what_somebody_else_put_into_the_stream_is_named_and_passed_over(
    mine: Notarised, kept: int, swap: str
) -> None:
    notes = (await with_heads(mine))["table"]
    await published(mine, *notes[:kept], swaps(mine, notes)[swap], "hello")
    async with mine.notary():
        await mine.fill(900)
        await mine.signed(900)
        said = await mine.says("signing")
    assert f"Message {kept + 1} of the stream DAYBOOK_HEADS is no head of this notary" in said
    assert f"Message {kept + 2} of the stream DAYBOOK_HEADS is no head of this notary" in said
    await mine.assert_signed()


@pytest.mark.long
async def test_a_notary_goes_on_when_somebody_else_writes_beside_it(mine: Notarised) -> None:
    async with mine.notary():
        await mine.fill(3)
        await mine.signed(3)
        nc, name = await mine.ledger.nats(), stream_name(mine.settings.stream)
        for body in (b"hello", b"", b"\xff" * 300):
            await nc.jetstream().publish(subject(mine.settings.stream), body, stream=name)
        await mine.fill(900)
        await mine.signed(900)
    await mine.assert_signed()


async def test_a_stream_without_a_head_of_this_notary_is_refused(mine: Notarised) -> None:
    await with_heads(mine)
    await published(mine, "hello")
    assert "Message 1 of the stream DAYBOOK_HEADS is no head of this notary" in await refused(mine)


async def test_an_older_head_in_the_place_of_the_newest_is_found(mine: Notarised) -> None:
    notes = (await with_heads(mine))["table"]
    await mine.alter(f"update ledger.tree_head set note = $q${notes[0]}$q$ where size = 700")
    assert "it is of 3 rows, but stands at 700" in await refused(mine)


@pytest.mark.long
async def test_two_signed_heads_of_one_size_are_told(mine: Notarised) -> None:
    notes = (await with_heads(mine))["table"]
    await published(mine, *notes[:-1], sign_head(mine.keys.own, 700, bytes(32)).note)
    assert "Two heads of 700 rows are signed and differ" in await refused(mine)


async def test_what_is_in_the_file_beside_heads_is_not_cut_off(mine: Notarised) -> None:
    await with_heads(mine)
    path = heads_path(mine.settings)
    path.write_text(path.read_text() + "a note of my own")
    assert "it ends in the middle of something (a note of my own)" in await refused(mine)
    assert path.read_text().endswith("a note of my own")


OTHER_SETTINGS = [
    ("retention", "interest"), ("allow_rollup_hdrs", True), ("deny_purge", False), ("max_msgs", 2),
    ("discard", "old"), ("allow_msg_ttl", True), ("persist_mode", "async"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "other"), OTHER_SETTINGS)
async def test_a_stream_that_could_lose_heads_is_refused(mine: Notarised, name: str, other: object) -> None:
    nc, stream = await mine.ledger.nats(), stream_name(mine.settings.stream)
    wanted = configuration(mine.settings, 0)
    settings = wanted | ({"deny_purge": False} if name == "allow_rollup_hdrs" else {}) | {name: other}
    await ask(nc, f"STREAM.DELETE.{stream}")
    assert "error" not in await ask(nc, f"STREAM.CREATE.{stream}", settings)
    with pytest.raises(StreamMismatch, match=rf"{name} is .*, must be .*Correct them on the server"):
        await provision(nc, mine.settings, 0)


async def test_a_stream_of_heads_may_have_another_size(mine: Notarised) -> None:
    await provision(await mine.ledger.nats(), mine.settings, 1 << 40)


async def test_heads_of_a_former_key_are_believed_when_it_is_named(mine: Notarised) -> None:
    from services.notary import key

    await with_heads(mine)
    former = mine.keys.own.public
    for path in (key.key_path(mine.settings), key.public_path(mine.settings)):
        path.unlink()
    key.make(mine.settings, former.name)
    mine.keys = key.load(mine.settings)
    assert "no known key signed it" in await refused(mine)
    mine.settings = mine.settings.model_copy(update={"notary_former_keys": str(former)})
    mine.keys = key.load(mine.settings)
    async with mine.notary():
        await mine.fill(900)
        await mine.signed(900)


async def test_where_nats_lost_everything_reconcile_and_init_bring_stream_and_heads_back(mine: Notarised) -> None:
    ledger = mine.ledger
    await ledger.append(call(), call())
    async with recorder(ledger):
        await ledger.recorded()
    await mine.signs(2)
    before = await mine.heads()
    await remove_streams(ledger)
    await applied(ledger)
    async with mine.notary():
        assert "There is no stream DAYBOOK_HEADS" in await mine.says("interrupted")
        await provision_all(mine.settings, ledger.endpoints, [])
        await mine.signed(2)
    assert (await mine.heads())["stream"][-1] == before["table"][-1]
