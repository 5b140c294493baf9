"""The ledger of the stories: `daybook up` in Shanghai, to which all five are sent over HTTP, once."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.acceptance.stories import (
    test_companies,
    test_four_bands,
    test_government,
    test_key_accounts,
    test_projects,
)
from tests.acceptance.stories.telling import SOURCE, Told
from tests.up import running_up

STORIES = (test_government, test_companies, test_key_accounts, test_four_bands, test_projects)
FACTS = tuple(fact for story in STORIES for fact in story.FACTS)


@pytest.fixture(scope="package")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """The ledger, when its views have everything."""
    data = tmp_path_factory.mktemp("stories") / "ledger"
    async with (
        running_up(data, settings={"timezone": "Asia/Shanghai"}) as up,
        httpx.AsyncClient(base_url=up.run["query_url"], timeout=30) as query,
        httpx.AsyncClient(base_url=up.run["intake_url"], timeout=30) as intake,
    ):
        told = Told(query, {"DAYBOOK_DATA": str(data)})
        token = (await told.json("source", "add", SOURCE, "--events", "all,target_set"))["token"]
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/cloudevents-batch+json",
        }
        answer = await intake.post("/events", json=FACTS, headers=headers)
        assert answer.status_code == 201, answer.text
        told.at = {each["id"]: each["sequence"] for each in answer.json()}
        await told.get("/status", after=max(told.at.values()))
        yield told
