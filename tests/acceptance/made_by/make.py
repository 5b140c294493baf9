"""Make a ledger with the code of an older commit, and keep it as a fixture beside what that code said of it.

Run in a checkout of that commit, with an interpreter that has its dependencies:

    git worktree add ../older 513cf26
    cp -r tests/acceptance/made_by ../older/tests/acceptance/
    cp ../older/services/demo/story.py ../older/tests/benchmarks/deals.py    # where it is not there yet
    cd ../older && python -m tests.acceptance.made_by.make 513cf26

Then copy the directory `513cf26` to `tests/acceptance/made_by` here.
"""

import asyncio
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats

from services.embedded.cluster import binary
from tests.acceptance.made_by.story import behind_intake, mended, plain

SOURCES = ("crm", "telephony", "billing", "bank", "desk")
DAYS = ("2025-06-30", "2026-03-15", "2026-04-30")
REPORTS = ("pipeline", "funnel/project", "funnel/crm_claims", "receivables/open", "receivables/ageing")
SQL = ("receivables_unapplied", "receivables_balance", "deal", "flag")
EVIDENCE = ("D-0003", "lost-won")
MEDIA = "application/cloudevents+json"


def daybook(data: Path, *words: str) -> str:
    """A command of the older code, to its end."""
    command = [sys.executable, "-m", "services.cli.main", *words, "--data", str(data)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_of(data: Path) -> dict[str, Any]:
    """Addresses, once everything is ready."""
    for _ in range(900):
        if (data / "run.json").exists() and (run := json.loads((data / "run.json").read_text())).get("ready"):
            return dict(run)
        time.sleep(0.1)
    raise AssertionError("`daybook up` is not ready")


async def send(run: dict[str, Any], tokens: dict[str, str], events: list[dict[str, Any]]) -> int:
    """Every event, one after another; gives the last sequence."""
    sequence = 0
    async with httpx.AsyncClient(timeout=30) as client:
        for event in events:
            headers = {"content-type": MEDIA, "authorization": f"Bearer {tokens[event['source']]}"}
            answer = await client.post(f"{run['intake_url']}/events", content=json.dumps(event), headers=headers)
            assert answer.status_code == 201, (event, answer.text)
            sequence = answer.json()["sequence"]
    return sequence


async def publish(run: dict[str, Any], events: list[dict[str, Any]]) -> int:
    """Messages behind intake's back; gives the last sequence."""
    nc = await nats.connect(run["nats_url"])
    sequence = 0
    for event in events:
        kind, _, name = event["subject"].partition("/")
        message = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ack = await nc.jetstream().publish(f"daybook.{kind}.{name}", message, stream="DAYBOOK")
        sequence = ack.seq
    await nc.close()
    return sequence


async def answers(run: dict[str, Any], marks: list[int], subjects: set[str]) -> dict[str, Any]:
    """Every report at every moment, by its address; what SQL says; the newest head."""
    found: dict[str, Any] = {}
    last = marks[-1]
    async with httpx.AsyncClient(timeout=30) as client:
        for known_at in marks:
            for day in DAYS:
                for report in REPORTS:
                    address = f"/{report}?as_of={day}&known_at={known_at}"
                    found[address] = (await client.get(run["query_url"] + address)).raise_for_status().json()
        for each in sorted(subjects):
            kind, _, name = each.partition("/")
            for suffix in {"deal": ("", "/history", "/explain"), "account": ("/history",)}[kind]:
                address = f"/{kind}s/{name}{suffix}?as_of={DAYS[-1]}&known_at={last}"
                found[address] = (await client.get(run["query_url"] + address)).raise_for_status().json()
        head = (await client.get(f"{run['notary_url']}/checkpoint")).raise_for_status().text
    connection = await asyncpg.connect(run["sql_url"])
    for view in SQL:
        rows = await connection.fetchval(f"select json_agg(found order by found::text) from reporting.{view} found")
        found[f"reporting.{view}"] = json.loads(rows)
    await connection.close()
    return {"reports": found, "head": head}


async def reached(run: dict[str, Any], data: Path, sequence: int) -> None:
    """Waits until the views include a sequence and the notary has signed it."""
    async with httpx.AsyncClient(timeout=30) as client:
        for _ in range(600):
            status = json.loads(daybook(data, "status", "--json"))
            head = await client.get(f"{run['notary_url']}/checkpoint")
            signed = int(head.text.split("\n")[1]) if head.status_code == 200 else 0
            if min(lane["projected"] for lane in status["lanes"]) >= sequence and signed >= sequence:
                return
    raise AssertionError(f"not everything is at {sequence}")


async def make(out: Path, data: Path) -> None:
    """The ledger, and what its own code says of it."""
    run = run_of(data)
    tokens = {}
    for name in SOURCES:
        added = daybook(data, "source", "add", name, "--events", "all", "--corrects-others", "--json")
        tokens[name] = json.loads(added)["token"]
    first, second = plain(), mended()
    middle = len(first) - 7
    marks = [await send(run, tokens, first[:middle]), await send(run, tokens, first[middle:])]
    marks += [await send(run, tokens, second[: len(second) // 2]), await send(run, tokens, second[len(second) // 2 :])]
    behind = behind_intake(second[-1])
    marks.append(await publish(run, behind))
    await reached(run, data, marks[-1])
    said = await answers(run, marks, {each["subject"] for each in first + second if "/" in each["subject"]})
    said["marks"], said["tokens"], said["sent"] = marks, tokens, first + second
    said["verify"] = json.loads(daybook(data, "verify", "--json"))
    said["quarantine"] = json.loads(daybook(data, "quarantine", "list", "--json"))
    said["key"] = (data / "notary" / "key.pub").read_text().strip()
    for deal in EVIDENCE:
        daybook(data, "evidence", deal, "--out", str(data.parent / "evidence.json"))
        write(out / f"evidence-{deal}.json.gz", (data.parent / "evidence.json").read_bytes())
    daybook(data, "backup", "--out", str(data.parent / "backup"))
    write(out / "said.json.gz", json.dumps(said, ensure_ascii=False, indent=1).encode())
    for name, sql in dumped(data).items():
        write(out / f"{name}.sql.gz", sql)


def dumped(data: Path) -> dict[str, bytes]:
    """Roles and database as SQL that a client can run: rows as inserts, no commands of psql."""
    where = ["-U", "postgres", "-h", str(data / "postgres" / "socket")]
    found = {}
    for name, command in {
        "roles": ["pg_dumpall", *where, "-l", "postgres", "--roles-only"],
        "database": ["pg_dump", *where, "--inserts", "--rows-per-insert=500", "daybook"],
    }.items():
        command[0] = str(binary(command[0]))
        done = subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
        found[name] = b"".join(line for line in done.stdout.splitlines(True) if not line.startswith(b"\\"))
    return found


def write(path: Path, content: bytes) -> None:
    """A file that is the same when its content is."""
    path.write_bytes(gzip.compress(content, mtime=0))


def main() -> None:
    """Make everything anew."""
    out = Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="daybook-old-") as home:
        data = Path(home) / "ledger"
        daybook(data, "notary", "key", "--make", "--name", "ledger.example/513cf26")
        ports = [f"--{each}-port=0" for each in ("intake", "query")]
        command = [sys.executable, "-m", "services.cli.main", "up", "--data", str(data), *ports]
        side = {f"DAYBOOK_{each}_PORT": "0" for each in ("RECORDER", "PROJECTOR", "NOTARY")}
        up = subprocess.Popen(command, env=os.environ | side)
        try:
            asyncio.run(make(out, data))
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait()
        with tarfile.open(out / "ledger.tar.xz", "w:xz") as tar:
            for name in ("nats", "notary"):
                tar.add(data / name, name)
            tar.add(data.parent / "backup", "backup")


if __name__ == "__main__":
    main()
