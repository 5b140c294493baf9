from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.events.receivables import InvoiceIssued, PaymentAllocated, PaymentReceived
from contracts.rules.refusals import problems_of
from contracts.types.money import MINOR_UNITS, Amount, Monetary, PositiveAmount

INVOICE = {"invoice": "INV-1", "due_on": "2026-04-30"}


def _problems(cls: type[Monetary], **data: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as raised:
        cls.model_validate_json(TypeAdapter(dict).dump_json(data))
    return [(each.field, each.reason) for each in problems_of(raised.value)]


@pytest.mark.parametrize("currency", sorted(MINOR_UNITS))
def test_an_amount_has_up_to_the_decimals_of_its_currency_and_not_one_more(currency: str) -> None:
    digits = MINOR_UNITS[currency]
    fits = "1" if digits == 0 else f"1.{'0' * (digits - 1)}1"
    event = InvoiceIssued.model_validate_json(
        TypeAdapter(dict).dump_json(INVOICE | {"amount": fits, "currency": currency})
    )
    assert event.amount == Decimal(fits)
    too_fine = f"1.{'0' * digits}1"
    [(field, reason)] = _problems(InvoiceIssued, **INVOICE, amount=too_fine, currency=currency)
    assert field == "amount"
    assert "decimals" in reason


def test_the_amounts_of_allocations_are_held_to_the_currency_too() -> None:
    allocations = [{"invoice": "A", "amount": "1"}, {"invoice": "B", "amount": "1.5"}]
    assert _problems(PaymentReceived, payment="P", amount="10", currency="JPY", allocations=allocations) == [
        ("allocations.1.amount", "1.5 has more than the 0 decimals of JPY")
    ]


def test_allocations_do_not_exceed_the_amount() -> None:
    allocations = [{"invoice": "A", "amount": "6"}, {"invoice": "B", "amount": "5"}]
    assert _problems(PaymentReceived, payment="P", amount="10", currency="CNY", allocations=allocations) == [
        ("allocations", "they add up to 11, more than the amount 10")
    ]


@pytest.mark.parametrize(
    "amount", ["", "-1", "+1", "01", "1.", ".5", "1.00000", "1e3", "1_000", "1,000", " 1", "1\n", "NaN", "٣", "1" * 16]
)
def test_other_spellings_of_an_amount_are_refused(amount: str) -> None:
    [(field, reason)] = _problems(InvoiceIssued, **INVOICE, amount=amount, currency="CNY")
    assert field == "amount"
    assert "up to 15 digits" in reason


@pytest.mark.parametrize("amount", [12, True, None, ["1"]])
def test_an_amount_that_is_no_text_is_refused(amount: object) -> None:
    assert _problems(InvoiceIssued, **INVOICE, amount=amount, currency="CNY") == [
        ("amount", 'an amount is a decimal string such as "1200.00", not a number')
    ]


@pytest.mark.parametrize("amount", ["0", "0.00"])
def test_what_is_owed_is_more_than_nothing(amount: str) -> None:
    assert _problems(InvoiceIssued, **INVOICE, amount=amount, currency="CNY") == [("amount", "must be more than 0")]


@pytest.mark.parametrize("currency", ["cny", "XAU", "BTC", "", 156, None])
def test_only_active_currencies_are_taken(currency: object) -> None:
    [(field, reason)] = _problems(InvoiceIssued, **INVOICE, amount="1", currency=currency)
    assert field == "currency"
    assert "ISO 4217" in reason


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_decimal_is_taken_only_if_its_text_would_be(value: Decimal) -> None:
    adapter = TypeAdapter(Amount)
    try:
        read = adapter.validate_python(value)
    except ValidationError:
        with pytest.raises(ValidationError):
            adapter.validate_python(format(value, "f"))
    else:
        assert read == value
        assert adapter.validate_python(adapter.dump_python(read)) == value


def test_zero_is_an_amount_but_not_a_positive_one() -> None:
    assert TypeAdapter(Amount).validate_python("0.00") == 0
    with pytest.raises(ValidationError):
        TypeAdapter(PositiveAmount).validate_python("0.00")


def test_a_list_whose_members_are_all_at_fault_is_not_called_too_short() -> None:
    data = {"payment": "P", "currency": "CNY", "allocations": [{"invoice": "A", "amount": "x"}]}
    assert [field for field, _ in _problems(PaymentAllocated, **data)] == ["allocations.0.amount"]
    assert _problems(PaymentAllocated, **data | {"allocations": []}) == [("allocations", "must have 1 or more members")]
