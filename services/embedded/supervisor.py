"""Servers and services as child processes: started in order, kept alive, stopped in order."""

import asyncio
from datetime import UTC, datetime

from services.embedded import ports, readers
from services.embedded.data_directory import DataDirectory
from services.embedded.log_rotation import keep_rotating
from services.embedded.nats import NatsServer
from services.embedded.postgres import PostgresServer
from services.embedded.readiness import all_ready
from services.embedded.restart_policy import Say, Startable, SupervisedProcess
from services.embedded.service_process import ServiceProcess
from services.endpoints import Endpoints, endpoints
from services.errors import DaybookError
from services.notary import custody
from services.runtime.shutdown import cancel_and_wait
from services.settings import LOOPBACK, Settings
from services.setup.init import Provisioned, provision

SERVICES = ("recorder", "projector", "notary", "intake", "query")


class Supervisor:
    """Supervisor of all that `daybook up` runs. Call `start`, then `stop`, even where `start` failed."""

    def __init__(self, settings: Settings, directory: DataDirectory, say: Say) -> None:
        self.settings = settings
        self.directory = directory
        self.run: dict[str, object] = {}
        """What stands in run.json."""
        self.unsigned: str | None = None
        """Why nothing is signed, where the notary's key is not the one that signed here before."""
        self.outdated = False
        """Flag: the views served are of another version's folds, and the projector has none to feed until a rebuild."""
        self._say = say
        self._nats: NatsServer | None = None
        self._postgres: PostgresServer | None = None
        self._services: list[SupervisedProcess] = []
        self._servers: list[SupervisedProcess] = []
        self._chores: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Returns once everything is ready. Raises DaybookError; then `stop` what was started."""
        await self.directory.clear_leftovers(self._say)
        intake_port = self._port("--intake-port", self.settings.intake_host, self.settings.intake_port)
        query_port = self._port("--query-port", self.settings.query_host, self.settings.query_port)
        recorder_port = self._side_port("recorder", self.settings.recorder_host, self.settings.recorder_port)
        projector_port = self._side_port("projector", self.settings.projector_host, self.settings.projector_port)
        notary_port = self._side_port("notary", self.settings.notary_host, self.settings.notary_port)
        self._chores.append(asyncio.create_task(keep_rotating(self.directory.logs)))
        where = await self._start_servers()
        self.run = {
            "ready": False,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "embedded": self.settings.embedded,
            "nats_url": where.nats_url,
            "intake_nats_url": where.intake_nats_url,
            "emitter_nats_url": self._nats.emitter_url if self._nats else None,
            "database_url": where.database_url,
            "sql_url": self._postgres.reader_url if self._postgres else None,
            "intake_url": self._url(self.settings.intake_host, intake_port),
            "query_url": self._url(self.settings.query_host, query_port),
            "recorder_url": self._url(self.settings.recorder_host, recorder_port),
            "projector_url": self._url(self.settings.projector_host, projector_port),
            "notary_url": self._url(self.settings.notary_host, notary_port),
            "intake_port": intake_port,
            "query_port": query_port,
        }
        self.directory.write_run(self.run)
        made = await provision(self.settings, where, goes_on=True)
        self._say_provisioned(made)
        self.outdated = made.outdated
        self.unsigned = await custody.ensure(self.settings, where)
        variables = {
            **{name.upper(): path for name, path in self.settings.paths.items()},
            "INTAKE_PORT": str(intake_port),
            "QUERY_PORT": str(query_port),
            "RECORDER_PORT": str(recorder_port),
            "PROJECTOR_PORT": str(projector_port),
            "NOTARY_PORT": str(notary_port),
        }
        if self._reads_are_open():
            variables["OPEN_READS"] = "true"
        self._services = [self._kept(name, ServiceProcess(name, self.directory, variables)) for name in SERVICES]
        for each in self._services:
            await each.start()
        waiting = set(SERVICES) - ({"notary"} if self.unsigned else set()) - ({"projector"} if self.outdated else set())
        await all_ready(self._services, waiting, where, str(self.run["intake_url"]), str(self.run["query_url"]))
        self.run["ready"] = True
        self.directory.write_run(self.run)

    async def stop(self) -> None:
        """Stops everything in good order: services, NATS, PostgreSQL; then nothing is left but the data."""
        await cancel_and_wait(self._chores)
        await asyncio.gather(*(each.stop() for each in self._services))
        for each in self._servers:
            await each.stop()
        self.directory.forget()

    async def _start_servers(self) -> Endpoints:
        """Starts the embedded servers, or names those of the settings."""
        if not self.settings.embedded:
            return endpoints(self.settings)
        nats = self._nats = NatsServer(self.directory.nats, self.directory.log("nats"))
        postgres = self._postgres = PostgresServer(self.directory.postgres, self.directory.log("postgres"))
        kept_nats, kept_postgres = self._kept("nats", nats), self._kept("postgres", postgres)
        self._servers = [kept_nats, kept_postgres]
        await kept_nats.start()
        self._chores.append(asyncio.create_task(nats.staging.keep_open()))
        self._say(f"NATS with JetStream listens on {nats.emitter_url}")
        await kept_postgres.start()
        for each in postgres.opened:
            self._say(f"PostgreSQL's user may now pass through {each} (chmod o+x)")
        self._chores.append(asyncio.create_task(readers.keep(postgres.url_of("daybook"))))
        self._say(f"PostgreSQL listens on the socket in {postgres.socket}")
        return Endpoints(nats.url, postgres.url, nats.intake_url)

    def _kept(self, name: str, startable: Startable) -> SupervisedProcess:
        return SupervisedProcess(name, startable, self.directory.started, self._say)

    def _port(self, setting: str, host: str, wanted: int) -> int:
        if wanted == 0:
            return ports.free(host)
        if not ports.is_free(wanted, host):
            raise DaybookError(
                f"Port {wanted} of {host} is in use. Choose another one with {setting}; 0 takes a free one."
            )
        return wanted

    def _side_port(self, service: str, host: str, wanted: int) -> int:
        """Choose the port of a service that nobody has to find; run.json says which.

        Where its usual port is in use, and no setting names one, a free port is chosen.
        """
        said = f"{service}_port" in self.settings.model_fields_set
        usual = wanted if said or ports.is_free(wanted, host) else 0
        return self._port(f"DAYBOOK_{service.upper()}_PORT", host, usual)

    def _url(self, host: str, port: int) -> str:
        scheme = "http" if self.settings.tls_certificate is None else "https"
        return f"{scheme}://{_authority(host, port)}"

    def _reads_are_open(self) -> bool:
        """Tell if anybody on this machine may read without a token: with embedded servers and reads on loopback, unless
        `open_reads` is set.
        """
        said = "open_reads" in self.settings.model_fields_set
        return self.settings.embedded and self.settings.query_host in LOOPBACK and not said

    def _say_provisioned(self, made: Provisioned) -> None:
        stream = f"stream {made.stream.name} up to {made.stream.max_bytes / 2**30:.1f} GiB"
        self._say(f"{'Made' if made.made_stream else 'Found'} the {stream}, generation {made.generation} of the views")
        if made.in_use is not None:
            self._say(f"Reports are as an earlier version made them, and some may be refused: {made.in_use}")


def _authority(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not listened on
    return f"[{shown}]:{port}" if ":" in shown else f"{shown}:{port}"
