"""The policy family: the sales processes themselves, published so that replays use what was in force."""

from contracts.events.event import Event
from contracts.playbooks.playbook import Playbook
from contracts.types.identifiers import LongText, PlaybookVersion


class PlaybookPublished(Event, type="daybook.playbook_published.v1", family="policy", subjects="playbook"):
    """A version of a playbook is in force. Versions never change, so they are never corrected or voided."""

    playbook: Playbook
    """The whole playbook."""


class PlaybookWithdrawn(Event, type="daybook.playbook_withdrawn.v1", family="policy", subjects="playbook"):
    """Withdrawal of a playbook version, for good. Deals that have it keep it; later ones use it only by name."""

    playbook_version: PlaybookVersion
    """The version that is withdrawn."""
    reason: LongText
    """Why."""
