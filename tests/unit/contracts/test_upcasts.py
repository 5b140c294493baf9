"""Older versions as the newest: nothing that was said is lost, and nothing is said that was not."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.cloudevents.envelope import read_recorded
from contracts.events import EVENTS, Event
from contracts.events.customer import ContactRecordedV2
from contracts.events.receivables import ContractSignedV2, PaymentTermV2
from contracts.rules.canonical import canonical
from contracts.rules.refusals import problems_of

SIGNED: dict[str, Any] = {"contract": "HT-1", "account_id": "A-1", "amount": "1000000", "currency": "CNY"}
DELIVERY: dict[str, Any] = {"term": "delivery", "trigger": "delivery", "share": 97}


def newest(type_: str, data: dict[str, Any]) -> Event:
    return EVENTS.newest(EVENTS.read(type_, json.dumps(data)))


def problems(type_: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        EVENTS.read(type_, json.dumps(data))
    return [(each.field, each.reason) for each in problems_of(refused.value)]


def test_the_role_of_a_contact_becomes_its_only_one() -> None:
    personal = {"name": "赵启明", "birthday": "1981-09-12"}
    data = {"contact_id": "C-1", "account_id": "A-1", "position": "主任", "personal": personal}
    assert newest("daybook.contact_recorded.v1", data | {"role": "handler"}) == EVENTS.read(
        "daybook.contact_recorded.v2", json.dumps(data | {"roles": ["handler"]})
    )


def test_what_version_2_adds_is_unknown_of_an_older_contact() -> None:
    contact = newest("daybook.contact_recorded.v1", {"contact_id": "C-1", "role": "user"})
    assert isinstance(contact, ContactRecordedV2)
    assert contact.model_fields_set == {"contact_id", "roles"}
    assert (contact.department, contact.reports_to, contact.preferred_channel, contact.style) == (None,) * 4


@pytest.mark.parametrize(("said", "days"), [({"days": 30}, 30), ({"days": 0}, 0), ({}, None)])
def test_days_that_were_given_stay_and_those_that_were_left_out_were_not_agreed(
    said: dict[str, Any], days: int | None
) -> None:
    data = SIGNED | {"terms": [DELIVERY | said], "retention_percent": 3}
    contract = newest("daybook.contract_signed.v1", data)
    assert isinstance(contract, ContractSignedV2)
    assert contract.terms == (PaymentTermV2(term="delivery", trigger="delivery", share=Decimal(97), days=days),)
    assert contract.retention_percent == 3


def test_whole_shares_become_decimals_and_all_else_stays() -> None:
    terms = [DELIVERY | {"days": 30, "share": 60}, {"term": "day", "trigger": "date", "share": 40, "on": "2026-12-31"}]
    later = [DELIVERY | {"days": 30, "share": "60"}, terms[1] | {"share": "40"}]
    data = SIGNED | {"retention_until": "2028-12-31"}
    assert newest("daybook.contract_signed.v1", data | {"terms": terms}) == EVENTS.read(
        "daybook.contract_signed.v2", json.dumps(data | {"terms": later})
    )


def test_a_contract_in_a_currency_that_is_no_longer_listed_is_read_as_the_newest() -> None:
    event = {
        "specversion": "1.0",
        "id": "c-1",
        "source": "crm",
        "type": "daybook.contract_signed.v1",
        "subject": "deal/D-1",
        "time": "2026-03-01T09:30:00Z",
        "data": SIGNED | {"currency": "QQQ"},
    }
    contract = EVENTS.newest(read_recorded(canonical(event)).event)
    assert isinstance(contract, ContractSignedV2)
    assert contract.currency == "QQQ"


@pytest.mark.parametrize(
    ("shares", "retention", "total"),
    [
        (["33.3333", "33.3333", "33.3333"], "0", "99.9999"),
        (["97.5"], "2.4", "99.9"),
        (["97.5"], "2.5001", "100.0001"),
    ],
)
def test_shares_and_retention_add_up_to_exactly_100(shares: list[str], retention: str, total: str) -> None:
    terms = [{"term": f"t{place}", "trigger": "signing", "share": share} for place, share in enumerate(shares)]
    data = SIGNED | {"terms": terms, "retention_percent": retention}
    says = [("terms", f"their shares and retention_percent add up to {total}, not 100")]
    assert problems("daybook.contract_signed.v2", data) == says
    amended = {"contract": "HT-1", "account_id": "A-1", "reason": "new scope"}
    assert problems("daybook.contract_amended.v1", amended | {"terms": terms, "retention_percent": retention}) == says


@pytest.mark.parametrize(("shares", "retention"), [(["97.5"], "2.5"), (["33.33", "33.33", "33.34"], "0.0000")])
def test_shares_may_have_decimals(shares: list[str], retention: str) -> None:
    terms = [{"term": f"t{place}", "trigger": "signing", "share": share} for place, share in enumerate(shares)]
    data = SIGNED | {"terms": terms, "retention_percent": retention, "late_rate_per_day": "0.0005"}
    assert newest("daybook.contract_signed.v2", data).model_dump(mode="json", exclude_unset=True) == data


@pytest.mark.parametrize("share", ["-1", "101", "100.1", "07", "1.", "33.33333", "1e1", 30, True])
def test_other_spellings_of_a_share_are_refused(share: object) -> None:
    terms = [{"term": "t", "trigger": "signing", "share": share}]
    assert problems("daybook.contract_signed.v2", SIGNED | {"terms": terms}) == [
        ("terms.0.share", 'must be text from "0" to "100" with up to four decimals, as "33.3333"')
    ]


@pytest.mark.parametrize("rate", ["1", "0.0000001", "-0.1", ".0005", 0])
def test_a_rate_for_a_day_is_less_than_one_and_has_up_to_six_decimals(rate: object) -> None:
    assert problems("daybook.contract_signed.v2", SIGNED | {"late_rate_per_day": rate}) == [
        ("late_rate_per_day", 'must be text, less than "1" with up to six decimals, as "0.0005"')
    ]


def test_an_amendment_changes_something() -> None:
    amended: dict[str, Any] = {"contract": "HT-1", "account_id": "A-1", "reason": "new scope"}
    assert problems("daybook.contract_amended.v1", amended) == [
        ("amount", "nothing changes: give one or more of amount, terms, retention_percent, retention_until")
    ]
    over = [{"term": f"t{place}", "trigger": "signing", "share": "60"} for place in range(2)]
    assert problems("daybook.contract_amended.v1", amended | {"terms": over}) == [
        ("terms", "their shares add up to 120, more than 100")
    ]
    changes: tuple[dict[str, Any], ...] = (
        {"amount": "1", "currency": "CNY"},
        {"terms": []},
        {"terms": over[:1]},
        {"retention_percent": "0"},
        {"retention_until": "2028-12-31"},
    )
    for change in changes:
        EVENTS.read("daybook.contract_amended.v1", json.dumps(amended | change))
