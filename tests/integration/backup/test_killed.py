"""kill -9 of `daybook restore` wherever it waits for the disk: running it again is all that it takes."""

import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.cloudevents.envelope import read_event
from contracts.playbooks.shipped import shipped
from services.backup.restore import Restored
from services.errors import StreamFull, StreamMismatch
from services.ledger.schema import migrate
from services.postgres import connection as database
from services.reconcile.plan import Action
from services.recorder import checks
from services.stream.append import Appended, append, message_of
from services.stream.state import ask
from tests.integration.backup.backing import restored, started, taken
from tests.integration.backup.places import empty_place
from tests.integration.backup.reports import answers, sound
from tests.integration.query.telling import PLAYBOOKS, tell_first
from tests.integration.recorder.events import call
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import until

_WAITS = "select count(*) > 0 from pg_locks where not granted and relation = to_regclass($1)"


@dataclass
class Kept:
    """A backup, and what its ledger answered."""

    backup: Path
    sequence: int
    answers: dict[str, Any]


@pytest.fixture(scope="module")
async def kept(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kept]:
    async with fresh_ledger(servers, [*shipped(), *PLAYBOOKS]) as ledger:
        told = await tell_first(ledger)
        events = [message_of(read_event(call(f"D-{number}", note="much " * 90))) for number in range(1900)]
        for part in (events[:1000], events[1000:]):
            assert isinstance(await append(await ledger.nats(), "DAYBOOK", part), Appended)
        await told.projected()
        backup = tmp_path_factory.mktemp("backups") / "backup"
        manifest = await taken(ledger, backup)
        yield Kept(backup, manifest.sequence, await answers(ledger, manifest.sequence))


@pytest.fixture
async def place(servers: Servers, tmp_path: Path) -> AsyncIterator[Ledger]:
    """Its tables are there, so that they can be locked; and empty."""
    async with empty_place(servers, tmp_path / "place") as place:
        owner = await database.connect(place.endpoints.database_url)
        await migrate(owner)
        await owner.close()
        yield place


@pytest.mark.long
async def test_while_the_tables_are_filled_nothing_is_kept(kept: Kept, place: Ledger) -> None:
    owner = await _killed(place, kept, "ledger.source")
    assert await owner.fetchval("select count(*) from ledger.journal") == 0
    again = await _restored(place, kept)
    assert (again.loaded, again.stream) == (True, Action.MAKE_ANEW)


@pytest.mark.long
async def test_before_the_stream_is_made_the_tables_are_there(kept: Kept, place: Ledger) -> None:
    owner = await _killed(place, kept, "ledger.reconciliation")
    assert await owner.fetchval("select max(sequence) from ledger.journal") == kept.sequence
    assert (await ask(await place.nats(), "STREAM.INFO.DAYBOOK"))["error"]["code"] == 404
    await _refuses_to_record(place)
    again = await _restored(place, kept)
    assert (again.loaded, again.stream) == (False, Action.MAKE_ANEW)


@pytest.mark.long
async def test_while_the_stream_is_written_it_gets_its_end(kept: Kept, place: Ledger) -> None:
    """Interrupted by a server that has no room for the rest."""
    roomy = place.settings
    place.settings = roomy.model_copy(update={"stream_max_bytes": 1_048_576})
    with pytest.raises(StreamFull, match="DAYBOOK_STREAM_MAX_BYTES"):
        await restored(place, kept.backup)
    assert 0 < await place.last_sequence() < kept.sequence
    await _refuses_to_record(place)
    place.settings = roomy
    assert (await _restored(place, kept)).stream is Action.APPEND


@pytest.mark.long
async def test_before_the_stream_is_opened_it_is_finished(kept: Kept, place: Ledger) -> None:
    await _killed(place, kept, "ledger.reconciliation_end")
    assert await place.last_sequence() == kept.sequence
    await _refuses_to_record(place)
    assert (await _restored(place, kept)).stream in (Action.FINISH, Action.ADOPT)


@pytest.mark.long
async def test_before_the_views_are_built_they_are_built(kept: Kept, place: Ledger) -> None:
    owner = await _killed(place, kept, "ledger.generation")
    assert await owner.fetchval("select count(*) from ledger.generation") == 0
    assert (await _restored(place, kept)).stream is Action.NONE


async def _killed(place: Ledger, kept: Kept, table: str) -> asyncpg.Connection:
    """Restores until it wants to write to a table, and kills it there."""
    owner = await place.connect()
    holder = await place.connect()
    async with holder.transaction():
        await holder.execute(f"lock table {table} in share mode")
        process = await started(place, "restore", str(kept.backup))

        async def waits() -> bool:
            assert process.returncode is None, await process.communicate()
            return bool(await owner.fetchval(_WAITS, table))

        await until(waits, f"nothing is written to {table}", deadline_s=60)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
    others = "select count(*) = 0 from pg_stat_activity where datname = $1 and pid not in (pg_backend_pid(), $2)"
    pid = await holder.fetchval("select pg_backend_pid()")

    async def alone() -> bool:
        return bool(await owner.fetchval(others, place.database, pid))

    await until(alone, "what was killed is still at work")
    return owner


async def _restored(place: Ledger, kept: Kept) -> Restored:
    """Once more, without interruption: the ledger is the same."""
    done = await restored(place, kept.backup)
    assert await answers(place, kept.sequence) == kept.answers
    await sound(place)
    return done


async def _refuses_to_record(place: Ledger) -> None:
    """A recorder that comes too early does no harm."""
    connection = await place.connect("daybook_recorder")
    with pytest.raises(StreamMismatch):
        await checks.check(await place.nats(), connection, place.settings.stream)
