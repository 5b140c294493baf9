"""Both servers as `deploy/` configures them, and the real services and commands on them, each as its own users."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.integration.deploy.own_nats import OwnNats
from tests.integration.deploy.own_postgres import OwnPostgres
from tests.service import Service, running_service
from tests.up import daybook

STREAM_MAX_BYTES = 64 * 1024 * 1024
RUN_AS = {
    "intake": ("appender", "intake"),
    "recorder": ("recorder", "recorder"),
    "projector": ("projector", "projector"),
    "query": ("query", "query"),
    "notary": ("notary", "notary"),
    "verify": ("auditor", "query"),
    "status": ("query", "query"),
    "backup": ("query", "backup"),
}
"""What runs as which NATS user and which PostgreSQL login; everything else as `daybook` and the owner."""


class Deployment:
    """A ledger on servers of one's own."""

    def __init__(self, home: Path, programs: Path) -> None:
        self.home = home
        self.nats = OwnNats(home)
        self.postgres = OwnPostgres(home / "postgres", programs)

    def settings(self, what: str) -> dict[str, str]:
        """Return the settings of a service or command, as `daybook()` takes them."""
        user, login = RUN_AS.get(what, ("daybook", "owner"))
        found = {
            "nats_url": self.nats.url(user),
            "database_url": self.postgres.url(login),
            "stream_max_bytes": str(STREAM_MAX_BYTES),
            "data": str(self.home / "data"),
        }
        return found | ({"intake_nats_url": self.nats.url("intake")} if what == "intake" else {})

    async def daybook(self, *words: str) -> str:
        """Run a command as its users and return what it says."""
        code, said, complaint = await daybook(*words, **self.settings(words[0]))
        assert code == 0, said + complaint
        return said

    @asynccontextmanager
    async def serving(self, *names: str) -> AsyncIterator[dict[str, Service]]:
        """Services, each as its own users."""
        async with AsyncExitStack() as stack:
            running = {}
            for name in names:
                variables = {f"DAYBOOK_{key.upper()}": value for key, value in self.settings(name).items()}
                service = running_service(name, self.home / f"{name}.log", variables)
                running[name] = await stack.enter_async_context(service)
            yield running


@asynccontextmanager
async def running_deployment(home: Path, programs: Path) -> AsyncIterator[Deployment]:
    """The servers, with a ledger that `daybook init` made."""
    deployment = Deployment(home, programs)
    try:
        await deployment.nats.start()
        await deployment.postgres.start()
        await deployment.daybook("init")
        yield deployment
    finally:
        await deployment.nats.stop()
        await deployment.postgres.stop()
