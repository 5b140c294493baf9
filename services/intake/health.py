"""Health of intake: the stream takes an event now, keeps it, and is the one that the ledger remembers."""

from nats.aio.client import Client

from services.errors import Unavailable
from services.intake.append_service import Door
from services.intake.group_commit import GroupCommit
from services.intake.nats_intake import NatsDoor
from services.intake.stream_watch import StreamWatch
from services.runtime.disk_space import Disk
from services.runtime.health import Health, Reason
from services.settings import Settings
from services.stream.clock import StreamClock
from services.stream.configuration import MAX_MESSAGE_BYTES, configuration, differences
from services.stream.state import StreamState, find

ROOM_BYTES = MAX_MESSAGE_BYTES + 1024
"""With less room than the largest message takes, the stream counts as full."""
_COPIES = "num_replicas"
"""How many copies there are is for whoever makes the stream; services need not be told."""


class IntakeHealth:
    """Looks at the stream."""

    def __init__(
        self,
        settings: Settings,
        door: Door,
        nc: Client,
        watch: StreamWatch,
        clock: StreamClock,
        disk: Disk,
        group: GroupCommit,
        nats_door: NatsDoor,
    ) -> None:
        self._settings = settings
        self._door = door
        self._nc = nc
        self._watch = watch
        self._clock = clock
        self._disk = disk
        self._group = group
        self._nats_door = nats_door

    async def check(self) -> Health:
        """Checks intake's health now. PostgreSQL or the NATS door may be away: intake takes events all the same."""
        await self._watch.check()
        journal, nats_door = self._watch.journal_answers, await self._nats_door.connected()
        state = {"journal": journal, "nats_door": nats_door, "sources": self._door.sources.loaded}
        figures = {"daybook_intake_journal_away": float(not journal)}
        figures["daybook_intake_nats_door_away"] = float(not nats_door)
        reasons = []
        if not self._door.sources.loaded:
            reasons.append(Reason("sources_unknown", "The sources could not be read yet: nobody would be let in."))
        try:
            found = await find(self._nc, self._settings.stream) if self._nc.is_connected else None
        except Unavailable:
            found = None
        else:
            if found is None and self._nc.is_connected:
                reasons.append(Reason("stream_missing", f"There is no stream {self._settings.stream}."))
                return Health(reasons, state, figures)
        if (difference := await self._clock.difference()) is not None:
            reasons.append(Reason("clock_differs", difference))
        if (ahead := self._clock.ahead_s) is not None:
            figures["daybook_intake_clock_ahead_seconds"] = ahead
        if (low := self._disk.low) is not None:
            reasons.append(Reason("disk_low", low))
        if (free := self._disk.free_bytes) is not None:
            figures["daybook_intake_disk_free_bytes"] = float(free)
        if found is None:
            reasons.append(Reason("stream_away", "NATS does not answer, or the stream has no leader now."))
            return Health(reasons, state, figures)
        reasons += self._faults(found)
        if (failing := self._group.failing) is not None:
            what = (
                f"The stream can be read, but did not take what was sent last: {failing}. Look at the log and the disk "
                "of the NATS server: one that has met a full disk takes nothing until it is started again."
            )
            reasons.append(Reason("stream_refuses", what))
        return Health(reasons, state | {"last_sequence": found.last_sequence}, figures | found.figures())

    def _faults(self, found: StreamState) -> list[Reason]:
        reasons = []
        if found.bytes + ROOM_BYTES > found.max_bytes:
            what = f"It holds {found.bytes} of at most {found.max_bytes} bytes: raise DAYBOOK_STREAM_MAX_BYTES."
            reasons.append(Reason("stream_full", what))
        if (found_wrong := self._watch.found) is not None:
            what = f"The stream does not fit the journal: {found_wrong}. `daybook reconcile` shows all that differs."
            reasons.append(Reason("stream_foreign", what))
        differing = differences(configuration(self._settings, found.max_bytes), found.configuration).keys() - {_COPIES}
        if differing:
            what = f"The stream has other settings than it must have: {', '.join(sorted(differing))}."
            reasons.append(Reason("stream_settings", what))
        return reasons
