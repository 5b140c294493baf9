"""The read API's manners: tokens, waiting, CSV, headers, problems, and saying the same again."""

import asyncio
import csv
import io
import re
from typing import Any

import httpx
import pytest

from services.ledger import readers
from services.ledger.tokens import new_token
from services.query import access
from services.query.moment import utc_now
from services.query.service import running
from services.stream.read import taken_after
from tests.integration.query.conftest import Api
from tests.integration.query.telling import PLAYBOOKS, Told, event, tell_first, tell_second
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import until
from tests.up import daybook

ANSWERS = [
    ("/deals/D-1", {}),
    ("/deals/D-1/history", {}),
    ("/deals/D-1/explain", {}),
    ("/accounts/A-1/history", {}),
    ("/pipeline", {}),
    ("/funnel/practice", {}),
    ("/receivables/ageing", {}),
    ("/receivables/open", {}),
    ("/changes", {"from_known": "3"}),
    ("/changes", {"from_known": "3", "report": "ageing"}),
]
"""Every answer that is a function of the two times."""


def named(ledger: Ledger) -> dict[str, str]:
    """The settings by which a command finds the ledger."""
    return {name.removeprefix("DAYBOOK_").lower(): value for name, value in ledger.environment.items()}


async def test_asking_again_with_the_stated_times_gives_the_same_answer(servers: Servers) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            first = [await client.get(path, params=asked) for path, asked in ANSWERS]
            await tell_second(told)
            for (path, asked), answer in zip(ANSWERS, first, strict=True):
                assert answer.status_code == 200, answer.text
                stated = {"as_of": answer.headers["daybook-as-of"]}
                stated |= {"to_known" if path == "/changes" else "known_at": answer.headers["daybook-known-at"]}
                again = await client.get(path, params=asked | stated)
                assert again.json() == answer.json(), path
                assert int(again.headers["daybook-sequence"]) == told.last > int(answer.headers["daybook-sequence"])


async def test_every_answer_says_what_it_includes_and_the_times_it_used(api: Api, told: Told) -> None:
    for path, asked in ANSWERS:
        answer = await api.client.get(path, params=asked)
        assert answer.headers["daybook-sequence"] == str(told.last)
        assert answer.headers["daybook-known-at"] == str(told.last)
        body = answer.json()
        for name, header in (("as_of", "daybook-as-of"), ("known_at", "daybook-known-at")):
            if name in body:
                assert str(body[name]) == answer.headers[header]


@pytest.mark.long
async def test_an_instant_is_refused_while_the_recorder_is_behind_it(servers: Servers) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        before = utc_now()
        await told.tell(event("late", "call_made", "deal/D-1", "2026-01-20", outcome="interested"))
        at = await taken_after(await ledger.nats(), ledger.settings.stream, told.last - 1)
        assert at is not None
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            api = Api(client)

            async def heard() -> bool:
                return bool((await api.get("/status"))["stream"]["last_sequence"] == told.last)

            await until(heard, "query does not see the stream")
            assert (await api.get("/pipeline", known_at=before.isoformat()))["known_at"] == told.first
            assert (await api.get("/pipeline"))["known_at"] == told.first
            refused = await api.get("/pipeline", status=400, known_at=at.isoformat())
            assert refused["detail"].startswith("known_at: the stream holds what belongs before")
            assert f"such as {told.first}." in refused["detail"]
            await api.get("/changes", status=400, from_known=at.isoformat(), report="pipeline")
            code, _, said = await daybook("pipeline", "--known-at", at.isoformat(), **named(ledger))
            assert (code, "is not recorded yet" in said) == (2, True), said
            await told.projected()
            assert (await api.get("/pipeline", known_at=at.isoformat()))["known_at"] == told.last
            code, _, said = await daybook("pipeline", "--known-at", at.isoformat(), **named(ledger))
            assert code == 0, said


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/pipeline", {"asof": "2026-01-01"}, 400),
        ("/pipeline", {"after": "x"}, 400),
        ("/pipeline", {"known_at": "1.5"}, 400),
        ("/pipeline", {"after": "999999"}, 504),
        ("/deals/D-9", {}, 404),
        ("/nothing", {}, 404),
    ],
)
async def test_refusals_say_what_the_views_include_but_not_to_strangers(
    api: Api, told: Told, monkeypatch: pytest.MonkeyPatch, path: str, asked: dict[str, str], status: int
) -> None:
    monkeypatch.setattr("services.query.position_waiter.WAIT_S", 0.1)
    answer = await api.client.get(path, params=asked)
    assert (answer.status_code, answer.headers.get("daybook-sequence")) == (status, str(told.last))
    stranger = await api.client.get(path, params=asked, headers={"authorization": "Bearer nobody"})
    assert stranger.status_code == (404 if path == "/nothing" else 401)
    assert "daybook-sequence" not in stranger.headers


async def test_what_is_not_known_says_up_to_where_it_is_not(api: Api, told: Told) -> None:
    answer = await api.client.get("/deals/D-9")
    assert (answer.status_code, answer.headers["daybook-sequence"]) == (404, str(told.last))


async def test_status_says_how_far_everything_is(api: Api, told: Told) -> None:
    answer = await api.get("/status")
    wanted = {"stream", "recorded", "lanes", "entries", "quarantined", "flags", "stale", "generation", "notary"}
    assert set(answer) == wanted
    assert answer["stream"]["last_sequence"] == answer["recorded"] == told.last
    assert answer["stream"]["bytes"] > 0
    assert answer["stream"]["max_bytes"] == told.ledger.settings.stream_max_bytes
    quick = {"slow_subject": None, "slow_s": None}
    assert answer["lanes"] == [{"lane": lane, "projected": told.last, "lag": 0, **quick} for lane in range(16)]
    assert answer["entries"] == told.last - 3
    assert (answer["quarantined"], answer["stale"]) == (2, 0)
    assert answer["notary"] == {"running": False, "state": None, "detail": None, "signed": 0, "signed_at": None}


async def test_csv_has_one_header_row_and_the_same_values(api: Api, told: Told) -> None:
    deals = (await api.get("/pipeline", as_of="2026-01-10"))["deals"]
    answer = await api.client.get("/pipeline", params={"as_of": "2026-01-10"}, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.count("\r\n") == len(deals) + 1
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["deal"] for row in rows] == [each["deal"] for each in deals]
    assert rows[0] == {
        name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in deals[0].items()
    }
    assert next(row for row in rows if row["deal"] == "D-3")["owner"] == "'=cmd()"


async def test_the_funnel_as_csv_ends_with_how_the_deals_ended(api: Api) -> None:
    answer = await api.get("/funnel/practice", as_of="2026-03-31")
    csv_answer = await api.client.get("/funnel/practice?as_of=2026-03-31", headers={"accept": "text/csv"})
    *stages, total = csv.DictReader(io.StringIO(csv_answer.text, newline=""))
    assert [row["stage"] for row in stages] == ["", "1", "2", "3", "4"]
    assert {row["won"] + row["win_rate"] for row in stages} == {""}
    assert [row["amount_CNY"] for row in stages] == [each["amounts"].get("CNY", "") for each in answer["stages"]]
    assert {name: total[name] for name in ("stage", "open", "won", "lost", "abandoned", "win_rate")} == {
        "stage": "total",
        **{name: str(answer[name]) for name in ("open", "won", "lost", "abandoned", "win_rate")},
    }
    assert total["won_amount_USD"] == answer["won_amounts"]["USD"] == "450.00"
    assert (total["entered"], total["amount_CNY"]) == ("", "")


@pytest.mark.parametrize(("path", "asked"), [*ANSWERS, ("/status", {})])
async def test_every_answer_comes_as_csv_too(api: Api, path: str, asked: dict[str, str]) -> None:
    answer = await api.client.get(path, params=asked, headers={"accept": "text/csv, */*;q=0.1"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    assert rows
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("image/png", "application/json"),
    ],
)
async def test_the_reader_chooses_by_accept(api: Api, accept: str | None, content_type: str) -> None:
    headers = {} if accept is None else {"accept": accept}
    request = api.client.build_request("GET", "/pipeline", headers=headers)
    if accept is None:
        del request.headers["accept"]
    assert (await api.client.send(request)).headers["content-type"].startswith(content_type)


async def test_after_answers_at_once_when_the_views_include_it(api: Api, told: Told) -> None:
    async with asyncio.timeout(2):
        await api.get("/pipeline", after=told.last)


async def test_after_gives_up_with_504(api: Api, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.query.position_waiter.WAIT_S", 0.3)
    answer = await api.client.get("/pipeline", params={"after": told.last + 1})
    assert answer.status_code == 504
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["type"] == "urn:daybook:problem:not-projected"


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "-1"},
        {"after": "soon"},
        {"as_of": "yesterday"},
        {"known_at": "1.5"},
        {"asof": "2026-01-01"},
        {"as_of": ["2026-01-01", "2026-01-02"]},
    ],
)
async def test_what_cannot_be_asked_is_a_problem_that_names_it(api: Api, asked: dict[str, Any]) -> None:
    answer = await api.client.get("/pipeline", params=asked)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert next(iter(asked)) in answer.json()["detail"]


async def test_unknown_paths_and_methods_are_problems(api: Api) -> None:
    assert (await api.get("/nothing", status=404))["type"] == "urn:daybook:problem:not-known"
    answer = await api.client.post("/pipeline")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["type"] == "urn:daybook:problem:method-not-allowed"


@pytest.mark.parametrize("path", ["/pipeline", "/reports", "/reports/pipeline", "/status", "/health", "/docs"])
async def test_methods_that_are_allowed_are_answered(api: Api, path: str) -> None:
    refused = await api.client.put(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    for method in refused.headers["allow"].split(", "):
        assert (await api.client.request(method, path)).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_every_answer_varies_by_what_decides_it(api: Api, encoding: str) -> None:
    """Long and short, packed and not, granted and refused: a cache would give one reader the other's."""
    for path, status in (("/pipeline", 200), ("/funnel/practice", 200), ("/reports", 200), ("/deals/nobody", 404)):
        answer = await api.client.get(path, headers={"accept-encoding": encoding})
        assert answer.status_code == status
        assert answer.headers.get_list("vary") == ["Accept, Authorization, Accept-Encoding"]


async def test_health_and_ready(api: Api, told: Told) -> None:
    assert await api.get("/health") == {"alive": True}
    ready = await api.get("/ready")
    assert (ready["ready"], ready["reasons"]) == (True, [])
    assert ready["state"] == {"recorded": told.last, "projected": told.last, "views_age_s": 0}


async def test_readers_need_a_token_where_reads_are_not_open(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "REMEMBERED_S", 0.0)
    connection = await told.ledger.connect()
    token = await readers.add(connection, "dashboard")
    settings = told.ledger.settings.model_copy(update={"query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):

        async def status(authorization: str | None) -> int:
            headers = {} if authorization is None else {"authorization": authorization}
            return (await client.get("/status", headers=headers)).status_code

        assert await status(f"Bearer {token}") == 200
        assert await status(f"bearer {token}") == 200
        for wrong in (None, "", token, "Bearer", f"Basic {token}", f"Bearer {new_token()}", "Bearer x" * 50):
            assert await status(wrong) == 401, wrong
        refused = await client.get("/status")
        assert refused.headers["www-authenticate"] == 'Bearer realm="daybook"'
        assert refused.headers["content-type"] == "application/problem+json"
        assert (await client.get("/health")).status_code == 200
        rotated = await readers.rotate(connection, "dashboard")
        assert (await status(f"Bearer {token}"), await status(f"Bearer {rotated}")) == (401, 200)
        await readers.disable(connection, "dashboard")
        assert await status(f"Bearer {rotated}") == 401


async def test_open_reads_are_for_requests_that_name_this_machine(api: Api) -> None:
    assert (await api.client.get("/status", headers={"host": "elsewhere.example"})).status_code == 401
    assert (await api.client.get("/status", headers={"host": "localhost:1"})).status_code == 200
    assert (await api.client.get("/status", headers={"authorization": "Bearer nobody"})).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        *({name: "203.0.113.7"} for name in ("x-forwarded-for", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP")),
        {"forwarded": "for=127.0.0.1;host=localhost"},
        {"via": "1.1 proxy"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-for": ""},
        {"x-forwarded-proto": "https"},
        {"x-forwarded-host": "localhost"},
        {"x-envoy-external-address": "203.0.113.7"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        *(
            {name: "1"}
            for name in (
                "X-Original-Forwarded-For", "WL-Proxy-Client-IP", "X-NginX-Proxy", "X-Real-Port", "Ali-CDN-Real-IP",
                "Fastly-FF", "X-Varnish", "Surrogate-Capability", "X-Cloud-Trace-Context", "Disguised-Host",
                "Front-End-Https", "Tailscale-User-Login", "Proxy-Authorization", "Remote-Addr", "X_Forwarded_For",
                "X-Request-Id", "A-Proxy-Of-Tomorrow",
            )
        ),
        *(
            {"host": name}
            for name in (
                "evil.com:", "evil.com:99999", "evil.com:abc", "evil.com/x", "localhost@evil", "[evil]", "",
                "localhost.", "evil.com, 127.0.0.1", "127.0.0.1.evil.com", "127.1",
            )
        ),
    ],
)  # fmt: skip
async def test_open_reads_are_for_no_proxy_and_no_page_of_another_site(api: Api, headers: dict[str, str]) -> None:
    for path in ("/status", "/pipeline", "/metrics"):
        assert (await api.client.get(path, headers=headers)).status_code in (401, 403)
    assert (await api.client.get("/health", headers=headers)).status_code == 200


async def test_open_reads_are_for_programs_and_browsers_as_they_are(api: Api) -> None:
    fields = {
        "accept-language": "zh-CN", "cache-control": "no-cache", "cookie": "a=b", "if-none-match": "x", "dnt": "1",
        "sec-ch-ua": "x", "sec-fetch-mode": "cors", "sec-fetch-site": "none", "upgrade-insecure-requests": "1",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x-requested-with": "XMLHttpRequest",
    }  # fmt: skip
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:65535", "[::1]:8081"):
        assert (await api.client.get("/status", headers=fields | {"host": host})).status_code == 200


async def test_a_token_is_asked_for_with_the_reason(api: Api) -> None:
    for headers, why in ({"x-request-id": "1"}, "the field 'x-request-id'"), ({"host": "a.b"}, "names another host"):
        assert why in (await api.get("/status", status=401, headers=headers))["detail"]


async def test_open_reads_are_for_no_target_with_a_host(api: Api) -> None:
    base = api.client.base_url
    for target, status in ((b"http://evil.com/status", b" 401 "), (b"/status", b" 200 ")):
        reader, writer = await asyncio.open_connection(base.host, base.port)
        writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status in await reader.readline()
        writer.close()


async def test_open_reads_are_for_our_own_page_and_for_no_http_1_0(api: Api) -> None:
    base = api.client.base_url
    own = {"sec-fetch-site": "same-origin", "origin": f"http://{base.host}:{base.port}"}
    assert (await api.client.get("/status", headers=own)).status_code == 200
    reader, writer = await asyncio.open_connection(base.host, base.port)
    writer.write(b"GET /status HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()


async def test_the_description_comes_whole_from_this_machine(api: Api) -> None:
    page = await api.client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in page.text.replace("http-equiv", "")
    parts = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert len(parts) == 3
    for each in parts:
        part = await api.client.get(f"/{each}")
        assert part.status_code == 200
        assert part.content
        assert part.headers["x-content-type-options"] == "nosniff"
    assert (await api.client.get("/openapi.json")).status_code == 200
    assert (await api.client.get("/redoc")).status_code == 404
    assert (await api.client.get("/docs/..%2f..%2fetc")).status_code == 404


async def test_after_waits_until_the_views_include_it(servers: Servers) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with (
            ledger.process("recorder"),
            ledger.process("projector"),
            running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            await ledger.projected()
            for number in range(5):
                opened = event(f"o{number}", "deal_opened", f"deal/D-{number}", "2026-01-01", playbook="practice")
                (sequence,) = await ledger.append(opened)
                answer = await client.get(f"/deals/D-{number}", params={"after": sequence})
                assert answer.status_code == 200, answer.text
                assert int(answer.headers["daybook-sequence"]) >= sequence
