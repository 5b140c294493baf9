"""README's examples do what they say: each is run as it stands, on the addresses of a ledger of its own."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.up import REPOSITORY, Up, running_up

README = REPOSITORY / "README.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MAX_LINES = 250

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Block:
    """An example."""

    language: str
    text: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found.groups()) for found in _BLOCK.finditer(path.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    async with running_up(tmp_path_factory.mktemp("readme") / "ledger", settings={"timezone": "Asia/Shanghai"}) as up:
        yield up


def placed(text: str, up: Up) -> str:
    """An example at the addresses of this ledger."""
    run = up.run
    for written, found in (
        ("http://127.0.0.1:8080", run["intake_url"]),
        ("http://127.0.0.1:8081", run["query_url"]),
        ("http://127.0.0.1:8084", run["notary_url"]),
        ("nats://127.0.0.1:4222", run["emitter_nats_url"]),
        ("~/ledger", str(up.data)),
    ):
        text = text.replace(written, str(found))
    return text


async def run(up: Up, *command: str, token: str, text: str = "") -> str:
    """A program to its end, with the installed command on the path."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DAYBOOK_DATA": str(up.data),
            "TOKEN": token,
        },
    )
    async with asyncio.timeout(120):
        output, _ = await process.communicate(text.encode())
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_every_example_runs_in_order(up: Up) -> None:
    """Shell lines together, so that what one sets the next ones have; `text` blocks are for servers of one's own."""
    token, sent = "", []
    for block in blocks(README):
        text = placed(block.text, up)
        match block.language:
            case "sh":
                printed = await run(
                    up, "bash", "-euo", "pipefail", "-s", token=token, text=f"{text}\necho TOKEN=$TOKEN"
                )
                token = printed.rsplit("TOKEN=", 1)[1].strip()
                sent += re.findall(r'^\{"id":"(crm-\d)"', printed, re.MULTILINE)
            case "python":
                printed = await run(up, sys.executable, "-", token=token, text=text)
                sent.append(re.search(r"crm-\d", printed)[0])  # type: ignore[index]
            case "js":
                printed = await run(up, "node", "--input-type=module", "-", token=token, text=text)
                sent.append(re.search(r"crm-\d", printed)[0])  # type: ignore[index]
            case "sql":
                await _read(up, text)
    assert sent == ["crm-1", "crm-2", "crm-3", "crm-4"]
    history = json.loads(await run(up, "daybook", "history", "D-1", "--json", token=token))
    assert {each["id"] for each in history["entries"]} == set(sent)


async def _read(up: Up, text: str) -> None:
    reader = await asyncpg.connect(up.run["sql_url"])
    try:
        for statement in text.split(";"):
            if statement.strip():
                await reader.fetch(statement)
    finally:
        await reader.close()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_first_page_is_short(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES


@pytest.mark.parametrize(
    "path",
    sorted(path for path in REPOSITORY.rglob("*.md") if not {".venv", "node_modules"} & set(path.parts)),
    ids=lambda path: str(path.relative_to(REPOSITORY)),
)
def test_every_link_between_files_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_both_languages_show_the_same_examples() -> None:
    """Comments apart."""

    def plain(block: Block) -> str:
        return re.sub(r"(?m)(^|\s)(#|--).*$", "", block.text).strip()

    ours = [(each.language, plain(each)) for each in blocks(README) if each.language not in ("", "mermaid")]
    theirs = [(each.language, plain(each)) for each in blocks(REPOSITORY / "README.zh.md")
              if each.language not in ("", "mermaid")]  # fmt: skip
    assert ours == theirs
