"""The wheel, installed as an application: in an environment of its own, it brings all that it needs and imports nothing
from the working directory.

The environment holds the wheel, as pip installs it, and links to what the wheel says it depends on and to nothing else:
neither to what development needs nor to this checkout.
"""

import json
import os
import re
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from contracts.playbooks.shipped import shipped
from tests.up import REPOSITORY, running_up
from tests.working_directory import hostile_directory

PACKAGES = ("contracts", "deploy", "projections", "services")

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(REPOSITORY))
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment into which the wheel was installed, and what it depends on."""
    path = tmp_path_factory.mktemp("application") / "environment"
    venv.create(path, symlinks=True)
    _pip("--python", str(path / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel))
    (installed,) = path.glob("lib/python*/site-packages")
    for name in sorted(each for each in _dependencies("daybook", "") if "[" not in each and each != "daybook"):
        _link(metadata.distribution(name), installed)
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Path]:
    """The working directory: whatever is imported from it fails, and leaves a `__pycache__`."""
    path = hostile_directory(tmp_path / "hostile")
    before = sorted(path.rglob("*"))
    yield path
    assert sorted(path.rglob("*")) == before


def test_all_that_the_packages_hold_is_in_it(wheel: Path) -> None:
    here = {
        str(each.relative_to(REPOSITORY))
        for package in PACKAGES
        for each in (REPOSITORY / package).rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }
    there = {each for each in ZipFile(wheel).namelist() if ".dist-info/" not in each}
    assert there == here
    kinds = {Path(each).suffix for each in there}
    assert kinds == {".py", ".sql", ".toml", ".json", ".conf", ".md", ".yml", ".css", ".js", ".svg"}


def test_commands_without_a_ledger(environment: Path, hostile: Path, tmp_path: Path) -> None:
    assert _daybook(environment, hostile, "--version").split()[0] == "daybook"
    _daybook(environment, hostile, "deploy", str(tmp_path / "deployed"))
    written, ours = (each / "nats" / "users.conf" for each in (tmp_path / "deployed", REPOSITORY / "deploy"))
    assert written.read_bytes() == ours.read_bytes()
    playbook = tmp_path / "deployed" / "playbooks" / "project.toml"
    assert "is right" in _daybook(environment, hostile, "playbook", "check", str(playbook))


def test_the_demo(environment: Path, hostile: Path) -> None:
    said = _daybook(environment, hostile, "demo", "--deals", "20")
    told = sum(int(each.replace(",", "")) for each in re.findall(r"([\d,]+) events acknowledged", said))
    assert told > 2000
    assert f"Nothing differs: {told + len(shipped())} entries" in said.replace(",", ""), said


async def test_up_until_it_is_told_to_stop(environment: Path, hostile: Path, tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    command = [str(environment / "bin" / "daybook")]
    async with running_up(data, command=command, directory=hostile) as up:
        services = [pid for name, pid in up.children.items() if name not in ("nats", "postgres")]
        assert len(services) == 5
        for pid in services:
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            assert words[0] == str(environment / "bin" / "python"), words
        status = json.loads(_daybook(environment, hostile, "status", "--json", "--data", str(data)))
        assert status["entries"] == len(shipped())
        assert await up.signal(signal.SIGTERM) == 0, up.output()
        await up.all_gone()


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *words]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _link(distribution: metadata.Distribution, installed: Path) -> None:
    """Shows a distribution of this environment in another one: its packages, and its programs one by one."""
    for file in distribution.files or ():
        name = str(file) if file.parts[0] == ".." else file.parts[0]
        link, source = installed / name, Path(str(distribution.locate_file(name)))
        if source.exists() and not link.exists():
            link.symlink_to(source.resolve())


def _dependencies(name: str, extra: str, found: frozenset[str] = frozenset()) -> frozenset[str]:
    """Distributions that one with this extra needs, itself included."""
    if f"{name}[{extra}]" in found:
        return found
    found |= {f"{name}[{extra}]", name}
    for each in map(Requirement, metadata.requires(name) or ()):
        if each.marker is None or each.marker.evaluate({"extra": extra}):
            for more in ("", *each.extras):
                found = _dependencies(each.name, more, found)
    return found


def _daybook(environment: Path, directory: Path, *words: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DAYBOOK_", "PYTHON"))}
    command = [str(environment / "bin" / "daybook"), *words]
    done = subprocess.run(
        command, cwd=directory, env=inherited, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
