"""The demo's story touches every playbook, event and report, and its ledger verifies."""

import asyncio
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from contracts.events import EVENTS
from contracts.playbooks.shipped import shipped
from projections.reports import REPORTS
from services.demo import notes, tour
from services.demo.cast import END, MIX, process_of
from services.demo.facts import SOURCES
from services.demo.ledger import DemoLedger
from services.demo.run import run
from services.demo.story import Story, tell

PUBLISHED = {"playbook_published", "playbook_withdrawn"}
"""Events that no emitting system of the story sends: `daybook init` publishes the playbooks."""


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(shipped())


def test_the_same_seed_tells_the_same_story(story: Story) -> None:
    assert tell(shipped()) == story
    assert tell(shipped(), seed=8).digest != story.digest


def test_every_event_is_sent(story: Story) -> None:
    sent = {each["type"].split(".")[1] for each in (*story.main, *story.aftermath)}
    assert sent == set(EVENTS.names()) - PUBLISHED
    assert sent == {event for events in SOURCES.values() for event in events.split(",")}


def test_the_story_is_in_order_and_ends(story: Story) -> None:
    """Entries that name other events come behind them."""
    times = [each["time"] for each in story.main]
    assert times == sorted(times)
    assert times[-1] <= END.isoformat()
    known: set[tuple[str, str]] = set()
    for each in (*story.main, *story.aftermath):
        target = each["data"].get("target")
        if isinstance(target, dict):
            assert (target["source"], target["id"]) in known
        known.add((each["source"], each["id"]))


@pytest.mark.parametrize("deals", [20, 60, 200])
def test_every_shipped_playbook_has_deals(deals: int) -> None:
    assert {(each.playbook, each.version) for each in MIX} == {(each.key, each.version) for each in shipped()}
    followed = Counter(
        (each["data"]["playbook"], each["data"]["playbook_version"])
        for each in tell(shipped(), deals).main
        if each["type"] == "daybook.deal_opened.v1"
    )
    assert set(followed) == {(each.key, each.version) for each in shipped()}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_report_answers_and_every_item_of_every_playbook_is_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], story: Story
) -> None:
    """`run` raises where the ledger does not verify."""
    data = tmp_path / "ledger"
    begun = notes.of(data, 200, 7, story.digest)
    with DemoLedger(data, language="zh") as ledger:
        run(ledger, begun, story)
        told = capsys.readouterr().out
        empty = [each.name for each in REPORTS if not tour.ask(ledger, each, story)["rows"]]
        rows = asyncio.run(_items(ledger.run["sql_url"]))
    assert empty == []
    assert all(each.title.zh in told for each in REPORTS)
    processes = {row["deal"]: process_of(int(row["deal"].removeprefix("D-"))) for row in rows}
    met = {(processes[row["deal"]].playbook, processes[row["deal"]].version, row["stage"], row["item"]) for row in rows}
    asked = {
        (playbook.key, playbook.version, number, key)
        for playbook in shipped()
        for number, stage in enumerate(playbook.stages, start=1)
        for items in (stage.milestones, stage.criteria, stage.conditions, stage.appraisal)
        for key in [each.key for each in items]
    }
    assert asked <= met


async def _items(url: str) -> list[asyncpg.Record]:
    reader = await asyncpg.connect(url)
    try:
        return list(await reader.fetch("select distinct deal, stage, item from reporting.stage_item_version"))
    finally:
        await reader.close()
