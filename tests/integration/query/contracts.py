"""Seeded events about contracts: few contracts, invoices and payments, so that they meet and change each other."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.integration.projector.turmoil import Event, event

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_NAMES = (
    *["contract_signed", "acceptance_confirmed", "account_profiled"] * 2,
    *["invoice_issued", "payment_received"] * 4,
    *["contract_amended", "retention_released", "receivable_disputed", "receivable_written_off", "credit_note_issued"],
)


def contracts(seed: int, events: int) -> list[Event]:
    """That many events about contracts of two accounts."""
    draw = Random(seed)
    return [_event(draw, f"n{number}") for number in range(events)]


def _event(draw: Random, id: str) -> Event:
    name, account = draw.choice(_NAMES), draw.choice(["A-0", "A-0", "A-1"])
    at = _FIRST_DAY + timedelta(hours=draw.randrange(24 * 20))
    invoice, contract = draw.choice(["J-0", "J-1", "J-2"]), draw.choice(["K-0", "K-1"])
    money = {"amount": draw.choice(["100.00", "40", "77.77"]), "currency": draw.choice(["CNY", "CNY", "CNY", "USD"])}
    term = draw.choice(["delivery", "acceptance", "advance"])
    said: dict[str, dict[str, Any]] = {
        "contract_signed": {
            "contract": contract,
            "account_id": account,
            **money,
            "terms": [
                {"term": "delivery", "trigger": "delivery", "share": "60"},
                {"term": "acceptance", "trigger": "acceptance", "share": "27", "days": 5},
                {"term": "advance", "trigger": draw.choice(["signing", "invoice"]), "share": "10", "days": 3},
            ],
            "retention_percent": "3",
            "retention_until": "2026-01-10",
            "sme_declared": True,
            "buyer_kind": draw.choice(["large_enterprise", "public", None, None]),
            "late_rate_per_day": draw.choice(["0.001", None]),
        },
        "contract_amended": {"contract": contract, "account_id": account, "reason": "scope", **money},
        "acceptance_confirmed": {
            "contract": contract,
            "account_id": account,
            draw.choice(["delivered_on", "accepted_on"]): draw.choice(["2025-10-01", "2025-12-20"]),
        },
        "retention_released": {"contract": contract, **money, "amount": "1"},
        "account_profiled": {"buyer_kind": draw.choice(["public", "sme", "large_enterprise"])},
        "invoice_issued": {
            "invoice": invoice,
            **money,
            "due_on": draw.choice(["2026-01-10", "2026-01-31"]),
            "contract": contract,
            "term": term,
        },
        "payment_received": {
            "payment": draw.choice(["Q-0", "Q-1", "Q-2"]),
            **money,
            "allocations": draw.choice([[], [{"invoice": invoice, "amount": "25"}]]),
            "remittance": draw.choice([f"pays {invoice}", None]),
        },
        "credit_note_issued": {
            "credit_note": "N",
            **money,
            "allocations": [{"invoice": invoice, "amount": "15"}],
        },
        "receivable_disputed": {"invoice": invoice, "amount": "20", "currency": money["currency"]},
        "receivable_written_off": {"invoice": invoice, **money, "amount": "5", "reason": "broke", "approver": "Wu"},
    }
    of_deal = name in ("contract_signed", "contract_amended", "acceptance_confirmed")
    made = event(name, f"deal/D-{draw.randrange(3)}" if of_deal else f"account/{account}", at, id, **said[name])
    return made | {"type": "daybook.contract_signed.v2"} if name == "contract_signed" else made
