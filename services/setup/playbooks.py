"""The shipped playbooks on the stream: published once each, as source `daybook`."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import nats.errors
from nats.aio.client import Client

from contracts.cloudevents.envelope import read_event
from contracts.events.policy import PlaybookPublished
from contracts.playbooks.playbook import Playbook
from contracts.rules.canonical import canonical
from contracts.types.identifiers import stream_subject
from services.errors import DaybookError, Unavailable

SOURCE = "daybook"
"""The ledger itself, as an emitting system; nobody holds its token."""


async def publish(nc: Client, stream: str, playbooks: Sequence[Playbook]) -> list[str]:
    """Appends those that are not on the stream yet. Returns their event ids.

    Raises Unavailable, and DaybookError when a version is on the stream with other content.
    """
    published = []
    for playbook in playbooks:
        wanted = _data(playbook)
        found = await _published(nc, stream, playbook)
        if found is None:
            published.append(await _append(nc, stream, playbook, wanted))
        elif canonical(found) != canonical(wanted):
            raise DaybookError(
                f"Version {playbook.version} of the playbook {playbook.key} was published with another content. "
                "Versions never change: give the new content a new version."
            )
    return published


async def add_source(connection: asyncpg.Connection) -> None:
    """The row of the source `daybook`. Its token is made and forgotten."""
    await connection.execute(
        "insert into ledger.source (name, token_hash, events) values ($1, $2, array['playbook_published'])"
        " on conflict do nothing",
        SOURCE,
        secrets.token_bytes(32),
    )


def event_id(playbook: Playbook) -> str:
    """`playbook-project-1`."""
    return f"playbook-{playbook.key}-{playbook.version}"


def _data(playbook: Playbook) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(PlaybookPublished(playbook=playbook).model_dump_json(exclude_defaults=True))
    return data


async def _published(nc: Client, stream: str, playbook: Playbook) -> dict[str, Any] | None:
    """The data under which this version is on the stream: its subject's messages, read one after another."""
    subject, sequence = stream_subject(f"playbook/{playbook.key}"), 1
    while True:
        wanted = json.dumps({"next_by_subj": subject, "seq": sequence}).encode()
        try:
            reply = await nc.request(f"$JS.API.DIRECT.GET.{stream}", wanted, timeout=10)
        except (nats.errors.Error, TimeoutError) as error:
            raise Unavailable(f"The stream {stream} does not answer: {error or type(error).__name__}") from error
        headers = reply.headers or {}
        if headers.get("Status") == "404":
            return None
        if "Nats-Sequence" not in headers:
            raise Unavailable(f"The stream {stream} cannot be read: {headers}")
        try:
            event = json.loads(reply.data)
            if event["source"] == SOURCE and event["id"] == event_id(playbook):
                data: dict[str, Any] = event["data"]
                return data
        except (ValueError, KeyError, TypeError):
            pass  # not one of ours; the recorder judges it
        sequence = int(headers["Nats-Sequence"]) + 1


async def _append(nc: Client, stream: str, playbook: Playbook, data: dict[str, Any]) -> str:
    event = read_event(
        {
            "specversion": "1.0",
            "id": event_id(playbook),
            "source": SOURCE,
            "type": PlaybookPublished.type,
            "subject": f"playbook/{playbook.key}",
            "time": datetime.now(UTC).isoformat(),
            "data": data,
        }
    )
    try:
        await nc.jetstream().publish(
            stream_subject(event.subject),
            event.canonical,
            timeout=10,
            stream=stream,
            headers={"Nats-Msg-Id": f"{SOURCE}:{event.id}"},
        )
    except (nats.errors.Error, TimeoutError) as error:
        raise Unavailable(f"The stream {stream} does not take events: {error or type(error).__name__}") from error
    return event.id
