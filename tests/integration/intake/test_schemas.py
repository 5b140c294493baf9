"""Intake hands out the schemas, so that who sends needs no copy of the repository."""

import re
from urllib.parse import urljoin

import httpx
import pytest

from contracts.schemas import ASYNCAPI, documents
from services.intake.service import Running


@pytest.mark.long
async def test_every_document_is_there_and_every_reference_leads_to_one(
    intake: Running, client: httpx.AsyncClient
) -> None:
    folder = f"http://127.0.0.1:{intake.port}/schemas/"
    for name, text in documents().items():
        answer = await client.get(folder + name)
        assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "application/json", text)
    references = set(re.findall(r'"\$ref": "(\./[^"]+)"', documents()[ASYNCAPI]))
    assert {urljoin(folder + ASYNCAPI, each) for each in references} == {folder + each for each in documents()} - {
        folder + ASYNCAPI
    }


async def test_others_are_said_not_to_be_there(intake: Running, client: httpx.AsyncClient) -> None:
    for name in ("daybook.nothing.v1.json", "__init__.py", "..%2Fplaybooks%2Fproject.toml"):
        answer = await client.get(f"http://127.0.0.1:{intake.port}/schemas/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), name
