"""Query does what its OpenAPI document says, for what it describes and for what it excludes."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import (
    ChecksConfig,
    NotAServerErrorConfig,
    PositiveDataAcceptanceConfig,
    SchemathesisConfig,
)

from projections.reports import REPORTS
from services.ledger import readers
from services.query.service import running
from services.query.shapes import of_report
from tests.integration.query.telling import Told

ANSWERED = ["200", "400", "404", "504"]
"""What a question may be answered that fits the document: what is not known yet, and whom nobody knows, lies beyond."""


@pytest.fixture
async def url(told: Told, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Query, for readers with a token; it waits a moment only, as most sequences asked for never come."""
    monkeypatch.setattr("services.query.position_waiter.WAIT_S", 0.02)
    async with running(told.ledger.settings.model_copy(update={"query_port": 0})) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def token(told: Told) -> AsyncIterator[str]:
    connection = await told.ledger.connect()
    yield await readers.add(connection, "schemathesis")
    await connection.execute("delete from ledger.reader")


@pytest.mark.parametrize("examples", [4, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
async def test_every_answer_is_one_that_the_document_promises(
    url: str, token: str, mode: GenerationMode, examples: int
) -> None:
    config = SchemathesisConfig()
    config.projects.default.checks = ChecksConfig(
        not_a_server_error=NotAServerErrorConfig(expected_statuses=["2xx", "4xx", "504"]),
        positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=ANSWERED),
    )
    schema = await asyncio.to_thread(schemathesis.openapi.from_url, f"{url}/openapi.json", config=config)
    seen: Counter[int] = Counter()
    for operation in _operations(schema):
        if mode is GenerationMode.POSITIVE or operation.query:
            seen += await asyncio.to_thread(_answers, operation, mode, token, examples)
    wanted = {200, 404} if mode is GenerationMode.POSITIVE else {400}
    assert wanted <= seen.keys(), seen


async def test_the_document_is_whole(url: str) -> None:
    schema = await asyncio.to_thread(schemathesis.openapi.from_url, f"{url}/openapi.json")
    paths = {operation.path for operation in _operations(schema)}
    assert paths == {
        "/deals/{id}", "/deals/{id}/history", "/deals/{id}/explain", "/accounts/{id}/history", "/pipeline",
        "/funnel/{playbook}", "/receivables/ageing", "/receivables/open", "/changes", "/status", "/health", "/ready",
        "/reports", *(f"/reports/{each.name}" for each in REPORTS),
        *(f"/reports/{each.name}/{what}" for each in REPORTS if each.key for what in ("changes", "rows")),
    }  # fmt: skip


async def test_operations_have_names_and_reports_examples(url: str) -> None:
    async with httpx.AsyncClient() as client:
        document = (await client.get(f"{url}/openapi.json")).json()
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_]+", each) for each in names)
    for report in REPORTS:
        described = document["paths"][f"/reports/{report.name}"]["get"]
        assert described["operationId"] == f"get_{report.name}_report"
        of_report(report).model_validate(described["responses"]["200"]["content"]["application/json"]["example"])


def _operations(schema: Any) -> list[Any]:
    return [each.ok() for each in schema.get_all_operations()]


def _answers(operation: Any, mode: GenerationMode, token: str, examples: int) -> Counter[int]:
    """Asks what the document describes, or excludes; every answer is checked; gives how often each status came."""
    seen: Counter[int] = Counter()

    @seed(20260331)
    @settings(
        max_examples=examples,
        database=None,
        deadline=timedelta(seconds=20),
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(mode))
    def every_case(case: Any) -> None:
        # An empty list is sent as nothing, which nobody can refuse.
        assume(mode is GenerationMode.POSITIVE or all(each not in ([], {}) for each in (case.query or {}).values()))
        for name in case.path_parameters or ():
            if mode is GenerationMode.POSITIVE and sum(seen.values()) % 2:
                case.path_parameters[name] = "practice" if name == "playbook" else "D-1"
        seen[case.call_and_validate(headers={"Authorization": f"Bearer {token}"}).status_code] += 1

    every_case()
    return seen
