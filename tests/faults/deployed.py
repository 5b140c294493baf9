"""A NATS server as `deploy/nats/nats-server.conf` has it."""

import json
import secrets
from dataclasses import replace
from pathlib import Path

from services.embedded.process import Program
from tests.faults.servers import Monitored

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nats" / "nats-server.conf"
_USERS = ("daybook", "appender", "intake", "emitter", "recorder", "projector", "query", "auditor", "notary")


class ByConfiguration(Monitored):
    """A server with the settings that operators get; the users of users.conf, each with a password of its own."""

    def __init__(self, directory: Path, log: Path) -> None:
        super().__init__(directory, log)
        self._passwords = {each: f"p{secrets.token_hex(12)}" for each in _USERS}
        self.password = self._passwords["daybook"]  # which is asked whether it has started

    @property
    def intake_url(self) -> str:
        return self._url("intake")

    @property
    def emitter_url(self) -> str:
        return self._url("emitter")

    def program(self) -> Program:
        program = super().program()
        environment = {
            **program.environment,
            "NATS_LISTEN": json.dumps(f"127.0.0.1:{self.port}"),
            "NATS_STORE": json.dumps(str(self.directory)),
            **{f"{user.upper()}_PASSWORD": password for user, password in self._passwords.items()},
        }
        command = [program.command[0], "-c", str(CONFIGURATION), "-m", str(self.monitoring)]
        return replace(program, command=command, environment=environment)

    def _url(self, user: str) -> str:
        return f"nats://{user}:{self._passwords[user]}@127.0.0.1:{self.port}"
