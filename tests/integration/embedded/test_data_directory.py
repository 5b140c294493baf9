"""The data directory: held by one, and cleared of what a killed `up` left."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from services.embedded.data_directory import held
from services.embedded.process import Process, Program
from services.endpoints import running
from services.errors import AlreadyRunning, DaybookError
from tests.service import until


def _program(log: Path, script: str, *words: str) -> Program:
    return Program(
        name="child",
        command=[sys.executable, "-c", script, *words],
        log=log,
        environment={},
        stop_signal=signal.SIGTERM,
        orphan_signal=signal.SIGKILL,
    )


def _never(_: str) -> None:
    raise AssertionError("nothing was left")


def test_only_one_can_hold_it(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DaybookError, match="cannot be used"), held(tmp_path / "file"):
        pass


async def test_what_a_killed_up_left_running_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    left = await Process.start(_program(log, "import time; print('up', flush=True); time.sleep(60)", str(tmp_path)))

    async def runs() -> bool:
        return "up" in log.read_text()

    await until(runs, "the program does not run")
    left.send(signal.SIGSTOP)
    (tmp_path / "children.json").write_text(json.dumps({"child": left.pid}))
    said: list[str] = []
    with held(tmp_path) as directory:
        await directory.clear_leftovers(said.append, grace_s=0.2, leftover_s=0.2)
    assert await left.wait() < 0
    assert said
    assert f"process {left.pid}" in said[0]
    assert not (tmp_path / "children.json").exists()


async def test_a_process_that_took_over_an_old_number_is_left_alone(tmp_path: Path) -> None:
    stranger = await Process.start(_program(tmp_path.parent / "log", "import time; time.sleep(60)"))
    (tmp_path / "children.json").write_text(json.dumps({"child": stranger.pid}))
    with held(tmp_path) as directory:
        await directory.clear_leftovers(_never)
    assert stranger.exit_code is None
    await stranger.kill()


@pytest.mark.parametrize("notes", ["", '{"nats": 12', "[1]", "null", '{"nats": null}', '{"nats": "x"}', "\x00"])
async def test_half_written_notes_are_no_trouble(tmp_path: Path, notes: str) -> None:
    for name in ("children.json", "run.json"):
        (tmp_path / name).write_text(notes)
    assert running(tmp_path) is None
    with held(tmp_path) as directory:
        await directory.clear_leftovers(_never)
    assert not (tmp_path / "children.json").exists()


@pytest.mark.parametrize("named", ["{}ger/x", "/elsewhere{}/x", "--data=/elsewhere{}"])
async def test_what_runs_on_another_directory_is_left_alone_though_its_name_is_alike(
    tmp_path: Path, named: str
) -> None:
    """As where a ledger is copied while it runs: the copy brings the process ids of the original."""
    copy = tmp_path / "led"
    copy.mkdir()
    runs = await Process.start(_program(tmp_path / "log", "import time; time.sleep(60)", named.format(copy)))
    (copy / "children.json").write_text(json.dumps({"child": runs.pid}))
    with held(copy) as directory:
        await directory.clear_leftovers(_never)
    assert runs.exit_code is None
    await runs.kill()


def test_a_copied_directory_does_not_run(tmp_path: Path) -> None:
    original, copy = tmp_path / "ledger", tmp_path / "copy"
    with held(original) as directory:
        directory.write_run({"ready": True})
        shutil.copytree(original, copy)
        assert running(original) is not None
        assert running(copy) is None
        (tmp_path / "link").symlink_to(original)
        assert running(tmp_path / "link") is not None
