"""Intake does what its OpenAPI document says, for bodies that fit it and for bodies that do not."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import ChecksConfig, PositiveDataAcceptanceConfig, SchemathesisConfig

from tests.ledger import Ledger

EXAMPLES = [15, pytest.param(60, marks=pytest.mark.long)]
READABLE = ["200", "201", "403", "404", "409", "413", "415", "422"]
"""What a body may be answered that fits its schema: sums, decimals by currency, times to come and rights lie beyond."""

REFUSED = ["400", "401", "403", "409", "413", "415", "422"]
"""What a body may be answered that does not fit it."""


@pytest.mark.long
@pytest.mark.parametrize("examples", EXAMPLES)
async def test_every_answer_is_one_that_the_document_promises(empty_ledger: Ledger, examples: int) -> None:
    token = await empty_ledger.source("crm", corrects_others=True)
    async with empty_ledger.process("recorder"), empty_ledger.process("intake") as intake:
        schema = document(intake.url)
        for operation in [each.ok() for each in schema.get_all_operations()]:
            seen = await asyncio.to_thread(answers, operation, GenerationMode.POSITIVE, token, examples)
            if operation.path == "/events":
                assert seen[201] > 0, seen


@pytest.mark.long
@pytest.mark.parametrize("examples", EXAMPLES)
async def test_no_body_is_taken_that_the_document_excludes(empty_ledger: Ledger, examples: int) -> None:
    token = await empty_ledger.source("crm", corrects_others=True)
    async with empty_ledger.process("recorder"), empty_ledger.process("intake") as intake:
        taking = document(intake.url)["/events"]["POST"]
        seen = await asyncio.to_thread(answers, taking, GenerationMode.NEGATIVE, token, examples)
        assert seen[422] > 0, seen


def document(url: str) -> Any:
    config = SchemathesisConfig()
    config.projects.default.checks = ChecksConfig(
        positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=READABLE)
    )
    config.projects.default.checks.negative_data_rejection.expected_statuses = REFUSED
    return schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)


def answers(operation: Any, mode: GenerationMode, token: str, examples: int) -> Counter[int]:
    """Sends what the document describes, or excludes; every answer is checked; gives how often each status came."""
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
        if mode is GenerationMode.POSITIVE:
            case.body = from_crm(case.body)
        seen[case.call_and_validate(headers={"Authorization": f"Bearer {token}"}).status_code] += 1

    every_case()
    return seen


def from_crm(body: Any) -> Any:
    """Name the token's own source in each event: intake refuses any other name before all else."""
    if isinstance(body, list):
        return [from_crm(each) for each in body]
    return body | {"source": "crm"} if isinstance(body, dict) and "source" in body else body
