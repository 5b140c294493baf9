"""Nothing that Daybook starts imports from the working directory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.runtime import process
from tests.working_directory import hostile_directory

WORKERS = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])  # this code, also where another checkout is installed
    from services.runtime.process import shut_working_directory
    if sys.argv[2] == "shut":
        shut_working_directory()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working directory of all commands here."""
    return hostile_directory(tmp_path_factory.mktemp("place") / "hostile")


def test_the_directory_is_a_trap(hostile: Path) -> None:
    done = _run([sys.executable, "-m", "services.cli.main", "--version"], hostile)
    assert "was imported from the working directory" in done.stderr
    assert done.returncode != 0


def test_python_is_started_in_one_place() -> None:
    services = Path(process.__file__).parents[1]
    found = {str(each.relative_to(services)) for each in services.rglob("*.py") if "sys.executable" in each.read_text()}
    assert found == {"runtime/process.py", "embedded/process.py"}  # the latter with -I


def test_a_command_imports_nothing_from_the_working_directory(hostile: Path) -> None:
    done = _run(process.daybook("--version"), hostile)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize(("shut", "code"), [("shut", 0), ("open", 1)])
def test_workers_import_nothing_from_the_working_directory(hostile: Path, shut: str, code: int) -> None:
    script = hostile.parent / "script.py"
    script.write_text(WORKERS)
    done = _run([sys.executable, str(script), str(Path(process.__file__).parents[2]), shut], hostile)
    assert done.returncode == code, done.stderr


def test_relative_entries_of_the_path_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "/kept", ".", "lib", "/kept too"]))
    process.shut_working_directory()
    assert os.environ["PYTHONPATH"] == os.pathsep.join(["/kept", "/kept too"])
    assert os.environ["PYTHONSAFEPATH"] == "1"
    monkeypatch.setenv("PYTHONPATH", "")
    process.shut_working_directory()
    assert "PYTHONPATH" not in os.environ


def test_a_checkout_runs_its_own_code_though_another_one_is_installed(tmp_path: Path) -> None:
    (tmp_path / "services" / "cli").mkdir(parents=True)
    start = Path(process.__file__).parents[1] / "cli" / "start.py"
    for name in ("__init__.py", "cli/__init__.py"):
        (tmp_path / "services" / name).touch()
    (tmp_path / "services" / "cli" / "start.py").write_text(start.read_text())
    (tmp_path / "services" / "cli" / "entry.py").write_text("def run(): print(__file__)\n")
    done = _run([sys.executable, "-P", str(tmp_path / "services" / "cli" / "start.py")], tmp_path)
    assert done.stdout.strip() == str(tmp_path / "services" / "cli" / "entry.py"), done.stderr


def _run(words: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(words, cwd=directory, env=environment, capture_output=True, text=True, check=False)
