"""The fold agrees with the rules worked out anew at every instant (reference.py)."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as holds_for
from hypothesis import settings
from hypothesis import strategies as st

from contracts.playbooks.playbook import Playbook
from projections.replay.entry import Entry
from projections.replay.view import FlagRow, Row
from projections.views.customer import (
    AccountPlanRow,
    AliasRow,
    CaseRow,
    ContactRow,
    FactRow,
    GradeRow,
    ReferralRow,
    RelationshipRow,
    TodoRow,
    TouchRow,
    customer,
)
from tests.given import Said, Story, given
from tests.histories import CASES, PLANS, stories

from . import reference

often = settings(max_examples=200, deadline=None)
many = st.one_of(
    stories("account", size=20), stories("account", size=12, among=PLANS), stories("account", size=12, among=CASES)
)

STANDING: dict[type[Row], Any] = {
    FactRow: reference.facts,
    GradeRow: reference.grades,
    ContactRow: reference.contacts,
    RelationshipRow: reference.relationships,
    CaseRow: reference.cases,
    AccountPlanRow: reference.account_plans,
    TodoRow: lambda entries: reference.todos(entries, "A")[0],
    AliasRow: lambda entries: reference.aliases(entries, "A"),
}


def told(facts: list[Said | Playbook]) -> Story:
    story = given(customer)
    story.tell(*facts)
    return story


def handled(story: Story) -> list[Entry[Any]]:
    return [each for each in story.replay.entries if type(each.event) in customer.handled]


def instants(said: list[Entry[Any]]) -> list[tuple[datetime, list[Entry[Any]]]]:
    return [(at, [one for one in said if one.occurred_at <= at]) for at in sorted({each.occurred_at for each in said})]


@pytest.mark.parametrize("table", STANDING, ids=lambda table: table.TABLE)
@often
@holds_for(facts=many)
def test_what_stands_at_every_instant_is_what_the_rules_say(table: type[Row], facts: list[Said | Playbook]) -> None:
    story = told(facts)
    rows: list[Any] = [row for row in story.rows() if type(row) is table]
    things = len(table.KEY) - 2
    for as_of, until in instants(handled(story)):
        found = [row.values() for row in rows if row.from_at <= as_of < row.to_at]
        assert {row[1 : 1 + things]: row[things + 3 :] for row in found} == STANDING[table](until)


@often
@holds_for(facts=many)
def test_what_happened_is_what_the_rules_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    said = handled(story)
    assert {row.values()[1:] for row in story.rows() if isinstance(row, ReferralRow)} == reference.referrals(said)
    touches = {
        (
            *(row.at, row.entry, row.kind, row.contacts, row.deal, row.actor, row.department),
            *(row.score, row.case_number, row.plan, row.outcome, row.purpose, row.message),
        )
        for row in story.rows()
        if isinstance(row, TouchRow)
    }
    assert touches == reference.touches(said)


@often
@holds_for(facts=many)
def test_the_flags_at_every_instant_are_what_the_rules_say(facts: list[Said | Playbook]) -> None:
    story = told(facts)
    rows = [row for row in story.rows() if isinstance(row, FlagRow) and row.view == "customer"]
    for as_of, until in instants(handled(story)):
        found = {(row.flag, row.entry) for row in rows if row.from_at <= as_of < row.to_at}
        assert found == reference.flags(until, "A")


@often
@holds_for(facts=many)
def test_an_entry_touches_at_most_three_rows_beside_two_for_each_fact_that_it_gives(
    facts: list[Said | Playbook],
) -> None:
    story = told(facts)
    state = customer.initial("A")
    for each in handled(story):
        touched = [*customer.evolve(state, each, story.playbooks)]
        of_facts = [key for key in touched if key.row is FactRow]
        assert len(touched) <= (2 * len({key.key[1] for key in of_facts}) if of_facts else 3)
