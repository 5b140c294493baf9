"""Files of real systems come in through intake, completely, and the reports agree with a spreadsheet."""

import asyncio
import csv
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.playbooks.shipped import shipped
from services.runtime import process as python
from tests.ledger import Ledger
from tests.unit.intake.test_adapters import ACCOUNTS, INVOICES, PIPELINE

REAL = Path(__file__).parents[3] / "shared" / "data"
real_files = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/data) are not on this machine")


@dataclass
class Running:
    """A ledger whose four services run."""

    ledger: Ledger
    intake_url: str
    query_url: str

    async def daybook(self, *words: str) -> tuple[int, str, str]:
        """A command of the CLI: exit code, standard output, standard error."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("DAYBOOK_")}
        process = await asyncio.create_subprocess_exec(
            *python.daybook(*words),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env=inherited | self.ledger.environment,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def imported(self, *words: str) -> dict[str, Any]:
        """The summary of a `daybook import` that refuses nothing."""
        code, out, err = await self.daybook("import", *words, "--intake", self.intake_url, "--json")
        assert code == 0, out + err
        return dict(json.loads(out))

    async def get(self, path: str, **parameters: str | int) -> Any:
        """A report over HTTP, once the views have taken everything."""
        await self.ledger.projected()
        async with httpx.AsyncClient() as client:
            answer = await client.get(self.query_url + path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def running(ledger: Ledger) -> AsyncIterator[Running]:
    async with AsyncExitStack() as stack:
        intake = await stack.enter_async_context(ledger.process("intake"))
        query = await stack.enter_async_context(ledger.process("query", open_reads="true"))
        for name in ("recorder", "projector"):
            await stack.enter_async_context(ledger.process(name))
        yield Running(ledger, intake.url, query.url)


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "sales_pipeline.csv").write_text(PIPELINE)
    return tmp_path


@pytest.mark.long
async def test_a_second_import_records_nothing_new(running: Running, crm: Path) -> None:
    words = ("maven-crm", str(crm), "--undated-at", "2017-12-31")
    first, second = await running.imported(*words), await running.imported(*words)
    assert (first["recorded"], first["duplicate"], first["refused"]) == (12, 0, 0)
    assert (second["recorded"], second["duplicate"], second["refused"]) == (0, 12, 0)
    assert second["last_sequence"] == first["last_sequence"]


@pytest.mark.long
async def test_undated_rows_stop_it_before_anything_is_sent(running: Running, crm: Path) -> None:
    before = await running.ledger.last_sequence()
    code, out, err = await running.daybook("import", "maven-crm", str(crm), "--intake", running.intake_url)
    assert (code, out) == (2, "")
    assert "1 of 4 opportunities have no engage date" in err
    assert await running.ledger.last_sequence() == before


async def test_refused_rows_are_named_and_written_and_the_rest_is_recorded(running: Running, tmp_path: Path) -> None:
    file, rejects = tmp_path / "invoices.csv", tmp_path / "rejects.csv"
    await running.imported("invoices-csv", _write(file, INVOICES), "--currency", "USD")
    changed = INVOICES.replace("55.94", "95.94") + "406,8976-AMJEO,3/3/2012,7,2/30/2013,3/25/2013,10.00,No,\n"
    code, out, _ = await running.daybook(
        "import", "invoices-csv", _write(file, changed), "--currency", "USD", "--intake", running.intake_url,
        "--rejects", str(rejects), "--json",
    )  # fmt: skip
    summary = json.loads(out)
    assert code == 1
    assert (summary["recorded"], summary["duplicate"], summary["refused"]) == (0, 4, 3)
    with rejects.open(newline="") as written:
        found = [(row["row"], row["reason"]) for row in csv.DictReader(written)]
    assert [row for row, _ in found] == ["5", "2", "2"]
    assert "2/30/2013" in found[0][1]
    assert "invoices-csv/0379-NEVHP/0000611365/issued" in found[1][1]


@pytest.mark.long
async def test_a_token_that_was_replaced_is_said_with_both_ways_out(running: Running, crm: Path) -> None:
    words = ("maven-crm", str(crm), "--undated-at", "2017-12-31")
    await running.imported(*words)
    code, token, _ = await running.daybook("source", "rotate", "import")
    assert code == 0
    code, _, err = await running.daybook("import", *words, "--intake", running.intake_url)
    assert code == 2
    assert "import.token does not hold its token" in err
    again = await running.imported(*words, "--token", token.strip())
    assert again["duplicate"] == again["sent"]


@pytest.mark.long
async def test_rejects_that_could_not_be_written_stop_it_before_anything_is_sent(running: Running, crm: Path) -> None:
    before = await running.ledger.last_sequence()
    code, _, err = await running.daybook(
        "import", "maven-crm", str(crm), "--undated-at", "2017-12-31", "--intake", running.intake_url,
        "--rejects", str(crm / "missing" / "rejects.csv"),
    )  # fmt: skip
    assert code == 2
    assert "name another file with --rejects" in err
    assert await running.ledger.last_sequence() == before


@real_files
@pytest.mark.timeout(300)
@pytest.mark.long
async def test_the_real_files_come_in_completely_and_agree_with_a_spreadsheet(running: Running) -> None:
    pipeline = _rows(REAL / "maven-crm" / "sales_pipeline.csv")
    invoices = _rows(REAL / "ibm-receivables" / "accounts_receivable.csv")
    crm = await running.imported("maven-crm", str(REAL / "maven-crm"), "--undated-at", "2017-12-31")
    assert (crm["recorded"], crm["refused"]) == (24_396, 0)
    receivables = await running.imported(
        "invoices-csv", str(REAL / "ibm-receivables" / "accounts_receivable.csv"), "--currency", "USD"
    )
    assert (receivables["recorded"], receivables["refused"]) == (2 * 2466 + 561, 0)
    for day in ("2016-10-20", "2017-03-31", "2017-08-15", "2017-12-31", "2018-01-01"):
        assert _figures(await running.get("/funnel/crm_claims", as_of=day)) == _funnel(pipeline, day), day
    for day in ("2012-01-31", "2012-12-31", "2013-06-30", "2013-11-10", "2014-01-31"):
        ageing = await running.get("/receivables/ageing", as_of=day)
        assert ageing["currencies"].get("USD", _ageing([], day)) == _ageing(invoices, day), day
    code, out, err = await running.daybook("verify", "--json")
    assert code == 0, out + err
    assert json.loads(out)["entries"] == crm["recorded"] + receivables["recorded"] + len(shipped())


def _write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def _figures(funnel: dict[str, Any]) -> dict[str, Any]:
    return {
        "prospecting": next(each["open"] for each in funnel["stages"] if each["stage"] == 1),
        "engaging": next(each["open"] for each in funnel["stages"] if each["stage"] == 2),
        **{name: funnel[name] for name in ("open", "won", "lost", "abandoned", "won_amounts", "win_rate")},
    }


def _funnel(pipeline: list[dict[str, str]], as_of: str) -> dict[str, Any]:
    day = date.fromisoformat(as_of)
    counts = dict.fromkeys(("prospecting", "engaging", "won", "lost"), 0)
    amount = Decimal(0)
    for row in pipeline:
        engaged = _day(row["engage_date"]) if row["engage_date"] else date(2017, 12, 31)
        if engaged > day:
            continue
        if row["close_date"] and _day(row["close_date"]) <= day:
            counts[row["deal_stage"].lower()] += 1
            amount += Decimal(row["close_value"]) if row["deal_stage"] == "Won" else 0
        else:
            counts["prospecting" if row["deal_stage"] == "Prospecting" else "engaging"] += 1
    closed = counts["won"] + counts["lost"]
    return {
        **counts,
        "open": counts["prospecting"] + counts["engaging"],
        "abandoned": 0,
        "won_amounts": {"USD": f"{amount:.2f}"} if counts["won"] else {},
        "win_rate": f"{Decimal(counts['won']) / closed:.4f}" if closed else None,
    }


def _ageing(invoices: list[dict[str, str]], as_of: str) -> dict[str, Any]:
    day = date.fromisoformat(as_of)
    names = ("not_due", "1-30", "31-60", "61-90", "over_90", "disputed")
    items = dict.fromkeys(names, 0)
    amounts = dict.fromkeys(names, Decimal(0))
    for row in invoices:
        if not _day(row["InvoiceDate"]) <= day < _day(row["SettledDate"]):
            continue
        late = (day - _day(row["DueDate"])).days
        bounds = ((0, "not_due"), (30, "1-30"), (60, "31-60"), (90, "61-90"))
        bucket = next((name for bound, name in bounds if late <= bound), "over_90")
        for name in (bucket, "disputed") if row["Disputed"] == "Yes" else (bucket,):
            items[name] += 1
            amounts[name] += Decimal(row["InvoiceAmount"])
    balance = sum(amounts.values()) - amounts["disputed"]
    none = dict.fromkeys(("unapplied_cash", "unapplied_credit", "unapplied"), "0.00")
    shown = {name: {"items": items[name], "amount": f"{amounts[name]:.2f}"} for name in names}
    return shown | none | {"balance": f"{balance:.2f}"}
