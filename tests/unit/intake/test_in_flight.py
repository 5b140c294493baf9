"""One identity is recorded by one request at a time; who waits learns what became of it."""

import asyncio

from services.intake.in_flight import InFlight
from services.intake.journal import Original
from services.intake.responses import Refusal

ONE, TWO = ("crm", "1"), ("crm", "2")
WHERE = Original(7, "daybook.call_made.v1", "deal/D-1", b"{}")


async def waiting(in_flight: InFlight, *identities: tuple[str, str]) -> asyncio.Task[object]:
    task: asyncio.Task[object] = asyncio.create_task(in_flight.wait(identities))
    await asyncio.sleep(0)
    return task


async def test_nobody_waits_for_others_identities() -> None:
    in_flight = InFlight()
    with in_flight.claim([ONE]):
        assert await in_flight.wait([TWO]) == {}


async def test_who_waits_learns_where_the_event_is() -> None:
    in_flight = InFlight()
    with in_flight.claim([ONE, TWO]) as claim:
        waits = await waiting(in_flight, ONE)
        claim.settle({ONE: WHERE, TWO: WHERE})
    assert await waits == {ONE: WHERE}


async def test_who_waits_for_a_refused_request_may_try_itself() -> None:
    in_flight = InFlight()
    with in_flight.claim([ONE]):
        waits = await waiting(in_flight, ONE)
    assert await waits == {}


async def test_while_the_stream_is_away_nobody_waits_for_each_other_in_turn() -> None:
    in_flight = InFlight()
    away = Refusal("stream_away", "gone")
    with in_flight.claim([ONE]) as claim:
        waits = [await waiting(in_flight, ONE) for _ in range(3)]
        claim.settle(away)
    assert await asyncio.gather(*waits) == [away] * 3


async def test_a_claim_ends_with_its_request_whatever_happens_in_it() -> None:
    in_flight = InFlight()
    try:
        with in_flight.claim([ONE]):
            waits = await waiting(in_flight, ONE)
            raise TimeoutError
    except TimeoutError:
        pass
    assert await waits == {}
    assert await in_flight.wait([ONE]) == {}
