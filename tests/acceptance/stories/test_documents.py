"""Every command of projections/documents.md gives the answer that its row says, on the ledger of the stories."""

import asyncio
import json
import re
import shlex
from typing import Any, NamedTuple

import pytest

from tests.acceptance.stories.telling import Told
from tests.up import REPOSITORY

DOCUMENTS = REPOSITORY / "projections" / "documents.md"
NUMBERS = {"000": 29, "001": 22, "002": 25, "003": 29, "004": 33}
"""Sentences of each document that ask a ledger for something."""
_ADDRESS = "http://127.0.0.1:8081"
_CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """A row of the table."""

    document: str
    number: int
    says: str
    answer: str
    commands: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """Words that stand in the answer."""
        return _CODE.findall(self.answer)


def rows() -> list[Row]:
    found = []
    for line in DOCUMENTS.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d", line):
            number, says, answer, commands = (cell.strip() for cell in line.strip("|").split("|"))
            document, place = number.split(".")
            found.append(Row(document, int(place), says, answer, tuple(_CODE.findall(commands))))
    return found


def test_every_sentence_has_its_row() -> None:
    places = [(row.document, row.number) for row in rows()]
    assert places == [(document, place) for document, last in NUMBERS.items() for place in range(1, last + 1)]


def test_a_row_says_what_is_said_and_how_it_is_answered() -> None:
    for row in rows():
        assert re.search(r"[\u4e00-\u9fff]", row.says), row
        assert row.answer.endswith("."), row
        assert row.commands, row


@pytest.mark.long
@pytest.mark.parametrize("document", NUMBERS)
async def test_every_command_gives_the_answer_that_its_row_says(told: Told, document: str) -> None:
    answers: dict[str, str] = {}
    for row in rows():
        if row.document == document:
            for command in row.commands:
                if command not in answers:
                    answers[command] = await _answer(told, command)
            said = "\n".join(answers[command] for command in row.commands)
            assert [word for word in row.words if word not in said] == [], f"{row}\n{said}"


@pytest.mark.long
async def test_the_ledger_of_the_stories_is_sound(told: Told) -> None:
    """All that was told is recorded, and the views are what it says."""
    verified = await told.json("verify")
    assert (verified["ok"], verified["differences"]) == (True, [])
    assert verified["entries"] >= len(told.at)


async def _answer(told: Told, command: str) -> str:
    """The answer of a command, in JSON where it can be had; it says something, and has rows if it is a list."""
    program, *words = shlex.split(command)
    if program == "curl":
        return await _fetched(words, str(told.query.base_url).rstrip("/"))
    assert program == "daybook", command
    printed = await told.command(*words)
    assert printed.strip(), command
    if "--csv" in words:
        assert len(printed.splitlines()) > 1, command
        return printed
    answer: dict[str, Any] = await told.json(*words)
    lists = [value for value in answer.values() if isinstance(value, list)]
    assert not lists or any(lists), f"{command}: {answer}"
    return json.dumps(answer, ensure_ascii=False)


async def _fetched(words: list[str], address: str) -> str:
    asked = [word.replace(_ADDRESS, address) for word in words]
    process = await asyncio.create_subprocess_exec("curl", *asked, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    assert process.returncode == 0, asked
    assert len(output.splitlines()) > 1 or output.startswith(b"{"), asked
    return output.decode()
