"""A stream that three servers keep is not removed while another copy may have what the leading one lacks."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.endpoints import Endpoints
from services.errors import StreamMismatch
from services.nats import connection
from services.reconcile import reconcile
from services.reconcile.plan import Action, Moved
from services.settings import Settings
from services.setup.init import provision
from services.stream.configuration import configuration
from services.stream.quiesce import is_closed
from services.stream.state import ask, state
from tests.faults.cluster import Cluster, running_cluster
from tests.integration.reconcile.putting_right import Heard
from tests.ledger import STREAM_MAX_BYTES
from tests.servers import Servers

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""nats-py leaves the streams of attempts to reconnect that failed to the garbage collector, which complains."""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with running_cluster(tmp_path) as cluster:
        yield cluster
    gc.collect()


@pytest.mark.long
async def test_what_another_copy_may_have_is_not_removed(servers: Servers, cluster: Cluster) -> None:
    settings = Settings(stream_replicas=3, stream_max_bytes=STREAM_MAX_BYTES)
    async with servers.database() as name:
        where = Endpoints(cluster.url, servers.postgres.url_of(name, "daybook"), cluster.intake_url)
        await provision(settings, where, [])
        nc = await connection.connect(cluster.url, "test")
        await ask(nc, "STREAM.DELETE.DAYBOOK")
        wanted = configuration(settings, STREAM_MAX_BYTES) | {"deny_delete": False}
        await ask(nc, "STREAM.CREATE.DAYBOOK", wanted)
        for _ in range(3):
            await nc.jetstream().publish("daybook.deal.D-1", b"x", timeout=30)
        await ask(nc, "STREAM.MSG.DELETE.DAYBOOK", {"seq": 2})

        found = (await reconcile.look(settings, where, Heard())).look
        assert (found.action, found.comparison.lost) == (Action.MAKE_ANEW, [(2, 2)])
        with pytest.raises(StreamMismatch, match=r"the journal does not have either: 2\. The other 2 may have them"):
            await reconcile.apply(settings, where, Heard(), by="Li", reason="a test")
        now = await state(nc, "DAYBOOK")
        assert found.found is not None
        assert (now.created_at, now.messages, is_closed(now.configuration)) == (found.found.created_at, 2, False)

        await ask(nc, "STREAM.UPDATE.DAYBOOK", wanted | {"num_replicas": 1})
        done = await reconcile.apply(settings, where, Heard(), by="Li", reason="no copy has it")
        assert done.moved == [Moved((1, 1), (1, 1)), Moved((3, 3), (2, 2))]
        now = await state(nc, "DAYBOOK")
        assert (now.copies, now.messages, is_closed(now.configuration)) == (3, 2, False)
        await nc.close()
