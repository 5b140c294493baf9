"""A NATS cluster of three of which one node at a time is killed, emptied, cut off or damaged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from time import monotonic

import httpx
import nats

from tests.faults.cluster import Node
from tests.faults.clustered import Clustered
from tests.faults.flip import flip_bit
from tests.faults.plan import Fault, Plan
from tests.faults.recorded import read_stream
from tests.faults.taking_over import others_go_on
from tests.faults.world import STREAM, World
from tests.service import until

Strike = Callable[[World[Clustered]], Awaitable[None]]

_SETTINGS = {"stream_replicas": "3"}
_BLOCK_BYTES = 8 * 1024 * 1024
_FILLING_BYTES = 60_000
_MENDS_S = 25.0
_SAID_S = 40.0


def _of(world: World[Clustered], role: str) -> Callable[[], Awaitable[Node]]:
    async def leader() -> Node:
        return await world.servers.cluster.leader(STREAM)

    async def follower() -> Node:
        leads = await leader()
        return world.draw.choice([each for each in world.servers.cluster.nodes if each is not leads])

    return leader if role == "leader" else follower


def kill(role: str, down_s: float, *, goes_on: bool = False, wipe: bool = False, flip: bool = False) -> Strike:
    """kill -9 of the leader or a follower; started again, on an empty or damaged disk; over when it has caught up.

    With `goes_on` it is started again only when the others have gone on without it.
    """

    async def strike(world: World[Clustered]) -> None:
        cluster = world.servers.cluster
        node = await _of(world, role)()
        began = monotonic()
        await cluster.kill(node)
        if goes_on:
            await others_go_on(world, node.name, began)
        if wipe:
            await cluster.wipe(node)
        if flip:
            world.note(f"{node.name}: {await flip_bit(node.store, STREAM, world.draw)}")
        await asyncio.sleep(began + down_s - monotonic())
        await cluster.start_node(node)
        if flip:
            await _mended(world, node)
        await cluster.healthy(STREAM)

    return strike


async def _mended(world: World[Clustered], node: Node) -> None:
    """Some damage a server finds and mends by itself; where it does not, whoever runs it gives it an empty disk."""
    if await _is_whole(world, node):
        return
    world.note(f"{node.name} does not mend its copy: it gets an empty disk")
    cluster = world.servers.cluster
    await cluster.kill(node)
    await cluster.wipe(node)
    await cluster.start_node(node)


async def _is_whole(world: World[Clustered], node: Node) -> bool:
    """Tell if a node has what the others have; if it has not, intake must say so while that node leads."""
    cluster = world.servers.cluster
    try:
        await cluster.healthy(STREAM, _MENDS_S)
    except AssertionError:
        return False
    await cluster.lead(next(each for each in cluster.nodes if each is not node), STREAM)
    wanted = await read_stream(world.servers.nats_url, STREAM)
    await cluster.lead(node, STREAM)
    found = set(await read_stream(world.servers.nats_url, STREAM))
    lacking = [each.sequence for each in wanted if each not in found]
    if lacking:
        world.note(f"{node.name} lacks {len(lacking)} messages from {lacking[0]} on")
        await until(lambda: _refuses(world), "intake takes events for a stream that lacks messages", deadline_s=_SAID_S)
    return not lacking


async def _refuses(world: World[Clustered]) -> bool:
    async with httpx.AsyncClient(timeout=5) as client:
        return (await client.get(f"{world.kept['intake'].url}/ready")).status_code == 503


async def fill_blocks(world: World[Clustered]) -> None:
    """Noise for two of the server's blocks, which becomes rows in quarantine: so not only the last is damaged."""
    nc = await nats.connect(world.servers.nats_url.split(","))
    try:
        for _ in range(2 * _BLOCK_BYTES // _FILLING_BYTES):
            await nc.request("daybook.deal.noise", world.draw.randbytes(_FILLING_BYTES), timeout=10)
    finally:
        await nc.close()


def cut_off(role: str, for_s: float, *, clients: bool, silently: bool) -> Strike:
    """The leader or a follower sees nobody, until the others have gone on; with `clients`, no client sees it either."""

    async def strike(world: World[Clustered]) -> None:
        cluster = world.servers.cluster
        node = await _of(world, role)()
        world.note(f"cuts off {node.name}")
        began = monotonic()
        await cluster.cut_off(node, clients=clients, silently=silently)
        try:
            await others_go_on(world, node.name, began)
            await asyncio.sleep(began + for_s - monotonic())
        finally:
            cluster.rejoin(node)
        await cluster.healthy(STREAM)

    return strike


def _killed(draw: Random) -> Sequence[Fault[Clustered]]:
    return [
        Fault(f"kill the leader, down for {down_s:.1f} s", draw.uniform(0, 2), kill("leader", down_s, goes_on=goes_on))
        for down_s, goes_on in ((draw.uniform(0, 1), False), (draw.uniform(5, 10), True))
    ]


def _wiped(draw: Random) -> Sequence[Fault[Clustered]]:
    return [
        Fault(f"empty the disk of the {role}", draw.uniform(1, 4), kill(role, draw.uniform(0, 6), wipe=True))
        for role in draw.sample(["leader", "follower"], 2)
    ]


def _flipped(draw: Random) -> Sequence[Fault[Clustered]]:
    return [
        Fault("fill two blocks with noise", 0, fill_blocks),
        *(
            Fault(f"flip a bit of the {role}", draw.uniform(1, 4), kill(role, draw.uniform(0, 1), flip=True))
            for role in ("leader", draw.choice(["leader", "follower"]))
        ),
    ]


def _cut_off(clients: bool) -> Callable[[Random], Sequence[Fault[Clustered]]]:
    def faults(draw: Random) -> Sequence[Fault[Clustered]]:
        found = []
        for role in ("leader", draw.choice(["leader", "follower"])):
            for_s, silently = draw.uniform(3, 20), draw.random() < 0.5
            how = "silently" if silently else "by resets"
            name = f"cut off the {role} {how} for {for_s:.1f} s"
            strike = cut_off(role, for_s, clients=clients, silently=silently)
            found.append(Fault(name, draw.uniform(0, 2), strike))
        return found

    return faults


async def every_copy_is_whole(world: World[Clustered]) -> None:
    """Each node leads in turn, and the stream reads the same."""
    cluster = world.servers.cluster
    wanted = await read_stream(world.servers.nats_url, STREAM)
    for node in cluster.nodes:
        await cluster.lead(node, STREAM)
        if await read_stream(world.servers.nats_url, STREAM) != wanted:
            world.complain(f"the copy of {node.name} is another one")


PLANS = (
    Plan(
        "cluster_kill",
        "NATS cluster: leader killed",
        _killed,
        Clustered,
        settings=_SETTINGS,
        check=every_copy_is_whole,
    ),
    Plan(
        "cluster_wipe",
        "NATS cluster: a node loses its disk",
        _wiped,
        Clustered,
        settings=_SETTINGS,
        check=every_copy_is_whole,
    ),
    Plan(
        "cluster_flip",
        "NATS cluster: a flipped bit on one node",
        _flipped,
        Clustered,
        settings=_SETTINGS,
        check=every_copy_is_whole,
    ),
    Plan(
        "cluster_cut_off",
        "NATS cluster: a node cut off from everybody",
        _cut_off(clients=True),
        Clustered,
        settings=_SETTINGS,
        check=every_copy_is_whole,
    ),
    Plan(
        "cluster_cut_off_with_clients",
        "NATS cluster: a node cut off with its clients",
        _cut_off(clients=False),
        Clustered,
        settings=_SETTINGS,
        check=every_copy_is_whole,
    ),
)
