"""The answers of every report, over HTTP and by the command line, at moments of the story."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.query.service import running
from tests.golden import differing
from tests.integration.query.telling import PLAYBOOKS, Told, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers

_REPORTS = (
    "/pipeline", "/funnel/practice", "/funnel/claimed", "/funnel/nobody", "/receivables/ageing", "/receivables/open",
    "/deals/D-1", "/deals/D-2", "/deals/D-5", "/deals/D-9", "/deals/D-1/explain", "/deals/D-5/explain",
    "/deals/D-1/history", "/deals/D-3/history", "/accounts/A-1/history",
)  # fmt: skip
_AS_OF = ("2025-12-31", "2026-01-04", "2026-02-20T09:00:00+08:00", "2026-03-31")
_CHANGES: tuple[dict[str, str], ...] = (
    {},
    {"report": "pipeline"},
    {"report": "funnel", "playbook": "practice"},
    {"report": "ageing"},
    {"report": "receivables"},
)
_FORMATS = ("application/json", "text/csv")
_NOW = re.compile(r"\b20(?!25-|26-0[123])\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)?")
"""A time that is none of the story's: when something was recorded."""


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    """The whole story."""
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        await tell_second(told)
        yield told


def _kept(text: str) -> str:
    return _NOW.sub("<when>", text.replace("\r\n", "\n"))


async def test_every_address_answers_as_before(told: Told) -> None:
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    questions: list[tuple[str, dict[str, str | int]]] = [
        (path, {"as_of": as_of, "known_at": known_at})
        for path in _REPORTS
        for as_of in _AS_OF
        for known_at in (told.first, told.last)
    ]
    known = {"from_known": told.first, "to_known": told.last}
    questions += [("/changes", {"as_of": as_of, **known, **more}) for as_of in _AS_OF for more in _CHANGES]
    found = []
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        for path, asked in questions:
            for accepted in _FORMATS:
                answer = await client.get(path, params=asked, headers={"accept": accepted})
                found.append(f"== {path}?{urlencode(asked)} {accepted}")
                found.append(f"{answer.status_code} {answer.headers['content-type']}")
                found.append(_kept(answer.text))
    assert not differing("answers.txt", "\n".join(found) + "\n")


def test_every_command_prints_as_before(told: Told) -> None:
    moment = ("--as-of", "2026-03-31", "--known-at", str(told.first))
    commands = [
        (*words, *at, *more)
        for words in (("pipeline",), ("funnel", "practice"), ("ageing",), ("explain", "D-1"), ("history", "D-1"),
                      ("history", "A-1", "--account"))
        for at in (moment, ("--as-of", "2026-03-31"))
        for more in ((), ("--json",), ("--lang", "zh"))
    ] + [("changes", "--from-known", str(told.first), "--as-of", "2026-03-31", *more)
         for more in ((), ("--json",), ("--lang", "zh"))]  # fmt: skip
    found = []
    for words in commands:
        done = CliRunner().invoke(app, words, env=told.ledger.environment | {"COLUMNS": "200"}, catch_exceptions=False)
        found.append(f"== daybook {' '.join(words)}\n{done.exit_code}\n{_kept(done.stdout)}")
    assert not differing("commands.txt", "\n".join(found) + "\n")
