"""Publications of playbooks as messages of the stream, recorded or not, and the event that publishes one.

The ledger itself publishes as the source `daybook`: `daybook init` what is shipped, `daybook playbook publish` files.
"""

from datetime import datetime
from typing import Any

from nats.aio.client import Client

from contracts.cloudevents.envelope import Refused, read_recorded
from contracts.events.policy import PlaybookPublished
from contracts.playbooks.difference import document
from contracts.playbooks.playbook import Playbook
from contracts.types.identifiers import stream_subject
from projections.replay.entry import JournalEntry
from projections.replay.playbooks import Playbooks, Policy
from services.ledger.journal import policy_of
from services.stream.read import messages_on

SOURCE = "daybook"
"""The ledger itself, as an emitting system. Its token is made and forgotten, until somebody publishes a file."""


async def on_stream(nc: Client, stream: str, key: str) -> Playbooks:
    """Versions of a playbook that the stream publishes and withdraws, whoever said so. Raises what `messages_on` does.

    Messages that are no event, or that use the identity of another one, do not count, as in the journal.
    """
    subject = stream_subject(f"playbook/{key}")
    found: list[Policy] = []
    identities: set[tuple[str, str]] = set()
    async for message in messages_on(nc, stream, subject):
        try:
            event = read_recorded(message.data)
        except Refused:
            continue
        if event.identity in identities or stream_subject(event.subject) != subject:
            continue
        identities.add(event.identity)
        if (policy := policy_of(JournalEntry(message.sequence, event))) is not None:
            found.append(policy)
    return Playbooks.of(found)


def event_id(playbook: Playbook) -> str:
    """`playbook-project-1`."""
    return f"playbook-{playbook.key}-{playbook.version}"


def publication(playbook: Playbook, at: datetime) -> dict[str, Any]:
    """The event by which the ledger publishes a playbook."""
    return {
        "specversion": "1.0",
        "id": event_id(playbook),
        "source": SOURCE,
        "type": PlaybookPublished.type,
        "subject": f"playbook/{playbook.key}",
        "time": at.isoformat(),
        "data": {"playbook": document(playbook)},
    }
