"""`daybook playbook publish`: a file goes through intake as the source `daybook`, once."""

import json
import stat
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.playbooks.playbook import Playbook
from services.intake.service import Running
from services.ledger import sources
from services.recorder.health import RecorderHealth
from tests.command import in_process
from tests.integration.intake.sending import Sender, publication, withdrawal
from tests.ledger import Ledger
from tests.playbooks import CONTACT, PRACTICE, PROPOSAL, SHORTER, toml

Publish = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def published(empty_ledger: Ledger, intake: Running, recorder: RecorderHealth, tmp_path: Path) -> Publish:
    """Publishes a playbook from a file: exit code, and all that the command says."""

    async def publish(book: Playbook | str, *words: str) -> tuple[int, str]:
        file = tmp_path / "draft.toml"
        file.write_text(book if isinstance(book, str) else toml(book), encoding="utf-8")
        address = f"http://127.0.0.1:{intake.port}"
        return await in_process(empty_ledger, "playbook", "publish", str(file), "--intake", address, *words)

    return publish


async def _messages(ledger: Ledger) -> list[dict[str, Any]]:
    """All messages of the stream, once they are recorded."""
    await ledger.recorded()
    rows = await (await ledger.connect()).fetch("select message from ledger.journal order by sequence")
    return [json.loads(row["message"]) for row in rows]


async def test_a_version_is_published_once_and_the_token_is_kept(empty_ledger: Ledger, published: Publish) -> None:
    assert await published(PRACTICE) == (0, "Published practice version 1 at sequence 1.\n")
    code, said = await published(PRACTICE, "--json")

    assert (code, json.loads(said)) == (
        0, {"playbook": "practice", "version": 1, "sequence": 1, "published": False, "withdrawn": None}
    )  # fmt: skip
    assert await published(PRACTICE, "--lang", "zh") == (0, "practice 版本 1 已在序号 1 发布，内容相同。\n")
    (event,) = await _messages(empty_ledger)
    assert (event["source"], event["id"], event["subject"]) == ("daybook", "playbook-practice-1", "playbook/practice")
    kept = empty_ledger.home / "daybook.token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_text()
    assert (await published(SHORTER))[0] == 0
    assert kept.read_text() == before


async def test_another_content_of_a_version_is_refused_with_what_differs(
    empty_ledger: Ledger, published: Publish
) -> None:
    assert (await published(PRACTICE))[0] == 0
    likelier = CONTACT.model_copy(update={"probability": Decimal("0.15")})
    other = PRACTICE.model_copy(update={"stages": (likelier, *PRACTICE.stages[1:3])})

    code, said = await published(other)

    assert code == 2
    assert "practice version 1 was published at sequence 1 with another content" in said
    assert "Give the new content version 2" in said
    assert 'stages[contact].probability: "0.1" → "0.15"' in said
    assert "stages[demo]: " in said
    assert len(await _messages(empty_ledger)) == 1


async def test_a_version_that_skips_one_is_refused(empty_ledger: Ledger, published: Publish) -> None:
    assert (await published(PRACTICE))[0] == 0

    code, said = await published(PRACTICE.model_copy(update={"version": 3}))

    assert (code, "version 3 follows version 2, which is not published; the last is 1" in said) == (2, True)
    assert len(await _messages(empty_ledger)) == 1


@pytest.mark.parametrize("events", [["all"], ["all", "playbook_published"]])
async def test_the_token_of_another_source_does_not_publish(
    empty_ledger: Ledger, published: Publish, events: list[str]
) -> None:
    token = await sources.add(await empty_ledger.connect(), "operations", events)

    code, said = await published(PRACTICE, "--token", token)

    assert (code, "the token belongs to operations, not to daybook" in said) == (2, True)
    assert await _messages(empty_ledger) == []
    assert not (empty_ledger.home / "daybook.token").exists()


async def test_a_token_that_somebody_else_was_given_is_not_ended(empty_ledger: Ledger, published: Publish) -> None:
    token = await sources.rotate(await empty_ledger.connect(), "daybook")

    code, said = await published(PRACTICE)

    assert (code, "daybook.token does not hold its token" in said) == (2, True)
    assert (await published(PRACTICE, "--token", token))[0] == 0


async def test_the_source_is_not_enabled_again_by_publishing(empty_ledger: Ledger, published: Publish) -> None:
    await sources.disable(await empty_ledger.connect(), "daybook")

    code, said = await published(PRACTICE)

    assert (code, "daybook source rotate daybook" in said) == (2, True)
    assert await _messages(empty_ledger) == []


async def test_a_version_that_another_source_published_is_there_already(
    empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient, published: Publish
) -> None:
    events = ("playbook_published", "playbook_withdrawn")
    operations = Sender(client, intake.port, await empty_ledger.source("operations", *events))
    for event in (publication(1), withdrawal(1)):
        assert (await operations.send(event | {"source": "operations"})).status_code == 201
        await empty_ledger.recorded()

    code, said = await published(PRACTICE)

    assert (code, said.splitlines()) == (
        0,
        [
            "practice version 1 was published at sequence 1 already, with this content.",
            "It was withdrawn at sequence 2: new deals use it only if they name it.",
        ],
    )
    assert (await published(PRACTICE.model_copy(update={"stages": (CONTACT, PROPOSAL)})))[0] == 2


async def test_a_file_with_mistakes_is_not_published(empty_ledger: Ledger, published: Publish) -> None:
    code, said = await published('key = "practice"\nversion = 1\n')

    assert (code, "stages: is missing" in said) == (1, True)
    assert await _messages(empty_ledger) == []
