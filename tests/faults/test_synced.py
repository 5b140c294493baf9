"""Servers say of themselves whether they sync before they acknowledge, and their clocks can be moved."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import pytest

from tests.faults.clock import impossible, move_clock
from tests.faults.cluster import running_cluster
from tests.faults.deployed import ByConfiguration
from tests.faults.servers import Monitored
from tests.faults.synced import not_synced


class _Careless(Monitored):
    """The embedded server, told to sync every two minutes only."""

    def _write(self) -> None:
        super()._write()
        file = self.directory / "nats-server.conf"
        file.write_text(file.read_text().replace("sync_interval: always", "sync_interval: 2m"))


@pytest.mark.parametrize(("server", "careful"), [(Monitored, True), (ByConfiguration, True), (_Careless, False)])
async def test_a_server_that_acknowledges_before_it_syncs_is_found(
    tmp_path: Path, server: type[Monitored], careful: bool
) -> None:
    running = server(tmp_path / "nats", tmp_path / "nats.log")
    await running.start()
    try:
        assert bool(await not_synced([running.monitoring])) is not careful
    finally:
        await running.stop()


@pytest.mark.long
async def test_every_node_of_a_cluster_syncs_before_it_acknowledges(tmp_path: Path) -> None:
    async with running_cluster(tmp_path) as cluster:
        assert await not_synced([each.monitoring for each in cluster.nodes]) == []


@pytest.mark.skipif(bool(impossible()), reason="clocks cannot be moved here")
async def test_the_clock_of_one_server_is_moved_and_back(tmp_path: Path) -> None:
    server = Monitored(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await nats.connect(server.url)
    try:
        stream = {"name": "CLOCK", "subjects": ["clock.*"], "storage": "file"}
        await nc.request("$JS.API.STREAM.CREATE.CLOCK", json.dumps(stream).encode())
        for seconds in (10 * 365 * 86400, -7200, 0):
            await move_clock(server.process.pid, seconds)
            await nc.request("clock.tick", b"")
            state = json.loads((await nc.request("$JS.API.STREAM.INFO.CLOCK")).data)["state"]
            off = datetime.fromisoformat(state["last_ts"][:19] + "+00:00") - datetime.now(UTC)
            assert abs(off - timedelta(seconds=seconds)) < timedelta(seconds=30)
    finally:
        await nc.close()
        await server.stop()
