"""Everything that a run consists of while it lasts: servers, services, writers, receipts."""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Generic
from urllib.parse import urlsplit

from services.runtime import process as python
from tests import ports
from tests.faults.doors import HttpDoor, NatsDoor
from tests.faults.kept import Kept
from tests.faults.onlooker import AWAY, Onlooker
from tests.faults.plan import Plan
from tests.faults.proxy import Proxy
from tests.faults.receipts import Receipts
from tests.faults.recorded import last_sequence
from tests.faults.servers import S
from tests.faults.writers import OnceWriter, Pace, Sender, Writer, Writers
from tests.service import service_of

STREAM = "DAYBOOK"
STREAM_MAX_BYTES = 256 * 1024 * 1024
SOURCES = {"http1": "http", "http2": "http", "nats1": "nats", "nats2": "nats"}
"""Those that send again until they have a receipt, and the door of each."""
ONCE = {"once-http": "http", "once-nats": "nats"}
"""Those that never repeat anything."""
HANDS = ("1", "2", "3")
"""Each source sends so many things at once."""
EVENTS_PER_S, SLOWLY_PER_S = 1000.0, 20.0
"""By all together, as far as machine and faults let them: until a fault is over, and while the ledger recovers."""
MAX_QUICKLY = 6_000
"""Events of a run that are sent so quickly: all of them are looked at in the end."""
WRITERS_TIMEOUT_S = 3.0
"""How long they wait for an answer."""
START_S = 60.0
_COMMAND_S = 300.0
_REPOSITORY = Path(__file__).parent.parent.parent


Say = Callable[[str], None]


def _say_nothing(_: str) -> None:
    """Say nothing: whoever wants to know reads the notes later."""


class NotRecovered(Exception):
    """Something is not ready, or not everything acknowledged is in the views; the message says what."""


class World(Onlooker, Generic[S]):
    """One run's servers and services, and what they are asked."""

    writers: Writers

    def __init__(self, plan: Plan[S], seed: int, home: Path, say: Say = _say_nothing) -> None:
        super().__init__()
        self.plan = plan
        self.seed = seed
        self.home = home
        self.draw = Random(f"{plan.name} {seed} during the run")
        """For what plans decide only while they run."""
        self.servers: S = plan.servers(home)
        self.receipts = Receipts(home / "receipts.jsonl")
        self.notes: list[str] = []
        self.complaints: list[str] = []
        self.moved: dict[int, int] = {}
        """New numbers of messages that a reconciliation moved, by the old ones."""
        self.take_overs_s: list[float | None] = []
        """How long after the beginning of each outage others had gone on; None: they did not."""
        self.remembered: dict[str, Any] = {}
        """What a plan's faults leave for its check."""
        self.pace = Pace(EVENTS_PER_S, SLOWLY_PER_S, MAX_QUICKLY)
        self.gates: dict[str, Proxy] = {}
        """Between senders over HTTP and each intake."""
        self._say = say
        self._began = monotonic()

    @property
    def database_url(self) -> str:
        """URL of the ledger's database now."""
        return self.servers.database_url

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which every process finds this ledger."""
        own = {
            "nats_url": self.servers.nats_url,
            "intake_nats_url": self.servers.intake_nats_url,
            "database_url": self.servers.database_url,
            "stream_max_bytes": str(STREAM_MAX_BYTES),
            "data": str(self.home),
            "notary_key": str(self.home / "notary.key"),
            "notary_heads": str(self.home / "notary.heads"),
            "log_level": "debug",
            "open_reads": "true",
        }
        return {f"DAYBOOK_{name.upper()}": value for name, value in {**own, **self.plan.settings}.items()}

    def note(self, text: str) -> None:
        """A line for the report, with its second."""
        self.notes.append(f"{monotonic() - self._began:7.2f} s  {text}")
        self._say(self.notes[-1])

    def complain(self, text: str) -> None:
        """The run has failed, and why."""
        self.complaints.append(text)
        self.note(f"COMPLAINT: {text}")

    def all_in_first_life(self) -> None:
        """Complains of each end of a process that nobody asked for."""
        for each in self.kept.values():
            for words in each.ended:
                self.complain(words)

    async def daybook(self, *words: str) -> tuple[int, str, str]:
        """A command of the CLI to its end: exit code, standard output, standard error."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
        process = await asyncio.create_subprocess_exec(
            *python.daybook(*words),
            env=inherited | self.environment,
            cwd=_REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_COMMAND_S):
                output, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return process.returncode, output.decode(), complaint.decode()

    async def caught_up(self, within_s: float | None = None) -> None:
        """Waits until all that was acknowledged by now is in the views and everything is ready. Raises NotRecovered."""
        wanted, bound_s = self.receipts.highest, within_s or self.plan.recover_within_s
        until = monotonic() + bound_s
        while why := await self.unready(wanted):
            if monotonic() > until:
                raise NotRecovered(f"after {bound_s:g} s: {why}")
            await asyncio.sleep(0.02)

    async def settled(self) -> None:
        """Waits until all that the stream holds is in the journal and in the views: more than is acknowledged.

        Complains when that takes too long.
        """
        until = monotonic() + self.plan.recover_within_s
        while True:
            ends = last, recorded, projected = await self._ends()
            if last == recorded == projected:
                return
            if monotonic() > until:
                self.complain(f"stream, journal and views end at {ends} {self.plan.recover_within_s:g} s later")
                return
            await asyncio.sleep(0.1)

    async def _ends(self) -> tuple[int, int, int]:
        last = await last_sequence(self.servers.nats_url, STREAM)
        try:
            recorded = await self.look("select coalesce(max(sequence), 0) from ledger.journal")
            return last, recorded[0][0], await self.projected()
        except AWAY:
            return last, -1, -1

    async def start(self) -> None:
        """Servers, `daybook init`, services; returns once all are ready."""
        await _to_its_end(self.servers.start())
        await asyncio.gather(self._must("init"), self._must("notary", "key", "--make", "--name", "faults.example/run"))
        for name in self.plan.services:
            self.kept[name] = self._kept(name)
        await asyncio.gather(*(each.start() for each in self.kept.values()))
        for each in self.of("intake"):
            self.gates[each.name] = gate = Proxy(f"senders to {each.name}", urlsplit(each.url).port or 0)
            await gate.start()
        await self.caught_up(START_S)

    async def _must(self, *words: str) -> None:
        code, output, complaint = await self.daybook(*words)
        if code:
            raise RuntimeError(f"`daybook {' '.join(words)}` ended with {code}: {output}{complaint}")

    def _kept(self, name: str) -> Kept:
        service, port = name.partition("-")[0], ports.free()
        own = {f"{service}_port": str(port), **self.servers.settings_of(service)}
        environment = self.environment | {f"DAYBOOK_{key.upper()}": value for key, value in own.items()}
        program = service_of(service, self.home / "logs" / f"{name}.log", environment).program
        return Kept(name, program, f"http://127.0.0.1:{port}", self.note)

    async def stop(self) -> None:
        """Ends every process; one that does not end well when it is told to is a complaint."""
        await self.look_away()
        self.receipts.close()
        await asyncio.gather(*(each.stop() for each in self.gates.values()))
        codes = await asyncio.gather(*(each.stop() for each in self.kept.values()))
        for name, code in zip(self.kept, codes, strict=True):
            if code:
                self.complain(f"{name} ended with {code} when it was told to stop")
        await self.servers.stop()

    async def source(self, name: str) -> str:
        """Adds a source that may send every event and gives its token."""
        token = f"dbk_{secrets.token_urlsafe(32)}"
        await self.look(
            "insert into ledger.source (name, token_hash, events) values ($1, $2, $3)",
            name,
            hashlib.sha256(token.encode()).digest(),
            _event_names(),
        )
        return token

    async def door(self, source: str, way: str) -> HttpDoor | NatsDoor:
        """Adds a source and opens its door, through the proxies that stand before it: `http` or `nats`."""
        token = await self.source(source)
        if way == "http":
            urls = [f"http://127.0.0.1:{each.port}" for each in self.gates.values()]
            return HttpDoor(urls, token, WRITERS_TIMEOUT_S)
        return await NatsDoor.open(self.servers.emitter_nats_url, source, token, WRITERS_TIMEOUT_S)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """The writers send while the context is open; at its end they finish."""
        doors: list[HttpDoor | NatsDoor] = []
        writers: list[Sender] = []
        try:
            for source, way in {**SOURCES, **ONCE}.items():
                doors.append(door := await self.door(source, way))
                for hand in HANDS:
                    said = (self.seed, source, hand, door, self.receipts)
                    writers.append(
                        OnceWriter(*said, self.complain, self.pace)
                        if source in ONCE
                        else Writer(*said, self.moved, self.complain, self.pace)
                    )
            self.writers = Writers(writers)
            async with asyncio.TaskGroup() as group:
                group.create_task(self.writers.run())
                yield
                self.writers.finish()
        finally:
            for each in doors:
                await each.close()


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Finish the work before a cancellation takes effect: half-started servers would be left behind."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _event_names() -> list[str]:
    """From the published schemas: `daybook.call_made.v1.json`."""
    return sorted({each.name.split(".")[1] for each in (_REPOSITORY / "contracts" / "schemas").glob("daybook.*.json")})


@asynccontextmanager
async def ready(world: World[S]) -> AsyncIterator[None]:
    """The world is there while the context is open; nothing of it is left at the end."""
    try:
        await world.start()
        yield
    finally:
        await world.stop()
