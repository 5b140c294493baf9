"""Stopping: by a signal or `daybook down`, from whichever process, nothing of a ledger is left running."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from services.embedded.data_directory import holder
from tests.service import until
from tests.up import DAYBOOK, REPOSITORY, Up, daybook, running_up

_WORKS_ALONE = """
import asyncio, signal, sys
from pathlib import Path

import typer

from services.cli import main
from services.cli.context import wait_for
from services.embedded.exclusive_servers import servers
from services.settings import Settings

data = Path(sys.argv.pop())
main.app = typer.Typer()

async def work():
    async with servers(Settings(data=data), "restore", print):
        (data / "begun").touch()
        await asyncio.Event().wait()

@main.app.command()
def wait():
    wait_for(work())

signal.signal(signal.SIGINT, signal.SIG_IGN)
main.run()
"""


_LOADS = """
import signal, sys

class Slow:
    def find_spec(self, name, path, target=None):
        if name == "services.cli.main":
            print("loading", flush=True)
            signal.pause()

sys.meta_path.insert(0, Slow())
from services.cli.entry import run
run()
"""


async def test_while_it_is_being_loaded_a_command_ends_without_a_word() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LOADS, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"loading\n"
    process.send_signal(signal.SIGINT)
    assert (await process.communicate())[1] == b""
    assert process.returncode == -signal.SIGINT


async def test_down_stops_it_and_may_be_said_again(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    async with running_up(data) as up:
        code, _, complaint = await daybook("up", data=str(data))
        assert code == 2
        assert all(each in complaint for each in (up.run["intake_url"], up.run["query_url"], "daybook down --data"))
        code, said, complaint = await daybook("down", "--data", str(data))
        assert code == 0, complaint
        assert f"(process {up.process.pid})" in said
        assert await up.process.wait() == 0
        assert up.alive() == []
        assert holder(data) is None
    code, said, _ = await daybook("down", "--data", str(data))
    assert (code, "No ledger runs on" in said) == (0, True)
    assert sorted(each.name for each in data.iterdir()) == ["lock", "logs", "nats", "notary", "postgres"]


async def test_where_there_is_nothing_down_makes_nothing(tmp_path: Path) -> None:
    code, said, _ = await daybook("down", "--data", str(tmp_path / "nowhere"))
    assert (code, "No ledger runs on" in said) == (0, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long_cases
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
async def test_with_the_demo_everything_that_it_started_ends(tmp_path: Path, number: signal.Signals) -> None:
    data = tmp_path / "ledger"
    process = await asyncio.create_subprocess_exec(
        *DAYBOOK, "demo", "--data", str(data), "--deals", "20", cwd=REPOSITORY, start_new_session=True,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    up = Up(data, process)

    async def started() -> bool:
        return "postgres" in up.children

    await until(started, "the demo starts nothing", lambda: str(up.alive()), 90)
    process.send_signal(number)
    assert await process.wait() != 0
    await up.all_gone()
    assert holder(data) is None


@pytest.mark.long
async def test_a_hangup_that_nohup_ignores_stops_nothing(tmp_path: Path) -> None:
    async with running_up(tmp_path / "ledger", via=["nohup"], wait=False) as up:

        async def started() -> bool:
            return "nats" in up.children

        await until(started, "nothing was started", up.output)
        up.process.send_signal(signal.SIGHUP)
        await up.ready()


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_command_that_is_told_to_stop_stops_what_it_started(tmp_path: Path, times: int) -> None:
    """Also where Ctrl-C is ignored, as in the background of a script."""
    data = tmp_path / "ledger"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WORKS_ALONE, str(data), cwd=REPOSITORY)
    up = Up(data, process)

    async def begun() -> bool:
        return (data / "begun").exists()

    await until(begun, "the servers do not start", lambda: str(up.alive()), 90)
    code, _, complaint = await daybook("down", "--data", str(data))
    assert (code, f"`daybook restore` (process {process.pid})" in complaint) == (2, True)
    for _ in range(times):
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.02)  # not so soon that the kernel makes one of two
    assert await process.wait() == 128 + signal.SIGINT
    assert up.alive() == []
    assert not {"run.json", "children.json"} & {each.name for each in data.iterdir()}


def test_a_lock_without_a_holder_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f"{os.getpid()} up")
    assert holder(tmp_path) is None
