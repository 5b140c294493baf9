"""Everything at once, as in `daybook up`: its five services, and writers who send all they can.

Batches over HTTP, a source each; the clock runs from the first request until every lane has taken the last event.
The writers share the processors with what is measured.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack

from services.embedded.supervisor import SERVICES
from services.notary import key as notary_key
from tests.benchmarks import usage
from tests.benchmarks.corpus import corpus
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.benchmarks.senders import http_clients
from tests.ledger import fresh_ledger

AT_ONCE = 500


def bodies(events: int) -> dict[str, list[bytes]]:
    """Make the batches that each source sends, in order."""
    by_source: dict[str, list[bytes]] = defaultdict(list)
    for each in corpus(events):
        by_source[each.identity.partition(":")[0]].append(each.data)
    return {
        source: [b"[" + b",".join(said[at : at + AT_ONCE]) + b"]" for at in range(0, len(said), AT_ONCE)]
        for source, said in by_source.items()
    }


async def _send(port: int, token: str, batches: Sequence[bytes]) -> int:
    """One writer, one request after another; the last sequence that it was given."""
    (client,) = await http_clients(1, port, token)
    last = 0
    for each in batches:
        answer = await client.send(each)
        receipts = json.loads(answer.partition(b"\r\n\r\n")[2])
        last = max(last, *(each["sequence"] for each in receipts))
    client.close()
    return last


async def measure(run: Run) -> list[Figure]:
    """Events per second, and what each process takes for one."""
    events = 2_000 if run.quick else 100_000
    told = bodies(events)
    async with fresh_ledger(run.servers, stream_max_bytes=2**30) as ledger, AsyncExitStack() as stack:
        tokens = {source: await ledger.source(source) for source in told}
        notary_key.ensure(ledger.settings)
        services = {name: await stack.enter_async_context(ledger.process(name)) for name in SERVICES}
        pids = {name: each.process.pid for name, each in services.items()}
        port = int(services["intake"].url.rpartition(":")[2])
        servers = {"PostgreSQL": run.servers.postgres.process.pid, "NATS": run.servers.nats.process.pid}
        used = {name: usage.cpu_s_of(pid) for name, pid in (pids | servers).items()}
        run.says(f"send {events:,} events to everything at once")
        start = time.perf_counter()
        last = max(await asyncio.gather(*(_send(port, tokens[each], told[each]) for each in told)))
        sent = time.perf_counter() - start
        await ledger.projected(last)
        seconds = time.perf_counter() - start
        costs = {name: usage.cpu_s_of(pid) - used[name] for name, pid in (pids | servers).items()}
        peaks = {name: usage.peak_mib(pid) for name, pid in pids.items()}
    return [
        Figure("acknowledged", events / sent),
        Figure("in the views", events / seconds),
        *(Figure(f"{name}: processor", cost / events * 1e6, "µs/event") for name, cost in costs.items()),
        *(Figure(f"{name}: most memory", peak, "MiB") for name, peak in peaks.items()),
    ]


SECTION = Section("together", "Everything running at once, with writers over HTTP", measure)
