"""Commands speak to people in their language, with times in the ledger's zone; `--json` stays in UTC."""

import re
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from services.cli.main import app
from services.ledger import zone_rules
from tests.integration.query.telling import PLAYBOOKS, Told, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers

ZONE, OFFSET = "Asia/Shanghai", "+08:00"
AS_OF = ("--as-of", "2026-03-05")

COMMANDS: dict[str, tuple[str, ...]] = {
    "pipeline": AS_OF,
    "funnel": ("practice", *AS_OF),
    "ageing": AS_OF,
    "history": ("D-1",),
    "explain": ("D-1", *AS_OF),
    "changes": ("--from-known", "15", *AS_OF),
    "status": (),
    "verify": (),
    "reports": (),
    "report pipeline": AS_OF,
    "report deal": ("--deal", "D-1", *AS_OF),
    "report funnel": ("--playbook", "practice", *AS_OF),
    "report bands": AS_OF,
    "report forecast": AS_OF,
    "report calibration": AS_OF,
    "report next_steps": AS_OF,
    "report coverage": AS_OF,
    "report rotting": AS_OF,
    "report purchase_track": AS_OF,
    "report commitments": AS_OF,
    "report follow_up": AS_OF,
    "report participation": ("--playbook", "practice", *AS_OF),
    "report accounts": AS_OF,
    "report segments": ("--by", "industry", *AS_OF),
    "report relationships": ("--account", "A-1", *AS_OF),
    "report account_plan": ("--account", "A-1", "--period", "2026", "--currency", "CNY", *AS_OF),
    "report flywheel": ("--from", "2026-01-01", "--to", "2026-03-31", *AS_OF),
    "report messages": ("--from", "2026-01-01", "--to", "2026-03-31", *AS_OF),
    "report targets": AS_OF,
    "report scorecard": ("--person", "Li", "--month", "2026-01", *AS_OF),
    "report conversion": ("--playbook", "practice", *AS_OF),
    "report durations": ("--playbook", "practice", *AS_OF),
    "report velocity": ("--playbook", "practice", *AS_OF),
    "report pipeline_changes": ("--start", "2026-01-04", "--end", "2026-03-05", *AS_OF),
    "report ageing": AS_OF,
    "report ageing_by": ("--by", "account", *AS_OF),
    "report collection": ("--from", "2026-01-01", "--to", "2026-03-05", *AS_OF),
    "report collection_curve": ("--from", "2026-01-01", "--to", "2026-03-05", *AS_OF),
    "report collection_plan": AS_OF,
    "report statutory": AS_OF,
    "report suggestions": AS_OF,
    "report receivables_open": AS_OF,
    "report receivables_unapplied": AS_OF,
    "report data_quality": AS_OF,
    "playbook list": (),
    "playbook show": ("practice",),
    "playbook simulate": (str(files("contracts.playbooks") / "project.toml"), *AS_OF),
    "quarantine list": (),
    "quarantine show": ("24",),
    "source list": (),
    "reader list": (),
    "reconcile": ("--list",),
}
"""Commands that read a ledger and answer people, with what is asked of each."""
OTHERS = frozenset(
    {"up", "down", "serve", "init", "config", "deploy", "rebuild", "demo", "evidence", "backup", "restore",
     "import maven-crm", "import invoices-csv", "source add", "source rotate", "source disable", "reader add",
     "reader rotate", "reader disable", "notary key", "playbook check", "playbook publish",
     "quarantine retry", "quarantine dismiss"}
)  # fmt: skip
"""Commands that do something else than answer a question."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(\S*)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
async def told(servers: Servers) -> AsyncIterator[Told]:
    """The whole story on a ledger in Shanghai, where it is the next day from 16:00 UTC on."""
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        owner = await ledger.connect()
        await owner.execute("update ledger.identity set time_zone = $1", ZONE)
        await zone_rules.keep(owner)
        told = await tell_first(ledger)
        await tell_second(told)
        await ledger.source("telephony")
        yield told


def printed(told: Told, *words: str, **settings: str) -> str:
    environment = told.ledger.environment | {"COLUMNS": "4000"} | settings
    done = CliRunner().invoke(app, words, env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def leaves(command: Any, *path: str) -> Iterator[str]:
    """Names of all commands, those of groups behind the group's."""
    names = getattr(command, "list_commands", None)
    if names is None:
        yield " ".join(path)
        return
    for name in names(None):
        yield from leaves(command.get_command(None, name), *path, name)


def test_every_command_is_held_to_this_or_does_something_else() -> None:
    assert sorted([*COMMANDS, *OTHERS]) == sorted(leaves(get_command(app)))


@pytest.mark.parametrize("command", sorted({*COMMANDS, *OTHERS} - {"serve"}))
def test_every_command_that_prints_for_people_takes_the_language(command: str) -> None:
    found: Any = get_command(app)
    for name in command.split():
        found = found.get_command(None, name)
    assert "--lang" in {option for each in found.params for option in each.opts}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_time_that_people_read_has_the_offset_of_the_ledgers_zone(told: Told, command: str) -> None:
    said = printed(told, *command.split(), *COMMANDS[command])

    times = list(_TIME.finditer("\n".join(line for line in said.splitlines() if '"specversion"' not in line)))
    assert times or AS_OF[0] not in COMMANDS[command]
    assert [found[0] for found in times if not found[1].startswith(OFFSET)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_people_read_has_both_languages_and_the_option_wins_over_the_setting(
    told: Told, command: str
) -> None:
    words = (*command.split(), *COMMANDS[command])
    english, chinese = printed(told, *words), printed(told, *words, "--lang", "zh")

    assert _CHINESE.search(chinese)
    assert english != chinese
    assert printed(told, *words, DAYBOOK_LANGUAGE="zh") == chinese
    assert printed(told, *words, "--lang", "en", DAYBOOK_LANGUAGE="zh") == english


def test_a_day_ends_where_the_ledger_is_and_a_deal_stands_since_its_day_there(told: Told) -> None:
    said = printed(told, "pipeline", *AS_OF)
    since = printed(told, "report", "pipeline", *AS_OF)

    assert f"as of 2026-03-05 23:59:59{OFFSET}" in said
    assert f"2026-01-05 17:00:00{OFFSET}" in since


def test_json_says_times_in_utc_whatever_zone_and_language(told: Told) -> None:
    for lang in ("en", "zh"):
        said = printed(told, "pipeline", *AS_OF, "--json", "--lang", lang)
        assert '"as_of": "2026-03-05T15:59:59.999999+00:00"' in said
        assert '"status": "open"' in said


def test_values_of_few_words_are_told_in_chinese(told: Told) -> None:
    said = printed(told, "pipeline", *AS_OF, "--lang", "zh")
    assert "在手" in said
    assert "1 完成" in said
    assert "未到期" in printed(told, "ageing", *AS_OF, "--lang", "zh")
    assert "里程碑" in printed(told, "explain", "D-1", *AS_OF, "--lang", "zh")


def test_a_language_that_is_not_spoken_is_refused(told: Told) -> None:
    done = CliRunner().invoke(app, ["status", "--lang", "de"], env=told.ledger.environment)
    assert done.exit_code != 0


def test_a_backup_says_when_its_last_entry_was_recorded_in_the_ledgers_zone(told: Told, tmp_path: Path) -> None:
    said = printed(told, "backup", "--out", str(tmp_path / "backup"))

    (time,) = _TIME.finditer(said)
    assert time[1].startswith(OFFSET)
