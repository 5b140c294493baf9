"""Events that the writers tell: endless turmoil, the same for the same seed; many ways to write down each event."""

import json
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

from tests.integration.projector.turmoil import Event, turmoil

_CHUNK = 120
_SOURCE_OF_PLAYBOOKS = "daybook"
_NAMES_A_SUBJECT = ("deal_id", "account_id", "to_account_id", "into_account_id", "partner_account_id")


def told(seed: int, source: str, hand: str, *, publishes: bool) -> Iterator[Event]:
    """Events of one hand of a source, for ever: all of them such that intake takes them, whatever else was said.

    They are about the deals and accounts of which that hand of each other source tells meanwhile, later about others.
    Ids never come twice. Playbooks are told by a writer that `publishes`, once.
    """
    for chunk in count():
        events = turmoil(seed * 1000 + chunk, _CHUNK)
        by_id = {each["id"]: each for each in events}
        for each in events:
            if each["source"] == _SOURCE_OF_PLAYBOOKS and (chunk or not publishes):
                continue
            yield _renamed(each, source, f"{hand}-{chunk}", by_id)


def _renamed(event: Event, source: str, chunk: str, by_id: dict[str, Event]) -> Event:
    said = event | {"source": source, "id": f"{chunk}-{event['id']}", "time": event["time"].replace("+00:00", "Z")}
    said["data"] = _in_chunk(event["data"], chunk)
    subject = event["subject"]
    if event["type"].startswith("daybook.event_"):
        target = event["data"]["target"]["id"]
        said["data"]["target"] = {"source": source, "id": f"{chunk}-{target}"}
        subject = _subject(event, by_id)  # another one than its target's would be refused
    said["subject"] = subject if subject.startswith("playbook/") else f"{subject}-{chunk}"
    return said


def _in_chunk(value: Any, chunk: str) -> Any:
    """Data about the deals and accounts of one chunk."""
    if isinstance(value, dict):
        return {
            key: f"{each}-{chunk}" if key in _NAMES_A_SUBJECT and each is not None else _in_chunk(each, chunk)
            for key, each in value.items()
        }
    return [_in_chunk(each, chunk) for each in value] if isinstance(value, list) else value


def _subject(event: Event, by_id: dict[str, Event]) -> str:
    while event["type"].startswith("daybook.event_"):
        event = by_id[event["data"]["target"]["id"]]
    subject: str = event["subject"]
    return subject


def other_content(event: Event) -> Event:
    """Return an event with the same identity and another content: a conflict."""
    return event | {"actor": f"{event.get('actor', 'somebody')} else"}


def written(draw: Random, event: Event) -> str:
    """One of the many texts that mean this event: order of keys, white space, escapes, zero offsets."""
    said = dict(event)
    if draw.random() < 0.3:
        said |= {"datacontenttype": "application/json", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-01"}
    if draw.random() < 0.2:
        said["department"] = None
    if draw.random() < 0.3 and said["time"].endswith("Z"):
        said["time"] = said["time"].removesuffix("Z") + draw.choice(["+00:00", "z", ".000Z", "-00:00"])
    indent = draw.choice([None, None, None, 1])
    return json.dumps(_shuffled(draw, said), ensure_ascii=draw.random() < 0.5, indent=indent)


def _shuffled(draw: Random, value: Any) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        draw.shuffle(keys)
        return {key: _shuffled(draw, value[key]) for key in keys}
    if isinstance(value, list):
        return [_shuffled(draw, each) for each in value]
    return value
