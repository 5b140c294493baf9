"""Texts that a terminal or a library would obey: each free text of each event, through each command that prints it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from contracts.cloudevents.envelope import Refused, read_event
from contracts.types.references import reference_key
from services.cli.main import app
from services.runtime.visible_text import visible
from tests.integration.query.telling import Told
from tests.ledger import Ledger, fresh_ledger
from tests.playbooks import PRACTICE
from tests.servers import Servers
from tests.up import daybook

GOLDEN = Path(__file__).parents[2] / "conformance" / "golden"
HOSTILE = (
    "[/foo]", "[vip] 张三", "[link=https://example.com]here[/link]", "[bold]", "[", "]", "\\[", ":smile:",
    "\u202egnp.exe", "\u2066", "\u200b", "\u00a0x", "\ufeff", "\u2028", "\u3164", "\U000e0041", "a\u0301", "👩‍👩‍👧",
    "{0}", "%s", "[@click=quit]",
)  # fmt: skip
texts = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=5), min_size=1
)


def _every_text(value: Any, text: str, taken: Any) -> Any:
    """The value with every string in it replaced by the text, where the event is still taken with it."""
    if isinstance(value, dict):
        for name in value:
            value[name] = _every_text(value[name], text, lambda new, name=name: taken({**value, name: new}))
        return value
    if isinstance(value, list):
        for at in range(len(value)):
            value[at] = _every_text(value[at], text, lambda new, at=at: taken([*value[:at], new, *value[at + 1 :]]))
        return value
    return text if isinstance(value, str) and taken(text) else value


def _hostile(path: Path, text: str, number: int) -> dict[str, Any]:
    """A golden event about the account or deal of this test, every free text of it replaced."""
    event: dict[str, Any] = json.loads(path.read_text())
    kind = event["subject"].split("/")[0]
    event |= {"id": f"{number}-{path.name}", "subject": f"{kind}/H-{number}", "source": "crm"}

    def taken(data: Any) -> bool:
        try:
            read_event({**event, "data": data, "actor": text})
        except Refused:
            return False
        return True

    event["data"] = _every_text(event["data"], text, taken)
    return event | ({"actor": text} if taken(event["data"]) else {})


def _printed(ledger: Ledger, *words: str) -> str:
    done = CliRunner().invoke(app, words, env=ledger.environment | {"COLUMNS": "5000"}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert done.stdout.replace("\n", "").isprintable()
    return done.stdout


@pytest.mark.long
async def test_no_text_is_obeyed_by_what_prints_it(servers: Servers) -> None:
    numbers = iter(range(1, 1000))
    paths = [path for path in sorted(GOLDEN.glob("*.json")) if "playbook" not in path.name]

    async with fresh_ledger(servers, [PRACTICE]) as ledger:
        for name in ("crm", "billing"):
            await ledger.source(name)
        async with ledger.process("recorder"), ledger.process("projector"):
            loop = asyncio.get_running_loop()

            async def record(text: str) -> int:
                number = next(numbers)
                events = [_hostile(path, text, number) for path in paths]
                opened = next(each for each in events if each["type"] == "daybook.deal_opened.v1")
                opened["data"] |= {"playbook": "practice", "owner": text}
                opened["data"].pop("version", None)
                opened["time"] = "2020-01-01T00:00:00Z"
                closing = ("won", "lost", "abandoned", "event_")
                await ledger.append(*(e for e in events if not any(each in e["type"] for each in closing)))
                await ledger.publish(f"\x1b]0;{text}\a".encode(), "daybook.deal.H-1")
                await ledger.projected()
                return number

            @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
            @given(texts)
            def prints(pieces: list[str]) -> None:
                text = "".join(pieces)[:200]
                assume(reference_key(text))
                number = asyncio.run_coroutine_threadsafe(record(text), loop).result(120)
                pipeline = _printed(ledger, "pipeline")
                opened = json.loads(_printed(ledger, "pipeline", "--json"))["deals"]
                for deal in opened:
                    assert visible(deal["owner"]) in pipeline
                history = _printed(ledger, "history", f"H-{number}")
                [owner] = (deal["owner"] for deal in opened if deal["deal"].endswith(f"H-{number}"))
                assert visible(owner)[:20] in history
                _printed(ledger, "history", f"H-{number}", "--account")
                for words in (
                    ("explain", f"H-{number}"), ("funnel", "practice"), ("ageing",), ("status",),
                    ("quarantine", "list"),
                    ("changes", "--from-known", "1"), ("verify", "--deal", f"H-{number}"), ("source", "list"),
                    ("playbook", "list"), ("reader", "list"), ("changes", "--from-known", "1", "--json"),
                ):  # fmt: skip
                    _printed(ledger, *words)
                waiting = json.loads(_printed(ledger, "quarantine", "list", "--json"))["quarantined"]
                assert "<U+001B>]0;" in _printed(ledger, "quarantine", "show", str(waiting[-1]["sequence"]))

            await asyncio.to_thread(prints)


async def test_an_owner_in_brackets_is_printed_as_he_was_recorded(told: Told) -> None:
    """Through the command's own process, on an encoding that lacks the characters."""
    variables = {name.removeprefix("DAYBOOK_").lower(): value for name, value in told.ledger.environment.items()}
    for words in (("pipeline", "--data", "[/foo]"), ("config", "--data", "/tmp/[/foo]:smile:")):
        code, said, complaint = await daybook(*words, **variables)
        assert code == 0, complaint
    assert "/tmp/[/foo]:smile:" in said


async def test_what_was_typed_wrong_is_told_as_text() -> None:
    for words in (("[/foo]",), ("--\x1b]0;x\a",), ("history", "D-1", "[red]\x1b[31m\u202e"), ("serve", "[/x]\x9b")):
        code, said, complaint = await daybook(*words)
        assert code == 2, complaint
        assert "Error:" in complaint
        assert (said + complaint).replace("\n", "").isprintable()
        assert "Traceback" not in complaint
