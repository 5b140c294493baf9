"""The demo's own ledger: `daybook up` as a child process, asked through the same commands that anybody types."""

import json
import os
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Self

from services.embedded.data_directory import already_running
from services.embedded.process import with_parent_death_signal
from services.endpoints import running
from services.errors import ServerFailed
from services.runtime import files, process
from services.texts import Language
from services.wording import Wording

START_S = 180.0
TIMEOUT_S = 120.0


def _emptied(log: Path) -> BinaryIO:
    try:
        return files.emptied(log)
    except OSError as error:
        raise ServerFailed(f"The log {log} cannot be written: {error.strerror}. Remove it.") from error


class DemoLedger:
    """Runs while it is open; `ask` runs a command of the CLI on it."""

    def __init__(self, data: Path, intake_port: int = 0, query_port: int = 0, language: Language = "en") -> None:
        self.data = data
        self.wording = Wording(language)
        self._ports = ["--intake-port", str(intake_port), "--query-port", str(query_port)]
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")} | {
            "DAYBOOK_DATA": str(data),
            "DAYBOOK_LANGUAGE": language,
        }
        self._up: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if running(self.data) is not None:
            raise already_running(self.data)
        try:
            self._start(self.data / "demo-up.log")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, log: Path) -> None:
        with _emptied(log) as output:
            self._up = subprocess.Popen(  # noqa: S603 - our own command
                [
                    *with_parent_death_signal(signal.SIGTERM),
                    *process.daybook("up", "--data", str(self.data), *self._ports),
                ],
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while not self._ready(self._up.pid):
            if self._up.poll() is not None or time.monotonic() > deadline:
                said = log.read_text("utf-8", "replace")[-2000:]
                raise ServerFailed(f"`daybook up` did not get ready; {log} ends with:\n{said}")
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        if self._up is not None and self._up.poll() is None:
            self._up.send_signal(signal.SIGTERM)
            self._up.wait(60)

    @property
    def run(self) -> dict[str, Any]:
        """Return the addresses and ports that the demo's `up` wrote to its run file. Raises ServerFailed when `up` has
        stopped.
        """
        run = running(self.data)
        if run is None:
            raise ServerFailed(f"The demo's `daybook up` on {self.data} has stopped.")
        return run

    def ask(self, *words: str) -> str:
        """The output of a `daybook` command. Raises ServerFailed with what it said when it fails."""
        done = subprocess.run(  # noqa: S603 - our own command
            [*with_parent_death_signal(signal.SIGTERM), *process.daybook(*words)],
            env=self._environment | {"COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailed(
                f"`daybook {shlex.join(words)}` ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def ask_json(self, *words: str) -> Any:
        """Run a `daybook` command with --json and return its output, parsed."""
        return json.loads(self.ask(*words, "--json"))

    def get(self, path: str, **asked: str) -> dict[str, Any]:
        """Ask the ledger over HTTP. Raises ServerFailed where it refuses to answer."""
        try:
            address = f"{self.run['query_url']}{path}?{urllib.parse.urlencode(asked)}"
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - loopback
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise ServerFailed(f"GET {path} answers {error.code}: {error.read().decode()}") from error
        return found

    def wait_for(self, sequence: int) -> None:
        """Wait until every view includes a sequence. Raises ServerFailed after `TIMEOUT_S`."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.run['query_url']}/status?after={sequence}", timeout=10):  # noqa: S310
                    return
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.GATEWAY_TIMEOUT:
                    raise ServerFailed(f"GET /status answers {error.code}: {error.read().decode()}") from error
        raise ServerFailed(f"The views did not reach sequence {sequence} in {TIMEOUT_S:.0f} s.")

    def wait(self) -> None:
        """Wait until `up` ends."""
        if self._up is not None:
            self._up.wait()

    def _ready(self, pid: int) -> bool:
        run = running(self.data)
        if run is None or int(run["pid"]) != pid:
            return False
        try:
            for name in ("intake_url", "query_url"):
                with urllib.request.urlopen(f"{run[name]}/ready", timeout=2) as answer:  # noqa: S310 - loopback
                    if answer.status != 200:
                        return False
        except (OSError, KeyError):
            return False
        return True
