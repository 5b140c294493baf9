"""`daybook up`: one command runs everything, keeps it running, and leaves nothing behind."""

import asyncio
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from contracts.playbooks.shipped import shipped
from tests.ledger import Ledger
from tests.service import until
from tests.up import Up, daybook, running_up

_EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "crm",
    "type": "daybook.account_registered.v1",
    "subject": "account/A-1",
    "time": "2026-01-05T09:00:00+08:00",
    "data": {"name": "Aluminium Works"},
}


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    async with running_up(tmp_path_factory.mktemp("up") / "ledger") as up:
        yield up


async def _send(up: Up, event: dict[str, Any]) -> int:
    """Sends one event, again and again until there is a receipt; gives its sequence."""
    token = await _token(up)
    headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
    answer = await _answered("POST", f"{up.run['intake_url']}/events", json=event, headers=headers)
    sequence: int = answer["sequence"]
    return sequence


async def _token(up: Up) -> str:
    """The token of the source `crm`, added the first time."""
    kept = up.data.with_suffix(".token")
    if not kept.exists():
        code, printed, complaint = await daybook("source", "add", "crm", "--events", "all", data=str(up.data))
        assert code == 0, complaint
        kept.write_text(printed.split()[-1])
    return kept.read_text()


async def _status(up: Up, after: int = 0) -> dict[str, Any]:
    """The ledger's status once the views include a sequence."""
    return await _answered("GET", f"{up.run['query_url']}/status", params={"after": after} if after else {})


async def _answered(method: str, url: str, **request: Any) -> dict[str, Any]:
    """Send a request again for as long as nobody can answer it now; return the answer, which must be a success."""
    answers: list[httpx.Response] = []

    async def answered() -> bool:
        try:
            answers.append(await client.request(method, url, **request))
        except httpx.TransportError:
            return False
        return answers[-1].status_code not in (503, 504)

    async with httpx.AsyncClient(timeout=30) as client:
        await until(answered, f"no answer from {url}", lambda: answers[-1].text if answers else "")
    assert answers[-1].is_success, answers[-1].text
    document: dict[str, Any] = answers[-1].json()
    return document


@pytest.mark.long
async def test_a_second_up_on_the_same_directory_is_refused_with_the_reason(up: Up) -> None:
    code, _, complaint = await daybook("up", "--data", str(up.data))
    assert code == 2
    assert f"runs on {up.data} already (process {up.process.pid})" in " ".join(complaint.split())


async def test_a_taken_port_is_named(up: Up, tmp_path: Path) -> None:
    taken = str(up.run["intake_port"])
    code, _, complaint = await daybook("up", "--data", str(tmp_path / "other"), "--intake-port", taken)
    assert code == 2
    assert f"Port {taken}" in complaint
    assert "--intake-port" in complaint


async def test_every_command_finds_it_by_its_data_directory(up: Up) -> None:
    code, output, complaint = await daybook("init", "--json", data=str(up.data))
    assert code == 0, complaint
    made = json.loads(output)
    assert (made["stream"]["made"], made["migrations"], made["published"]) == (False, 0, [])


async def test_without_it_a_command_says_what_to_start(tmp_path: Path) -> None:
    code, _, complaint = await daybook("init", data=str(tmp_path))
    assert code == 2
    assert f"daybook up --data {tmp_path}" in complaint


async def test_what_it_says_about_itself_is_for_its_owner_alone(up: Up) -> None:
    for name in ("run.json", "children.json", "lock"):
        assert stat.S_IMODE((up.data / name).stat().st_mode) == 0o600


async def test_on_this_machine_reading_needs_no_token(up: Up) -> None:
    assert (await _status(up, after=len(shipped())))["recorded"] == len(shipped())


async def test_a_dashboard_reads_the_views_by_sql_and_nothing_else(up: Up) -> None:
    connection = await asyncpg.connect(up.run["sql_url"])
    assert await connection.fetchval("select count(*) from reporting.position") == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetchval("select count(*) from ledger.journal")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("set role daybook")
    await connection.close()


@pytest.mark.long_cases
@pytest.mark.parametrize("name", ["intake", "query", "recorder", "projector", "notary", "nats", "postgres"])
async def test_what_is_killed_is_started_again(up: Up, name: str) -> None:
    await _token(up)
    old = up.children[name]
    os.kill(old, signal.SIGKILL)
    await up.restarted(name, old)
    sequence = await _send(up, _EVENT | {"id": name, "subject": f"account/{name}"})
    assert (await _status(up, after=sequence))["recorded"] == sequence


async def test_nothing_is_lost_and_nothing_is_left_whatever_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    async with running_up(data) as first:
        await first.signal(signal.SIGKILL)
        await first.all_gone()
    async with running_up(data) as second:
        sequence = await _send(second, _EVENT)
        second.process.kill()
        for pid in second.alive():
            os.kill(pid, signal.SIGKILL)
        await second.process.wait()
    async with running_up(data) as third:
        assert (await _status(third, after=sequence))["entries"] == sequence
        assert await third.signal(signal.SIGINT) == 0
        assert third.alive() == []
        assert sorted(each.name for each in data.iterdir()) == ["lock", "logs", "nats", "notary", "postgres"]


@pytest.mark.long_cases
@pytest.mark.parametrize("last", ["nats", "postgres", "recorder"])
async def test_told_to_stop_while_it_starts_it_leaves_nothing(tmp_path: Path, last: str) -> None:
    async with running_up(tmp_path / "ledger", wait=False) as up:

        async def started() -> bool:
            return last in up.children

        await until(started, f"{last} was not started", up.output)


@pytest.mark.long
async def test_with_servers_of_its_own_it_starts_none(ledger: Ledger, tmp_path: Path) -> None:
    variables = {name.removeprefix("DAYBOOK_").lower(): value for name, value in ledger.environment.items()}
    del variables["data"]
    async with running_up(tmp_path / "ledger", settings=variables) as up:
        assert sorted(up.children) == ["intake", "notary", "projector", "query", "recorder"]
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{up.run['query_url']}/status")).status_code == 401


async def test_one_address_alone_is_not_enough(tmp_path: Path) -> None:
    words = ("up", "--data", str(tmp_path / "ledger"), "--intake-port", "0", "--query-port", "0")
    code, _, complaint = await daybook(*words, nats_url="nats://127.0.0.1:1")
    assert code == 2
    assert "DAYBOOK_DATABASE_URL is not set" in complaint


def _as_nobody() -> list[str]:
    """Words that let root run this Python as an ordinary user, also from an interpreter below a closed home."""
    if os.geteuid() != 0:
        pytest.skip("we are an ordinary user: every other test here is this one")
    nobody = pwd.getpwnam("nobody")
    become = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    twice = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', '']).returncode)"
    if subprocess.run([*become, sys.executable, "-c", twice], capture_output=True, check=False).returncode == 0:
        return become
    # A view of the file system of its own, in which root's home is empty but for the interpreter, and open.
    home, interpreter = Path.home(), Path(sys.base_prefix).resolve()
    script = (
        f"mount -t tmpfs -o mode=755 none /mnt && mkdir /mnt/python && "
        f"mount --bind {interpreter} /mnt/python && mount -t tmpfs -o mode=755 none {home} && "
        f'mkdir -p {interpreter} && mount --bind /mnt/python {interpreter} && exec "$@"'
    )
    via = ["unshare", "--mount", "sh", "-c", script, "sh", *become]
    done = subprocess.run([*via, sys.executable, "-c", twice], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"an ordinary user cannot run {sys.executable}: {done.stderr.strip()}")
    return via


@pytest.mark.long
async def test_an_ordinary_user_can_run_it() -> None:
    via = _as_nobody()
    home = Path(tempfile.mkdtemp(prefix="daybook-nobody-"))
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    try:
        async with running_up(home / "ledger", via=via) as up:
            owners = {Path(f"/proc/{pid}").stat().st_uid for pid in up.alive()}
            assert owners == {nobody.pw_uid}
            assert stat.S_IMODE((home / "ledger").stat().st_mode) == 0o700
            assert await up.signal(signal.SIGTERM) == 0
    finally:
        await asyncio.to_thread(shutil.rmtree, home)


async def test_the_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a directory away")
    os.chown(tmp_path, pwd.getpwnam("nobody").pw_uid, -1)
    code, _, complaint = await daybook("up", "--data", str(tmp_path))
    assert code == 2
    assert "belongs to nobody and we are root" in " ".join(complaint.split())
