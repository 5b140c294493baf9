"""A ledger with something recorded, its reconciliation, and what must be true afterwards."""

from dataclasses import dataclass, field
from typing import Any

from services.audit.verify import verify
from services.reconcile import reconcile
from services.reconcile.plan import Action
from services.reconcile.reconcile import Reconciled
from services.stream.configuration import configuration, differences
from services.stream.quiesce import is_closed
from services.stream.state import find
from tests.integration.query.test_verify import Heard as Checked
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import assert_recorded, journal
from tests.ledger import STREAM_MAX_BYTES, Ledger


@dataclass
class Heard:
    """Listener that keeps what a reconciliation says while it works."""

    steps: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def begins(self, step: str, total: int | None) -> None:
        self.steps.append(step)
        self.done[step] = 0

    def advances(self, parts: int) -> None:
        self.done[self.steps[-1]] += parts


async def looked(ledger: Ledger) -> Reconciled:
    """The dry run."""
    return await reconcile.look(ledger.settings, ledger.endpoints, Heard())


async def applied(ledger: Ledger, patience_s: float = 5) -> Reconciled:
    """Apply a reconciliation; returns what was done."""
    return await reconcile.apply(
        ledger.settings, ledger.endpoints, Heard(), by="Li", reason="a test", patience_s=patience_s
    )


async def recorded(ledger: Ledger, count: int = 10) -> list[dict[str, Any]]:
    """So many calls, recorded and projected; gives the journal's rows."""
    await ledger.append(*[call(id=f"recorded {number}") for number in range(count)])
    return await everything(ledger)


async def everything(ledger: Ledger) -> list[dict[str, Any]]:
    """Recorder and projector have caught up with the stream; gives the journal's rows."""
    async with ledger.process("recorder"), ledger.process("projector"):
        await ledger.recorded()
        await ledger.projected()
    return [dict(row) for row in await journal(ledger)]


async def assert_whole(ledger: Ledger, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stream is open and as it must be; every row is what it was; recorder, projector and check go on from there.

    Gives the journal's rows, those that have come since included.
    """
    nc = await ledger.nats()
    found = await find(nc, ledger.settings.stream)
    assert found is not None
    assert not is_closed(found.configuration)
    assert differences(configuration(ledger.settings, STREAM_MAX_BYTES), found.configuration) == {}
    assert (await looked(ledger)).look.action is Action.NONE
    rows = await everything(ledger)
    assert rows[: len(before)] == before
    await assert_recorded(ledger)
    checked = await verify(await ledger.connect("daybook_query"), nc, ledger.settings.stream, Checked())
    assert checked["ok"], checked["differences"]
    return rows
