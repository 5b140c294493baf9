"""Values that events give of people, in the order of the columns: accounts and deals show them alike."""

from typing import Any

from contracts.events.customer import ContactRecordedV2, RelationshipAssessed


def recorded(event: ContactRecordedV2) -> tuple[Any, ...]:
    """Values of a contact, from roles to birthday."""
    return (
        event.roles,
        event.position,
        event.department,
        event.reports_to,
        event.preferred_channel,
        event.style,
        event.personal.birthday if event.personal else None,
    )


def cell(event: RelationshipAssessed) -> tuple[str, str, str]:
    """Person, level and content that are judged."""
    return event.contact_id, event.level, event.content


def judged(event: RelationshipAssessed) -> tuple[Any, ...]:
    """Values of a cell, from reached to stance."""
    return event.reached, event.decision, event.influence, event.motivation, event.stance
