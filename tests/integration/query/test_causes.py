"""Whatever was told: the causes of a row that sums up many are the entries at which the report's row came to differ."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import pytest

from services.errors import NotKnown
from services.query.former_answers import BUCKETS, ageing, changes, funnel
from services.query.moment import Between, Moment
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import Event, event, published, turmoil
from tests.integration.projector.working import projecting
from tests.ledger import Ledger, fresh_ledger
from tests.playbooks import CLAIMED, PRACTICE
from tests.servers import Servers

AS_OF = datetime(2026, 1, 25, tzinfo=UTC)
PLAYBOOKS = ("practice", "claimed", "never_published")
Key = tuple[Any, ...]
Rows = dict[Key, Any]


@dataclass
class Asked:
    """A ledger after everything was told."""

    connection: asyncpg.Connection
    last: int

    async def rows(self, report: str, playbook: str | None, known_at: int) -> Rows:
        """The rows of a report."""
        moment = Moment(AS_OF, known_at)
        if report == "ageing":
            found = (await ageing(self.connection, moment))["currencies"]
            return {(currency, line): said for currency, lines in found.items() for line, said in lines.items()}
        try:
            answer = cast("dict[str, Any]", await funnel(self.connection, cast("str", playbook), moment))
        except NotKnown:
            return {("outcome",): _outcome({})}
        return {("outcome",): _outcome(answer)} | {(each["stage"],): each for each in answer["stages"]}

    async def causes(self, report: str, playbook: str | None, from_known: int, to_known: int) -> dict[Key, list[int]]:
        """The rows that differ, and the causes that are named."""
        answer = await changes(self.connection, Between(AS_OF, from_known, to_known), report, playbook)
        return {_key(each["key"]): [cause["sequence"] for cause in each["causes"]] for each in answer["changes"]}


async def _agree(asked: Asked, report: str, playbook: str | None = None) -> int:
    """Compares many pairs of states of knowledge; gives how many causes it has seen."""
    known = [await asked.rows(report, playbook, sequence) for sequence in range(asked.last + 1)]
    pairs = [(0, asked.last), *((start, start + 1) for start in range(asked.last))]
    pairs += [(start, min(start * 3 + 20, asked.last)) for start in range(0, asked.last, 17)]
    seen = 0
    for start, end in pairs:
        if report == "funnel" and len(known[start]) == len(known[end]) == 1:
            continue
        wanted = {
            key: [at for at in range(start + 1, end + 1) if _says(known[at - 1], key) != _says(known[at], key)]
            for key in {*known[start], *known[end]}
            if _says(known[start], key) != _says(known[end], key)
        }
        assert await asked.causes(report, playbook, start, end) == wanted, (start, end)
        seen += sum(map(len, wanted.values()))
    return seen


@pytest.fixture(params=[61, 62])
async def asked(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Asked]:
    async with fresh_ledger(servers, []) as ledger:
        yield await _told(ledger, turmoil(seed=request.param, events=220, deals=6, accounts=2))


@pytest.mark.long_cases
async def test_the_causes_of_ageing_lines_are_where_they_changed(asked: Asked) -> None:
    assert await _agree(asked, "ageing") > 100


@pytest.mark.long_cases
async def test_the_causes_of_funnel_rows_are_where_they_changed(asked: Asked) -> None:
    assert sum([await _agree(asked, "funnel", playbook) for playbook in PLAYBOOKS]) > 100


async def test_what_changes_nothing_in_a_line_is_no_cause_of_it(empty_ledger: Ledger) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    owed = {"amount": "100", "currency": "CNY", "due_on": "2026-02-01"}
    asked = await _told(
        empty_ledger,
        [
            event("invoice_issued", "account/A", day, "i1", invoice="I-1", **owed),
            event("receivable_disputed", "account/A", day, "d1", invoice="I-1"),
            event("payment_received", "account/A", day, "p1", payment="P-1", amount="40", currency="CNY",
                  allocations=[{"invoice": "I-1", "amount": "40"}]),
        ],
    )  # fmt: skip
    assert await asked.causes("ageing", None, 0, 3) == {
        ("CNY", "not_due"): [1, 3],
        ("CNY", "disputed"): [2, 3],
        ("CNY", "balance"): [1, 3],
    }
    (line,) = (
        each
        for each in (await changes(asked.connection, Between(AS_OF, 0, 3), "ageing"))["changes"]
        if each["key"]["line"] == "not_due"
    )
    assert (line["before"], line["after"]) == ({"items": 0, "amount": "0.00"}, {"items": 1, "amount": "60.00"})
    await _agree(asked, "ageing")


async def test_a_new_owner_is_no_cause_and_a_publication_is(empty_ledger: Ledger) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    asked = await _told(
        empty_ledger,
        [
            published(PRACTICE),
            event("deal_opened", "deal/D", day, "o1", playbook="practice", amount="10", currency="CNY"),
            event("deal_reassigned", "deal/D", day, "r1", owner="Wu"),
            published(CLAIMED),
            event("deal_opened", "deal/E", day, "o2", playbook="practice", amount="0", currency="USD"),
            event("deal_opened", "deal/F", day, "o3", playbook="practice"),
            # Nothing but that a currency is there, and of the second nothing at all.
            event("deal_revised", "deal/E", day, "v1", amount="0", currency="EUR"),
            event("deal_revised", "deal/F", day, "v2", amount="0", currency="EUR"),
        ],
    )
    assert await asked.causes("funnel", "practice", 1, 8) == {(None,): [2, 5, 6, 7], ("outcome",): [2, 5, 6]}
    stages = {(None,), *((number + 1,) for number in range(len(CLAIMED.stages)))}
    assert await asked.causes("funnel", "claimed", 3, 8) == {stage: [4] for stage in stages}
    for playbook in ("practice", "claimed"):
        await _agree(asked, "funnel", playbook)


async def test_a_playbook_that_nobody_follows_any_more_is_no_longer_known(empty_ledger: Ledger) -> None:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    opened = event("deal_opened", "deal/D", day, "o1", playbook="never_published")
    void = {"target": {"source": "crm", "id": "o1"}, "reason": "twice", "approver": "Li"}
    asked = await _told(empty_ledger, [opened, event("event_voided", "deal/D", day, "v1", **void)])
    assert await asked.causes("funnel", "never_published", 1, 2) == {(None,): [2], ("outcome",): [2]}


async def _told(ledger: Ledger, events: list[Event]) -> Asked:
    connection = await ledger.connect()
    journal = Journal()
    await journal.record(connection, *events)
    async with projecting(ledger):
        await ledger.projected(journal.last)
    return Asked(connection, journal.last)


def _key(key: dict[str, Any]) -> Key:
    return (key["currency"], key["line"]) if "currency" in key else (key.get("line", key.get("stage")),)


def _says(rows: Rows, key: Key) -> Any:
    """Return the figures of a row; where a currency has no row, the figures say that nothing is owed."""
    if key in rows or len(key) == 1:
        return rows.get(key)
    return {"items": 0, "amount": "0.00"} if key[1] in BUCKETS else "0.00"


def _outcome(answer: dict[str, Any]) -> dict[str, Any]:
    nothing: dict[str, Any] = {"open": 0, "won": 0, "lost": 0, "abandoned": 0, "won_amounts": {}, "win_rate": None}
    return {name: answer.get(name, without) for name, without in nothing.items()}
