"""The shipped playbooks on the stream: published once each, as source `daybook`."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

import asyncpg
import nats.errors
from nats.aio.client import Client

from contracts.cloudevents.envelope import read_event
from contracts.playbooks.difference import differences
from contracts.playbooks.playbook import Playbook
from contracts.types.identifiers import stream_subject
from services.errors import Unavailable
from services.ledger import publications


class Own(NamedTuple):
    """A version that somebody published with another content than the one that is shipped."""

    key: str
    version: int
    sequence: int


class Outcome(NamedTuple):
    """Outcome of publishing the shipped playbooks."""

    published: list[str]
    """Event ids of those published now."""
    own: list[Own]
    """Versions of the ledger's own, which stay: of their playbooks nothing that is shipped was published now."""


async def publish(nc: Client, stream: str, playbooks: Sequence[Playbook]) -> Outcome:
    """Append those that are not on the stream yet, by key and version.

    A playbook of which a version has another content here is the ledger's own from there on: a higher version that is
    shipped would take its deals over. Raises Unavailable or NotProvisioned.
    """
    outcome = Outcome([], [])
    in_order = sorted(playbooks, key=lambda each: (each.key, each.version))
    for key, versions in groupby(in_order, lambda each: each.key):
        there = (await publications.on_stream(nc, stream, key)).published.get(key, ())
        by_version = {each.playbook.version: each for each in there}
        for playbook in versions:
            found = by_version.get(playbook.version)
            if found is None:
                outcome.published.append(await _append(nc, stream, playbook))
            elif differences(found.playbook, playbook):
                outcome.own.append(Own(key, playbook.version, found.sequence))
                break
    return outcome


async def add_source(connection: asyncpg.Connection) -> None:
    """The row of the source `daybook`. Its token is made and forgotten."""
    await connection.execute(
        "insert into ledger.source (name, token_hash, events) values ($1, $2, array['playbook_published'])"
        " on conflict do nothing",
        publications.SOURCE,
        secrets.token_bytes(32),
    )


async def _append(nc: Client, stream: str, playbook: Playbook) -> str:
    event = read_event(publications.publication(playbook, datetime.now(UTC)))
    try:
        await nc.jetstream().publish(
            stream_subject(event.subject),
            event.canonical,
            timeout=10,
            stream=stream,
            headers={"Nats-Msg-Id": f"{event.source}:{event.id}"},
        )
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"The stream {stream} does not take events: {error or type(error).__name__}") from error
    return event.id
