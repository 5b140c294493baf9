"""Differences between two versions of a playbook."""

import pytest

from contracts.playbooks.difference import differences, document
from contracts.playbooks.playbook import Playbook, Stage
from contracts.playbooks.shipped import shipped
from tests.playbooks import CONTACT, DEMO, PRACTICE, VISIT, by, item, playbook, stage


def told(before: tuple[Stage, ...], after: tuple[Stage, ...]) -> list[str]:
    return [str(each) for each in differences(playbook("practice", *before), playbook("practice", *after))]


@pytest.mark.parametrize("book", [*shipped(), PRACTICE], ids=lambda each: f"{each.key} {each.version}")
def test_a_playbook_does_not_differ_from_what_its_publication_says(book: Playbook) -> None:
    assert differences(book, Playbook.model_validate(document(book), strict=False)) == []


def test_a_value_is_named_by_the_keys_on_the_way_to_it() -> None:
    met = item("interested", by("call_made", outcome="callback"))
    asked = stage("contact", "0.1", (met,), CONTACT.criteria, departments=CONTACT.departments)

    assert told((CONTACT,), (asked,)) == [
        'stages[contact].milestones[interested].satisfied_by[0].where.outcome: "interested" → "callback"'
    ]


def test_a_stage_that_is_there_once_is_told_beside_nothing() -> None:
    (added,) = told((CONTACT,), (CONTACT, DEMO))
    (gone,) = told((CONTACT, DEMO), (CONTACT,))

    assert added.startswith('stages[demo]: nothing → {"key": "demo"')
    assert gone.endswith("→ nothing")
    assert len(added) < 150


def test_another_order_is_told_as_such() -> None:
    visit = VISIT.model_copy(update={"probability": CONTACT.probability})

    assert told((CONTACT, visit), (visit, CONTACT)) == ['stages, order: ["contact", "visit"] → ["visit", "contact"]']


def test_true_is_not_one() -> None:
    one, true = (
        stage("contact", "0.1", (item("a", by("contract_signed", sme_declared=value)),), CONTACT.criteria)
        for value in (1, True)
    )

    assert told((one,), (true,)) == ["stages[contact].milestones[a].satisfied_by[0].where.sme_declared: 1 → true"]
