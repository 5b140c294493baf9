"""`daybook backup --check`: what is not as it was written is named, without any server."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.backup import files, restore
from services.backup.check import check
from services.backup.journal import rows
from services.backup.manifest import FILE, SEAL, Manifest, sealed
from services.notary.head import sign_head
from services.notary.note import SigningKey
from services.notary.tree import Tree
from tests.integration.backup.backing import backed_up, resealed, rewritten
from tests.integration.query.telling import PLAYBOOKS, tell_first
from tests.ledger import fresh_ledger
from tests.servers import Servers
from tests.up import daybook


@pytest.fixture(scope="module")
async def original(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        await tell_first(ledger)
        await ledger.source("crm")
        directory = tmp_path_factory.mktemp("backups") / "original"
        await backed_up(ledger, directory)
        yield directory


@pytest.fixture
def backup(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "backup"))


@pytest.mark.long
async def test_one_that_is_as_it_was_written_is_said_to_be(backup: Path) -> None:
    code, said, _ = await daybook("backup", "--check", str(backup))
    assert (code, "as it was written: it goes up to sequence 15" in said) == (0, True)
    code, said, _ = await daybook("backup", "--check", str(backup), "--json")
    assert (code, json.loads(said)["ok"], json.loads(said)["sequence"]) == (0, True, 15)


async def test_an_altered_byte_is_named_by_its_file_wherever_it_is(backup: Path) -> None:
    for path in sorted(backup.iterdir()):
        whole = path.read_bytes()
        for place in {0, len(whole) // 2, len(whole) - 1}:
            altered = bytearray(whole)
            altered[place] ^= 1
            path.write_bytes(altered)
            faults = check(backup).faults
            assert any(path.name in fault for fault in faults), (path.name, place, faults)
        path.write_bytes(whole)
    assert check(backup).faults == []


async def test_the_command_says_so_with_its_exit_code(backup: Path) -> None:
    with (backup / "journal.txt.gz").open("ab") as file:
        file.write(b"x")
    code, said, _ = await daybook("backup", "--check", str(backup))
    assert (code, f"{backup / 'journal.txt.gz'}: altered" in said) == (1, True)


async def test_a_missing_file_and_one_too_many_are_named(backup: Path) -> None:
    (backup / "concerns.txt.gz").unlink()
    (backup / "more").touch()
    faults = check(backup).faults
    assert any("concerns.txt.gz: cannot be read (No such file" in fault for fault in faults)
    assert f"{backup / 'more'}: no file of the backup" in faults


async def test_a_link_is_no_file_of_a_backup_wherever_it_leads(backup: Path, tmp_path: Path) -> None:
    journal = next(each for each in backup.iterdir() if each.name.startswith("journal"))
    for leads_to in (shutil.move(journal, tmp_path / "elsewhere"), "/proc/self/pagemap", "/dev/zero"):
        journal.unlink(missing_ok=True)
        journal.symlink_to(leads_to)
        assert check(backup).faults[0] == f"{journal}: a link, and no file of the backup"


async def test_a_check_that_nobody_waits_for_any_more_ends(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where `daybook restore` is told to stop while it checks."""
    begun, ended = threading.Event(), threading.Event()

    def endless(_: Path, progress: Callable[[int], None]) -> None:
        begun.set()
        try:
            while True:
                progress(0)
        finally:
            ended.set()

    class Deaf:
        def begins(self, step: str, total: int | None) -> None:
            pass

        def advances(self, parts: int) -> None:
            pass

    monkeypatch.setattr(restore, "sound", endless)
    checking = asyncio.create_task(restore._checked(backup, Deaf()))
    assert await asyncio.to_thread(begun.wait, 10)
    checking.cancel()
    assert await asyncio.to_thread(ended.wait, 10)


async def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    code, said, complaint = await daybook("backup", "--check", str(tmp_path))
    assert (code, "is not a backup" in said + complaint) == (1, True)


async def test_a_backup_of_a_later_format_is_refused(backup: Path) -> None:
    text = (backup / FILE).read_bytes().replace(b'"format": 1', b'"format": 2')
    (backup / FILE).write_bytes(text)
    (backup / SEAL).write_text(sealed(text))
    (fault,) = check(backup).faults
    assert "is of another version of Daybook" in fault


async def test_a_row_altered_under_new_hashes_is_named_by_its_sequence(backup: Path) -> None:
    def alter(rows: list[bytes]) -> None:
        old = b'"amount":"1000.00"'.hex().encode()
        (place,) = [number for number, row in enumerate(rows) if old in row]
        rows[place] = rows[place].replace(old, b'"amount":"9000.00"'.hex().encode())

    rewritten(backup, "journal", alter)
    (fault,) = check(backup).faults
    assert fault == f"{backup / 'journal.txt.gz'}: the row at sequence 2 does not have the leaf hash of its content"


async def test_rows_dropped_swapped_or_backdated_under_new_hashes_are_named(original: Path, tmp_path: Path) -> None:
    def backdate(rows: list[bytes]) -> None:
        rows[4] = rows[4].replace(b"\t20", b"\t19", 1)

    def without_offset(rows: list[bytes]) -> None:
        fields = rows[2].split(b"\t")
        place = next(number for number, field in enumerate(fields) if field.startswith(b"20"))
        rows[2] = b"\t".join([*fields[:place], b"2026-01-01 00:00:00", *fields[place + 1 :]])

    def swap(rows: list[bytes]) -> None:
        rows[3], rows[4] = rows[4], rows[3]

    changes = {
        "drop": (lambda rows: rows.pop(6), "sequence 8 stands where 7 is due"),
        "last": (lambda rows: rows.pop(), "does not end as the manifest states, with sequence 15"),
        "swap": (swap, "sequence 5 stands where 4 is due"),
        "backdate": (backdate, "recorded_at of sequence 5 is before"),
        "naive": (without_offset, "cannot be read behind row 2 ('2026-01-01 00:00:00' is a time without offset)"),
        "garbage": (lambda rows: rows.__setitem__(2, b"no row\n"), "cannot be read behind row 2"),
    }
    for name, (change, wanted) in changes.items():
        directory = Path(shutil.copytree(original, tmp_path / name))
        rewritten(directory, "journal", change)
        assert any(wanted in fault for fault in check(directory).faults), name


async def test_rows_altered_with_their_hashes_are_not_those_that_were_signed(original: Path, tmp_path: Path) -> None:
    """An attacker who alters a row, its leaf hash and every SHA-256 of the backup still lacks the notary's key."""
    directory = Path(shutil.copytree(original, tmp_path / "backup"))
    journal = Manifest.read(directory).table("journal")
    leaves = [row.leaf_hash for row in rows(files.lines(directory / journal.name), journal.columns)]
    tree = Tree()
    tree.append(leaves[:10])
    head = sign_head(SigningKey.generate("ledger.example.com"), 10, tree.root()).note
    resealed(directory, {"head": head})
    assert check(directory).faults == []

    def alter(lines: list[bytes]) -> None:
        old = next(rows([lines[4]], journal.columns))
        new = old._replace(message=old.message.replace(b"Li", b"Wu"))
        lines[4] = lines[4].replace(old.message.hex().encode(), new.message.hex().encode())
        lines[4] = lines[4].replace(old.leaf_hash.hex().encode(), new.computed().hex().encode())

    rewritten(directory, "journal", alter)
    (fault,) = check(directory).faults
    assert "its first 10 rows are not those that the signed head of the manifest vouches for" in fault


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("", "the signed head of the manifest vouches for cannot be read"),
        ("ledger\nmany\nAAAA\n", "the signed head of the manifest vouches for cannot be read"),
        ("ledger\n-3\nAAAA\n", "the signed head of the manifest vouches for cannot be read"),
        ("ledger\n15\n!\n", "the signed head of the manifest vouches for cannot be read"),
        ("ledger\n16\nAAAA\n", "it has 15 rows, and the signed head of the manifest vouches for 16"),
    ],
)
async def test_a_signed_head_that_vouches_for_nothing_here_is_named(backup: Path, head: str, wanted: str) -> None:
    resealed(backup, {"head": head})
    (fault,) = check(backup).faults
    assert wanted in fault
