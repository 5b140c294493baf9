"""Publication of a playbook's file: through the public intake, as the source `daybook`."""

from datetime import UTC, datetime
from typing import NamedTuple

from contracts.playbooks.difference import differences
from contracts.playbooks.playbook import Playbook
from services.endpoints import endpoints
from services.errors import BadRequest
from services.intake.client import IntakeClient
from services.ledger import publications
from services.nats import connection as stream_connection
from services.settings import Settings

MAX_DIFFERENCES = 20
"""Differences that an error tells; all are counted."""


class Standing(NamedTuple):
    """A version that is published."""

    sequence: int
    withdrawn: int | None
    """Sequence of its withdrawal; None while it may be used."""


async def published(settings: Settings, playbook: Playbook) -> Standing | None:
    """Find the version where it is published already, recorded or not; None where it is not.

    Raises BadRequest when it was published with another content.
    """
    nc = await stream_connection.connect(endpoints(settings).nats_url, "publishing")
    try:
        there = await publications.on_stream(nc, settings.stream, playbook.key)
    finally:
        await nc.close()
    found = there.find(playbook.key, playbook.version, 0)
    if found is None:
        return None
    if differing := differences(found.playbook, playbook):
        last = max(each.playbook.version for each in there.published[playbook.key])
        more = len(differing) - MAX_DIFFERENCES
        told = [*map(str, differing[:MAX_DIFFERENCES]), *([f"and {more} more"] if more > 0 else [])]
        raise BadRequest(
            f"{playbook.key} version {playbook.version} was published at sequence {found.sequence} with another "
            f"content, and versions never change. Give the new content version {last + 1}. Published → file:\n  - "
            + "\n  - ".join(told)
        )
    withdrawn = there.withdrawn.get((playbook.key, playbook.version))
    return Standing(found.sequence, None if withdrawn is None else withdrawn.sequence)


def publish(client: IntakeClient, playbook: Playbook) -> int:
    """Send the publication. Returns its sequence. Raises BadRequest where intake refuses it, and Unavailable."""
    (receipt,) = client.send([publications.publication(playbook, datetime.now(UTC))])
    if receipt.sequence is None:
        raise BadRequest(f"{playbook.key} version {playbook.version} is not published: {receipt.reason}.")
    return receipt.sequence
