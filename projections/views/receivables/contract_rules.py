"""Contracts that are signed, amended, delivered, accepted, and of which retention is released.

Entries about a contract that is not there yet wait for it. They change its terms and touch no invoice: a term is owed
once it is invoiced.
"""

from decimal import Decimal

from contracts.events.receivables import AcceptanceConfirmed, ContractAmended, ContractSignedV2, RetentionReleased
from contracts.types.identifiers import split_subject
from contracts.types.money import in_units
from contracts.types.references import number_key, reference_key, spelled_out, told_apart
from projections.views.receivables.contract import WHOLE, Contract
from projections.views.receivables.state import About
from projections.views.receivables.step import Step
from projections.views.receivables.waiting import arrived


def sign(step: Step, event: ContractSignedV2, subject: str) -> None:
    """Take in the contract of a deal. A second one of a number is flagged, not added."""
    account, key = step.account, number_key(event.contract, None)
    if (known := account.contracts.get(key)) is not None:
        number, sent = told_apart(known.signed.contract, event.contract)
        alike = number if number == sent else f"{number} (sent as {sent})"
        step.flag("contract_twice", f"the account has a contract {alike} already")
        return
    contract = account.contracts[key] = Contract(
        key=key,
        deal=split_subject(subject)[1],
        signed=event,
        signed_at=step.at,
        amount=in_units(event.amount, event.currency),
        currency=event.currency,
        agreed=event.terms,
        retention_percent=event.retention_percent,
        retention_until=event.retention_until,
        released=in_units(Decimal(0), event.currency),
    )
    _planned_anew(step, contract)
    arrived(step, contract, account.awaiting_contract.pop(key, ()))


def amend(step: Step, wanted: About, contract: Contract) -> None:
    """Replace what the amendment gives, whole. Days of delivery and acceptance stay with terms of the same name."""
    event: ContractAmended = wanted.event
    if event.amount is not None and event.currency is not None:
        if event.currency != contract.currency:
            contract.released = in_units(Decimal(0), event.currency)
        contract.amount, contract.currency = in_units(event.amount, event.currency), event.currency
    if event.terms is not None:
        contract.agreed = event.terms
    if event.retention_percent is not None:
        contract.retention_percent = event.retention_percent
    if event.retention_until is not None:
        contract.retention_until = event.retention_until
    _planned_anew(step, contract)
    if contract.shares != WHOLE:
        detail = f"the shares of {contract.key} add up to {contract.shares.normalize():f}, not to 100"
        step.flag("shares_not_whole", detail, wanted)


def accept(step: Step, wanted: About, contract: Contract) -> None:
    """Note a day of delivery or acceptance for the term that is named, or for all that wait for one."""
    event: AcceptanceConfirmed = wanted.event
    named = None if event.term is None else reference_key(event.term)
    if named is not None and all(each.name != named for each in contract.terms):
        detail = f"{spelled_out(event.term or '')} is no term of contract {contract.key}"
        step.flag("unknown_term", detail, wanted)
        return
    for day, days, trigger in (
        (event.delivered_on, contract.delivered, "delivery"),
        (event.accepted_on, contract.accepted, "acceptance"),
    ):
        if day is None:
            continue
        if named is not None:
            days[named] = day
        else:
            for term in contract.terms:
                if term.trigger == trigger:
                    days.setdefault(term.name, day)
    _changed(step, contract)


def release(step: Step, wanted: About, contract: Contract) -> None:
    """Note that retention is payable, up to what the contract keeps back."""
    event: RetentionReleased = wanted.event
    if event.currency != contract.currency:
        step.flag("wrong_currency", f"{event.currency} of contract {contract.key} in {contract.currency}", wanted)
        return
    asked = in_units(event.amount, event.currency)
    amount = max(min(asked, contract.retained - contract.released), Decimal(0))
    if amount < asked:
        detail = f"{asked} {event.currency} of contract {contract.key}: {amount} was kept back"
        step.flag("over_released", detail, wanted)
    contract.released += amount
    _changed(step, contract)


def _planned_anew(step: Step, contract: Contract) -> None:
    contract.plan()
    _changed(step, contract)


def _changed(step: Step, contract: Contract) -> None:
    for each in contract.places:
        step.changed(each)
