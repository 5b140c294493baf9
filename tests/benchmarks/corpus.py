"""Events for whole ledgers: a story of deals, told by as many deals as it takes, about 400 bytes each.

One small story is told over and over under other names and a little later each time, so that a million events take
seconds to make and at any time thousands of deals are under way. The same numbers give the same events.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from contracts.cloudevents.envelope import MAX_BATCH, read_event
from contracts.playbooks.shipped import shipped
from services.demo.facts import SOURCES
from services.stream.append import Appended, Message, append, message_of
from tests.benchmarks.deals import tell
from tests.ledger import Ledger

LATE_BY = timedelta(days=20)
"""What comes late comes so much later at most."""
_DEALS = 400
"""Of the small story: about 9,500 events."""
_LATER = timedelta(minutes=37)
"""Each telling begins so much later than the one before, unless said otherwise."""
_BYTES = 400
_NAMES = re.compile(rf"\b(D|A|C|{'|'.join(SOURCES)})-(?=[0-9])")
"""Before the numbers of deals, accounts, contracts and events, wherever they stand."""

Arrival = tuple[datetime, int, int]
"""When an event comes, in which telling, and its place in the small story."""


@dataclass(frozen=True, slots=True)
class _Line:
    """An event of the small story, ready to be told again: NUL stands for the telling, SOH for the time."""

    at: datetime
    subject: str
    identity: str
    text: str


def corpus(events: int, late: float = 0.0, later: timedelta = _LATER) -> Iterator[Message]:
    """So many events in the order in which they happened, but for a share that comes late.

    Each telling begins so much `later` than the one before; below zero, earlier. The playbook that they follow is not
    among them: `daybook init` publishes it.
    """
    lines = _small_story()
    tellings = range(-(-events // len(lines)))
    arrivals: list[Arrival] = sorted(
        (line.at + telling * later, telling, place) for telling in tellings for place, line in enumerate(lines)
    )[:events]
    for _, telling, place in _delayed(arrivals, late):
        line = lines[place]
        tag = f"{telling:04d}-"
        at = (line.at + telling * later).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = line.text.replace("\0", tag).replace("\1", at)
        yield Message(line.subject.replace("\0", tag), line.identity.replace("\0", tag), text.encode())


def events_of(deals: int) -> int:
    """Number of events that tell the stories of so many deals, rounded up to whole tellings."""
    return -(-deals // _DEALS) * len(_small_story())


def one_account(entries: int, late: float = 0.0, filled_in: float = 0.0) -> Iterator[Message]:
    """An account with an invoice every hour, each paid a day later.

    `filled_in`: that share of all, every second of the last entries, is sent when all others are there, newest first.
    """
    begins = datetime(2025, 1, 6, 9, tzinfo=UTC)
    arrivals: list[Arrival] = sorted(
        (begins + timedelta(hours=number) + timedelta(days=1, minutes=30) * paid, number, paid)
        for number in range(entries // 2)
        for paid in (0, 1)
    )
    gaps = len(arrivals) - 2 * int(len(arrivals) * filled_in)
    arrivals = [*arrivals[:gaps], *arrivals[gaps::2], *arrivals[gaps + 1 :: 2][::-1]]
    for _, number, paid in _delayed(arrivals, late):
        at = begins + timedelta(hours=number) + timedelta(days=1, minutes=30) * paid
        yield _payment(number, at) if paid else _invoice(number, at)


async def send(ledger: Ledger, messages: Iterable[Message]) -> int:
    """Append them to a ledger's stream as intake would; how many there were."""
    nc = await ledger.nats()
    source, sent = iter(messages), 0
    while batch := list(islice(source, MAX_BATCH)):
        outcome = await append(nc, ledger.settings.stream, batch)
        assert isinstance(outcome, Appended), outcome
        sent += len(batch)
    return sent


def _delayed(arrivals: Sequence[Arrival], late: float) -> Iterable[Arrival]:
    if not late:
        return arrivals
    draw = Random(7)
    return sorted(
        (at + draw.random() * LATE_BY if draw.random() < late else at, telling, place)
        for at, telling, place in arrivals
    )


@cache
def _small_story() -> Sequence[_Line]:
    playbook = next(each for each in shipped() if each.key == "project")
    return [_line(_filled(event)) for event in tell(playbook, _DEALS).main]


def _line(event: Mapping[str, Any]) -> _Line:
    subject, identity, data = message_of(read_event(event))
    text, time = data.decode(), str(event["time"]).replace("+00:00", "Z")
    assert text.count(time) == 1, text
    at = datetime.fromisoformat(event["time"])
    return _Line(at, _open(subject), _open(identity), _open(text).replace(time, "\1"))


def _open(text: str) -> str:
    return _NAMES.sub("\\g<0>\0", text)


def _filled(event: Mapping[str, Any]) -> dict[str, Any]:
    """With the attributes that big companies' systems add, about 400 bytes in canonical form."""
    filled = {**event, "correlationid": f"lead-to-cash:{event['subject']}", "department": "华东区 · 政企二部"}
    lacking = _BYTES - len(read_event(filled).canonical) - len('"causationid":"",')
    if lacking > 0:
        filled["causationid"] = hashlib.sha512(str(event["id"]).encode()).hexdigest()[:lacking]
    return filled


def _invoice(number: int, at: datetime) -> Message:
    return _of_account("billing", "invoice_issued", f"I{number}", at, invoice=f"INV-{number}", amount="1200.00",
                       currency="CNY", due_on=(at + timedelta(days=30)).date().isoformat())  # fmt: skip


def _payment(number: int, at: datetime) -> Message:
    return _of_account("bank", "payment_received", f"P{number}", at, payment=f"PAY-{number}", amount="1200.00",
                       currency="CNY", allocations=[{"invoice": f"INV-{number}", "amount": "1200.00"}])  # fmt: skip


def _of_account(source: str, event: str, id_: str, at: datetime, **data: Any) -> Message:
    said = {"specversion": "1.0", "id": id_, "source": source, "type": f"daybook.{event}.v1", "time": at.isoformat(),
            "subject": "account/BIG", "data": data}  # fmt: skip
    return message_of(read_event(_filled(said)))
