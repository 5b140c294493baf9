"""Lookup of duplicates that the stream refused: which event, where, and with what content.

The stream refuses a whole batch for one duplicate and does not say which it is. The journal does, as soon as the
recorder has passed the stream's end.
"""

from collections.abc import Collection, Mapping, Sequence

import structlog
from nats.aio.client import Client

from contracts.cloudevents.envelope import CloudEvent
from services.intake.journal import Identity, Journal, Original, Question
from services.intake.responses import Refusal
from services.stream.read import message_at
from services.stream.state import state

log = structlog.get_logger()

TIMEOUT_S = 5.0
"""How long the recorder may take to pass the stream's end."""
PATIENCE_ALONE_S = 1.0
"""The same for a single event, which the stream can show as well."""


class Duplicates:
    """Asks the journal, after waiting for the recorder, and for a single event the stream itself."""

    def __init__(self, nc: Client, stream: str, journal: Journal) -> None:
        self._nc = nc
        self._stream = stream
        self._journal = journal

    async def among(self, events: Sequence[CloudEvent], sequence: int | None) -> Mapping[Identity, Original] | Refusal:
        """Finds which of these are in the ledger, now that the stream has answered duplicate.

        `sequence` is where the stream has a single event. Raises Unavailable.
        """
        end = (await state(self._nc, self._stream)).last_sequence
        if await self._journal.passed(end, TIMEOUT_S if sequence is None else PATIENCE_ALONE_S):
            identities = [event.identity for event in events]
            known = await self._journal.look(Question(identities))
            if known is not None and (found := _of(identities, known.originals)):
                return found
        if sequence is not None:
            return await self._in_stream(events[0], sequence)
        log.warning("duplicates_not_resolved", events=len(events), stream_end=end)
        return Refusal(
            "unresolved",
            "Some of these events are in the stream, and the journal cannot be asked which. Nothing was recorded; send "
            "all of it again, unchanged.",
        )

    async def _in_stream(self, event: CloudEvent, sequence: int) -> Mapping[Identity, Original] | Refusal:
        message = await message_at(self._nc, self._stream, sequence)
        if message is None:
            return Refusal("unresolved", f"The stream names sequence {sequence}, but does not give it.")
        return {event.identity: Original(sequence, event.type, event.subject, message.data)}

    async def subjects_by_now(self, subjects: Collection[str]) -> Collection[str] | None:
        """Subjects of these that are known, now that the recorder has passed the stream's end. None if it has not.

        Raises Unavailable.
        """
        end = (await state(self._nc, self._stream)).last_sequence
        if not await self._journal.passed(end, TIMEOUT_S):
            return None
        known = await self._journal.look(Question((), subjects))
        return None if known is None else known.subjects

    async def versions_by_now(self, playbooks: Collection[str]) -> dict[str, set[int]] | None:
        """Versions that are published, now that the recorder has passed the stream's end. None if it has not.

        Raises Unavailable.
        """
        end = (await state(self._nc, self._stream)).last_sequence
        return await self._journal.versions(playbooks) if await self._journal.passed(end, TIMEOUT_S) else None


def _of(identities: Sequence[Identity], originals: Mapping[Identity, Original]) -> Mapping[Identity, Original]:
    return {each: originals[each] for each in identities if each in originals}
