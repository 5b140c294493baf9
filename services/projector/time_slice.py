"""Time slices of lanes: a fold yields to the event loop every 50 ms. So it starves neither other lanes nor the
connections that hold the locks."""

import asyncio
from time import monotonic

from services.ledger.journal import Connection

TURN_S = 0.05
"""So long one lane folds before the others, and the connections that hold the locks, have their turn."""
SPEAK_S = 0.5
"""PostgreSQL ends what says nothing within a transaction for `projector.FORGET_S`: so often it is spoken to."""


class TimeSlice:
    """Time slice of one lane; call `next` between any two entries."""

    def __init__(self, transaction: Connection | None = None) -> None:
        """`transaction`: one that is open meanwhile, and nobody else uses."""
        self._transaction = transaction
        self._began = self._spoke = monotonic()

    async def next(self) -> None:
        """Let other lanes have their turn, if this lane has folded for longer than `TURN_S`.

        Runs `select 1` in the open transaction every `SPEAK_S`, or PostgreSQL would end it for being idle.
        """
        if monotonic() - self._began <= TURN_S:
            return
        await asyncio.sleep(0)
        if self._transaction is not None and monotonic() - self._spoke > SPEAK_S:
            await self._transaction.execute("select 1")
            self._spoke = monotonic()
        self._began = monotonic()
