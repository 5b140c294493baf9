"""Claims of identities that are being appended: a second request with the same event waits for the first one's
outcome."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from services.intake.journal import Identity, Original
from services.intake.responses import Refusal

Settled = Mapping[Identity, Original] | Refusal | None
"""What became of a request: its events and where they are; the stream is away or full; or it was refused for a reason
that need not hold for others."""


class Claim:
    """The identities that one request is recording."""

    def __init__(self, identities: Collection[Identity]) -> None:
        self.identities = identities
        self.settled: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()

    def settle(self, outcome: Settled) -> None:
        """Tell those who wait; the first time counts."""
        if not self.settled.done():
            self.settled.set_result(outcome)


class InFlight:
    """Claims of this process."""

    def __init__(self) -> None:
        self._claims: dict[Identity, Claim] = {}

    async def wait(self, identities: Collection[Identity]) -> Mapping[Identity, Original] | Refusal:
        """Wait until nobody else records one of these; what was learnt of them, or why nothing can be recorded now.

        Nobody waits while holding a claim, so no two requests wait for each other. The caller takes its own claim
        before it awaits anything else.
        """
        learnt: dict[Identity, Original] = {}
        while others := {claim for each in identities if (claim := self._claims.get(each)) is not None}:
            for other in others:
                outcome = await asyncio.shield(other.settled)
                if isinstance(outcome, Refusal):
                    return outcome
                learnt |= {each: outcome[each] for each in identities if outcome and each in outcome}
        return learnt

    @contextmanager
    def claim(self, identities: Collection[Identity]) -> Iterator[Claim]:
        """Hold identities that nobody else holds."""
        claim = Claim(identities)
        self._claims.update(dict.fromkeys(identities, claim))
        try:
            yield claim
        finally:
            for each in identities:
                del self._claims[each]
            claim.settle(None)
