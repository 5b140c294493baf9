"""Facts of a story as events of one source, and readers who ask over HTTP and by commands, and must hear the same."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from tests.command import run_in_process

SOURCE = "crm"
Fact = dict[str, Any]


class Person(NamedTuple):
    """Somebody of ours, in a department."""

    name: str
    department: str


def fact(day: str, who: Person, subject: str, name: str, /, *, id: str | None = None, **data: Any) -> Fact:
    """An event at ten in the morning of a day in Shanghai, or at the time that `day` names behind a T.

    `name` may end in a version, such as `contract_signed.v2`. The id is made of subject, name and day where none is
    given.
    """
    return {
        "specversion": "1.0",
        "id": id or f"{subject}/{name}/{day}",
        "source": SOURCE,
        "type": f"daybook.{name}" if "." in name else f"daybook.{name}.v1",
        "subject": subject,
        "time": f"{day if 'T' in day else f'{day}T10:00'}:00+08:00",
        "actor": who.name,
        "department": who.department,
        "data": data,
    }


def of(id: str) -> dict[str, str]:
    """A reference to an event of the stories."""
    return {"source": SOURCE, "id": id}


@dataclass
class Told:
    """The ledger to which all stories were told."""

    query: httpx.AsyncClient
    environment: dict[str, str]
    """Variables by which commands find it."""
    at: dict[str, int] = field(default_factory=dict)
    """Sequence of each event by its id."""

    async def get(self, path: str, **asked: Any) -> Any:
        """The answer to a GET request; its status must be 200."""
        answer = await self.query.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def command(self, *words: str) -> str:
        """Standard output of a command; it must end with 0."""
        code, output, complaint = await run_in_process(self.environment, *words)
        assert code == 0, f"daybook {' '.join(words)}: {code}\n{output}{complaint}"
        return output

    async def json(self, *words: str) -> Any:
        """The document that a command prints with --json."""
        return json.loads(await self.command(*words, "--json"))

    async def ask(self, report: str, **asked: Any) -> Any:
        """The answer of a report over HTTP, which the command must give as well. `from` is written `from_`."""
        given = {name.rstrip("_"): value for name, value in asked.items()}
        answer = await self.get(f"/reports/{report}", **given)
        options = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        assert await self.json("report", report, *options) == answer
        return answer

    async def figures(self, report: str, key: str, names: str, **asked: Any) -> dict[Any, Any]:
        """Figures of each row of a report by its key; of several names lists, of several parts of the key tuples."""
        rows = (await self.ask(report, **asked))["rows"]
        return {_one(tuple(row[each] for each in key.split())): _one([row[each] for each in names.split()])
                for row in rows}  # fmt: skip

    async def totals(self, report: str, **asked: Any) -> dict[str, Any]:
        """Totals of a report."""
        totals: dict[str, Any] = (await self.ask(report, **asked))["totals"]
        return totals

    async def stands(self, deal: str, as_of: str) -> tuple[Any, ...]:
        """Stage, phase and probability of a deal at the end of a day."""
        (row,) = (await self.ask("deal", deal=deal, as_of=as_of))["rows"]
        return row["stage"], row["phase"], row["probability"]


def _one(values: Any) -> Any:
    return values[0] if len(values) == 1 else values
