"""Every report of 50,000 deals, by HTTP and by SQL, while events come in at a steady rate.

Of three moments: now; as of a year ago; and known a year ago, as of then. A year ago is a year before the story's end.
What was known then goes by `recorded_at`, which is the present for everything that a benchmark records; so the
sequence is used that a ledger of that age would have had: that of the last event that had occurred by then.

The ledger is that of `corpus`, recorded and projected by the services. The last of its events are held back and sent
through intake while the reports are asked for, all services running. Before, the views are vacuumed once, as a ledger
that has grown for years has been on its way; after that, autovacuum is on its own.
"""

import asyncio
import http.client
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlencode, urlsplit

import asyncpg

from projections.reports import REPORTS as LISTED
from projections.reports.report import Report, Snapshot
from services.embedded.supervisor import SERVICES
from services.notary import key as notary_key
from services.stream.append import Message
from tests.benchmarks.corpus import corpus, events_of, send
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.senders import HttpClient, http_clients
from tests.benchmarks.sizes import ROOM
from tests.benchmarks.worker import projecting, recording, schema
from tests.ledger import Ledger, fresh_ledger
from tests.vacuum import vacuumed

DEALS = 50_000
WRITTEN_PER_SECOND = 50
HELD_BACK = 40_000
"""Events that are there to be written: more than are, however long the reports take."""
ASKED = 200
"""How often each report is asked for, of each moment and in each way; long ones a tenth of it."""
WANTED_MS = 50.0
"""The 99th percentile of funnel and ageing."""
WANTED_OVER_TIME_MS = 300.0
"""The 99th percentile of reports over time."""
YEAR = timedelta(days=365)
APART = timedelta(days=6)
"""Each telling of the small story begins so much before the other: 50,000 deals in three years."""
FORMER = (
    ("funnel", "/funnel/project", ("project",)),
    ("ageing", "/receivables/ageing", ()),
    ("pipeline", "/pipeline", ()),
)
"""Name, first address, and what the function takes before the two times."""


ASKED_FOR = {"data_quality": {"checks": "flags"}, "scorecard": {"person": "王芳", "month": "2025-06"}}
"""Values other than the examples and defaults: the corpus was recorded at once, so that every entry of it is late, and
its deals belong to few persons."""
PAGE = 100
"""Rows of the page of a long report that is asked for over HTTP; by SQL it is asked for as a whole."""


def _address(report: Report) -> str:
    asked = {name: each.example for name, each in report.parameters.items() if each.required}
    asked |= ASKED_FOR.get(report.name, {})
    asked |= {"limit": str(PAGE)} if report.order else {}
    return f"/reports/{report.name}?{urlencode(asked)}"


REPORTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *FORMER,
    *(
        (
            report.name,
            _address(report),
            tuple(
                ASKED_FOR.get(report.name, {}).get(name, each.example)
                for name, each in report.parameters.items()
                if each.required
            ),
        )
        for report in LISTED
        if not report.needs_one and not report.one_of and report.name not in {name for name, *_ in FORMER}
    ),
)
LONG = {report.name for report in LISTED if report.order}
MAY_BE_EMPTY = {"data_quality", "collection_curve", "follow_up", "messages", "statutory", "suggestions"}
"""Reports that may have no rows: the corpus has nothing surprising, declared, sent, unapplied, due or invoiced then."""
OVER_TIME = {report.name for report in LISTED if isinstance(report, Snapshot) and report.members}
"""Reports that read positions of all times, or of several."""

Ask = Callable[[], Awaitable[int]]
"""Asks for one report; gives how long the answer is, in bytes or rows."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Times that a question names; None for a time that the question leaves out."""

    name: str
    as_of: datetime | None
    known_at: int | None


async def moments(ledger: Ledger) -> Sequence[Moment]:
    """Now, and a year before the story's end, as it is known now and as it was known then."""
    connection = await ledger.connect()
    # The ledger's own playbooks were published when it was made, which is now.
    told = "from ledger.journal where occurred_at <= $1 and subject not like 'playbook/%'"
    end = "select max(occurred_at) from ledger.journal where subject not like 'playbook/%'"
    year_ago = await connection.fetchval(end) - YEAR
    known_at = await connection.fetchval(f"select max(sequence) {told}", year_ago)
    return (
        Moment("now", None, None),
        Moment("as of a year ago", year_ago, None),
        Moment("known a year ago", year_ago, known_at),
    )


@asynccontextmanager
async def writing(port: int, tokens: Mapping[str, str], messages: Sequence[Message]) -> AsyncIterator[list[float]]:
    """Sends events at a steady rate through intake until the end; gives the times at which they were answered."""
    clients: dict[str, HttpClient] = {}
    for source, token in tokens.items():
        (clients[source],) = await http_clients(1, port, token)
    answered: list[float] = []

    async def write() -> None:
        start = time.perf_counter()
        for place, each in enumerate(messages):
            await asyncio.sleep(start + place / WRITTEN_PER_SECOND - time.perf_counter())
            await clients[each.identity.partition(":")[0]].send(each.data)
            answered.append(time.perf_counter())

    task = asyncio.create_task(write())
    try:
        yield answered
        if task.done():
            await task
            raise AssertionError(f"all {len(messages)} events are written, and reports are still asked for")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for client in clients.values():
            client.close()


def by_http(connection: http.client.HTTPConnection, path: str, moment: Moment) -> Ask:
    """Over a connection to the query service that is kept."""
    asked = {name: value if isinstance(value, int) else value.isoformat() for name, value in _asked(moment).items()}
    address = f"{path}{'&' if '?' in path else '?'}{urlencode(asked)}" if asked else path

    def ask() -> int:
        connection.request("GET", address)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return len(body)

    return lambda: asyncio.to_thread(ask)


_PRESENT = {"as_of": "now()", "known_at": "reporting.sequence()"}


def by_sql(connection: asyncpg.Connection, function: str, first: Sequence[str], moment: Moment) -> Ask:
    """As a reader by SQL asks, on a connection that is kept."""
    asked = _asked(moment)
    places = [f"'{value}'" for value in first]
    places += [f"{name} => ${place}" for place, name in enumerate(asked, 1)]
    places += [f"{name} => '{value}'" for name, value in ASKED_FOR.get(function, {}).items() if value not in first]
    if function == "data_quality":  # it has no defaults for its two times
        places += [f"{name} => {value}" for name, value in _PRESENT.items() if name not in asked]
    query = f"select * from reporting.{function}({', '.join(places)})"

    async def ask() -> int:
        return len(await connection.fetch(query, *asked.values()))

    return ask


def _asked(moment: Moment) -> dict[str, datetime | int]:
    asked = {"as_of": moment.as_of, "known_at": moment.known_at}
    return {name: value for name, value in asked.items() if value is not None}


async def asks(ledger: Ledger, port: int, stack: AsyncExitStack) -> Mapping[tuple[str, str, str], Ask]:
    """Each report of each moment in each way, over one connection of each way, as they are asked for one by one."""
    found: dict[tuple[str, str, str], Ask] = {}
    over_http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    stack.callback(over_http.close)
    over_sql = await ledger.connect("daybook_reader")
    for moment in await moments(ledger):
        for report, address, first in REPORTS:
            found[report, moment.name, "HTTP"] = by_http(over_http, address, moment)
            found[report, moment.name, "SQL"] = by_sql(over_sql, report, first, moment)
    return found


async def timed(rounds: int, asked: Mapping[tuple[str, str, str], Ask]) -> list[Figure]:
    """All of them in turn, so many times; the first round is not counted."""
    took: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for turn in range(rounds + 1):
        for what, ask in asked.items():
            if what[0] in LONG | OVER_TIME and turn % 10:
                continue
            start = time.perf_counter()
            size = await ask()
            assert size or what[0] in MAY_BE_EMPTY, f"nothing is answered for {what}"
            if turn:
                took[what].append((time.perf_counter() - start) * 1000)
    figures = []
    for (report, moment, way), each in took.items():
        each.sort()
        whole = report in LONG and (way == "SQL" or report in {name for name, *_ in FORMER})
        wanted = None if whole else WANTED_OVER_TIME_MS if report in OVER_TIME else WANTED_MS
        figures.append(Figure(f"{report} {moment}, {way}: p50", each[len(each) // 2], "ms"))
        figures.append(Figure(f"{report} {moment}, {way}: p99", each[len(each) * 99 // 100], "ms", most=wanted))
    return figures


async def vacuum(ledger: Ledger) -> None:
    """The views as vigorous vacuuming leaves them."""
    owner = await ledger.connect()
    served = await schema(ledger)
    query = "select quote_ident(relname) from pg_class where relnamespace = $1::regnamespace and relkind = 'r'"
    for (name,) in await owner.fetch(query, served):
        await vacuumed(owner, f"{served}.{name}")


async def measure(run: Run) -> list[Figure]:
    """One ledger; everything is asked of it in turn."""
    held_back, rounds = (1_000, 10) if run.quick else (HELD_BACK, ASKED)
    deals, apart = (1_200, timedelta(days=400)) if run.quick else (DEALS, APART)
    told = corpus(events_of(deals), later=-apart)
    events = events_of(deals) - held_back
    async with fresh_ledger(run.servers, stream_max_bytes=ROOM) as ledger, AsyncExitStack() as stack:
        run.says(f"send {events:,} events")
        await send(ledger, islice(told, events))
        to = await ledger.last_sequence()
        run.says(f"record {events:,} events")
        await recording(ledger, to)
        run.says(f"project {events:,} events")
        await projecting(ledger, to)
        await vacuum(ledger)
        run.says("starting all services")
        tokens = {source: await ledger.source(source) for source in ("crm", "telephony", "billing", "bank")}
        notary_key.ensure(ledger.settings)
        services = {name: await stack.enter_async_context(ledger.process(name, open_reads="true")) for name in SERVICES}
        ports = {name: urlsplit(service.url).port or 0 for name, service in services.items()}
        asked = await asks(ledger, ports["query"], stack)
        run.says("asking for reports")
        start = time.perf_counter()
        async with writing(ports["intake"], tokens, list(told)) as answered:
            figures = await timed(rounds, asked)
            written = len(answered) / (time.perf_counter() - start)
        await ledger.projected()
    return [*figures, Figure("written meanwhile", written)]


SECTION = Section("reports", "Reports of 50,000 deals while events come in", measure, at_most=1)
