"""An older projector waits with what a newer recorder has recorded; whatever else there is it projects."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.events import UnknownType
from projections.replay.entry import lane_of
from projections.views import VIEWS
from services.ledger import journal as reading
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import event, turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger
from tests.service import until

NEWER = "daybook.account_registered.v1"


def older(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """As a version reads that does not know the type."""

    def reader(type_: str) -> Any:
        if type_ == NEWER:
            raise UnknownType(type_)
        return read(type_)

    return reader


async def test_a_type_of_a_newer_version_stops_its_own_lane_until_the_projector_is_updated(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(each for each in turmoil(seed=44, events=300) if each["type"] != NEWER)
    at = journal.entries[-1].cloud_event.occurred_at
    last = await journal.record(owner, event("account_registered", "account/A-new", at, "any", name="New"))
    schema = (await served(owner)).schema
    troubles: list[Exception] = []

    async def positions() -> dict[int, int]:
        return {
            row["lane"]: row["sequence"] for row in await owner.fetch(f'select lane, sequence from "{schema}".lane')
        }

    async def others_are_done() -> bool:
        done = {lane for lane, sequence in (await positions()).items() if sequence == last}
        return bool(troubles) and done == set(range(16)) - {lane_of("account/A-new")}

    with monkeypatch.context() as version:
        version.setattr(reading, "_reader", older(reading._reader))
        async with projecting(empty_ledger, on_trouble=troubles.append):
            await until(others_are_done, "the other lanes are not done")
    assert all(NEWER in str(each) and "newer version" in str(each) for each in troubles)

    async with projecting(empty_ledger):
        await empty_ledger.projected(last)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))
    assert await owner.fetchval("select count(*) from reporting.stale") == 0
