"""`daybook up` as a process, and everything it starts."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from services.endpoints import running
from services.runtime import process as python
from tests.service import until

REPOSITORY = Path(__file__).parent.parent
DAYBOOK = python.daybook()


async def daybook(*words: str, **variables: str) -> tuple[int, str, str]:
    """A command to its end: exit code, standard output, standard error. `variables` are settings: `data="…"`."""
    process = await asyncio.create_subprocess_exec(
        *DAYBOOK,
        *words,
        env=_environment(variables),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        output, complaint = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), complaint.decode()


class Up:
    """One `daybook up` on a data directory."""

    def __init__(self, data: Path, process: asyncio.subprocess.Process) -> None:
        self.data = data
        self.process = process

    @property
    def run(self) -> dict[str, Any]:
        """Return what `daybook up` says about itself; empty when it does not run."""
        return dict(running(self.data) or {})

    @property
    def children(self) -> dict[str, int]:
        """Process ids of what it started, by name."""
        try:
            children: dict[str, int] = json.loads((self.data / "children.json").read_text())
        except FileNotFoundError:
            return {}
        return children

    async def ready(self) -> None:
        """Waits until it says that everything is ready."""
        await until(self._is_ready, "daybook up is not ready", self.output, 90)

    async def restarted(self, name: str, old: int) -> None:
        """Waits until a child has another process id."""

        async def has_another() -> bool:
            return self.children[name] not in (old, 0)

        await until(has_another, f"{name} was not started again", self.output)

    async def signal(self, number: signal.Signals) -> int:
        """Sends a signal; its exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(60):
            return await self.process.wait()

    def alive(self) -> list[int]:
        """Processes whose command names the data directory, but for those of tests."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode() if entry.name.isdigit() else ""
            except OSError:
                continue
            if str(self.data) in command:
                found.append(int(entry.name))
        return found

    async def all_gone(self) -> None:
        """Waits until no process is left."""

        async def gone() -> bool:
            return not self.alive()

        await until(gone, "processes are left", lambda: str(self.alive()))

    def output(self) -> str:
        """Return what `daybook up` printed, and the ends of the logs."""
        logs = sorted((self.data / "logs").glob("*.log"))
        return "\n".join(f"--- {each.name}\n{each.read_text()[-1500:]}" for each in [self.printed, *logs])

    @property
    def printed(self) -> Path:
        """The file with what it printed."""
        return self.data.with_suffix(".out")

    async def _is_ready(self) -> bool:
        assert self.process.returncode is None, f"daybook up ended with {self.process.returncode}:\n{self.output()}"
        return bool(self.run.get("ready"))


@asynccontextmanager
async def running_up(
    data: Path,
    *options: str,
    via: Sequence[str] = (),
    wait: bool = True,
    settings: Mapping[str, str] | None = None,
    command: Sequence[str] = DAYBOOK,
    directory: Path = REPOSITORY,
) -> AsyncIterator[Up]:
    """`daybook up` on free ports, ready unless `wait` is false; told to stop (SIGTERM) at the end unless it has ended:
    then it must leave nothing behind. `via` runs it another way, `command` is another Daybook's."""
    ports = () if "--intake-port" in options else ("--intake-port", "0", "--query-port", "0")
    with data.with_suffix(".out").open("wb") as printed:
        process = await asyncio.create_subprocess_exec(
            *via,
            *command,
            "up",
            "--data",
            str(data),
            *ports,
            *options,
            env=_environment({"recorder_port": "0", "projector_port": "0", "notary_port": "0", **(settings or {})}),
            cwd=directory,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
    up = Up(data, process)
    try:
        if wait:
            await up.ready()
        yield up
    finally:
        if process.returncode is None:
            assert await up.signal(signal.SIGTERM) == 0, up.output()
            assert up.alive() == []
            assert not {"run.json", "children.json"} & {each.name for each in data.iterdir()}


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    return inherited | {f"DAYBOOK_{name.upper()}": value for name, value in variables.items()}
