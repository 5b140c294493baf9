"""`daybook verify` holds the journal to every signed head, wherever it is kept, without the notary's help."""

import pytest

from services.audit.tree_heads import Signed
from services.audit.verify import verify
from services.notary.head import sign_head
from services.notary.key import heads_path
from services.notary.note import PublicKey, SigningKey
from services.query.shapes import Verification
from tests.integration.notary.signing import Notarised
from tests.integration.notary.test_altered import REHASH
from tests.integration.notary.test_places import published
from tests.integration.projector.working import projecting
from tests.integration.query.test_verify import Heard
from tests.integration.recorder.events import call, payment
from tests.integration.recorder.recording import recorder

SIZE = 300


@pytest.fixture
async def told(mine: Notarised) -> Notarised:
    """A ledger that recorded and projected 300 events under one notary, with a head every now and then."""
    async with recorder(mine.ledger), projecting(mine.ledger), mine.notary():
        for number in range(10):
            events = [call(f"D-{number}", f"{number}/{each}", f"{each}") for each in range(29)]
            await mine.ledger.append(*events, payment(id=f"P-{number}"))
            await mine.signed(await mine.ledger.recorded())
        await mine.ledger.projected()
    return mine


async def checked(
    told: Notarised, deal: str | None = None, key: PublicKey | None = None, *, required: bool = False
) -> Verification:
    connection = await told.ledger.connect("daybook_query")
    signed = Signed(told.keys.known if key is None else (key,), heads_path(told.settings), required)
    nc = await told.ledger.nats()
    return await verify(connection, nc, told.settings.stream, Heard(), deal=deal, wait_s=0, signed=signed)


async def test_a_good_ledger_has_no_difference(told: Notarised) -> None:
    answer = await checked(told)
    assert (answer["ok"], answer["differences"]) == (True, [])
    assert answer["heads"] == len((await told.heads())["table"]) >= 10
    everywhere = {"ledger.tree_head": SIZE, "NATS": SIZE, "the file": SIZE}
    assert answer["signed"] == everywhere
    answer = await checked(told, deal="D-3")
    assert (answer["ok"], answer["heads"], answer["signed"]) == (True, 1, everywhere)
    command = await told.ledger.connect("daybook_query")
    assert await command.fetchval("select vkey from ledger.notary") == str(told.keys.own.public)


async def test_rows_that_were_made_to_fit_are_found_by_the_heads(told: Notarised) -> None:
    # Stream and journal altered alike would leave the heads alone to tell: here the journal alone is.
    await told.alter("update ledger.journal set recorded_at = recorded_at - interval '1 us' where sequence = 7", REHASH)
    answer = await checked(told)
    assert answer["counts"] == {"recorded_at_altered": 1, "rows_not_signed": 1, "tree_altered": 1}
    found = answer["differences"][1]
    sizes = [0, *(int(each.split("\n")[1]) for each in (await told.heads())["table"])]
    first, last = max(each for each in sizes if each < 7) + 1, min(each for each in sizes if each >= 7)
    assert (found["sequence"], found["found"]) == (first, f"rows {first} to {last} are others")


async def test_a_deal_alone_is_held_to_the_newest_head(told: Notarised) -> None:
    await told.alter("update ledger.journal set stream_subject = 'x' where sequence = 7", REHASH)
    answer = await checked(told, deal="D-0")
    assert answer["counts"].keys() >= {"subject_altered", "rows_not_signed"}
    (found,) = [each for each in answer["differences"] if each["kind"] == "rows_not_signed"]
    assert "cannot be proved to be in the tree of 300 rows that was signed" in (found["found"] or "")
    assert (await checked(told, deal="D-9"))["ok"], "rows in another subtree can be proved all the same"


@pytest.mark.long_cases
@pytest.mark.parametrize("ahead", ["table", "file", "stream"])
async def test_a_deal_alone_is_held_to_the_newest_head_of_any_place(told: Notarised, ahead: str) -> None:
    notes = (await told.heads())["table"]
    if ahead != "table":
        await told.alter("delete from ledger.tree_head")
    if ahead != "file":
        heads_path(told.settings).unlink()
    if ahead != "stream":
        await published(told, *notes[:1])
    await told.alter("update ledger.journal set recorded_at = recorded_at - interval '1 us' where sequence = 7", REHASH)
    answer = await checked(told, deal="D-0")
    found = [each["expected"] for each in answer["differences"] if each["kind"] == "rows_not_signed"]
    assert found[-1] == "the rows for which the head of 300 was signed"
    assert max(each or 0 for each in answer["signed"].values()) == SIZE


@pytest.mark.long
async def test_a_deal_alone_is_held_to_a_head_behind_the_end_of_the_journal(told: Notarised) -> None:
    await told.alter(
        f"delete from ledger.tree_head where size = {SIZE}",
        f"delete from ledger.concerns where sequence = {SIZE}",
        f"delete from ledger.journal where sequence = {SIZE}",
    )
    assert "rows_not_signed" in (await checked(told, deal="D-9"))["counts"]


@pytest.mark.long_cases
@pytest.mark.parametrize("place", ["table", "file", "stream"])
async def test_a_deal_alone_is_not_held_to_a_head_that_was_swapped(told: Notarised, place: str) -> None:
    notes = (await told.heads())["table"]
    swapped = sign_head(SigningKey.generate(told.keys.own.public.name), SIZE, bytes(32)).note
    match place:
        case "table":
            await told.alter(f"update ledger.tree_head set note = $q${swapped}$q$ where size = {SIZE}")
        case "file":
            heads_path(told.settings).write_text("".join(f"{each}\n" for each in [*notes[:-1], swapped]))
        case "stream":
            await published(told, *notes[:-1], swapped)
    answer = await checked(told, deal="D-0")
    assert answer["counts"] == {"head_altered": 1}
    named = {"table": "ledger.tree_head: ", "file": "the file: ", "stream": "NATS: "}[place]
    assert (answer["differences"][0]["found"] or "").startswith(named)


@pytest.mark.long
async def test_heads_that_are_gone_everywhere_are_missed_by_whoever_names_the_key(told: Notarised) -> None:
    await told.alter("delete from ledger.tree_head")
    await published(told)
    heads_path(told.settings).unlink()
    for deal in (None, "D-3"):
        assert (await checked(told, deal=deal, required=True))["counts"] == {"nothing_signed": 1}
        answer = await checked(told, deal=deal)
        assert (answer["ok"], answer["signed"]) == (True, {"ledger.tree_head": 0, "NATS": 0, "the file": None})


@pytest.mark.long
async def test_how_far_the_heads_go_is_told(told: Notarised) -> None:
    notes = (await told.heads())["table"]
    size = int(notes[1].split("\n")[1])
    await told.alter(f"delete from ledger.tree_head where size > {size}")
    await published(told, notes[0])
    heads_path(told.settings).write_text("")
    answer = await checked(told, required=True)
    assert answer["ok"], "rows behind the newest head may not be signed yet"
    assert answer["signed"] == {"ledger.tree_head": size, "NATS": int(notes[0].split("\n")[1]), "the file": 0}


async def test_a_node_that_was_altered_is_found(told: Notarised) -> None:
    await told.alter("update ledger.tree_node set hash = sha256(hash)")
    answer = await checked(told)
    assert answer["counts"] == {"tree_altered": 1}


@pytest.mark.long
async def test_a_journal_without_its_signed_end_is_found(told: Notarised) -> None:
    await told.alter(
        f"delete from ledger.concerns where sequence = {SIZE}", f"delete from ledger.journal where sequence = {SIZE}"
    )
    answer = await checked(told)
    assert ("rows_not_signed", SIZE) in {(each["kind"], each["sequence"]) for each in answer["differences"]}


@pytest.mark.long
async def test_heads_of_another_key_are_found_in_every_place(told: Notarised) -> None:
    heads = len((await told.heads())["table"])
    answer = await checked(told, key=SigningKey.generate("other").public)
    assert answer["counts"] == {"head_altered": 3 * heads}
    places = {(each["found"] or "").split(",")[0] for each in answer["differences"]}
    assert "ledger.tree_head" in places


@pytest.mark.long_cases
@pytest.mark.parametrize("place", ["table", "file", "stream"])
async def test_a_head_that_was_swapped_or_dropped_is_found_where_it_was(told: Notarised, place: str) -> None:
    notes = (await told.heads())["table"]
    impostor = SigningKey.generate(told.keys.own.public.name)
    size = notes[4].split("\n")[1]
    swapped = sign_head(impostor, int(size), bytes(32)).note
    changed, named = [*notes[:4], swapped, *notes[5:]], ""
    match place:
        case "table":
            await told.alter(f"update ledger.tree_head set note = $q${swapped}$q$ where size = {size}")
            named = f"ledger.tree_head, {size}: "
        case "file":
            heads_path(told.settings).write_text("".join(f"{each}\n" for each in changed))
            named = f"the file, head 5 of {heads_path(told.settings)}: "
        case "stream":
            await published(told, *changed)
            named = "NATS, message 5 of DAYBOOK_HEADS: "
    answer = await checked(told)
    # Whoever lacks the head in between has lost it, too.
    assert answer["counts"] == {"head_altered": 1, "head_missing": 1}
    assert (answer["differences"][0]["found"] or "").startswith(named)
    assert answer["differences"][1]["sequence"] == int(size)


@pytest.mark.long
async def test_places_that_lag_are_no_difference(told: Notarised) -> None:
    notes = (await told.heads())["table"]
    heads_path(told.settings).write_text("".join(f"{each}\n" for each in notes[:3]))
    await published(told, *notes[:2])
    answer = await checked(told)
    assert (answer["ok"], answer["heads"]) == (True, len(notes))


@pytest.mark.long
async def test_heads_in_the_wrong_order_are_found(told: Notarised) -> None:
    notes = (await told.heads())["table"]
    await published(told, notes[1], notes[0], *notes[2:], notes[-1])
    answer = await checked(told)
    assert answer["counts"] == {"head_altered": 1, "head_missing": 1}
    assert "and stands behind one of" in (answer["differences"][0]["found"] or "")
