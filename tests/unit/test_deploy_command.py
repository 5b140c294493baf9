"""`daybook deploy` writes what is missing and changes nothing that it is not told to change."""

import json
from pathlib import Path

from tests.up import REPOSITORY, daybook


async def _deploy(directory: Path, *options: str) -> tuple[int, dict[str, str]]:
    code, said, complaint = await daybook("deploy", str(directory), "--json", *options)
    assert said, complaint
    files: dict[str, str] = json.loads(said)["files"]
    return code, files


async def test_every_file_is_written_byte_for_byte(tmp_path: Path) -> None:
    code, files = await _deploy(tmp_path / "made" / "anew")
    assert code == 0
    ours = {
        str(each.relative_to(folder.parent if folder.name == "playbooks" else folder)): each.read_bytes()
        for folder in (REPOSITORY / "deploy", REPOSITORY / "contracts" / "playbooks")
        for each in folder.rglob("*")
        if each.is_file() and each.suffix not in (".py", ".pyc")
    }
    assert {name: (tmp_path / "made" / "anew" / name).read_bytes() for name in files} == ours
    assert {(tmp_path / "made" / "anew" / name).stat().st_mode & 0o777 for name in files} == {0o644}


async def test_a_changed_file_is_kept_until_it_is_to_be_replaced(tmp_path: Path) -> None:
    await _deploy(tmp_path)
    changed, lost, linked = (tmp_path / name for name in ("nats/users.conf", "recovery.md", "postgres/roles.sql"))
    changed.write_text("ours")
    lost.unlink()
    linked.unlink()
    linked.symlink_to(tmp_path / "elsewhere")
    code, files = await _deploy(tmp_path)
    assert code == 1
    differing = {"nats/users.conf": "kept", "postgres/roles.sql": "kept", "recovery.md": "made"}
    assert {name: found for name, found in files.items() if found != "same"} == differing
    assert changed.read_text() == "ours"
    linked.unlink()
    code, files = await _deploy(tmp_path, "--overwrite")
    assert code == 0
    assert (files["nats/users.conf"], files["postgres/roles.sql"]) == ("replaced", "made")
    assert changed.read_bytes() == (REPOSITORY / "deploy" / "nats" / "users.conf").read_bytes()


async def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "nats").mkdir()
    (tmp_path / "nats" / "users.conf").symlink_to(tmp_path / "elsewhere")
    code, _, complaint = await daybook("deploy", str(tmp_path), "--overwrite")
    assert code == 2
    assert "cannot be written: It is a link" in complaint
    assert not (tmp_path / "elsewhere").exists()
