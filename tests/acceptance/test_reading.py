"""Checks that sent events can be read, replayed and checked, over HTTP and on the command line alike."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.playbooks.shipped import shipped
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.up import daybook


@dataclass
class Reader:
    """Somebody who may only read: with a token over HTTP, and with the commands."""

    ledger: Ledger
    http: httpx.AsyncClient
    last: int
    """Sequence of the last event sent."""

    async def command(self, *words: str, code: int = 0) -> str:
        """A command's standard output; it must end with this exit code."""
        found, output, complaint = await self.try_(*words)
        assert found == code, f"{words}: {found}\n{output}\n{complaint}"
        return output

    async def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json and return the document that it prints."""
        return json.loads(await self.command(*words, "--json", code=code))

    async def try_(self, *words: str) -> tuple[int, str, str]:
        """A command to its end."""
        settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in self.ledger.environment.items()}
        return await daybook(*words, **settings)

    async def get(self, path: str, **asked: Any) -> Any:
        """Return the read API's answer to a GET request; the status must be 200."""
        answer = await self.http.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
async def reader(servers: Servers) -> AsyncIterator[Reader]:
    async with fresh_ledger(servers) as ledger, AsyncExitStack() as stack:
        intake, _, _, query = [
            await stack.enter_async_context(ledger.process(name))
            for name in ("intake", "recorder", "projector", "query")
        ]
        reader = Reader(ledger, await stack.enter_async_context(httpx.AsyncClient(base_url=query.url, timeout=30)), 0)
        token = (await reader.json("reader", "add", "dashboard"))["token"]
        reader.http.headers["authorization"] = f"Bearer {token}"
        sender = (await reader.json("source", "add", "crm", "--events", "all"))["token"]
        async with httpx.AsyncClient(base_url=intake.url, headers={"authorization": f"Bearer {sender}"}) as client:
            for event in EVENTS:
                answer = await client.post(
                    "/events", json=event, headers={"content-type": "application/cloudevents+json"}
                )
                assert answer.status_code == 201, answer.text
                reader.last = answer.json()["sequence"]
        await reader.get("/status", after=reader.last)
        yield reader


def _event(id: str, name: str, subject: str, day: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": id,
        "source": "crm",
        "type": f"daybook.{name}.v1",
        "subject": subject,
        "time": f"{day}T09:00:00+08:00",
        "actor": "李",
        "data": data,
    }


EVENTS = (
    _event("1", "deal_opened", "deal/D-1", "2026-01-01", playbook="project", playbook_version=1, owner="李",
           amount="1000.00", currency="CNY"),
    _event("2", "call_made", "deal/D-1", "2026-01-02", outcome="interested"),
    _event("3", "appointment_made", "deal/D-1", "2026-01-03", scheduled_at="2026-01-10T09:00:00+08:00"),
    _event("4", "customer_commitment_received", "deal/D-1", "2026-01-05", stage=1),
    _event("5", "invoice_issued", "account/A-1", "2026-01-10", invoice="INV-1", amount="100.00", currency="CNY",
           due_on="2026-02-09", deal_id="D-1"),
    _event("6", "payment_received", "account/A-1", "2026-02-20", payment="P-1", amount="40.00", currency="CNY",
           allocations=[{"invoice": "INV-1", "amount": "40.00"}]),
    _event("7", "commitment_withdrawn", "deal/D-1", "2026-01-20", stage=1, reason="budget frozen"),
)  # fmt: skip

AT = ("--as-of", "2026-03-31")


async def test_commands_print_with_json_exactly_what_http_answers(reader: Reader) -> None:
    known = {"as_of": "2026-03-31", "known_at": str(reader.last)}
    words = (*AT, "--known-at", str(reader.last))
    for command, path, asked in (
        (("pipeline", *words), "/pipeline", known),
        (("funnel", "project", *words), "/funnel/project", known),
        (("ageing", *words), "/receivables/ageing", known),
        (("explain", "D-1", *words), "/deals/D-1/explain", known),
        (("history", "D-1"), "/deals/D-1/history", {}),
        (("history", "A-1", "--account"), "/accounts/A-1/history", {}),
        (("status",), "/status", {}),
        (
            ("changes", *AT, "--from-known", str(reader.last - 1), "--to-known", str(reader.last)),
            "/changes",
            {"as_of": "2026-03-31", "from_known": reader.last - 1, "to_known": reader.last},
        ),
    ):
        assert await reader.json(*command) == await reader.get(path, **asked), command


async def test_a_withdrawn_commitment_is_seen_from_its_day_on_and_once_it_was_known(reader: Reader) -> None:
    async def stands(as_of: str, known_at: int) -> tuple[Any, ...]:
        deal = await reader.get("/deals/D-1", as_of=as_of, known_at=known_at)
        return deal["stage"], deal["phase"], deal["probability"]

    assert await stands("2026-01-31", reader.last) == (1, "entered", "0.0000")
    assert await stands("2026-01-19", reader.last) == (1, "completed", "0.1000")
    assert await stands("2026-01-31", reader.last - 1) == (1, "completed", "0.1000")


async def test_changes_name_the_entry_that_caused_them(reader: Reader) -> None:
    answer = await reader.json("changes", "pipeline", *AT, "--from-known", str(reader.last - 1))
    (change,) = answer["changes"]
    assert (change["key"], change["before"]["probability"], change["after"]["probability"]) == (
        {"deal": "D-1"}, "0.1000", "0.0000",
    )  # fmt: skip
    assert [(each["sequence"], each["id"]) for each in change["causes"]] == [(reader.last, "7")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("pipeline", *AT), ["D-1", "project v1", "1 entered", "1000.00 CNY", "1 deal, as of 2026-03-31 23:59:59"]),
        (("funnel", "project", *AT), ["1 Account planning", "open 1, won 0", "1000.00 CNY"]),
        (("funnel", "project", *AT, "--lang", "zh"), ["1 客户规划与电话邀约", "在手 1，赢单 0", "1000.00 CNY"]),
        (("ageing", *AT), ["31-60", "60.00", "balance"]),
        (("history", "D-1"), ["deal_opened", "commitment_withdrawn", "~ stage_position"]),
        (
            ("explain", "D-1"),
            [
                "D-1 is at stage 1, entered of project version 1",
                "still needs: The customer agrees to meet in person (commitment)",
            ],
        ),
        (("status",), ["recorded", "generation"]),
        (("changes", "--from-known", "2"), ["invoice_issued", "receivables"]),
        (("playbook", "list"), ["project", "crm_claims"]),
        (("reader", "list"), ["dashboard"]),
    ],
)
async def test_commands_speak_to_people(reader: Reader, words: tuple[str, ...], expected: list[str]) -> None:
    output = await reader.command(*words)
    for each in expected:
        assert each in output, output


@pytest.mark.long
async def test_verify_finds_nothing_and_ends_with_0(reader: Reader) -> None:
    answer = await reader.json("verify")
    assert answer == {
        "ok": True,
        "sequence": reader.last,
        "entries": reader.last,
        "subjects": 2 + len({each.key for each in shipped()}),
        "heads": 0,
        "signed": {"ledger.tree_head": 0, "NATS": 0, "the file": None},
        "differences": [],
        "counts": {},
    }
    told = await reader.command("verify", "--deal", "D-1")
    assert "Nothing differs: 6 entries and 1 subject up" in told
    assert f"Signed heads cover 0 of {reader.last} rows (ledger.tree_head: none, NATS: none, no file " in told


NOBODYS = "ledger.example+3f67bb72+AUyRhh71ba4/V8kwBrgDO384ehyfEu+OFpiBz/e93k+S"


@pytest.mark.long
async def test_verify_ends_with_1_when_the_key_that_was_named_signed_nothing(reader: Reader) -> None:
    for deal in ((), ("--deal", "D-1")):
        answer = await reader.json("verify", "--key", NOBODYS, *deal, code=1)
        assert answer["counts"] == {"nothing_signed": 1}
        assert answer["differences"][0]["found"] == "none in ledger.tree_head, NATS, the file"


async def test_verify_ends_with_1_when_something_differs(reader: Reader) -> None:
    connection = await reader.ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")
    change = f'update "{schema}".receivables_movement set amount = amount + $1 where document = $2'
    await connection.execute(change, 1, "INV-1")
    try:
        answer = await reader.json("verify", code=1)
        assert answer["counts"] == {"view_row_altered": 1}
        shown = await reader.command("verify", code=1)
        assert "view_row_altered" in shown
        assert "amount=101.00" in shown
    finally:
        await connection.execute(change, -1, "INV-1")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("verify", "--deal", "D-9"), "Nothing is known of deal/D-9"),
        (("history", "D-9"), "Nothing is known of the deal 'D-9'"),
        (("explain", "no such id"), "is no id of a deal"),
        (("funnel", "nothing"), "no playbook 'nothing'"),
        (("pipeline", "--as-of", "yesterday"), "as_of: 'yesterday' is neither a day"),
        (("pipeline", "--known-at", "999999"), "known_at: sequence 999999 is not in the views yet"),
        (("changes", "--from-known", "5", "--to-known", "4"), "lies behind to_known"),
        (("changes",), "from-known"),
        (("reader", "add", "dashboard"), "There is a reader dashboard already"),
        (("reader", "rotate", "nobody"), "There is no reader 'nobody'"),
        (("playbook", "check", "/nowhere.toml"), "cannot be read"),
    ],
)
async def test_what_cannot_be_done_is_said_on_standard_error_with_2(
    reader: Reader, words: tuple[str, ...], complaint: str
) -> None:
    code, output, said = await reader.try_(*words)
    assert (code, output) == (2, "")
    assert complaint in " ".join(said.split())


@pytest.mark.long
async def test_a_token_is_shown_once_and_works_until_it_is_rotated_or_disabled(reader: Reader) -> None:
    token = (await reader.command("reader", "add", "auditor")).strip()
    another = (await reader.command("reader", "rotate", "auditor")).strip()
    await reader.command("reader", "disable", "auditor")
    for each in (token, another):
        answer = await reader.http.get("/status", headers={"authorization": f"Bearer {each}"})
        assert answer.status_code == 401
    listed = await reader.json("reader", "list")
    assert [each["name"] for each in listed["readers"]] == ["auditor", "dashboard"]
    assert listed["readers"][0]["disabled_at"]
    assert token[4:] not in json.dumps(listed)


async def test_playbook_check_names_every_mistake_with_its_line(tmp_path: Path) -> None:
    good = Path("contracts/playbooks/project.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(good, encoding="utf-8")
    code, output, _ = await daybook("playbook", "check", str(path))
    assert (code, "project version 1 is right, with 8 stages" in output) == (0, True)
    path.write_text(good, encoding="utf-8-sig")
    code, output, _ = await daybook("playbook", "check", str(path))
    assert (code, "project version 1 is right, with 8 stages" in output) == (0, True), "with a byte order mark"
    wrong = good.replace('probability = "0.20"', 'probability = "2"', 1)
    line = next(number for number, each in enumerate(wrong.splitlines(), 1) if 'probability = "2"' in each)
    path.write_text(wrong, encoding="utf-8")
    code, output, _ = await daybook("playbook", "check", str(path), "--json")
    assert code == 1
    assert line in [each["line"] for each in json.loads(output)["mistakes"]]


@pytest.mark.long
async def test_every_reading_command_has_help_with_an_example() -> None:
    commands = (
        "pipeline", "funnel", "ageing", "history", "explain", "status", "changes", "verify",
        "reader add", "reader list", "reader rotate", "reader disable", "playbook check", "playbook list",
    )  # fmt: skip
    for answers in [commands[:7], commands[7:]]:
        for code, output, _ in await asyncio.gather(*(daybook(*each.split(), "--help") for each in answers)):
            assert code == 0
            assert "Example: daybook " in output
