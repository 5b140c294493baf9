"""A service as a child of `daybook up`: `daybook serve <name>`, with this Python."""

import os
import signal
from collections.abc import Mapping

from services.embedded.data_directory import DataDirectory
from services.embedded.process import Process, Program, Started
from services.runtime import process

_TIMEOUT_S = 25.0


class ServiceProcess:
    """One service. It finds its servers by the data directory; `variables` are settings without their prefix."""

    def __init__(self, name: str, directory: DataDirectory, variables: Mapping[str, str]) -> None:
        environment = os.environ | {f"DAYBOOK_{each}": value for each, value in variables.items()}
        environment["PYTHONUNBUFFERED"] = "1"
        self._process: Process | None = None
        self._program = Program(
            name=name,
            command=process.daybook("serve", name, "--data", str(directory.path)),
            log=directory.log(name),
            environment=environment,
            stop_signal=signal.SIGTERM,
            orphan_signal=signal.SIGKILL,
            directory=directory.path,
        )

    async def start(self, started: Started) -> Process:
        """Starts it; whether it is ready is asked elsewhere."""
        self._process = await Process.start(self._program)
        started(self._process)
        return self._process

    async def stop(self) -> None:
        """Lets it finish what it is doing."""
        if self._process is not None:
            await self._process.stop(_TIMEOUT_S)
