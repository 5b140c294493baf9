"""Files that are none, are larger than they may be, or unpack to more than they should, are refused at once."""

import gzip
import hashlib
import os
import resource
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.backup.check import check
from services.backup.manifest import FILE, SEAL, Manifest, TableFile, sealed
from services.runtime import files, process
from tests.up import daybook

_ROOM_BYTES = 700 * 1024 * 1024


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's path is short
        try:
            listener.bind(path.name)
        finally:
            os.chdir(before)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _directory(path: Path) -> None:
    path.mkdir()


KINDS = [_pipe, _socket, _device, _directory]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of one table with one short row."""
    return _written(tmp_path / "backup", gzip.compress(b"x\n"), rows=1)


def _written(directory: Path, packed: bytes, rows: int, name: str = "source.copy.gz") -> Path:
    directory.mkdir()
    (directory / "source.copy.gz").write_bytes(packed)
    table = TableFile.model_construct(
        name=name,
        bytes=len(packed),
        sha256=hashlib.sha256(packed).hexdigest(),
        table="source",
        columns=["name"],
        rows=rows,
    )
    manifest = Manifest.model_construct(
        **dict.fromkeys(("recorded_at", "last_leaf_hash", "head", "generation")),
        format=1,
        daybook="0.1.0",
        postgresql="18",
        taken_at=datetime(2026, 1, 1, tzinfo=UTC),
        stream="DAYBOOK",
        time_zone="UTC",
        sequence=0,
        migrations=[],
        tables=[table],
        others=[],
    )
    text = manifest.model_dump_json(warnings=False).encode()
    (directory / FILE).write_bytes(text)
    (directory / SEAL).write_text(sealed(text))
    return directory


def test_a_small_backup_is_sound(backup: Path) -> None:
    assert check(backup).faults == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [FILE, SEAL, "source.copy.gz"])
def test_what_is_no_file_is_named_and_not_read(backup: Path, kind: Callable[[Path], None], name: str) -> None:
    (backup / name).unlink()
    kind(backup / name)
    faults = check(backup).faults
    assert faults
    assert name in faults[0]


@pytest.mark.parametrize("kind", [_pipe, _socket, _device])
def test_what_is_no_directory_is_no_backup(tmp_path: Path, kind: Callable[[Path], None]) -> None:
    kind(tmp_path / "backup")
    assert "is not a backup" in check(tmp_path / "backup").faults[0]


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/b", "", ".", ".."])
def test_a_manifest_names_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    directory = _written(tmp_path / "backup", gzip.compress(b"x\n"), rows=1, name=name)
    checked = check(directory)
    assert checked.manifest is None
    assert "name" in checked.faults[0]


@pytest.mark.parametrize(("byte", "fault"), [(b"\0", "a row has more than"), (b"\n", "more rows")])
def test_what_unpacks_to_more_than_its_rows_is_not_unpacked(tmp_path: Path, byte: bytes, fault: str) -> None:
    gibibyte = gzip.compress(byte * (1 << 20), 1) * 1024
    directory = _written(tmp_path / "backup", gibibyte, rows=3)
    code, said = _in_little_room("backup", "--check", str(directory))
    assert code == 1, said
    assert fault in said


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 20_000) + " = 1",
        "[" + ".".join(["a"] * 20_000) + "]",
        "[[" + " . ".join(['"a"'] * 10_000) + "]]",
        "x = {" + ".".join(["'a'"] * 10_000) + " = 1}",
        "x = " + "[" * 20_000,
        "x = " + "{a = " * 8_000,
        "\n".join(f"k{each} = 1" for each in range(20_000)),
        "\n".join(f"[t{each}.a.b.c.d]" for each in range(8_000)),
        "\n".join("[[a]]\n[[a.b]]" for _ in range(10_000)),
        "x = " + "9" * 200_000,
        "a" * 200_000,
        '"' * 200_000,
        "#" * 10_000_000,
    ],
    ids=range(13),
)
def test_a_playbook_that_would_fill_the_memory_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "playbook.toml"
    file.write_text(text)
    code, said = _in_little_room("playbook", "check", str(file))
    assert code in (1, 2), said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "command", [("playbook", "check"), ("evidence", "--check"), ("import", "invoices-csv", "--currency", "CNY")]
)
async def test_commands_read_files_alone(
    tmp_path: Path, kind: Callable[[Path], None], command: tuple[str, ...]
) -> None:
    kind(tmp_path / "given")
    code, _, complaint = await daybook(*command, str(tmp_path / "given"), data=str(tmp_path / "ledger"))
    assert code == 2
    assert "Traceback" not in complaint


@pytest.mark.parametrize("kind", [*KINDS, lambda path: path.symlink_to(path.with_name("target"))])
def test_nothing_is_written_through_what_is_no_file(tmp_path: Path, kind: Callable[[Path], None]) -> None:
    kind(tmp_path / "out")
    before = (tmp_path / "out").lstat()
    with pytest.raises(OSError, match="and no file"):
        files.write(tmp_path / "out", b"secret")
    assert (tmp_path / "out").lstat() == before
    assert not (tmp_path / "target").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_is_written_is_for_its_owner_alone_and_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("before")
    path.chmod(0o644)
    files.write(path, b"after")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"after", 0o600)
    with pytest.raises(TypeError):
        files.write(path, None)  # type: ignore[arg-type]
    assert path.read_bytes() == b"after"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def _in_little_room(*words: str) -> tuple[int, str]:
    """A command that may take so much memory and no more."""
    done = subprocess.run(
        process.daybook(*words),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (_ROOM_BYTES, _ROOM_BYTES)),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
