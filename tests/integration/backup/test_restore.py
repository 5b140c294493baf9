"""`daybook restore`: the same ledger again, whatever was lost, and however often it is interrupted."""

import shutil
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contracts.playbooks.shipped import shipped
from services.backup import load
from services.backup.manifest import Applied, Manifest
from services.errors import BackupUnusable, NotEmpty, StreamMismatch
from services.ledger import quarantine, readers, sources
from services.ledger.schema import migrate
from services.reconcile.plan import Action
from services.setup.init import provision
from services.stream.configuration import configuration
from services.stream.read import RECORDED_AT
from services.stream.state import ask
from tests.integration.backup.backing import resealed, restored, taken
from tests.integration.backup.places import empty_place, remove_streams
from tests.integration.backup.reports import Restoring, answers, sound
from tests.integration.projector.working import projecting
from tests.integration.query.telling import PLAYBOOKS, Told, tell_first, tell_second
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import recorder, stream
from tests.ledger import STREAM_MAX_BYTES, Ledger, fresh_ledger
from tests.servers import Servers


@dataclass
class Original:
    """A ledger with a story, its backup, and what it answered then."""

    told: Told
    backup: Path
    sequence: int
    answers: dict[str, Any]

    @property
    def ledger(self) -> Ledger:
        return self.told.ledger


@pytest.fixture(scope="module")
async def original(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Original]:
    """Everything that is durable is in it: duplicates, conflicts, decisions, sources, readers."""
    async with fresh_ledger(servers, [*shipped(), *PLAYBOOKS]) as ledger:
        told = await tell_first(ledger)
        await tell_second(told)
        await ledger.source("crm")
        owner = await ledger.connect()
        await readers.add(owner, "dashboard")
        await quarantine.dismiss(owner, told.at["unreadable"], "a test", "Li")
        backup = tmp_path_factory.mktemp("backups") / "backup"
        manifest = await taken(ledger, backup)
        yield Original(told, backup, manifest.sequence, await answers(ledger, manifest.sequence))


async def test_the_same_ledger_on_other_servers(original: Original, servers: Servers, tmp_path: Path) -> None:
    async with empty_place(servers, tmp_path / "place") as place:
        done = await restored(place, original.backup)
        assert (done.loaded, done.stream) == (True, Action.MAKE_ANEW)
        assert await answers(place, original.sequence) == original.answers
        await sound(place)
        async with recorder(place), projecting(place):
            (added,) = await place.append(call("D-1"))
            assert added == original.sequence + 1
            await place.projected()
        assert await answers(place, original.sequence) == original.answers
        assert (await taken(place, tmp_path / "again")).sequence == added


async def test_a_backup_of_the_restored_ledger_is_the_same(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    async with empty_place(servers, tmp_path / "place") as place:
        await restored(place, original.backup)
        again = await taken(place, tmp_path / "again")
    before = {each.table: each.sha256 for each in Manifest.read(original.backup).tables}
    after = {each.table: each.sha256 for each in again.tables}
    differing = {name for name in before | after if before.get(name) != after.get(name)}
    assert differing <= {"generation", "reconciliation", "reconciliation_end"}
    assert again.sequence == original.sequence


@pytest.mark.long
async def test_again_it_changes_nothing(original: Original, servers: Servers, tmp_path: Path) -> None:
    async with empty_place(servers, tmp_path / "place") as place:
        first = await restored(place, original.backup)
        again = await restored(place, original.backup)
        assert (again.loaded, again.stream) == (False, Action.NONE)
        assert again.made.generation == first.made.generation
        assert await answers(place, original.sequence) == original.answers


@pytest.mark.long
async def test_tokens_that_are_valid_again_are_told_and_can_be_disabled(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    async with empty_place(servers, tmp_path / "place") as place:
        told = (await restored(place, original.backup)).tokens
        assert [(each.kind, each.name) for each in told if each.name in ("crm", "dashboard", "daybook")] == [
            ("source", "crm"),
            ("reader", "dashboard"),
        ]
        owner = await place.connect()
        made = await owner.fetchval("select coalesce(rotated_at, added_at) from ledger.source where name = 'crm'")
        assert next(each.since for each in told if each.name == "crm") == made
        again = await restored(place, original.backup, disable_tokens=True)
        assert (again.loaded, again.disabled, again.tokens) == (False, True, told)
        valid = await owner.fetch(
            "select name from ledger.source where disabled_at is null"
            " union select name from ledger.reader where disabled_at is null"
        )
        assert [row["name"] for row in valid] == ["daybook"]
        assert (await restored(place, original.backup)).tokens == []
        await sources.rotate(owner, "daybook")
        assert [each.name for each in (await restored(place, original.backup)).tokens] == ["daybook"]
        assert (await restored(place, original.backup, disable_tokens=True)).disabled
        assert (await restored(place, original.backup)).tokens == []


async def test_a_file_that_breaks_after_it_was_checked_is_named(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(original.backup, tmp_path / "broken"))
    path = broken / "journal.txt.gz"
    path.write_bytes(path.read_bytes()[:-100])
    async with empty_place(servers, tmp_path / "place") as place:
        owner = await place.connect()
        with pytest.raises(BackupUnusable, match=r"journal\.txt\.gz cannot be read"):
            await load.load(owner, broken, Manifest.read(broken), Restoring())
        assert (await restored(place, original.backup)).loaded


@pytest.mark.long
async def test_where_the_stream_is_left_it_goes_on_from_there(servers: Servers, tmp_path: Path) -> None:
    async with fresh_ledger(servers, [*shipped(), *PLAYBOOKS]) as ledger:
        told = await tell_first(ledger)
        manifest = await taken(ledger, tmp_path / "backup")
        await tell_second(told)
        wanted = await answers(ledger, told.last)
        async with empty_place(servers, tmp_path / "place", keeping=ledger) as place:
            done = await restored(place, tmp_path / "backup")
            assert (done.stream, done.made.stream.last_sequence) == (Action.NONE, told.last)
            assert told.last > manifest.sequence
            async with recorder(place), projecting(place):
                await place.projected(told.last)
            assert await answers(place, told.last) == wanted
            await sound(place)


@pytest.mark.long
async def test_without_a_backup_the_stream_gives_the_same_journal(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    """Data that is in PostgreSQL alone is lost: sources, readers, decisions."""
    async with empty_place(servers, tmp_path / "first") as first:
        await restored(first, original.backup)
        for ledger in (original.ledger, first):
            async with empty_place(servers, tmp_path / f"from-{ledger.home.name}", keeping=ledger) as place:
                await provision(place.settings, place.endpoints)
                async with recorder(place), projecting(place):
                    await place.projected(original.sequence)
                found = await answers(place, original.sequence)
                await sound(place)
            alone = {"source", "reader", "quarantine_decision", "identity"}
            kept = {name for name, answer in found.items() if answer == original.answers[name]}
            assert kept == set(original.answers) - alone


@pytest.mark.long
async def test_a_stream_that_is_shorter_gets_the_end_that_it_lacks(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    async with empty_place(servers, tmp_path / "first") as first:
        await restored(first, original.backup)
        await _shorten(first, 7)
        async with empty_place(servers, tmp_path / "second", keeping=first) as second:
            assert (await restored(second, original.backup)).stream is Action.APPEND
            assert await second.last_sequence() == original.sequence
            assert await answers(second, original.sequence) == original.answers
            await sound(second)


@pytest.mark.long
async def test_a_stream_of_another_ledger_is_refused_and_kept(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    async with fresh_ledger(servers, []) as other:
        await other.append(call("D-99"), call("D-98"))
        async with empty_place(servers, tmp_path / "place", keeping=other) as place:
            with pytest.raises(StreamMismatch, match=r"not the one of the backup: .*2 held by other messages: 1-2"):
                await restored(place, original.backup)
            assert await other.last_sequence() == 2
            await remove_streams(place)
            assert not (await restored(place, original.backup)).loaded
            assert await answers(place, original.sequence) == original.answers


async def test_a_database_that_holds_a_ledger_is_refused_and_told(
    original: Original, ledger: Ledger, servers: Servers, tmp_path: Path
) -> None:
    await ledger.source("crm")
    async with recorder(ledger):
        await ledger.recorded()
    last = await ledger.last_sequence()
    with pytest.raises(NotEmpty, match=rf"stream DAYBOOK, a journal up to sequence {last}, .*2 sources, 0 readers"):
        await restored(ledger, original.backup)
    async with empty_place(servers, tmp_path / "place") as later:
        await restored(later, original.backup)
        async with recorder(later):
            await later.append(call("D-1", "later"))
            await later.recorded()
        with pytest.raises(NotEmpty, match="It has all that the backup has, and more"):
            await restored(later, original.backup)


async def test_sources_alone_are_a_ledger_too(original: Original, servers: Servers, tmp_path: Path) -> None:
    async with empty_place(servers, tmp_path / "place") as place:
        owner = await place.connect()
        await migrate(owner)
        await place.source("crm")
        with pytest.raises(NotEmpty, match=r"stream not named, an empty journal, 1 sources, 0 readers; rows in source"):
            await restored(place, original.backup)


async def test_a_damaged_backup_is_refused_before_anything_is_written(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    damaged = Path(shutil.copytree(original.backup, tmp_path / "damaged"))
    with (damaged / "concerns.txt.gz").open("ab") as file:
        file.write(b"\0")
    async with empty_place(servers, tmp_path / "place") as place:
        with pytest.raises(BackupUnusable, match=r"concerns\.txt\.gz: altered"):
            await restored(place, damaged)
        owner = await place.connect()
        assert await owner.fetchval("select to_regnamespace('ledger') is null")
        assert (await ask(await place.nats(), "STREAM.INFO.DAYBOOK"))["error"]["code"] == 404


async def test_a_backup_of_a_later_version_is_refused(original: Original, servers: Servers, tmp_path: Path) -> None:
    later = Path(shutil.copytree(original.backup, tmp_path / "later"))
    manifest = Manifest.read(later)
    added = Applied(number=9999, name="9999_later.sql", digest="0" * 64)
    resealed(later, {"migrations": [*manifest.migrations, added]})
    async with empty_place(servers, tmp_path / "place") as place:
        with pytest.raises(BackupUnusable, match=r"has 9999_later\.sql, which this version does not know"):
            await restored(place, later)
        owner = await place.connect()
        assert await owner.fetchval("select to_regnamespace('ledger') is null")


async def test_the_file_of_heads_comes_back_where_there_is_none(
    original: Original, servers: Servers, tmp_path: Path
) -> None:
    async with fresh_ledger(servers) as ledger:
        heads = ledger.settings.data / "notary" / "heads"
        heads.parent.mkdir(parents=True)
        (heads.parent / "key").write_text("PRIVATE+KEY+secret")
        heads.write_text("a head\n")
        await taken(ledger, tmp_path / "backup")
        assert not any(b"PRIVATE" in each.read_bytes() for each in (tmp_path / "backup").iterdir())
        async with empty_place(servers, tmp_path / "place") as place:
            await restored(place, tmp_path / "backup")
            again = place.settings.data / "notary" / "heads"
            assert (again.read_text(), stat.S_IMODE(again.stat().st_mode)) == ("a head\n", 0o600)
            again.write_text("a head\nand another\n")
            assert not (await restored(place, tmp_path / "backup")).heads_put
            assert again.read_text() == "a head\nand another\n"


async def test_no_durable_table_counts_by_itself(ledger: Ledger) -> None:
    """A counter in PostgreSQL would begin anew in a restored ledger."""
    owner = await ledger.connect()
    counters = "select count(*) from pg_class where relkind = 'S' and relnamespace = 'ledger'::regnamespace"
    assert await owner.fetchval(counters) == 0


async def _shorten(ledger: Ledger, to: int) -> None:
    """The stream as it was when it ended there, put back by hand."""
    messages = await stream(ledger)
    await remove_streams(ledger)
    nc = await ledger.nats()
    await ask(nc, "STREAM.CREATE.DAYBOOK", configuration(ledger.settings, STREAM_MAX_BYTES))
    for each in messages[:to]:
        await ledger.publish(each.data, each.subject, {RECORDED_AT: str(each.taken_at_ns // 1000)})
