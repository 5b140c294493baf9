"""Playbooks that deals follow before any version is published: what a receipt warns of, as the key may be mistyped.

Versions are never taken back, so what was once seen to be published is remembered, and PostgreSQL is asked only for a
playbook that was not: beside the append (`look_ups.py`), for what was published since. Where the journal holds no
publication there is no warning: the shipped playbooks come first on the stream, so the recorder is still behind them.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import TracebackType
from typing import NamedTuple, Self, cast

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import EVENTS, Event
from contracts.events.correction import EventCorrected
from contracts.events.deal import DealOpened, DealRevised
from contracts.events.policy import PlaybookPublished
from contracts.types.identifiers import split_subject
from services.intake import admission
from services.intake.bounded_queries import BoundedQueries
from services.intake.journal import Identity
from services.intake.look_ups import LookUp, LookUps
from services.intake.responses import Receipt, Warned
from services.ledger.journal import Connection
from services.postgres.statements import queries

MAX_NAMED = 20
"""Playbooks, or versions of one, that a warning names."""

_FOLLOWING = frozenset({DealOpened.type, DealRevised.type})
_MAY_FOLLOW = frozenset({DealOpened, DealRevised, EventCorrected})
_SQL = queries("services.intake", "unknown_playbooks.sql")


class Followed(NamedTuple):
    """Playbook that an event lets its deal follow."""

    key: str
    version: int | None
    """None where the event names none."""


class Playbooks:
    """Remembers which versions of which playbooks are published."""

    def __init__(self, ask: BoundedQueries) -> None:
        self._look_ups: LookUps[None, bool] = LookUps(ask, self._read, nothing=False, weight=lambda _: 1)
        self._versions: dict[str, set[int]] = {}
        self._up_to = 0
        """Highest sequence of a publication that was read from the journal."""

    @property
    def versions(self) -> Mapping[str, set[int]]:
        """Published versions by the playbook's key, as far as they are known here."""
        return self._versions

    def knows(self, followed: Followed) -> bool:
        """Tell if a playbook, in this version where one is named, was seen to be published."""
        versions = self._versions.get(followed.key)
        return versions is not None and (followed.version is None or followed.version in versions)

    def publish(self, key: str, version: int) -> None:
        """Remember a version that this process has acknowledged: the journal may not hold it yet."""
        self._versions.setdefault(key, set()).add(version)

    def look_up(self) -> LookUp[None, bool]:
        """Begin to read what was published since it was read last; it finds whether the journal told it."""
        return self._look_ups.begin(None)

    async def _read(self, connection: Connection, _: Sequence[None]) -> bool:
        for row in await connection.fetch(_SQL["publications"], self._up_to):
            self.publish(split_subject(row["subject"])[1], row["version"])
            self._up_to = max(self._up_to, row["sequence"])
        return self._up_to > 0


class UnknownPlaybooks:
    """Looks, while the context is open, whether the playbooks that some deals follow are published."""

    def __init__(self, playbooks: Playbooks, events: admission.Indexed) -> None:
        self._playbooks = playbooks
        self._events = events
        self._unknown: dict[Identity, Followed] = {
            event.identity: followed
            for _, event in events
            if type(event.event) in _MAY_FOLLOW
            and (followed := _followed(event.event)) is not None
            and not playbooks.knows(followed)
        }
        self._looking: LookUp[None, bool] | None = None

    def __enter__(self) -> Self:
        if self._unknown:
            self._looking = self._playbooks.look_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def told(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """The receipts, in the order of the events, with a warning for each playbook that is not published."""
        for _, event in self._events:
            if type(event.event) is PlaybookPublished:  # `isinstance` asks pydantic's metaclass each time
                playbook = event.event.playbook
                self._playbooks.publish(playbook.key, playbook.version)
        if self._looking is None or not await self._looking.found():
            return receipts
        return [
            receipt
            if followed is None or self._playbooks.knows(followed)
            else receipt._replace(
                warnings=(*receipt.warnings, _warning(event, followed, receipt.sequence, self._playbooks.versions))
            )
            for (_, event), receipt in zip(self._events, receipts, strict=True)
            for followed in (self._unknown.get(event.identity),)
        ]


def _followed(event: Event) -> Followed | None:
    """The playbook that an event, or a correction's replacement, lets its deal follow; None where it names none."""
    if isinstance(event, EventCorrected):
        if event.target_type not in _FOLLOWING:
            return None
        event = EVENTS.read_entry(event.target_type, event.replacement.data)
    deal = cast("DealOpened | DealRevised", event)
    return None if deal.playbook is None else Followed(deal.playbook, deal.playbook_version)


def _warning(event: CloudEvent, followed: Followed, sequence: int, published: Mapping[str, set[int]]) -> Warned:
    key, versions = followed.key, published.get(followed.key)
    replacement = "replacement.data." if isinstance(event.event, EventCorrected) else ""
    if versions is None:
        field, what, awaited = "playbook", f"no version of the playbook {key} is published", "a version of it"
        close = get_close_matches(key, published, 1)
        choice = f"{_listed(sorted(published))}{f'; did you mean {close[0]}?' if close else '.'}"
    else:
        field, what = "playbook_version", f"version {followed.version} of the playbook {key} is not published"
        choice, awaited = f"{_listed(sorted(versions))}.", "that version"
    return Warned(
        "unknown-playbook",
        f"data.{replacement}{field}",
        f"{what}; published are {choice} The event is recorded; the deal is at no stage until {awaited} is published. "
        "If it is mistyped, correct this event.",
        None,
        None,
        sequence,
    )


def _listed(values: Sequence[object]) -> str:
    more = f" and {len(values) - MAX_NAMED} more" if len(values) > MAX_NAMED else ""
    return ", ".join(map(str, values[:MAX_NAMED])) + more
