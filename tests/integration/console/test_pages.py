"""Pages of the console over HTTP: each is a function of its address, and says what is wrong with it."""

import re
from decimal import Decimal
from urllib.parse import quote

import httpx
import pytest

from projections.reports import REPORTS
from services.console.routes import router
from services.query.service import running
from tests.integration.console.conftest import Console
from tests.integration.query.telling import PLAYBOOKS, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers

MAIN = ("/", "/console/reports", "/console/deals/D-1", "/console/accounts/A-1", "/console/entries/5")
"""A page of each sort but reports."""


def example(name: str) -> str:
    """Address of a report's page with the parameters that have to be given."""
    report = next(each for each in REPORTS if each.name == name)
    asked = {key: each.example for key, each in report.parameters.items() if each.required}
    asked |= {key: report.parameters[key].example for key in report.one_of[:1]}
    if "playbook" in asked:
        asked["playbook"] = "practice"
    asked |= {"deal": "D-1"} if "deal" in asked else {}
    asked |= {"account": "A-1"} if "account" in asked else {}
    return f"/console/reports/{name}?" + "&".join(f"{key}={quote(value)}" for key, value in asked.items())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("report", REPORTS, ids=lambda each: each.name)
async def test_every_report_has_a_page(console: Console, report: "object", lang: str) -> None:
    named = next(each for each in REPORTS if each is report)
    answer = await console.client.get(f"{example(named.name)}&{console.pinned}&lang={lang}")
    assert answer.status_code == 200, answer.text[-2000:]
    title = named.title.zh if lang == "zh" else named.title.en
    assert f"<h1>{title}</h1>" in answer.text
    assert 'class="refused"' not in answer.text
    assert "2026-02-28" in answer.text
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text


async def test_a_report_that_another_answers_has_its_page_and_sql_is_told_where_it_gives_the_same(
    console: Console,
) -> None:
    curve = await console.client.get(
        f"/console/reports/collection?from=2026-01-01&to=2026-02-28&curve=yes&lang=en&{console.pinned}"
    )
    assert curve.status_code == 200
    assert "reporting.collection_curve(" in curve.text
    owned = await console.client.get(f"/console/reports/pipeline?owner=Li&lang=en&{console.pinned}")
    assert "where owner = &#39;Li&#39;" in owned.text
    counted = await console.client.get(f"/console/reports/funnel?playbook=practice&owner=Li&lang=en&{console.pinned}")
    assert counted.status_code == 200
    assert "reporting.funnel(" not in counted.text, "its rows have no owner"


async def test_a_page_of_two_times_is_the_same_for_ever(servers: Servers) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        pages = [*MAIN, example("funnel"), example("pipeline"), example("ageing")]
        joined = [f"{each}{'&' if '?' in each else '?'}as_of=2026-01-31&known_at={told.last}" for each in pages]
        async with (
            running(settings, router) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            before = [await client.get(each) for each in joined]
            await tell_second(told)
            after = [await client.get(each) for each in joined]
            for address, first, second in zip(joined, before, after, strict=True):
                assert first.status_code == 200, first.text
                assert first.content == second.content, address
                assert first.headers["etag"] == second.headers["etag"]
            again = await client.get(joined[0], headers={"If-None-Match": before[0].headers["etag"]})
            assert again.status_code == 304
            assert not again.content


async def test_the_overview_spells_out_that_buckets_less_unapplied_money_are_the_balance(console: Console) -> None:
    page = (await console.client.get(f"/?{console.pinned}&lang=en")).text
    rows = (await console.client.get(f"/reports/ageing?{console.pinned}")).json()["rows"]
    found = re.findall(r"buckets ([\d.]+) − unapplied ([\d.]+) = balance (-?[\d.]+) ([A-Z]{3})", page)
    told = {currency: tuple(map(Decimal, amounts)) for *amounts, currency in found}
    assert {*told} == {row["currency"] for row in rows} != set()
    for row in rows:
        if row["line"] == "balance":
            buckets, unapplied, balance = told[row["currency"]]
            assert buckets - unapplied == balance == Decimal(row["amount"])


async def test_the_language_is_that_of_the_address_then_of_the_cookie_then_of_the_browser(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.address, timeout=30) as client:
        english = {"Accept-Language": "en-GB,en;q=0.9"}
        assert 'lang="en"' in (await client.get("/console/reports", headers=english)).text
        assert 'lang="zh-CN"' in (await client.get("/console/reports?lang=zh", headers=english)).text
        assert 'lang="zh-CN"' in (await client.get("/console/reports", headers=english)).text


async def test_a_page_lets_nothing_in_but_its_own(console: Console) -> None:
    answer = await console.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    rebound = await console.client.get("/", headers={"Host": "example.com"})
    assert rebound.status_code == 401
    framed = await console.client.get("/", headers={"Sec-Fetch-Site": "cross-site"})
    assert framed.status_code == 401


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/console/reports/nothing", 404, "There is no report"),
        ("/console/entries/999999", 404, "There is no entry"),
        ("/console/entries/x", 400, "entry"),
        ("/console/deals/D-999", 404, "Nothing is known of the deal"),
        ("/?lang=de", 400, "lang"),
        ("/?as_of=yesterday", 400, "as_of"),
        ("/?nothing=1", 400, "nothing"),
    ],
)
async def test_what_cannot_be_shown_is_a_page_that_says_why(
    console: Console, address: str, status: int, said: str
) -> None:
    answer = await console.client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text


async def test_a_report_that_is_refused_keeps_its_form(console: Console) -> None:
    answer = await console.client.get("/console/reports/conversion?playbook=practice&from=soon&lang=en")
    assert answer.status_code == 200
    assert "&#39;soon&#39; is not a day" in answer.text
    assert 'name="from"' in answer.text
    asked = await console.client.get("/console/reports/funnel?lang=en")
    assert "asks for a parameter" in asked.text


async def test_what_readers_and_emitters_write_is_text_on_a_page(console: Console) -> None:
    hostile = "<script>alert(1)</script>"
    answer = await console.client.get("/console/reports/pipeline", params={"owner": hostile})
    assert answer.status_code == 200
    assert hostile not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_a_download_holds_what_the_address_of_the_report_gives(console: Console) -> None:
    page = await console.client.get(f"/console/reports/pipeline.csv?{console.pinned}&bom=1")
    api = await console.client.get(f"/reports/pipeline?{console.pinned}&bom=1", headers={"Accept": "text/csv"})
    assert page.content == api.content
    assert page.content.startswith(b"\xef\xbb\xbf")
    assert page.headers["content-disposition"] == 'attachment; filename="pipeline.csv"'


async def test_nothing_by_then_and_not_known_yet_are_said_and_are_not_zero(console: Console) -> None:
    early = await console.client.get("/console/deals/D-1?as_of=2025-12-01&lang=en")
    assert "Nothing was known yet." in early.text
    unknown = await console.client.get("/console/deals/D-1?known_at=1&lang=en")
    assert unknown.status_code == 404
    assert "as known at sequence 1" in unknown.text
