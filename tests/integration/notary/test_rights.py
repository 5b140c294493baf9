"""Checks that nobody changes what was signed, and that the notary may add heads and nodes, and nothing else.

The notary's key is its owner's alone.
"""

import stat
from pathlib import Path

import asyncpg
import pytest

from services.errors import DaybookError, NotConfigured
from services.notary import key
from services.settings import Settings
from tests.integration.notary.signing import Notarised

CHANGES = [
    "update ledger.tree_head set note = 'x'",
    "delete from ledger.tree_head",
    "truncate ledger.tree_head",
    "update ledger.tree_node set hash = sha256(hash)",
    "delete from ledger.tree_node",
    "truncate ledger.tree_node",
]


@pytest.mark.parametrize("change", CHANGES)
async def test_the_owner_changes_nothing(mine: Notarised, change: str) -> None:
    await mine.fill(300)
    await mine.signs(300)
    owner = await mine.ledger.connect()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changed or removed"):
        await owner.execute(change)


async def test_the_notary_may_add_and_nothing_else(mine: Notarised) -> None:
    await mine.fill(300)
    await mine.signs(300)
    owner = await mine.ledger.connect()
    granted = await owner.fetch(
        "select table_name as name, privilege_type as right"
        "  from information_schema.table_privileges where grantee = 'daybook_notary'"
    )
    assert {(row["name"], row["right"]) for row in granted} == {
        ("journal", "SELECT"), ("identity", "SELECT"),
        ("tree_node", "SELECT"), ("tree_node", "INSERT"),
        ("tree_head", "SELECT"), ("tree_head", "INSERT"),
        ("notary", "SELECT"), ("notary", "INSERT"), ("notary", "UPDATE"),
    }  # fmt: skip
    role = await mine.ledger.connect("daybook_notary")
    more = [
        "insert into ledger.journal select * from ledger.journal limit 1",
        "update ledger.journal set message = 'x'",
        "delete from ledger.notary",
        "select * from ledger.source",
        "select * from ledger.concerns",
        "create table ledger.mine ()",
        "alter table ledger.tree_head disable trigger all",
    ]
    for change in [*CHANGES, *more]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(change)


async def test_others_may_not_sign(mine: Notarised) -> None:
    for name in ("daybook_query", "daybook_recorder", "daybook_projector", "daybook_intake"):
        role = await mine.ledger.connect(name)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute("insert into ledger.tree_head (size, note) values (1, 'x')")


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with pytest.raises(NotConfigured, match="daybook notary key --make"):
        key.load(settings)
    made = key.make(settings, "ledger.example")
    path = key.key_path(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert key.load(settings).own.public == made == key.load_public(settings)
    with pytest.raises(DaybookError, match="nothing is overwritten"):
        key.make(settings)
    path.chmod(0o640)
    with pytest.raises(NotConfigured, match="chmod 600"):
        key.load(settings)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "x" * 201, "a\nb"])
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DaybookError, match="is no name for a key"):
        key.make(Settings(data=tmp_path), name or " ")


def test_a_key_that_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    key.make(settings)
    path = key.key_path(settings)
    secret = path.read_text().strip().split("+", 4)[4]  # itself in base64, in which a + may stand
    path.write_text(path.read_text().strip()[:-4])
    with pytest.raises(NotConfigured, match="is wrong") as refused:
        key.load(settings)
    assert secret[:10] not in str(refused.value)


def test_two_ledgers_have_two_names(tmp_path: Path) -> None:
    names = {key.make(Settings(data=tmp_path / each)).name for each in "ab"}
    assert len(names) == 2
