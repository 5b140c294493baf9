"""TLS over HTTP, by DAYBOOK_TLS_CERTIFICATE and DAYBOOK_TLS_KEY: intake, query, and what services say of themselves."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.http import protocol
from services.intake.service import running as intake_running
from services.query.service import running as query_running
from tests.certificates import Authority, Pair
from tests.ledger import Ledger
from tests.up import daybook


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.ca)


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.issue("daybook")


async def test_intake_and_query_speak_tls_alone(ledger: Ledger, authority: Authority, pair: Pair) -> None:
    own = {"tls_certificate": pair.certificate, "tls_key": pair.key, "intake_port": 0, "query_port": 0}
    settings = ledger.settings.model_copy(update={**own, "open_reads": True})
    async with intake_running(settings) as intake, query_running(settings) as query:
        async with httpx.AsyncClient(verify=trusting(authority), timeout=30) as client:
            for port in (intake.port, query):
                assert (await client.get(f"https://127.0.0.1:{port}/ready")).status_code == 200
                assert (await client.get(f"https://localhost:{port}/metrics")).status_code == 200
                with pytest.raises(httpx.TransportError):
                    await client.get(f"http://127.0.0.1:{port}/health")
        async with httpx.AsyncClient(timeout=30) as stranger:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await stranger.get(f"https://127.0.0.1:{intake.port}/health")


@pytest.mark.long_cases
@pytest.mark.parametrize("service", ["recorder", "projector"])
async def test_what_services_say_of_themselves_goes_over_tls_too(
    ledger: Ledger, authority: Authority, pair: Pair, service: str
) -> None:
    own = {"tls_certificate": str(pair.certificate), "tls_key": str(pair.key)}
    async with ledger.process(service, **own) as process, httpx.AsyncClient(verify=trusting(authority)) as client:
        assert process.url.startswith("https://")
        await process.ready()
        assert (await client.get(f"{process.url}/health")).json() == {"alive": True}


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("certify", "trust", "words"),
    [
        (lambda mine: mine.issue("daybook"), "mine", None),
        (lambda mine: mine.issue("daybook"), "theirs", "DAYBOOK_TLS_CA has to name the one that issued it"),
        (lambda mine: mine.issue("daybook"), "none", "DAYBOOK_TLS_CA has to name the one that issued it"),
        (lambda mine: mine.issue("late", ended=True), "mine", "has expired"),
        (lambda mine: mine.issue("elsewhere", ["intake.example.org"]), "mine", "is for another host"),
    ],
    ids=["right", "another_ca", "no_ca", "expired", "another_host"],
)
async def test_an_import_sends_to_whom_it_trusts_and_nothing_to_others(
    ledger: Ledger,
    authority: Authority,
    stranger: Authority,
    tmp_path: Path,
    certify: Callable[[Authority], Pair],
    trust: str,
    words: str | None,
) -> None:
    pair = certify(authority)
    own = {"tls_certificate": pair.certificate, "tls_key": pair.key, "intake_port": 0}
    token = await ledger.source("import")
    cas = {"mine": authority.ca, "theirs": stranger.ca}
    trusted = {"tls_ca": str(cas[trust])} if trust in cas else {}
    before = await ledger.last_sequence()
    async with intake_running(ledger.settings.model_copy(update=own)) as intake:
        code, output, complaint = await daybook(
            "import", "maven-crm", str(export(tmp_path)), "--intake", f"https://127.0.0.1:{intake.port}", "--token",
            token, "--json", "--rejects", str(tmp_path / "rejects.csv"), data=str(ledger.home),
            nats_url=ledger.endpoints.nats_url, database_url=ledger.endpoints.database_url, **trusted,
        )  # fmt: skip
    if words is None:
        assert (code, json.loads(output)["recorded"]) == (0, 1), complaint
    else:
        assert (code, output) == (2, "")
        assert words in complaint
        assert "Nothing was sent to it" in complaint
        assert token not in complaint
        assert await ledger.last_sequence() == before


def export(folder: Path) -> Path:
    """One account, no deals."""
    accounts = "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    (folder / "accounts.csv").write_text(f"{accounts}Acme,retail,1990,100.0,10,Berlin,\n")
    (folder / "sales_pipeline.csv").write_text(
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    )
    return folder


@pytest.mark.parametrize("given", ["certificate", "key"])
async def test_half_of_it_is_a_mistake(pair: Pair, given: str) -> None:
    code, _, complaint = await daybook("config", **{f"tls_{given}": str(getattr(pair, given))})
    assert code == 2
    assert "DAYBOOK_TLS_CERTIFICATE and DAYBOOK_TLS_KEY are set both or not at all" in complaint


async def test_a_certificate_that_is_none_is_named(ledger: Ledger, pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "nothing.pem").write_text("nothing")
    settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in ledger.environment.items()}
    code, _, complaint = await daybook(
        "serve", "intake", **settings, tls_certificate=str(tmp_path / "nothing.pem"), tls_key=str(pair.key)
    )
    assert code == 2
    assert "DAYBOOK_TLS_CERTIFICATE" in complaint
    assert "nothing.pem" in complaint


async def test_the_settings_are_shown_without_their_secrets(authority: Authority, pair: Pair) -> None:
    code, output, _ = await daybook(
        "config", "--json", nats_url="nats://daybook:hush@db:4222", database_url="postgresql://db/daybook",
        nats_ca=str(authority.ca), tls_certificate=str(pair.certificate), tls_key=str(pair.key),
        metrics_token="hush-hush-hush-hush",
    )  # fmt: skip
    shown = json.loads(output)
    assert code == 0
    assert "hush" not in output
    assert shown["nats_ca"] == {"value": str(authority.ca), "source": "environment"}
    assert shown["tls_certificate"]["value"] == str(pair.certificate)
    assert shown["metrics_token"]["value"] == "…"


@pytest.mark.long
async def test_listening_for_others_without_tls_is_warned_of(ledger: Ledger, pair: Pair) -> None:
    async with ledger.process("recorder", recorder_host="0.0.0.0") as process:
        await process.ready()
        assert "serving_without_tls" in process.output()
    own = {"tls_certificate": str(pair.certificate), "tls_key": str(pair.key)}
    async with ledger.process("recorder", recorder_host="0.0.0.0", **own) as process:
        await ledger.recorded()
        assert "serving_without_tls" not in process.output()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silent", marks=pytest.mark.long),
        pytest.param(b"\x16\x03\x01\x02\x00\x01", id="half_a_hello"),
    ],
)
async def test_handshakes_that_do_not_go_on_shut_no_door(
    ledger: Ledger, authority: Authority, pair: Pair, sent: bytes
) -> None:
    """In a process of its own: services run on another event loop than tests."""
    own = {"tls_certificate": str(pair.certificate), "tls_key": str(pair.key), "http_connections": "20"}
    strangers = []
    async with ledger.process("recorder", **own) as process, httpx.AsyncClient(verify=trusting(authority)) as client:
        await process.ready()
        port = httpx.URL(process.url).port
        for _ in range(50):
            strangers.append(await asyncio.open_connection("127.0.0.1", port))
            strangers[-1][1].write(sent)
        assert (await client.get(f"{process.url}/health")).status_code == 200
        ended = await asyncio.gather(*(_ends(reader) for reader, _ in strangers[:30]))
        assert all(ended)
        waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        strangers += waiting
        assert all(await asyncio.gather(*(_ends(reader) for reader, _ in waiting)))  # their time is up
    for _, writer in strangers:
        writer.close()


async def _ends(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(protocol.HEAD_S + 10):
        with contextlib.suppress(ConnectionResetError):
            return await reader.read() == b""
    return True
