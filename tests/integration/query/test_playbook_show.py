"""`daybook playbook show`: a published version in full, for people in both languages and as canonical JSON."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.playbooks.playbook import Playbook
from contracts.playbooks.shipped import shipped
from tests.command import in_process
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import JUDGED, PRACTICE, SHORTER
from tests.servers import Servers


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    """The shipped playbooks, and three versions of practice, the last one withdrawn."""
    async with fresh_ledger(servers, [*shipped(), PRACTICE, SHORTER, JUDGED]) as ledger:
        told = Told(ledger)
        about = {"playbook_version": 3, "reason": "a mistake"}
        await told.tell(event("w", "playbook_withdrawn", "playbook/practice", "2026-03-01", **about))
        await told.projected()
        yield told


async def _shown(told: Told, *words: str, code: int = 0) -> str:
    exit_code, said = await in_process(told.ledger, "playbook", "show", *words)
    assert exit_code == code, said
    return said


@pytest.mark.parametrize("playbook", shipped(), ids=lambda each: f"{each.key} {each.version}")
async def test_a_shipped_version_is_shown_in_full_and_as_it_was_published(told: Told, playbook: Playbook) -> None:
    words = (playbook.key, "--version", str(playbook.version))
    for language in ("zh", "en"):
        said = "".join((await _shown(told, *words, "--lang", language)).split())
        for stage in playbook.stages:
            parts: list[Any] = [stage, *stage.milestones, *stage.criteria, *stage.conditions]
            parts += [*stage.appraisal, *stage.targets]
            assert {each.key for each in parts if f"({each.key})" not in said} == set()

    canonical = (await _shown(told, *words, "--json")).removesuffix("\n")

    assert Playbook.model_validate_json(canonical) == playbook
    row = await (await told.ledger.connect()).fetchval(
        "select message from ledger.journal where id = $1", f"playbook-{playbook.key}-{playbook.version}"
    )
    assert f'"playbook":{canonical}' in row.decode()


async def test_without_a_number_the_version_that_new_deals_follow_is_shown(told: Told) -> None:
    assert json.loads(await _shown(told, "practice", "--json"))["version"] == 2
    assert "practice version 3, sequence" in await _shown(told, "practice", "--version", "3")


async def test_what_an_event_must_say_is_told_in_words(told: Told) -> None:
    english = await _shown(told, "practice", "--version", "3")
    chinese = await _shown(told, "practice", "--version", "3", "--lang", "zh")

    for said in (
        "call made [outcome = interested]",
        "appointment made [place given, topic given]",
        "visit done [after appointment made] ×2",
        "visit done [duration in seconds ≤ 1200]",
        "proposal submitted [amount within amount of deal revised]",
    ):
        assert said in english
    assert "约定见面 [已填地点, 已填主题]" in chinese


async def test_what_is_not_published_is_said(told: Told) -> None:
    assert "No version of the playbook 'practise' is published" in await _shown(told, "practise", code=2)
    assert "published are 1, 2, 3" in await _shown(told, "practice", "--version", "4", code=2)
