"""Three NATS servers that keep one stream, run with `deploy/nats/cluster.conf` as it stands.

Every link between two of them, and every way of a client to one of them, is a proxy that can be cut.
"""

import asyncio
import http.client
import itertools
import json
import re
import secrets
import shutil
import signal
import sysconfig
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats.errors
from nats.aio.client import Client

from services.embedded.process import Process, Program
from tests import ports
from tests.faults.proxy import Proxy

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nats" / "cluster.conf"
NAMES = ("nats-1", "nats-2", "nats-3")
READY_S = 60.0


class Node:
    """One server of the cluster, with a directory, ports and a proxy for its clients of its own."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.store = home / name
        self.log = home / f"{name}.log"
        self.port = ports.free()
        self.route_port = ports.free()
        self.monitoring = ports.free()
        self.clients = Proxy(f"clients to {name}", self.port)
        self.process: Process | None = None

    @property
    def runs(self) -> bool:
        """Tell if the node has a process that has not ended."""
        return self.process is not None and self.process.exit_code is None


class Cluster:
    """`start`, then disturb it, then `stop`. While two nodes see each other the stream goes on."""

    def __init__(self, home: Path) -> None:
        self.nodes = [Node(name, home) for name in NAMES]
        self._home = home
        self._passwords = {who: f"p{secrets.token_hex(12)}" for who in _users()}
        self._links = {
            (one.name, other.name): Proxy(f"{one.name} to {other.name}", other.route_port)
            for one, other in itertools.permutations(self.nodes, 2)
        }

    @property
    def url(self) -> str:
        """All nodes, for Daybook's own services."""
        return self._urls("daybook")

    @property
    def intake_url(self) -> str:
        """All nodes, for intake where it takes requests."""
        return self._urls("intake")

    @property
    def emitter_url(self) -> str:
        """All nodes, for emitting systems."""
        return self._urls("emitter")

    def url_of(self, *nodes: Node) -> str:
        """Some of the nodes, for Daybook's own services."""
        return ",".join(self._url("daybook", each) for each in nodes)

    def node(self, name: str) -> Node:
        """A node by its name."""
        return next(each for each in self.nodes if each.name == name)

    async def start(self) -> None:
        """Starts all three and returns once JetStream can place three copies."""
        for proxy in self._proxies():
            await proxy.start()
        await asyncio.gather(*map(self.start_node, self.nodes))
        await self._until(self._places, "JetStream does not place three copies")

    async def stop(self) -> None:
        """Ends everything."""
        await asyncio.gather(*(each.process.stop(20) for each in self.nodes if each.process is not None))
        await asyncio.gather(*(each.stop() for each in self._proxies()))

    async def start_node(self, node: Node) -> None:
        """Starts one server; whether it has caught up is asked with `healthy`."""
        command = [str(Path(sysconfig.get_path("scripts")) / "nats-server"), "-c", str(CONFIGURATION)]
        command += ["-m", str(node.monitoring)]
        program = Program(node.name, command, node.log, self._environment(node), signal.SIGINT, signal.SIGKILL)
        node.process = await Process.start(program)

    async def kill(self, node: Node) -> None:
        """kill -9."""
        if node.process is not None:
            await node.process.kill()

    async def wipe(self, node: Node) -> None:
        """Its disk is replaced by an empty one while it is down."""
        assert not node.runs, f"{node.name} runs"
        await asyncio.to_thread(shutil.rmtree, node.store)

    async def cut_off(self, node: Node, *, clients: bool, silently: bool) -> None:
        """Cuts the node off from every other node, in both directions; with `clients`, from every client too."""
        for proxy in self._around(node, clients=clients):
            await proxy.cut(silently=silently)

    def rejoin(self, node: Node) -> None:
        """Ends `cut_off`."""
        for proxy in self._around(node, clients=True):
            proxy.mend()

    async def leader(self, stream: str) -> Node:
        """The node that leads the stream; waits until there is one."""
        found: list[str] = []

        async def led() -> bool:
            info = await self._info(stream)
            found[:] = [leader] if info and (leader := info["cluster"].get("leader")) else []
            return bool(found)

        await self._until(led, f"the stream {stream} has no leader")
        return self.node(found[0])

    async def healthy(self, stream: str, deadline_s: float = READY_S) -> None:
        """Waits until all three nodes have all of the stream."""

        async def whole() -> bool:
            info = await self._info(stream)
            peers = (info or {"cluster": {}})["cluster"].get("replicas", [])
            current = len(peers) == len(NAMES) - 1 and all(each["current"] and not each.get("lag") for each in peers)
            return current and all(await asyncio.gather(*(asyncio.to_thread(_healthy, each) for each in self.nodes)))

        await self._until(whole, f"not every node has all of the stream {stream}", deadline_s)

    async def lead(self, node: Node, stream: str) -> None:
        """Makes a node the leader of the stream, which all nodes must have."""

        async def leads() -> bool:
            return (await self.leader(stream)) is node

        if not await leads():
            await self._ask(f"$JS.API.STREAM.LEADER.STEPDOWN.{stream}", {"placement": {"preferred": node.name}})
            await self._until(leads, f"{node.name} does not become the leader of {stream}")
        await self.healthy(stream)

    async def _info(self, stream: str) -> dict[str, Any] | None:
        return await self._ask(f"$JS.API.STREAM.INFO.{stream}")

    async def _places(self) -> bool:
        """A leader that has just been elected does not know of all others yet."""
        wanted = {"name": "PROBE", "subjects": ["probe"], "storage": "memory", "num_replicas": len(NAMES)}
        if await self._ask("$JS.API.STREAM.CREATE.PROBE", wanted) is None:
            return False
        return await self._ask("$JS.API.STREAM.DELETE.PROBE") is not None

    async def _ask(self, subject: str, payload: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Return JetStream's answer, past the proxies, by way of a node that gives one; None while no node does."""
        question = json.dumps(payload).encode() if payload else b""
        for node in self.nodes:
            if node.runs:
                url = f"nats://daybook:{self._passwords['DAYBOOK']}@127.0.0.1:{node.port}"
                nc = Client()
                try:
                    await nc.connect(url, allow_reconnect=False, connect_timeout=2, error_cb=_ignored)
                    answer: dict[str, Any] = json.loads((await nc.request(subject, question, timeout=2)).data)
                    if "error" not in answer:
                        return answer
                except (OSError, nats.errors.Error, TimeoutError):
                    continue
                finally:
                    await nc.close()
        return None

    async def _until(self, holds: Any, complaint: str, deadline_s: float = READY_S) -> None:
        deadline = time.monotonic() + deadline_s
        while not await holds():
            if time.monotonic() > deadline:
                words = "\n".join(
                    f"--- {each.name}\n{each.process.last_words()}" for each in self.nodes if each.process
                )
                raise AssertionError(f"{complaint} after {deadline_s:g} s\n{words}")
            await asyncio.sleep(0.05)

    def _urls(self, user: str) -> str:
        return ",".join(self._url(user, each) for each in self.nodes)

    def _url(self, user: str, node: Node) -> str:
        return f"nats://{user}:{self._passwords[user.upper()]}@127.0.0.1:{node.clients.port}"

    def _proxies(self) -> list[Proxy]:
        return [*self._links.values(), *(each.clients for each in self.nodes)]

    def _around(self, node: Node, *, clients: bool) -> Sequence[Proxy]:
        links = [proxy for ends, proxy in self._links.items() if node.name in ends]
        return [*links, node.clients] if clients else links

    def _environment(self, node: Node) -> dict[str, str]:
        route = self._passwords["ROUTE"]
        others = [self._links[node.name, each.name].port for each in self.nodes if each is not node]
        routes = {
            f"NATS_ROUTE_{number}": json.dumps(f"nats-route://route:{route}@127.0.0.1:{port}")
            for number, port in enumerate(others, 1)
        }
        return {
            "PATH": "/usr/bin:/bin",
            "TZ": "UTC",
            "NATS_NAME": node.name,
            "NATS_LISTEN": json.dumps(f"127.0.0.1:{node.port}"),
            "NATS_ADVERTISE": json.dumps(f"127.0.0.1:{node.clients.port}"),
            "NATS_CLUSTER_LISTEN": json.dumps(f"127.0.0.1:{node.route_port}"),
            # Nobody listens there: routes are made by the proxies alone, not by what nodes tell each other.
            "NATS_CLUSTER_ADVERTISE": json.dumps("127.0.0.1:1"),
            "NATS_STORE": json.dumps(str(node.store)),
            **routes,
            **{f"{who}_PASSWORD": password for who, password in self._passwords.items()},
        }


@asynccontextmanager
async def running_cluster(home: Path) -> AsyncIterator[Cluster]:
    """A cluster, gone at the end."""
    cluster = Cluster(home)
    try:
        await cluster.start()
        yield cluster
    finally:
        await cluster.stop()


def _healthy(node: Node) -> bool:
    """Tell if the server of a node says that its own copies are in order."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{node.monitoring}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def _users() -> set[str]:
    """Everybody whose password the configuration takes from the environment, in capitals."""
    texts = (each.read_text() for each in CONFIGURATION.parent.glob("*.conf"))
    return {name for text in texts for name in re.findall(r"\$([A-Z]+)_PASSWORD", text)}


async def _ignored(_: Exception) -> None:
    """Failed attempts are expected while nodes are away."""
