"""`daybook playbook simulate`: where deals would stand by a draft, beside where they stand; nothing is written."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contracts.playbooks.playbook import Playbook
from tests.command import in_process
from tests.integration.query.telling import Told, event
from tests.ledger import fresh_ledger
from tests.playbooks import item, playbook, stage, toml
from tests.servers import Servers

FIND = stage("find", "0.10", (item("found"),), (item("qualified"),), commitment=False)
SHAPE = stage("shape", "0.40", (item("visited"),), (item("agreed"),), commitment=False)
CLOSING = stage("closing", "0.80", (item("offered"),), (item("signed"),), commitment=False)
MINI = playbook("mini", FIND, SHAPE, CLOSING)


def _done(deal: str, *items: str) -> list[dict[str, Any]]:
    """Milestones and criteria that a deal has met, one a day."""
    milestones = {each.key for of in MINI.stages for each in of.milestones}
    return [
        event(
            f"{deal}-{key}",
            *(("milestone_achieved",) if key in milestones else ("criterion_met",)),
            f"deal/{deal}",
            f"2026-01-{day:02}",
            **{"milestone" if key in milestones else "criterion": key},
        )
        for day, key in enumerate(items, start=2)
    ]


def _opened(deal: str, amount: str | None = None, currency: str = "CNY", **more: Any) -> dict[str, Any]:
    value = {} if amount is None else {"amount": amount, "currency": currency}
    return event(f"{deal}-opened", "deal_opened", f"deal/{deal}", "2026-01-01", playbook="mini", **value, **more)


STORY = (
    # Golden result 12 of the specification: 1000 at completed 2, 500 at completed 1.
    _opened("D-1", "1000"),
    *_done("D-1", "found", "qualified", "visited", "agreed"),
    _opened("D-2", "500"),
    *_done("D-2", "found", "qualified"),
    # Neither in the totals nor changed: without an amount and before the first stage; won; on another playbook.
    _opened("D-3"),
    _opened("D-4", "70"),
    event("D-4-won", "deal_won", "deal/D-4", "2026-01-05"),
    _opened("D-5", "900") | {"data": {"playbook": "other", "amount": "900", "currency": "CNY"}},
    # Changed, and in no total: on hold.
    _opened("D-6", "100", "USD"),
    *_done("D-6", "found", "qualified"),
    event("D-6-held", "deal_put_on_hold", "deal/D-6", "2026-02-01", reason="budget frozen"),
)


@pytest.fixture(scope="module")
async def mini(servers: Servers) -> AsyncIterator[Told]:
    async with fresh_ledger(servers, (MINI,)) as ledger:
        told = Told(ledger)
        await told.tell(*STORY)
        await told.projected()
        yield told


def _written(book: Playbook, path: Path) -> Path:
    path.write_text(toml(book), encoding="utf-8")
    return path


async def _said(told: Told, *words: str, code: int = 0) -> str:
    exit_code, said = await in_process(told.ledger, *words)
    assert exit_code == code, said
    return said


async def _simulated(told: Told, file: Path, *words: str) -> Any:
    return json.loads(await _said(told, "playbook", "simulate", str(file), *words, "--json"))


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Golden 12: stage 1 at 0.20; stage 2 one more milestone, criterion `agreed` replaced."""
    find = FIND.model_copy(update={"probability": "0.20"})
    shape = stage("shape", "0.40", (item("visited"), item("sampled")), (item("accepted"),), commitment=False)
    return _written(playbook("mini", find, shape, CLOSING, version=2), tmp_path / "mini_v2.toml")


async def test_the_golden_result(mini: Told, draft: Path) -> None:
    answer = await _simulated(mini, draft)

    shown = {each["deal"]: each for each in answer["deals"]}
    assert list(shown) == ["D-1", "D-2", "D-6"]
    # D-1 lacks the milestone `sampled`: it completed 2 before, by the draft 1.
    first = shown["D-1"]
    assert (first["stage_before"], first["phase_before"], first["probability_before"]) == (2, "completed", "0.4000")
    assert (first["stage_after"], first["phase_after"], first["probability_after"]) == (1, "completed", "0.2000")
    # 1000 × 0.40 = 400.00, × 0.20 = 200.00; 500 × 0.10 = 50.00, × 0.20 = 100.00.
    assert (first["weighted_before"], first["weighted_after"]) == ("400.00", "200.00")
    assert (shown["D-2"]["weighted_before"], shown["D-2"]["weighted_after"]) == ("50.00", "100.00")
    assert (shown["D-2"]["stage_before"], shown["D-2"]["stage_after"]) == (1, 1)
    # 400.00 + 50.00 → 200.00 + 100.00. The deal on hold is no forecast.
    assert answer["totals"] == {"CNY": {"deals": 2, "weighted_before": "450.00", "weighted_after": "300.00"}}
    assert (shown["D-6"]["weighted_before"], shown["D-6"]["weighted_after"]) == ("10.00", "20.00")
    assert answer["orphaned"] == [{"item": "agreed", "deals": 1}]
    assert first["orphaned"] == ["agreed"]
    assert (answer["playbook"], answer["version"], answer["judged"], answer["changed"]) == ("mini", 2, 5, 3)
    assert answer["known_at"] == mini.last


async def test_all_lists_every_deal_of_the_playbook_and_no_other(mini: Told, draft: Path) -> None:
    answer = await _simulated(mini, draft, "--all")

    assert [each["deal"] for each in answer["deals"]] == ["D-1", "D-2", "D-3", "D-4", "D-6"]
    assert answer["changed"] == 3
    won = next(each for each in answer["deals"] if each["deal"] == "D-4")
    assert (won["probability_before"], won["probability_after"]) == ("1.0000", "1.0000")


async def test_both_times_hold(mini: Told, draft: Path) -> None:
    earlier = await _simulated(mini, draft, "--as-of", "2026-01-03")
    unknown = await _simulated(mini, draft, "--known-at", str(mini.at["D-1-visited"]), "--all")

    assert {each["deal"]: each["stage_before"] for each in earlier["deals"]} == {"D-1": 1, "D-2": 1, "D-6": 1}
    assert [(each["deal"], each["stage_before"], each["phase_before"]) for each in unknown["deals"]] == [
        ("D-1", 2, "entered")
    ]


async def test_a_stale_deal_is_named_and_not_judged(mini: Told, draft: Path) -> None:
    connection = await mini.ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")
    await connection.execute(f"insert into \"{schema}\".stale values ('deal/D-1', 'stage_position', 1, 'boom')")
    try:
        answer = await _simulated(mini, draft)
        said = await _said(mini, "playbook", "simulate", str(draft))
    finally:
        await connection.execute(f'delete from "{schema}".stale')

    assert (answer["stale"], answer["judged"], answer["changed"]) == (["D-1"], 4, 2)
    assert answer["totals"]["CNY"] == {"deals": 1, "weighted_before": "50.00", "weighted_after": "100.00"}
    assert "Not judged, because these deals are stale: D-1" in said


async def test_the_published_version_changes_nothing(mini: Told, tmp_path: Path) -> None:
    answer = await _simulated(mini, _written(MINI, tmp_path / "mini.toml"))

    assert (answer["changed"], answer["deals"], answer["orphaned"]) == (0, [], [])
    assert answer["totals"] == {"CNY": {"deals": 2, "weighted_before": "450.00", "weighted_after": "450.00"}}


async def test_nothing_is_published_and_nothing_written(mini: Told, draft: Path) -> None:
    connection = await mini.ledger.connect()
    everything = (
        "select (select max(sequence) from ledger.journal),"
        " (select md5(string_agg(row::text, ',' order by row::text)) from ledger.source row),"
        " (select md5(string_agg(row::text, ',' order by row::text)) from reporting.stage_position row)"
    )
    before = await connection.fetchrow(everything), await mini.ledger.last_sequence()

    await _said(mini, "playbook", "simulate", str(draft))

    assert (await connection.fetchrow(everything), await mini.ledger.last_sequence()) == before


async def test_people_read_what_changes_in_their_language(mini: Told, draft: Path) -> None:
    english = await _said(mini, "playbook", "simulate", str(draft))
    chinese = await _said(mini, "playbook", "simulate", str(draft), "--lang", "zh")

    assert "0.4000 → 0.2000" in english
    assert "CNY: 2 open deals, weighted 450.00 → 300.00" in english
    assert "the draft lacks it: agreed (1 deal)" in english
    assert "Of 5 deals of mini, 3 would stand elsewhere by the draft of version 2" in english
    assert "CNY：2 个在手商机，加权金额 450.00 → 300.00" in chinese


async def test_a_draft_with_mistakes_is_not_simulated(mini: Told, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('key = "mini"\nversion = 2\n')

    assert "stages: is missing" in await _said(mini, "playbook", "simulate", str(wrong), code=1)
    assert json.loads(await _said(mini, "playbook", "simulate", str(wrong), "--json", code=1))["ok"] is False
