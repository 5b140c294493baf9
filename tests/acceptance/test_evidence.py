"""Checks of signed events: heads and proofs for anybody over HTTP, and one file that proves a deal by itself."""

import asyncio
import json
import sys
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import until
from tests.unit.notary.definition import mth, path, proof
from tests.up import REPOSITORY, daybook

SCRIPT = REPOSITORY / "services" / "audit" / "verify_evidence.py"


@dataclass
class Auditor:
    """Somebody with the notary's address and its public key."""

    ledger: Ledger
    http: httpx.AsyncClient
    key: str
    last: int

    async def command(self, *words: str, **more: str) -> tuple[int, str, str]:
        """A command to its end."""
        settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in self.ledger.environment.items()}
        return await daybook(*words, **settings | more)

    async def get(self, path: str, **asked: Any) -> Any:
        """Return the notary's answer to a GET request; the status must be 200."""
        answer = await self.http.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def checkpoint(self, **asked: Any) -> tuple[int, bytes]:
        """A head's size and root, as they stand in its text."""
        answer = await self.http.get("/checkpoint", params=asked)
        assert answer.status_code == 200, answer.text
        _, size, root, *_ = answer.text.split("\n")
        return int(size), b64decode(root)

    async def refused(self, path: str, **asked: Any) -> tuple[int, str]:
        """Status and detail of a refusal."""
        answer = await self.http.get(path, params=asked)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["detail"]


@pytest.fixture(scope="module")
async def auditor(servers: Servers) -> AsyncIterator[Auditor]:
    async with fresh_ledger(servers) as ledger, AsyncExitStack() as stack:
        auditor = Auditor(ledger, httpx.AsyncClient(timeout=30), "", 0)
        code, key, complaint = await auditor.command("notary", "key", "--make", "--name", "ledger.example/sales")
        assert code == 0, complaint
        auditor.key = key.strip()
        intake, _, _, notary = [
            await stack.enter_async_context(ledger.process(name, notary_every_s="0.05"))
            for name in ("intake", "recorder", "projector", "notary")
        ]
        auditor.http = await stack.enter_async_context(httpx.AsyncClient(base_url=notary.url, timeout=30))
        _, token, _ = await auditor.command("source", "add", "crm", "--events", "all")
        async with httpx.AsyncClient(base_url=intake.url, headers={"authorization": f"Bearer {token.strip()}"}) as http:
            for event in EVENTS:
                media = {"content-type": "application/cloudevents+json"}
                answer = await http.post("/events", json=event, headers=media)
                assert answer.status_code == 201, answer.text
                auditor.last = answer.json()["sequence"]

        (auditor.last,) = await ledger.append(WITHDRAWN)

        async def signed() -> bool:
            answer = await auditor.http.get("/checkpoint")
            return answer.status_code == 200 and int(answer.text.split("\n")[1]) >= auditor.last

        await until(signed, "what was sent is not signed", notary.output)
        await ledger.projected(auditor.last)
        yield auditor


def _event(id: str, name: str, deal: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": id,
        "source": "crm",
        "type": f"daybook.{name}.v1",
        "subject": f"deal/{deal}",
        "time": "2026-03-02T09:00:00+08:00",
        "actor": "李",
        "data": data,
    }


EVENTS = [
    *(_event(f"o{each}", "deal_opened", f"D-{each}", playbook="project", owner="李") for each in range(1, 4)),
    *(_event(f"c{each}", "call_made", f"D-{each % 3 + 1}", outcome="interested") for each in range(20)),
    _event("w1", "deal_won", "D-1"),
]


WITHDRAWN = _event("pw", "playbook_withdrawn", "", playbook_version=1, reason="replaced") | {
    "subject": "playbook/project"
}
"""After all deals were opened, which keep it."""


@pytest.mark.long
async def test_proofs_over_http_hold_against_the_definition(auditor: Auditor) -> None:
    size, root = await auditor.checkpoint()
    found = [await auditor.get("/proofs/inclusion", sequence=each) for each in range(1, size + 1)]
    leaves = [b64decode(each["leaf_hash"]) for each in found]
    assert mth(leaves) == root
    for index, each in enumerate(found):
        assert (each["leaf_index"], each["checkpoint"].split("\n")[1]) == (index, str(size))
        assert [b64decode(part) for part in each["proof"]] == path(index, leaves)
    sizes = [row["size"] for row in await (await auditor.ledger.connect()).fetch("select size from ledger.tree_head")]
    for first in sizes:
        answer = await auditor.get("/proofs/consistency", first=first)
        assert [b64decode(part) for part in answer["proof"]] == proof(first, leaves)
        assert answer["first"].split("\n")[1] == str(first)
        assert await auditor.checkpoint(size=first) == (first, mth(leaves[:first]))


async def test_the_key_over_http_is_the_one_that_was_given(auditor: Auditor) -> None:
    assert (await auditor.http.get("/key")).text == f"{auditor.key}\n"
    assert auditor.key.startswith("ledger.example/sales+")
    assert (await auditor.command("notary", "key"))[1] == f"{auditor.key}\n"


async def test_what_has_no_proof_is_refused_in_words(auditor: Auditor) -> None:
    size, _ = await auditor.checkpoint()
    assert await auditor.refused("/proofs/inclusion") == (400, "sequence is missing: say which one, as ?sequence=…")
    assert await auditor.refused("/proofs/inclusion", sequence=size + 1) == (
        404,
        f"Sequence {size + 1} is not in the tree of {size} rows, which begins with sequence 1.",
    )
    assert (await auditor.refused("/proofs/inclusion", sequence=0))[0] == 404
    assert (await auditor.refused("/proofs/inclusion", sequence="x"))[0] == 400
    assert (await auditor.refused("/proofs/inclusion", sequence=1, depth=3))[0] == 400
    assert (await auditor.refused("/checkpoint", size=10**17)) == (
        404,
        f"size: no head of {10**17} rows was signed. /checkpoint gives the newest head there is.",
    )
    assert (await auditor.refused("/proofs/consistency", first=0))[0] == 404
    assert (await auditor.refused("/proofs/consistency", second=size))[0] == 400


async def test_the_notary_is_ready_and_says_how_far_it_is(auditor: Auditor) -> None:
    ready = await auditor.get("/ready")
    assert ready["state"] == {"role": "active", "doing": "signing", "rows": (await auditor.checkpoint())[0]}
    metrics = (await auditor.http.get("/metrics")).text
    assert "daybook_notary_signing 1.0" in metrics
    assert f"daybook_notary_signed_rows {float(auditor.last)}" in metrics
    status = json.loads((await auditor.command("status", "--json"))[1])["notary"]
    assert (status["running"], status["state"], status["signed"]) == (True, "signing", auditor.last)
    assert status["signed_at"] is not None


async def test_evidence_is_made_and_checked_by_commands(auditor: Auditor, tmp_path: Path) -> None:
    out, older = tmp_path / "D-1.json", tmp_path / "older"
    older.write_text((await auditor.http.get("/checkpoint")).text)
    code, said, complaint = await auditor.command("evidence", "D-1", "--out", str(out), "--older", str(older))
    assert (code, complaint) == (0, "")
    assert f"python {SCRIPT} {out} --key KEY" in said
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), str(out), "--key", auditor.key, "--older", str(older),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told = (await process.communicate())[0].decode()
    assert process.returncode == 0, told
    assert "daybook.deal_won.v1  deal/D-1" in told
    assert (await auditor.command("evidence", "--check", str(out)))[0] == 0
    document = json.loads(out.read_text())
    document["views"]["stage_position"][0]["owner"] = "王"
    out.write_text(json.dumps(document))
    code, said, _ = await auditor.command("evidence", "--check", str(out), "--json")
    assert (code, json.loads(said)["ok"]) == (1, False)


@pytest.mark.long
async def test_evidence_without_the_private_key_is_not_made_by_accident(auditor: Auditor, tmp_path: Path) -> None:
    out = str(tmp_path / "D-1.json")
    elsewhere = {"notary_key": str(tmp_path / "none")}
    code, _, complaint = await auditor.command("evidence", "D-1", "--out", out, **elsewhere)
    assert (code, "--unsigned makes a file from which rows could be taken out unseen" in complaint) == (2, True)
    words = ("evidence", "D-1", "--out", out, "--unsigned", "--json")
    code, said, complaint = await auditor.command(*words, "--key", auditor.key, **elsewhere)
    assert (code, complaint, json.loads(said)["signed"]) == (0, "", False)
    code, _, complaint = await auditor.command(*words, **elsewhere)
    assert (code, auditor.key in complaint) == (0, True), "the ledger's own word for its key is not taken silently"


@pytest.mark.long
async def test_evidence_is_not_signed_with_the_key_of_another_ledger(auditor: Auditor, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "D-1.json", {"notary_key": str(tmp_path / "key")}
    code, other, complaint = await auditor.command(
        "notary", "key", "--make", **elsewhere, notary_former_keys=auditor.key
    )
    assert code == 0, complaint
    words = ("evidence", "D-1", "--out", str(out), "--key", auditor.key)
    code, _, complaint = await auditor.command(*words, **elsewhere)
    assert (code, other.strip() in complaint, out.exists()) == (2, True, False), complaint
    code, _, complaint = await auditor.command(*words, **elsewhere, notary_former_keys=other.strip())
    assert (code, complaint) == (0, ""), "a key of the same ledger may sign"


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("evidence",), "Say which deal and --out"),
        (("evidence", "D-1"), "Say which deal and --out"),
        (("evidence", "D-9", "--out", "x"), "D-9"),
        (("evidence", "D/1", "--out", "x"), "is no id of a deal"),
        (("evidence", "D-1", "--out", "x", "--older", "none"), "cannot be read"),
        (("evidence", "--check", "none"), "cannot be read"),
        (("evidence", "D-1", "--out", "x", "--key", "nonsense"), "is no public key"),
        (("verify", "--key", "nonsense"), "is no public key"),
        (("notary", "key", "--make"), "There is a key at"),
    ],
)
async def test_what_cannot_be_done_is_said(auditor: Auditor, words: tuple[str, ...], complaint: str) -> None:
    code, output, said = await auditor.command(*words)
    assert (code, output) == (2, "")
    assert complaint in said


@pytest.mark.long
async def test_verify_compares_with_the_heads(auditor: Auditor) -> None:
    code, said, complaint = await auditor.command("verify", "--key", auditor.key)
    assert (code, complaint) == (0, "")
    assert "signed head" in said
    heads = auditor.ledger.settings.data / "notary" / "heads"
    newest = f"ledger.tree_head: {auditor.last}, NATS: {auditor.last}"
    covered = f"Signed heads cover {auditor.last} of {auditor.last} rows ({newest}, "
    assert f"{covered}the file: {auditor.last})." in said
    heads.rename(heads.with_name("elsewhere"))
    try:
        code, said, _ = await auditor.command("verify", "--key", auditor.key)
        assert (code, f"{covered}no file {heads})." in said) == (0, True)
    finally:
        heads.with_name("elsewhere").rename(heads)
