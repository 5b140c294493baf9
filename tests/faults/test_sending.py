"""Checks that writers and hostile senders know what they send: good or bad, and in which bytes."""

import json
from itertools import islice
from random import Random
from typing import Any

import pytest

from contracts.cloudevents.envelope import Refused, read_event
from tests.faults.doors import Answer
from tests.faults.hostile.doors import HTTP_SOURCE, NATS_SOURCE, neighbours, wrongly_blamed
from tests.faults.hostile.judging import canonical, strictly, why_bad
from tests.faults.hostile.mutations import EXAMPLES, mutated
from tests.faults.plan import Plan
from tests.faults.plans import PLANS
from tests.faults.receipts import Sent
from tests.faults.run import schedule
from tests.faults.told import other_content, told, written


@pytest.mark.parametrize("seed", range(3))
def test_every_way_of_writing_an_event_means_the_bytes_that_the_writer_expects(seed: int) -> None:
    draw = Random(seed)
    for event in islice(told(seed, "http1", "1", publishes=True), 700):
        assert read_event(written(draw, event).encode()).canonical == Sent(event).message


def test_a_writer_tells_the_same_for_the_same_seed_and_no_identity_twice() -> None:
    events = list(islice(told(5, "nats1", "1", publishes=False), 1000))
    assert events == list(islice(told(5, "nats1", "1", publishes=False), 1000))
    assert len({each["id"] for each in events}) == 1000
    assert {each["source"] for each in events} == {"nats1"}


def test_a_conflict_has_a_known_identity_and_another_content() -> None:
    event = next(told(5, "nats1", "1", publishes=False))
    assert Sent(other_content(event)).identity == Sent(event).identity
    assert Sent(other_content(event)).message != Sent(event).message
    assert read_event(json.dumps(other_content(event)).encode())


def test_what_is_judged_to_be_no_event_is_refused_and_what_is_taken_has_the_expected_bytes() -> None:
    draw = Random(9)
    outcomes: dict[str, int] = {"bad": 0, "refused for another reason": 0, "taken": 0}
    for number in range(600):
        body = mutated(draw, "crm", number)
        if why_bad(body) is not None:
            outcomes["bad"] += 1
            with pytest.raises(Refused):
                read_event(body)
            continue
        try:
            event = read_event(body)
        except Refused:
            outcomes["refused for another reason"] += 1
        else:
            outcomes["taken"] += 1
            assert event.canonical == canonical(strictly(body))
    assert outcomes["bad"] > 400
    assert outcomes["taken"] > 20


def test_no_good_event_is_judged_to_be_bad() -> None:
    assert not [why for each in EXAMPLES if (why := why_bad(Sent(each).message)) is not None]


def test_an_attribute_that_is_null_is_as_good_as_absent_whatever_its_name() -> None:
    event = json.loads(neighbours("crm", 1)[0])
    for good in ({"Id890589": None}, {"actor": None}):
        body = json.dumps(event | good).encode()
        assert why_bad(body) is None
        assert read_event(body) == read_event(json.dumps(event).encode())
    for bad in ({"Id890589": 1}, {"subject": None}, {"data": None}):
        assert why_bad(json.dumps(event | bad).encode()) is not None


def test_around_a_bad_event_in_a_batch_nothing_is_wrong() -> None:
    for source in (HTTP_SOURCE, NATS_SOURCE):
        for each in neighbours(source, 7):
            event = read_event(each)
            assert event.source == source  # another one's would be refused for that
            assert event.canonical == each


def test_a_good_event_that_is_blamed_for_a_bad_one_beside_it_is_named() -> None:
    bad, beside = ({"index": index, "field": "source", "reason": "…", "kind": "wrong-source"} for index in (1, 2))
    assert not wrongly_blamed(Answer(403, {"errors": [bad]}))
    assert wrongly_blamed(Answer(403, {"errors": [bad, beside]})) == [beside]
    assert not wrongly_blamed(Answer(201, []))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_schedule_depends_on_plan_and_seed_alone(plan: Plan[Any]) -> None:
    def shown(seed: int) -> list[tuple[str, float]]:
        return [(each.name, each.at_s) for each in schedule(plan, seed)]

    assert shown(7) == shown(7)
    assert shown(7)
