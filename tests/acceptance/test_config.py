"""`daybook config`, `--version` and `--help`."""

import json

import pytest
from typer.main import get_command

from services.cli.main import app
from tests.up import daybook


def _commands(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command of the CLI by its words."""
    children = getattr(command, "commands", None)
    if children is None:
        return [path]
    return [each for name, child in children.items() for each in _commands(child, (*path, name))]


async def test_it_shows_where_each_setting_comes_from() -> None:
    code, output, _ = await daybook("config", "--json", "--data", "/srv/ledger", timezone="Asia/Shanghai")
    shown = json.loads(output)
    assert code == 0
    assert shown["data"] == {"value": "/srv/ledger", "source": "option"}
    assert shown["timezone"] == {"value": "Asia/Shanghai", "source": "environment"}
    assert shown["stream"] == {"value": "DAYBOOK", "source": "default"}


@pytest.mark.parametrize("form", ["--json", None])
async def test_it_shows_no_secret(form: str | None) -> None:
    secrets = {
        "nats_url": "nats://daybook:hush@one:4222,nats://hush@two:4222",
        "database_url": "postgresql://db/x?user=u&password=hush",
    }
    code, output, _ = await daybook("config", *([form] if form else []), **secrets)
    assert code == 0
    assert "hush" not in output
    assert "@one:4222" in output


@pytest.mark.long_cases
@pytest.mark.parametrize("url", ["postgresql://[hush", "postgresql://u:hush", "host=db password=hush"])
async def test_a_url_that_cannot_be_read_is_not_shown(url: str) -> None:
    servers = {"nats_url": "nats://one", "database_url": url}
    code, output, _ = await daybook("config", "--json", **servers)
    assert (code, json.loads(output)["database_url"]["value"]) == (0, "…")
    code, output, complaint = await daybook("source", "list", **servers)
    assert (code, output) == (2, "")
    assert complaint.startswith("DAYBOOK_DATABASE_URL (…) ")
    assert "hush" not in complaint


async def test_a_misspelt_variable_is_named() -> None:
    misspelt = {"timezome": "Asia/Shanghai", "quux": "1", "stream": "MINE"}
    code, output, complaint = await daybook("config", **misspelt)
    assert code == 0
    assert complaint.splitlines() == [
        "warning: DAYBOOK_QUUX is no setting and is ignored.",
        "warning: DAYBOOK_TIMEZOME is no setting and is ignored; did you mean DAYBOOK_TIMEZONE?",
    ]
    code, output, _ = await daybook("config", "--json", **misspelt)
    assert json.loads(output)["unknown"] == ["DAYBOOK_QUUX", "DAYBOOK_TIMEZOME"]


async def test_every_wrong_setting_is_named() -> None:
    code, _, complaint = await daybook("config", timezone="Mars/Olympus", query_port="-1")
    assert code == 2
    assert "DAYBOOK_TIMEZONE" in complaint
    assert "DAYBOOK_QUERY_PORT" in complaint


async def test_it_says_its_version() -> None:
    code, output, _ = await daybook("--version")
    assert (code, output.split()[0]) == (0, "daybook")


@pytest.mark.parametrize("words", _commands(get_command(app)), ids=" ".join)
def test_every_command_shows_an_example(words: tuple[str, ...]) -> None:
    command = get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    assert "Example: " in (command.help or "")
