"""A ledger of an older commit, opened by this version: what is recorded stays, figures change where they were wrong.

The ledger was made by the code of commit 513cf26 (`made_by/make.py`), which also said what every report shows. All
that differs since is listed here, with its reason; whatever else differs is a fault.
"""

import asyncio
import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import asyncpg
import httpx
import pytest

from contracts.playbooks.shipped import shipped
from projections.replay.view import FlagRow
from projections.views import VIEWS
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.stage_position import PositionRow
from services.backup.journal import rows as journal_rows
from services.backup.manifest import Manifest
from tests.acceptance.made_by import Made
from tests.service import until
from tests.up import REPOSITORY, Up, daybook, running_up

COMMIT = "513cf26"
SHIPPED = 2
"""Versions of playbooks that this commit shipped."""
EVIDENCE = ("D-0003", "lost-won")
SCRIPT = REPOSITORY / "services" / "audit" / "verify_evidence.py"
MEDIA = "application/cloudevents+json"

pytestmark = [pytest.mark.timeout(400), pytest.mark.long]

DEALS = {
    "lost-won": "lost, then won without a reopening: the latest closing counts",
    "won-twice": "won twice: the final amount counts",
    "nanoseconds": "two facts within a microsecond: the later one counts, though it was sent first",
    "alike-claims": "a claim with a no-break space and an invisible character names the stage that people see",
}
ACCOUNTS = {
    "over-from": "moves no more than it holds: flagged",
    "over-to": "gets no more than there is: flagged",
    "typo-from": "a transfer of a reference that is unknown: flagged in other words",
    "typo-to": "gets nothing by it: flagged",
    "two-from": "two transfers of 60.00 out of 100.00: flagged in other words",
    "two-to-2": "gets the 40.00 that are left: flagged",
    "currency-from": "paid in AOA, moved in ARS: flagged in other words",
    "currency-to": "gets no ARS: flagged",
    "credit-from": "a credit note is no cash: flagged in other words",
    "credit-to": "gets no cash by it: flagged",
    "corrected-from": "a payment corrected to less than was moved: flagged in other words",
    "corrected-to": "holds what the correction leaves: flagged",
    "voided-from": "what it moved was voided: flagged in other words",
    "voided-to": "the payment that paid its invoice was voided: the invoice is open again",
    "chain-from": "reversed after it was moved: the reversal follows the cash, no flag here",
    "chain-by": "the cash came and went: the reversal concerns it",
    "chain-to": "the cash that came by two transfers is reversed here",
    "number-kinds": "a credit note 1 beside a payment 1 counts",
    "alike-invoices": "four invoices are named in look-alike characters: paid",
    "alike-payments": "a payment is named without its soft hyphen: applied",
}
BALANCES = {
    ("over-to", "CNY"): (-150.0, -100.0),
    ("typo-to", "CNY"): (-100.0, None),
    ("two-to-2", "CNY"): (-60.0, -40.0),
    ("currency-to", "ARS"): (-100.0, None),
    ("credit-to", "CNY"): (-70.0, None),
    ("corrected-to", "CNY"): (-100.0, -80.0),
    ("voided-to", "CNY"): (0.0, 100.0),
    ("chain-to", "CNY"): (-40.0, 60.0),
    ("number-kinds", "CNY"): (60.0, 35.0),
}
"""Balances of the ledger before and after, by account and currency; None: there is none."""
TOTALS: dict[str, dict[str, tuple[Any, Any]]] = {
    "/funnel/project": {
        "lost": (2, 1),  # lost-won
        "won": (7, 8),
        "win_rate": ("0.7778", "0.8889"),
        "won_amounts.CNY": ("1941930.00", "1942405.00"),  # and 25.00 more of won-twice
        "stages.0.amounts.CNY": ("100.00", "900.00"),  # nanoseconds
    },
    "/funnel/crm_claims": {  # alike-claims
        "stages.0.amounts.CNY": ("500.00", None),
        "stages.0.open": (1, 0),
        "stages.1.completed": (0, 1),
        "stages.1.entered": (0, 1),
        "stages.2.amounts.CNY": (None, "500.00"),
        "stages.2.entered": (0, 1),
        "stages.2.open": (0, 1),
    },
    "/receivables/ageing": {
        "currencies.ARS": (ANY, None),  # nobody paid any
        "currencies.CNY.balance": ("10010.00", "10445.00"),  # the sum of BALANCES
        "currencies.CNY.unapplied": ("1850.00", "1500.00"),
        "currencies.CNY.unapplied_cash": ("1780.00", "1430.00"),
        "currencies.CNY.1-30.items": (8, 5),
        "currencies.CNY.1-30.amount": ("310.00", "395.00"),
    },
}
"""Totals of all, as of the last day and known at the end."""
ADDED = (
    *("completed", "working_since", "expected_close_on", "opened_at", "status_since", "stayed"),
    *("disputed_amount", "received_at", "remittance"),
)
"""Columns of stage_position, of the open items and of what is unapplied that are new."""
EXPLAINED = ("name_zh", "name_en", "shown")
"""Fields that explanations of stages and items have since."""
OLD_TABLES = (PositionRow, ItemRow, UnappliedRow, MovementRow, FlagRow)
NEW_KEYS = {frozenset(row.KEY) for view in VIEWS for row in view.tables if row not in OLD_TABLES} - {
    frozenset(row.KEY) for row in OLD_TABLES
}
"""Keys of rows of tables that are new."""
COMMANDS = (
    "status",
    "playbook list",
    "history D-0003",
    "explain D-0003",
    "changes --from-known 100 --to-known 300",
    "quarantine list",
)
"""What reads, and must go on while the views are those of before."""
STRICTER = {
    "desk-068": "SLE is in use since 2022",
    "desk-069": "SLE is in use since 2022",
    "desk-071": "XCG is in use since 2025",
    "desk-073": "must show something",
    "desk-074": "holds U+FFFE",
    "desk-075": "must show something",
}
"""Entries that today's door takes no more; what is recorded of them counts as before."""


@dataclass
class Upgraded:
    """The ledger, opened by this version, and all that it said on the way."""

    made: Made
    up: Up
    data: Path
    served_before: dict[str, Any] = field(default_factory=dict)
    """Reports before the views are built anew."""
    commands_before: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """Exit code and output of commands that read, before that."""
    verified_before: tuple[int, str] = (0, "")
    diff: dict[str, Any] = field(default_factory=dict)
    explained: str = ""
    """What `rebuild --diff` prints for people."""
    verified: dict[str, Any] = field(default_factory=dict)
    reports: dict[str, Any] = field(default_factory=dict)

    @property
    def old(self) -> dict[str, Any]:
        """Reports by the code that made the ledger."""
        return dict(self.made.said["reports"])

    @property
    def marks(self) -> list[int]:
        """Sequences at which reports were asked for: two before any fact whose figures were mended, three after."""
        return list(self.made.said["marks"])

    def both(self, name: str) -> Iterator[tuple[str, Any, Any]]:
        """Every answer of a report: its address, then and now."""
        for address, answer in self.old.items():
            if re.match(rf"/?{name}(\?|$)", address):
                yield address, answer, self.reports[address]


@pytest.fixture(scope="module")
async def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made, data = Made(COMMIT), tmp_path_factory.mktemp("upgrade") / "ledger"
    await made.data_directory(data)
    async with running_up(data) as up:
        ledger = Upgraded(made, up, data)
        assert await _send(ledger, _opened("between")) == 201
        ledger.served_before = await _reports(ledger)
        ledger.commands_before = {words: await daybook(*words.split(), data=str(data)) for words in COMMANDS}
        code, _, complaint = await daybook("verify", data=str(data))
        ledger.verified_before = code, complaint
        code, said, complaint = await daybook("rebuild", "--diff", data=str(data))
        assert code == 1, said + complaint
        ledger.explained = said
        ledger.diff = json.loads((await daybook("rebuild", "--diff", "--json", data=str(data)))[1])
        await _done("rebuild", data=str(data))
        assert await _send(ledger, _opened("after")) == 201
        await until(lambda: _stands(ledger, "after"), "the projector does not go on", up.output, 60)
        ledger.verified = json.loads(await _done("verify", "--json", data=str(data)))
        ledger.reports = await _reports(ledger)
        yield ledger


async def test_it_is_opened_as_it_is_and_says_that_its_views_are_older(upgraded: Upgraded) -> None:
    printed = upgraded.up.printed.read_text()
    assert "The views served were made by another version of Daybook" in printed
    assert f"daybook rebuild --data {upgraded.data}" in printed
    code, complaint = upgraded.verified_before
    assert (code, "Run `daybook rebuild` first" in complaint) == (2, True)


async def test_until_the_views_are_built_anew_reports_are_those_of_before(upgraded: Upgraded) -> None:
    """But for histories and explanations, which are told from the entries."""
    for address, answer in upgraded.old.items():
        if not re.search("/history|/explain|/accounts", address):
            assert _plain(upgraded.served_before[address]) == _plain(answer), address


async def test_rebuild_says_which_views_changed_and_why(upgraded: Upgraded) -> None:
    told = {each["fold"]: (each["before"], each["after"], each["why"]) for each in upgraded.diff["changes"]}
    assert told.keys() == {"customer", "dealings", "history", "receivables", "stage_position"}
    assert (told["customer"], told["dealings"]) == ((None, 1, []), (None, 2, [])), "there was none"
    for name, sentences in {
        "history": ("to the nanosecond",),
        "receivables": (
            "Cash that moves between accounts is conserved",
            "a credit note beside a payment of one number",
        ),
        "stage_position": ("The latest closing of a deal counts", "Words of a claim are compared as people see them"),
    }.items():
        before, _, why = told[name]
        assert before == 1
        for each in sentences:
            assert each in " ".join(why)
            assert each in " ".join(upgraded.explained.split())
    assert upgraded.diff["unexplained"] == []


async def test_every_command_that_reads_goes_on_until_then(upgraded: Upgraded) -> None:
    failed = {words: said for words, (code, *said) in upgraded.commands_before.items() if code != 0}
    assert failed == {}


async def test_nothing_differs_between_stream_journal_heads_and_views(upgraded: Upgraded) -> None:
    assert upgraded.verified["counts"] == {}
    shipped_since = len(shipped()) - SHIPPED
    assert upgraded.verified["entries"] == upgraded.made.said["verify"]["entries"] + shipped_since + 2
    assert upgraded.verified["heads"] >= upgraded.made.said["verify"]["heads"]


async def test_what_was_recorded_is_the_same_byte_for_byte(upgraded: Upgraded, tmp_path: Path) -> None:
    """And so are leaf hashes, dispositions and their reasons, and the head that was signed."""
    old = upgraded.made.backup(tmp_path / "old")
    new = tmp_path / "new"
    await _done("backup", "--out", str(new), data=str(upgraded.data))
    columns, before = _journal(old)
    assert _journal(new) == (columns, [*before, *_journal(new)[1][len(before) :]])
    assert len(before) == upgraded.marks[-1]
    assert all(row.computed() == row.leaf_hash for row in journal_rows(before, columns))
    async with httpx.AsyncClient(timeout=30) as client:
        head = await client.get(f"{upgraded.up.run['notary_url']}/checkpoint", params={"size": upgraded.marks[-1]})
    assert head.text == upgraded.made.said["head"]
    listed = json.loads(await _done("quarantine", "list", "--json", data=str(upgraded.data)))
    assert listed == upgraded.made.said["quarantine"]


@pytest.mark.parametrize("deal", EVIDENCE)
async def test_evidence_of_before_is_still_proved(upgraded: Upgraded, deal: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(upgraded.made.text(f"evidence-{deal}.json"))
    head = tmp_path / "head"
    head.write_text(upgraded.made.said["head"])
    await _done("evidence", deal, "--out", str(new), "--older", str(head), data=str(upgraded.data))
    for file in (old, new):
        command = [sys.executable, str(SCRIPT), str(file), "--key", upgraded.made.said["key"]]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    code, _, complaint = await daybook("evidence", "--check", str(old))
    assert (code, "Check it with the version that made it" in " ".join(complaint.split())) == (2, True)
    await _done("evidence", "--check", str(new))


async def test_positions_of_deals_differ_in_those_that_were_mended_alone(upgraded: Upgraded) -> None:
    for name in ("pipeline", "reporting.deal", "deals/[^/]+"):
        for address, before, after in upgraded.both(name):
            old, new = _by("deal", _rows(before)), _by("deal", _rows(after))
            assert {deal for deal in old | new if old.get(deal) != new.get(deal)} <= DEALS.keys() | {"between", "after"}
            if "known_at" in address and int(address.rsplit("=", 1)[1]) <= upgraded.marks[1]:
                assert old == new
    rows = _by("deal", upgraded.reports["reporting.deal"])
    shown = {deal: (rows[deal]["status"], rows[deal]["stage"], rows[deal]["amount"]) for deal in DEALS}
    assert shown == {
        "lost-won": ("won", None, 450.0),
        "won-twice": ("won", None, 475.0),
        "nanoseconds": ("open", None, 900.0),
        "alike-claims": ("open", 2, 500.0),
    }


async def test_receivables_differ_in_accounts_that_were_mended_alone(upgraded: Upgraded) -> None:
    for name in ("receivables/open", "reporting.receivables_unapplied", "reporting.receivables_balance"):
        for _, before, after in upgraded.both(name):
            assert _others(before) == _others(after)
    old, new = (
        {(row["account"], row["currency"]): row["balance"] for row in reports["reporting.receivables_balance"]}
        for reports in (upgraded.old, upgraded.reports)
    )
    differing = {each: (old.get(each), new.get(each)) for each in old | new if old.get(each) != new.get(each)}
    assert differing == BALANCES


async def test_totals_differ_by_what_was_mended(upgraded: Upgraded) -> None:
    for name, expected in TOTALS.items():
        for address, before, after in upgraded.both(name.removeprefix("/")):
            found = dict(_differing(before, after))
            known_at = int(address.rsplit("=", 1)[1])
            if known_at <= upgraded.marks[1] or "as_of=2025" in address:
                assert found == {}, address
            elif known_at == upgraded.marks[-1] and "as_of=2026-04-30" in address:
                assert found == expected


async def test_flags_are_of_subjects_that_were_mended(upgraded: Upgraded) -> None:
    mended = {f"deal/{deal}" for deal in DEALS} | {f"account/{account}" for account in ACCOUNTS}
    for _, *answers in upgraded.both("reporting.flag"):
        before, after = map(_plain, answers)
        differing = [row["subject"] for row in (*before, *after) if row not in before or row not in after]
        assert set(differing) <= mended
    flags = {(row["subject"], row["flag"]) for row in upgraded.reports["reporting.flag"]}
    assert {("deal/lost-won", "closed_again"), ("account/chain-to", "reversed_after_transfer")} <= flags


async def test_histories_of_all_others_are_the_same(upgraded: Upgraded) -> None:
    """Accounts that cash went to and came from have all entries of its payment in their histories since."""
    gained = {"A-011", "even-from", "even-to"} | ACCOUNTS.keys() | DEALS.keys()
    for address, before, after in upgraded.both("(deals|accounts)/[^/]+/(history|explain)"):
        if address.split("/")[2] not in gained:
            assert _plain(before) == _plain(after), address
        elif "entries" in before:
            lost = {each["sequence"] for each in before["entries"]} - {each["sequence"] for each in after["entries"]}
            assert not lost, address


async def test_the_same_facts_sent_again_are_duplicates(upgraded: Upgraded) -> None:
    """Though the canonical form of some is another today: amounts, times and defaults are compared as facts."""
    refused = {}
    async with httpx.AsyncClient(timeout=30) as client:
        for event in upgraded.made.said["sent"]:
            answer = await _post(client, upgraded, event)
            if answer.status_code == 200:
                assert answer.json()["duplicate"], event
            else:
                refused[event["id"]] = answer.json()["detail"]
    assert refused.keys() == STRICTER.keys()
    assert all(reason in refused[id] for id, reason in STRICTER.items())


async def test_a_backup_of_before_is_restored_as_the_same_ledger(upgraded: Upgraded, tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    await _done("restore", str(upgraded.made.backup(tmp_path)), data=str(data))
    for name in ("key", "key.pub"):
        shutil.copy2(upgraded.data / "notary" / name, data / "notary" / name)
    async with running_up(data) as up:
        assert "made by another version" not in up.printed.read_text()
        assert json.loads(await _done("verify", "--json", data=str(data)))["counts"] == {}
        restored = await _reports(Upgraded(upgraded.made, up, data))
    for address, answer in restored.items():
        if address.startswith("/"):
            assert answer == upgraded.reports[address], address


def _journal(backup: Path) -> tuple[list[str], list[bytes]]:
    """Columns and lines of the journal in a backup."""
    table = Manifest.read(backup).table("journal")
    return table.columns, gzip.decompress((backup / table.name).read_bytes()).splitlines(keepends=True)


def _rows(answer: Any) -> list[dict[str, Any]]:
    """Rows of a report about deals: a list of its own, or one within an answer, or the answer itself."""
    return list(answer if isinstance(answer, list) else answer.get("deals", [answer]))


def _by(key: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def _others(answer: Any) -> list[Any]:
    """Rows of the accounts that were not mended."""
    rows = answer if isinstance(answer, list) else answer["items"]
    return [_plain(row) for row in rows if row["account"] not in ACCOUNTS]


def _is_new(value: Any) -> bool:
    """Tell if it is the effect of an entry on a table that the older version did not have."""
    if not isinstance(value, dict) or "view" not in value:
        return False
    return value["view"] in ("customer", "dealings") or frozenset(value.get("key", ())) in NEW_KEYS


def _plain(value: Any) -> Any:
    """An answer without the tables and columns that are new: no old event has a series, and no old flag had a time. A
    flag that was over had no row."""
    if isinstance(value, list):
        return [_plain(each) for each in value if not _is_new(each)]
    if not isinstance(value, dict):
        return value
    if "flag" in value:
        return (
            None
            if value.get("to_at")
            else {name: each for name, each in value.items() if name != "from_at"} | {"to_at": None}
        )
    added: tuple[str, ...] = ADDED if {"probability", "open_amount", "document"} & value.keys() else ()
    added = EXPLAINED if "entered_at" in value or "met_at" in value else added
    plain = {name: _plain(each) for name, each in value.items() if (name != "series" or each) and name not in added}
    if "document" in plain and "account" in plain and "amount" not in plain:
        return {"account": plain["account"], "document": plain["document"]}  # a key
    return plain


def _differing(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Every value that differs, by its path."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        old, new = dict(enumerate(old)), dict(enumerate(new))
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _differing(old.get(name), new.get(name), f"{path}.{name}".removeprefix("."))
    elif old != new:
        yield path, (old, new)


async def _reports(ledger: Upgraded) -> dict[str, Any]:
    """Everything that the older code was asked."""
    found: dict[str, Any] = {}
    async with httpx.AsyncClient(timeout=30, base_url=ledger.up.run["query_url"]) as client:
        for address in ledger.old:
            if address.startswith("/"):
                answer = await client.get(address)
                assert answer.status_code == 200, answer.text
                found[address] = answer.json()
    connection = await asyncpg.connect(ledger.up.run["sql_url"])
    try:
        for name in ledger.old:
            if not name.startswith("/"):
                rows = f"select json_agg(found order by found::text) from {name} found"
                found[name] = json.loads(await connection.fetchval(rows))
    finally:
        await connection.close()
    return found


async def _stands(ledger: Upgraded, deal: str) -> bool:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(f"{ledger.up.run['query_url']}/deals/{deal}")).status_code == 200


async def _send(ledger: Upgraded, event: dict[str, Any]) -> int:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await _post(client, ledger, event)).status_code


async def _post(client: httpx.AsyncClient, ledger: Upgraded, event: dict[str, Any]) -> httpx.Response:
    """Sends an event with the token that its source was given by the older code."""
    headers = {"content-type": MEDIA, "authorization": f"Bearer {ledger.made.said['tokens'][event['source']]}"}
    return await client.post(f"{ledger.up.run['intake_url']}/events", content=json.dumps(event), headers=headers)


def _opened(deal: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"opened-{deal}",
        "source": "crm",
        "type": "daybook.deal_opened.v1",
        "subject": f"deal/{deal}",
        "time": "2026-06-01T09:00:00Z",
        "data": {"playbook": "project", "owner": "Li"},
    }


async def _done(*words: str, **variables: str) -> str:
    code, said, complaint = await daybook(*words, **variables)
    assert code == 0, said + complaint
    return said
