"""The three-node cluster of the harness, and what connections to it owe to whoever uses them."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.errors import Unavailable
from services.nats import connection
from services.settings import Settings
from services.stream.append import Appended, Message, append
from services.stream.configuration import provision
from services.stream.failover import leave_cut_off_server
from services.stream.state import state
from tests.faults.cluster import Cluster, Node, running_cluster
from tests.service import until

STREAM = "DAYBOOK"
SETTINGS = Settings(stream=STREAM, stream_replicas=3, stream_max_bytes=64 * 1024 * 1024)


pytestmark = [pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"), pytest.mark.long]
"""nats-py leaves the streams of attempts to reconnect that failed to the garbage collector, which complains."""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with running_cluster(tmp_path) as cluster:
        nc = await connection.connect(cluster.url, "test")
        await provision(nc, SETTINGS, None)
        await nc.close()
        yield cluster
    gc.collect()


async def appended(nc: Client, identity: str) -> int:
    """Appends one message, however often that takes; its sequence."""
    found: list[int] = []

    async def taken() -> bool:
        outcome = await append(nc, STREAM, [Message("daybook.deal.one", identity, identity.encode())])
        if isinstance(outcome, Appended):
            found.append(outcome.sequences[0])
        elif sequence := getattr(outcome, "sequence", None):
            found.append(sequence)
        return bool(found)

    await until(taken, f"{identity} is not taken", deadline_s=60)
    return found[0]


def at(cluster: Cluster, nc: Client) -> Node:
    """The node that a connection is at."""
    assert nc.connected_url is not None
    return next(each for each in cluster.nodes if each.clients.port == nc.connected_url.port)


async def test_who_is_told_of_other_servers_logs_in_there_as_well(cluster: Cluster) -> None:
    nc = await connection.connect(cluster.url.split(",")[0], "test")
    complaints: list[Exception] = []

    async def complain(error: Exception) -> None:
        complaints.append(error)

    nc._error_cb = complain
    await cluster.kill(cluster.nodes[0])
    assert await appended(nc, "crm:1") == 1
    assert at(cluster, nc) is not cluster.nodes[0]
    assert "Authorization" not in "".join(map(str, complaints))
    await nc.close()


async def test_a_node_that_is_killed_or_wiped_costs_nothing_that_was_acknowledged(cluster: Cluster) -> None:
    nc = await connection.connect(cluster.url, "test")
    sequences = [await appended(nc, f"crm:{number}") for number in range(5)]
    for number in range(5, 7):
        leader = await cluster.leader(STREAM)
        await cluster.kill(leader)
        if number == 6:
            await cluster.wipe(leader)
        sequences.append(await appended(nc, f"crm:{number}"))
        await cluster.start_node(leader)
        await cluster.healthy(STREAM)
    assert sequences == [1, 2, 3, 4, 5, 6, 7]
    await nc.close()


async def test_a_client_leaves_a_node_that_is_cut_off_from_the_others(cluster: Cluster) -> None:
    nc = await connection.connect(cluster.url, "test")
    looking = asyncio.create_task(leave_cut_off_server(nc, STREAM))
    assert await appended(nc, "crm:1") == 1
    alone = at(cluster, nc)

    await cluster.cut_off(alone, clients=False, silently=True)
    assert await appended(nc, "crm:2") == 2
    assert at(cluster, nc) is not alone
    cluster.rejoin(alone)
    await cluster.healthy(STREAM)
    assert await appended(nc, "crm:3") == 3

    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    await nc.close()


@pytest.mark.parametrize("leads", [True, False])
async def test_what_a_replica_says_that_is_cut_off_is_not_taken_for_the_stream(cluster: Cluster, leads: bool) -> None:
    """A cut-off replica may end earlier than the others' stream, which nobody may take for a stream that was
    rewound."""
    leader = await cluster.leader(STREAM)
    alone = leader if leads else next(each for each in cluster.nodes if each is not leader)
    there = await connection.connect(cluster.url_of(alone), "test")
    beyond = await connection.connect(cluster.url_of(*(each for each in cluster.nodes if each is not alone)), "test")
    assert await appended(beyond, "crm:1") == 1
    assert (await state(there, STREAM)).last_sequence == 1

    await cluster.cut_off(alone, clients=False, silently=True)
    assert await appended(beyond, "crm:2") == 2

    async def answers() -> bool:
        with suppress(TimeoutError):
            answer = json.loads((await there.request(f"$JS.API.STREAM.INFO.{STREAM}", timeout=1)).data)
            if "state" not in answer:  # while it has not noticed yet that it is alone, or that it is not any more
                return False
            assert answer["state"]["last_seq"] == 1
            return True
        return False

    await until(answers, "the server no longer answers with what it has: read no longer needs to check")
    with pytest.raises(Unavailable):
        await state(there, STREAM)

    cluster.rejoin(alone)
    await cluster.healthy(STREAM)
    assert (await state(there, STREAM)).last_sequence == 2
    await beyond.close()
    await there.close()
