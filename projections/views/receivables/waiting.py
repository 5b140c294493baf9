"""Orders that need an invoice or a contract: carried out at once if it is there, or else when it arrives."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from contracts.types.references import spelled_out
from projections.views.receivables.contract import Contract
from projections.views.receivables.flags import Waiting
from projections.views.receivables.item import Item
from projections.views.receivables.state import About, Allocate, Waits
from projections.views.receivables.step import Step

A = TypeVar("A", Allocate, About)


def with_invoice(
    step: Step, wanted: A, number: str, key: str, flag: Waiting, carry_out: Callable[[Step, A, Item], None]
) -> None:
    """Carry out an order about the invoice of a number, now or once it is there. Until then a flag tells of it."""
    item = step.account.items.get(key)
    if item is not None:
        carry_out(step, wanted, item)
    else:
        step.account.awaiting_invoice.setdefault(key, []).append((wanted, carry_out))
        step.waits(flag, f"{spelled_out(number)} is no invoice of this account yet", wanted)


def with_contract(step: Step, wanted: About, carry_out: Callable[[Step, About, Contract], None]) -> None:
    """Carry out an order about a contract, now or once it is there. Until then a flag tells of it."""
    contract = step.account.contracts.get(wanted.key)
    if contract is not None:
        carry_out(step, wanted, contract)
    else:
        step.account.awaiting_contract.setdefault(wanted.key, []).append((wanted, carry_out))
        step.waits("unknown_contract", f"{spelled_out(wanted.number)} is no contract of this account yet", wanted)


def arrived(step: Step, found: Any, waiting: Iterable[Waits]) -> None:
    """Carry out the orders that waited for an invoice or contract that is there now, in effective order."""
    for wanted, carry_out in sorted(waiting, key=_order):
        step.no_longer_waits(wanted)
        carry_out(step, wanted, found)


def _order(waits: Waits) -> Any:
    return waits[0].order
