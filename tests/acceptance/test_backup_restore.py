"""From `daybook up` to a backup, from the backup to a ledger: as people do it, with what was lost really gone."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service import until
from tests.up import Up, daybook, running_up

AS_OF = "2026-04-01"


@dataclass
class Kept:
    """A ledger that has been stopped, its backup, what it answered when that was taken, and what was sent later."""

    data: Path
    backup: Path
    token: str
    sequence: int
    answers: dict[str, Any]
    last: int = 0
    later: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    home = tmp_path_factory.mktemp("kept")
    async with running_up(home / "ledger") as up:
        token = (await _done("source", "add", "crm", "--events", "all", data=str(up.data))).split()[-1]
        for deal in ("D-1", "D-2"):
            await _send(up, token, _opened(deal))
        done = json.loads(await _done("backup", "--out", str(home / "backup"), "--json", data=str(up.data)))
        sequence = done["manifest"]["sequence"]
        await _seen(up, sequence)
        answers = await _answers(up.data, sequence)
        last = await _send(up, token, _opened("D-3"))
        await _seen(up, last)
        later = await _answers(up.data, last)
    return Kept(home / "ledger", home / "backup", token, sequence, answers, last, later)


@pytest.mark.long
async def test_on_another_machine_it_is_the_ledger_as_it_was_backed_up(kept: Kept, tmp_path: Path) -> None:
    """Everything is lost but the backup, and the notary's key, which is kept apart."""
    data = tmp_path / "ledger"
    said = await _done("restore", str(kept.backup), data=str(data))
    assert f"Restored everything up to sequence {kept.sequence}" in said
    assert "put its private half in its place" in said
    for name in ("key", "key.pub"):
        shutil.copy2(kept.data / "notary" / name, data / "notary" / name)
    async with running_up(data) as up:
        assert await _answers(data, kept.sequence) == kept.answers
        assert json.loads(await _done("verify", "--json", data=str(data)))["ok"]
        assert await _send(up, kept.token, _opened("D-3")) == kept.sequence + 1
        await _signed(up, kept.sequence + 1)


@pytest.mark.long
async def test_without_the_key_that_signed_nothing_is_signed_until_it_is_back(kept: Kept, tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    said = await _done("restore", str(kept.backup), data=str(data))
    public = (kept.data / "notary" / "key.pub").read_text().strip()
    key = data / "notary" / "key"
    assert public in said
    assert str(key) in said
    async with running_up(data) as up:
        signer = "+".join(public.split("+")[:2])
        await _says(up, f"Nothing is signed: Postgres holds a signed head: no known key signed it, but {signer}")
        assert not key.exists()
        await _refused(up, "no key at")
        assert await _send(up, kept.token, _opened("D-3")) == kept.sequence + 1
        assert json.loads(await _done("verify", "--json", "--key", public, data=str(data)))["ok"]
        code, _, complaint = await daybook("evidence", "D-1", "--out", str(tmp_path / "D-1.json"), data=str(data))
        assert (code, "no key at" in complaint) == (2, True)
        shutil.copy2(kept.data / "notary" / "key", key)
        await _signed(up, kept.sequence + 1)


@pytest.mark.long
async def test_the_key_of_another_ledger_is_named_as_such(kept: Kept, tmp_path: Path) -> None:
    data = _copied(kept, tmp_path)
    shutil.rmtree(data / "notary")
    await _done("notary", "key", "--make", "--name", "another", data=str(data))
    other = (data / "notary" / "key.pub").read_text()
    async with running_up(data) as up:
        await _says(up, "Nothing is signed")
        assert "What is known here is another+" in await _refused(up, "no known key signed it")
    assert (data / "notary" / "key.pub").read_text() == other


@pytest.mark.long
async def test_a_new_key_begins_where_the_old_one_is_named_as_lost(kept: Kept, tmp_path: Path) -> None:
    data = _copied(kept, tmp_path)
    public = (kept.data / "notary" / "key.pub").read_text().strip()
    for name in ("key", "key.pub"):
        (data / "notary" / name).unlink()
    code, _, complaint = await daybook("notary", "key", "--make", data=str(data))
    assert (code, "DAYBOOK_NOTARY_FORMER_KEYS" in complaint) == (2, True)
    async with running_up(data, settings={"notary_former_keys": public}) as up:
        await _send(up, kept.token, _opened("D-4"))
        await _signed(up, kept.last + 1)
        new = (data / "notary" / "key.pub").read_text().strip()
        checked = await _done("verify", "--json", data=str(data), notary_former_keys=public)
        assert (json.loads(checked)["ok"], new != public) == (True, True)


@pytest.mark.long
async def test_a_key_that_others_can_read_is_not_used_and_not_replaced(kept: Kept, tmp_path: Path) -> None:
    data = _copied(kept, tmp_path)
    key = data / "notary" / "key"
    key.chmod(0o644)
    async with running_up(data) as up:
        await _says(up, "Nothing is signed")
        assert "chmod 600" in await _refused(up, "can be read by others")
        key.write_text("")
        await _refused(up, "chmod 600")
        key.chmod(0o600)
        await _refused(up, "is wrong")
        key.write_text((kept.data / "notary" / "key").read_text())
        await _signed(up, kept.last)


@pytest.mark.long
async def test_without_its_postgres_the_ledger_loses_nothing(kept: Kept, tmp_path: Path) -> None:
    """The stream is still there: what was acknowledged after the backup comes from it."""
    data = _copied(kept, tmp_path)
    shutil.rmtree(data / "postgres")
    said = await _done("restore", str(kept.backup), data=str(data))
    assert kept.last - kept.sequence == 1
    assert "1 message of the stream is behind the backup" in said
    async with running_up(data) as up:
        await _seen(up, kept.last)
        assert await _answers(data, kept.last) == kept.later
        assert json.loads(await _done("verify", "--json", data=str(data)))["ok"]
        await _signed(up, kept.last)


@pytest.mark.long
async def test_it_is_not_restored_over_a_ledger(kept: Kept, tmp_path: Path) -> None:
    data = _copied(kept, tmp_path)
    code, _, complaint = await daybook("restore", str(kept.backup), data=str(data))
    assert (code, f"a journal up to sequence {kept.last}" in complaint) == (2, True)
    assert not {"run.json", "children.json"} & {each.name for each in data.iterdir()}
    async with running_up(data):
        code, _, complaint = await daybook("restore", str(kept.backup), data=str(data))
        assert (code, "holds a ledger already" in complaint) == (2, True)
        assert await _answers(data, kept.last) == kept.later


async def _answers(data: Path, known_at: int) -> dict[str, Any]:
    asked = ("--as-of", AS_OF, "--known-at", str(known_at), "--json")
    commands = {
        "pipeline": ("pipeline", *asked),
        "ageing": ("ageing", *asked),
        "history": ("history", "D-1", *asked),
        "sources": ("source", "list", "--json"),
    }
    return {name: json.loads(await _done(*words, data=str(data))) for name, words in commands.items()}


async def _seen(up: Up, sequence: int) -> None:
    """Waits until the views include it."""

    async def seen() -> bool:
        status = json.loads(await _done("status", "--json", data=str(up.data)))
        return bool(min(lane["projected"] for lane in status["lanes"]) >= sequence)

    await until(seen, f"the views do not include {sequence}", up.output, 60)


async def _signed(up: Up, sequence: int) -> None:
    """Waits until the notary has signed it."""
    async with httpx.AsyncClient(timeout=20) as client:

        async def signed() -> bool:
            try:
                head = await client.get(f"{up.run['notary_url']}/checkpoint")
            except httpx.TransportError:
                return False  # the notary that had no key gives its port to the one that has
            return head.status_code == 200 and int(head.text.split("\n")[1]) >= sequence

        await until(signed, f"nobody has signed {sequence}", up.output, 60)


def _copied(kept: Kept, tmp_path: Path) -> Path:
    """A copy of the ledger; a socket, which a server that had to be killed leaves, cannot be copied."""
    sockets = shutil.ignore_patterns(".s.PGSQL.*")
    return Path(shutil.copytree(kept.data, tmp_path / "ledger", symlinks=True, ignore=sockets))


async def _says(up: Up, text: str) -> None:
    """Waits until `up` has printed it."""

    async def said() -> bool:
        return text in up.printed.read_text()

    await until(said, f"`up` does not print {text!r}", up.output, 60)


async def _refused(up: Up, reason: str) -> str:
    """Waits until the newest head is refused with a reason; gives all that is said."""
    said = [""]
    async with httpx.AsyncClient(timeout=20) as client:

        async def refused() -> bool:
            try:
                answer = await client.get(f"{up.run['notary_url']}/checkpoint")
            except httpx.TransportError:
                return False
            said.append(answer.text)
            return answer.status_code == 503 and reason in str(answer.json()["detail"])

        await until(refused, f"/checkpoint does not say {reason!r}", lambda: said[-1], 60)
    return said[-1]


async def _send(up: Up, token: str, event: dict[str, Any]) -> int:
    headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await client.post(f"{up.run['intake_url']}/events", json=event, headers=headers)
    assert answer.status_code == 201, answer.text
    sequence: int = answer.json()["sequence"]
    return sequence


async def _done(*words: str, **variables: str) -> str:
    code, said, complaint = await daybook(*words, **variables)
    assert code == 0, said + complaint
    return said


def _opened(deal: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"opened-{deal}",
        "source": "crm",
        "type": "daybook.deal_opened.v1",
        "subject": f"deal/{deal}",
        "time": "2026-03-02T09:00:00+08:00",
        "data": {"playbook": "project", "owner": "Li", "amount": "10.00", "currency": "CNY"},
    }
