"""The stream brought back to what the ledger remembers: looked at, and put right if that is wanted.

Whatever happens, each step leaves a state from which the next run goes on:

1. The stream is closed on the server: whoever appends is told that no stream listens, and sends again.
2. What it holds is compared with the journal, and messages that the journal does not know are saved in the database,
   with the numbers that they will have; this commits that a reconciliation is under way. From here on recorder and
   intake refuse to work until it is finished.
3. A stream with other messages or holes is removed and made anew, closed, with the same configuration. Whoever comes
   after a death in here finds no stream, or one that is too short, and writes what it lacks.
4. What it lacks is appended, each batch guarded by the last sequence that it must follow: sequence, time and hash of
   every journal row are what they were.
5. Everything is compared once more. Then the end is committed, and last the stream is opened.

It holds the recorder's lock, so nobody records meanwhile.
"""

import time
from dataclasses import dataclass

from services.endpoints import Endpoints
from services.errors import ClockDiffers, LostLeadership, StillRecording, StreamMismatch
from services.postgres.leader_lock import Lease, leadership
from services.reconcile.plan import Action, Moved
from services.reconcile.steps import Look, Work
from services.recorder.checks import NAMING_S
from services.runtime.progress import Progress
from services.runtime.shutdown import run_until_one_ends
from services.settings import Settings
from services.stream.clock import ahead_s, words
from services.stream.sequence_ranges import told

TIMEOUT_S = 2 * NAMING_S + 10
"""How long a recorder that holds the lock is waited for: one that finds the stream wrong names what differs, and lets
go of it by itself."""
BEGUN = (Action.ADOPT, Action.APPEND, Action.MAKE_ANEW)
"""What is recorded as a reconciliation; to finish one is not another one."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Result of a reconciliation: the findings, and if they were put right."""

    look: Look
    applied: bool
    moved: list[Moved]
    """The numbers of messages that the journal did not know, before and after."""


async def look(settings: Settings, where: Endpoints, progress: Progress) -> Reconciled:
    """Find what a reconciliation would do. Nothing is changed, and a recorder may be at work.

    Raises NotProvisioned, Unavailable, and StreamMismatch when the database belongs to a stream of another name.
    """
    async with Work.on(settings, where, progress) as work:
        found = await work.look("comparing")
        return Reconciled(found, applied=False, moved=await work.moved(found))


async def apply(
    settings: Settings, where: Endpoints, progress: Progress, *, by: str, reason: str, patience_s: float = TIMEOUT_S
) -> Reconciled:
    """Bring the stream back to what the ledger remembers; nothing is done when it is that already.

    Also makes a stream that is gone from the journal. Raises StillRecording while a recorder leads, and StreamMismatch,
    StreamFull or Unavailable when it could not be finished: run again, it goes on where it was.
    """
    done: list[Reconciled] = []

    async def run(lease: Lease) -> None:
        async with Work.on(settings, where, progress, lease) as work:
            done.append(await _apply(work, by, reason))

    patience = time.monotonic() + patience_s

    def stands_by() -> None:
        if time.monotonic() > patience:
            raise StillRecording(
                "A recorder is at work, and nothing else may change the stream meanwhile. Stop every recorder (or "
                "`daybook up`), and run this again."
            )

    try:
        async with leadership(where.database_url, "recorder", stands_by) as lease:
            await run_until_one_ends(run(lease), lease.watch())
    except LostLeadership as error:
        raise StillRecording(f"The recorder's lock was lost on the way: {error} Run this again; it goes on.") from error
    return done[0]


async def _apply(work: Work, by: str, reason: str) -> Reconciled:
    found = await work.look("comparing")
    if found.action is Action.NONE:
        return Reconciled(found, applied=False, moved=[])
    if found.found is not None and (difference := words(ahead_s(found.found))) is not None:
        raise ClockDiffers(f"{difference} Until then nothing can be put back at the right time.")
    _refuse_to_lose(found)
    await work.close()
    found = await work.look("comparing")  # now that nobody appends any more
    _refuse_to_lose(found)
    if found.action in BEGUN:
        await work.save(found, by, reason)
    if found.action is Action.MAKE_ANEW:
        await work.make_anew(found)
    await work.write()
    after = await work.look("checking")
    if after.found is None or not after.comparison.fits:
        raise StreamMismatch(f"The stream still is not what it must be: {after.comparison.words()}. Run this again.")
    moved = await work.moved(after)
    await work.end(after.found.created_at)
    await work.open()
    return Reconciled(found, applied=True, moved=moved)


def _refuse_to_lose(look: Look) -> None:
    """A stream that has other copies is not removed while they may have what the leading one lacks."""
    if look.found is not None and look.comparison.lost and look.found.copies > 1:
        name, others = look.found.name, look.found.copies - 1
        raise StreamMismatch(
            f"The leading copy of the stream {name} lacks messages that the journal does not have either: "
            f"{told(look.comparison.lost)}. The other {others} may have them, so nothing was removed. Let another copy "
            f"lead (`nats stream cluster step-down {name}`), or empty the disk of the server that leads, and run this "
            "again. If all have led and none has them, reduce the stream to one copy "
            f"(`nats stream edit {name} --replicas 1`), and run this again."
        )
