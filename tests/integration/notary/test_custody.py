"""No key is made where another one has signed, wherever that can be seen; and what is not done is said."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from services.errors import NotConfigured, UnknownKey
from services.notary import custody, key, service
from services.notary.head import sign_head
from services.notary.heads_stream import subject
from services.notary.note import SigningKey
from services.settings import Settings
from tests import ports
from tests.integration.notary.signing import Notarised
from tests.ledger import Ledger
from tests.service import until

_OTHER = SigningKey.generate("another")


async def _in_postgres(ledger: Ledger, note: str) -> None:
    connection = await ledger.connect()
    await connection.execute("insert into ledger.tree_head (size, note) values (1, $1)", note)


async def _on_nats(ledger: Ledger, note: str) -> None:
    await (await ledger.nats()).jetstream().publish(subject(ledger.settings.stream), note.encode())


async def _in_the_file(ledger: Ledger, note: str) -> None:
    path = key.heads_path(ledger.settings)
    path.parent.mkdir(parents=True)
    path.write_text(f"{note}\n{note}\n")


@pytest.fixture
def note() -> str:
    """A head of one row that another key signed."""
    return sign_head(_OTHER, 1, bytes(32)).note


@pytest.mark.parametrize("put", [_in_postgres, _on_nats, _in_the_file])
async def test_where_another_key_has_signed_none_is_made(
    empty_ledger: Ledger, note: str, put: Callable[..., object]
) -> None:
    await put(empty_ledger, note)  # type: ignore[misc]
    said = await custody.ensure(empty_ledger.settings, empty_ledger.endpoints)
    assert said is not None
    public = _OTHER.public
    assert f"but {public.name}+{public.id.hex()}" in said
    assert "DAYBOOK_NOTARY_FORMER_KEYS" in said
    assert not key.is_there(empty_ledger.settings)
    lost = empty_ledger.settings.model_copy(update={"notary_former_keys": str(public)})
    assert await custody.ensure(lost, empty_ledger.endpoints) is None
    assert key.load(lost).own.public != public


async def test_where_nobody_has_signed_one_is_made_once(empty_ledger: Ledger) -> None:
    assert await custody.ensure(empty_ledger.settings, empty_ledger.endpoints) is None
    first = key.load_public(empty_ledger.settings)
    assert await custody.ensure(empty_ledger.settings, empty_ledger.endpoints) is None
    assert key.load_public(empty_ledger.settings) == first


async def test_by_hand_none_is_made_beside_heads_of_another(empty_ledger: Ledger, note: str) -> None:
    await _in_the_file(empty_ledger, note)
    with pytest.raises(UnknownKey):
        custody.make(empty_ledger.settings, None)
    lost = empty_ledger.settings.model_copy(update={"notary_former_keys": str(_OTHER.public)})
    assert custody.make(lost, "new").name == "new"


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _large(path: Path) -> None:
    path.write_bytes(b"x" * 1_000_000)


def _open(path: Path) -> None:
    path.chmod(0o644)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _gone(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT: Mapping[str, Callable[[Path], None]] = {
    "is wrong": _empty,
    "more than": _large,
    "chmod 600": _open,
    "a pipe": _pipe,
    "no key at": _gone,
    "a directory": _directory,
}


@pytest.mark.parametrize("reason", SPOILT)
async def test_a_key_that_cannot_be_used_is_said_to_be_such_and_kept(mine: Notarised, reason: str) -> None:
    path = key.key_path(mine.settings)
    SPOILT[reason](path)
    before = path.lstat()
    said = await custody.ensure(mine.settings, mine.ledger.endpoints)
    assert said is not None
    assert reason in said
    assert (path.lstat().st_ino, path.lstat().st_size) == (before.st_ino, before.st_size)
    with pytest.raises(NotConfigured):
        key.load(mine.settings)


async def test_without_a_key_the_notary_says_why_and_begins_when_it_is_there(mine: Notarised) -> None:
    path = key.key_path(mine.settings)
    away = path.rename(path.with_name("away"))
    settings = mine.settings.model_copy(update={"notary_port": ports.free()})
    await mine.fill(3)
    task = asyncio.ensure_future(service._serve(settings, mine.ledger.endpoints))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.notary_port}") as client:

            async def answers(where: str, status: int) -> bool:
                try:
                    answer = await client.get(where)
                except httpx.TransportError:
                    return False
                return answer.status_code == status and (status == 200 or "no key at" in answer.text)

            for where in ("/ready", "/checkpoint", "/key", "/proofs/inclusion?sequence=1"):
                await until(lambda where=where: answers(where, 503), f"{where} does not say why")  # type: ignore[misc]
            away.rename(path)
            await mine.signed(3)
            await until(lambda: answers("/checkpoint", 200), "no checkpoint")
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_what_another_notary_says_does_not_change_who_signed(mine: Notarised) -> None:
    await mine.fill(3)
    await mine.signs(3)
    for path in (key.key_path(mine.settings), key.public_path(mine.settings)):
        path.rename(path.with_name(f"old-{path.name}"))
    other = Notarised(mine.ledger, mine.settings, _keys(mine.settings))
    async with other.notary():
        assert "no known key signed it" in await other.says("refusing")
    connection = await mine.ledger.connect()
    assert await connection.fetchval("select vkey from ledger.notary") == str(mine.keys.own.public)


def _keys(settings: Settings) -> key.Keys:
    key.make(settings)
    return key.load(settings)
