"""Rules for what a source may send: its own name, its event types, the past, ids under its prefix, its own corrections.

Pure: the clock and what the journal knows are passed in. A ledger records and does not forbid, so nothing here looks at
whether an event makes sense.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from contracts.cloudevents.envelope import CloudEvent
from contracts.events.correction import EventCorrected, EventVoided
from contracts.events.policy import PlaybookPublished, PlaybookWithdrawn
from contracts.rules.refusals import Problem
from contracts.types.identifiers import split_subject
from services.intake.journal import Identity, Original
from services.intake.responses import Fault
from services.intake.sources import PUBLISHING, Source

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a sender's clock may be."""

_CORRECTIONS = frozenset({EventCorrected, EventVoided})

Indexed = Sequence[tuple[int, CloudEvent]]


def faults_of(source: Source, events: Indexed, now: datetime) -> list[Problem]:
    """List the faults of events that can be found without looking into the ledger."""
    latest = now + CLOCK_SKEW
    return [each for index, event in events for each in _faults(source, index, event, latest)]


def _faults(source: Source, index: int, event: CloudEvent, latest: datetime) -> Sequence[Problem]:
    said = event.event
    found: list[Problem] = []
    if event.source != source.name:
        reason = f"the token belongs to {source.name}, not to {event.source}"
        found.append(Problem("source", reason, "wrong_source", index))
    if (name := said.event_name()) not in source.events:
        why = "; `all` does not hold it: add a source that names it" if name in PUBLISHING else ""
        found.append(Problem("type", f"{source.name} may not send {name}{why}", "type_not_allowed", index))
    if event.occurred_at > latest:
        found.append(_future("time", event.occurred_at, index))
    if (correction := _correction(event)) is not None:
        if (target := correction.target.source) != source.name and not source.corrects_others:
            reason = f"{source.name} may correct its own events only, not those of {target}"
            found.append(Problem("data.target.source", reason, "corrects_others", index))
        if isinstance(correction, EventCorrected) and correction.replacement.time.at > latest:
            found.append(_future("data.replacement.time", correction.replacement.time.at, index))
    return found


def _correction(event: CloudEvent) -> EventCorrected | EventVoided | None:
    """Return the event's data if it corrects or voids another event, else None. Compares the class itself, because
    `isinstance` asks pydantic's metaclass each time.
    """
    return cast("EventCorrected | EventVoided", event.event) if type(event.event) in _CORRECTIONS else None


def _corrections(events: Indexed) -> list[tuple[int, CloudEvent, EventCorrected | EventVoided]]:
    return [
        (index, event, cast("EventCorrected | EventVoided", event.event))
        for index, event in events
        if type(event.event) in _CORRECTIONS
    ]


def _future(field: str, at: datetime, index: int) -> Problem:
    reason = f"{at.isoformat()} is more than {CLOCK_SKEW // timedelta(minutes=1)} minutes ahead"
    return Problem(field, reason, "future_time", index)


def targets(events: Indexed) -> set[Identity]:
    """The events that these correct or void."""
    return {(said.target.source, said.target.id) for _, _, said in _corrections(events)}


def foreign_subjects(source: Source, events: Indexed) -> set[str]:
    """Deals and accounts named without the source's prefix: another must have named them first."""
    if source.id_prefix is None:
        return set()
    return {each for _, event in events for each in _named(event) if not _carries(each, source.id_prefix)}


def prefix_faults(source: Source, events: Indexed, known: Collection[str]) -> list[Problem]:
    """Ids that would be new to the ledger and do not carry the source's prefix."""
    unknown = foreign_subjects(source, events) - set(known)
    return [
        Problem(
            _field(event, subject),
            f"{subject} is not known yet; an id that {source.name} is the first to name begins with {source.id_prefix}",
            "id_prefix",
            index,
        )
        for index, event in events
        for subject in sorted(_named(event) & unknown)
    ]


def target_faults(events: Indexed, known: Mapping[Identity, Original]) -> list[Problem]:
    """Corrections and voids that describe their target wrongly. One whose target is not known yet is taken."""
    found: list[Problem] = []
    corrections = _corrections(events)
    here = {event.identity: (event.subject, event.type) for _, event in events} if corrections else {}
    for index, event, said in corrections:
        target = (said.target.source, said.target.id)
        original = known.get(target)
        subject, type_ = (original.subject, original.type) if original else here.get(target, (None, None))
        if subject is not None and subject != event.subject:
            found.append(
                Problem("subject", f"the target is about {subject}, not {event.subject}", "wrong_target", index)
            )
        if type_ is not None and isinstance(said, EventCorrected) and said.target_type != type_:
            reason = f"the target is a {type_}, not a {said.target_type}"
            found.append(Problem("data.target_type", reason, "wrong_target", index))
    return found


def playbooks(events: Indexed) -> set[str]:
    """The playbooks that these publish or withdraw, by subject."""
    return {event.subject for _, event in events if isinstance(event.event, PlaybookPublished | PlaybookWithdrawn)}


def policy_faults(events: Indexed, published: Mapping[str, Collection[int]]) -> list[Problem]:
    """Publications that leave versions out, and withdrawals of what is not published.

    Version n follows version n - 1, or one far ahead would be the highest for ever. `published` are the versions in
    the ledger by subject; those earlier in the same batch count too.
    """
    found: list[Problem] = []
    there = {subject: set(versions) for subject, versions in published.items()}
    for index, event in events:
        said, versions = event.event, there.setdefault(event.subject, set())
        if isinstance(said, PlaybookPublished):
            version = said.playbook.version
            if version > 1 and version - 1 not in versions:
                last = f"the last is {max(versions)}" if versions else "no version is published yet"
                reason = f"version {version} follows version {version - 1}, which is not published; {last}"
                found.append(Problem("data.playbook.version", reason, "wrong_version", index))
            else:
                versions.add(version)
        elif isinstance(said, PlaybookWithdrawn) and said.playbook_version not in versions:
            reason = f"version {said.playbook_version} is not published"
            found.append(Problem("data.playbook_version", reason, "wrong_version", index))
    return found


def conflicts(events: Indexed, known: Mapping[Identity, Original]) -> list[Problem]:
    """Events whose source and id name another event, in the ledger or earlier in the same batch."""
    found: list[Problem] = []
    first: dict[Identity, tuple[int, bytes]] = {}
    for index, event in events:
        identity = event.identity
        original = known.get(identity)
        if original is not None:
            if original.message != event.canonical:
                reason = f"{event.source} has sent another event with this id, at sequence {original.sequence}"
                found.append(Fault("id", reason, "conflict", index, original.sequence))
            continue
        earlier, message = first.setdefault(identity, (index, event.canonical))
        if message != event.canonical:
            found.append(
                Fault("id", f"event {earlier} of this batch has this id and another content", "conflict", index)
            )
    return found


def _named(event: CloudEvent) -> set[str]:
    named = set(event.event.concerns())
    if split_subject(event.subject)[0] != "playbook":
        named.add(event.subject)
    return named


def _carries(subject: str, prefix: str) -> bool:
    return split_subject(subject)[1].startswith(prefix)


def _field(event: CloudEvent, subject: str) -> str:
    """Path of the field in which an event names a deal or account; `subject` before any field of the data."""
    if event.subject == subject:
        return "subject"
    kind, name = split_subject(subject)
    left: list[tuple[str, Any]] = [("data", json.loads(event.canonical)["data"])]
    while left:
        path, value = left.pop()
        if isinstance(value, dict):
            left += [(f"{path}.{key}", child) for key, child in value.items()]
        elif isinstance(value, list):
            left += [(f"{path}.{index}", child) for index, child in enumerate(value)]
        elif value == name and path.endswith(f"{kind}_id"):
            return path
    return "data"
