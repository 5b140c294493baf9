"""Facts that a ledger to be upgraded is made of: those whose figures were mended, beside plain ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.playbooks.shipped import shipped
from tests.benchmarks.deals import tell

SOURCE = "desk"
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Event = dict[str, Any]


class Desk:
    """One emitting system; its facts are an hour apart unless they say when."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    def say(self, name: str, subject: str, id: str | None = None, at: str | None = None, **data: Any) -> str:
        """One fact; gives its id."""
        number = len(self.told) + 1
        id = id or f"{SOURCE}-{number:03d}"
        at = at or (BEGINNING + timedelta(hours=number)).isoformat().replace("+00:00", "Z")
        self.told.append(
            {
                "specversion": "1.0",
                "id": id,
                "source": SOURCE,
                "type": f"daybook.{name}.v1",
                "subject": subject,
                "time": at,
                "data": data,
            }
        )
        return id

    def invoice(self, account: str, number: str, amount: str, currency: str = "CNY", **more: Any) -> str:
        """An invoice, due at the end of March unless it says otherwise."""
        data = {"due_on": "2026-03-31"} | more.pop("data", {})
        subject = f"account/{account}"
        return self.say("invoice_issued", subject, invoice=number, amount=amount, currency=currency, **data, **more)

    def payment(self, account: str, number: str, amount: str, currency: str = "CNY", **more: Any) -> str:
        """Money is in."""
        subject = f"account/{account}"
        return self.say("payment_received", subject, payment=number, amount=amount, currency=currency, **more)

    def transfer(self, account: str, number: str, to: str, amount: str, currency: str = "CNY", **more: Any) -> str:
        """Cash goes to another account."""
        data = {"payment": number, "to_account_id": to, "amount": amount, "currency": currency}
        return self.say("payment_transferred", f"account/{account}", **data, **more)

    def allocate(self, account: str, number: str, *parts: tuple[str, str], currency: str = "CNY") -> str:
        """Unapplied cash pays invoices."""
        paid = [{"invoice": invoice, "amount": amount} for invoice, amount in parts]
        subject = f"account/{account}"
        return self.say("payment_allocated", subject, payment=number, currency=currency, allocations=paid)

    def reverse(self, account: str, number: str, amount: str, currency: str = "CNY") -> str:
        """Money goes back."""
        subject = f"account/{account}"
        return self.say("payment_reversed", subject, payment=number, amount=amount, currency=currency)

    def correct(self, subject: str, name: str, target: str, data: Event, at: str = "2026-03-02T09:00:00Z") -> str:
        """An earlier or later fact is replaced."""
        return self.say(
            "event_corrected",
            subject,
            target={"source": SOURCE, "id": target},
            target_type=f"daybook.{name}.v1",
            replacement={"time": at, "data": data},
            reason="typed wrongly",
            approver="Chen",
        )

    def void(self, subject: str, target: str) -> str:
        """An earlier or later fact did not happen."""
        named = {"source": SOURCE, "id": target}
        return self.say("event_voided", subject, target=named, reason="it did not happen", approver="Chen")

    def opened(self, deal: str, playbook: str = "project", **data: Any) -> str:
        """A deal begins."""
        subject = f"deal/{deal}"
        return self.say("deal_opened", subject, playbook=playbook, owner="Li", amount="500.00", currency="CNY", **data)


def plain() -> list[Event]:
    """A demo of eight deals: facts without anything surprising, but for a bounced payment and what comes late."""
    playbook = max((each for each in shipped() if each.key == "project"), key=lambda each: each.version)
    story = tell(playbook, deals=8)
    return [*story.main, *story.aftermath]


def mended() -> list[Event]:
    """Facts whose figures or whose order were mended after commit 513cf26."""
    desk = Desk()
    _transfers(desk)
    _numbers(desk)
    _look_alikes(desk)
    _closings(desk)
    _order(desk)
    _of_their_day(desk)
    _stricter(desk)
    return desk.told


def _transfers(desk: Desk) -> None:
    desk.payment("over-from", "P-1", "100.00")  # more than there is
    desk.transfer("over-from", "P-1", "over-to", "150.00")
    desk.payment("typo-from", "P-1", "100.00")  # a mistyped reference
    desk.transfer("typo-from", "P-l", "typo-to", "100.00")
    desk.payment("two-from", "P-1", "100.00")  # 60 and 60 of 100
    desk.transfer("two-from", "P-1", "two-to-1", "60.00")
    desk.transfer("two-from", "P-1", "two-to-2", "60.00")
    desk.payment("currency-from", "P-1", "100.00", "AOA")  # another currency than was paid
    desk.transfer("currency-from", "P-1", "currency-to", "100.00", "ARS")
    desk.say("credit_note_issued", "account/credit-from", credit_note="C-1", amount="70.00", currency="CNY")
    desk.transfer("credit-from", "C-1", "credit-to", "70.00")  # credit is not cash
    paid = desk.payment("corrected-from", "P-1", "100.00")  # corrected to less than was moved
    desk.transfer("corrected-from", "P-1", "corrected-to", "100.00")
    data = {"payment": "P-1", "amount": "80.00", "currency": "CNY"}
    desk.correct("account/corrected-from", "payment_received", paid, data)
    paid = desk.payment("voided-from", "P-1", "100.00")  # voided after it has paid elsewhere
    desk.invoice("voided-to", "I-1", "100.00")
    desk.transfer("voided-from", "P-1", "voided-to", "100.00")
    desk.allocate("voided-to", "P-1", ("I-1", "100.00"))
    desk.void("account/voided-from", paid)
    desk.payment("chain-from", "P-1", "100.00")  # reversed where it came in, two accounts on
    desk.transfer("chain-from", "P-1", "chain-by", "100.00")
    desk.transfer("chain-by", "P-1", "chain-to", "100.00")
    desk.invoice("chain-to", "I-1", "60.00")
    desk.allocate("chain-to", "P-1", ("I-1", "60.00"))
    desk.reverse("chain-from", "P-1", "100.00")
    desk.payment("even-from", "P-1", "100.00")  # as it should be: moved, allocated, reversed where it is
    desk.invoice("even-to", "I-1", "100.00")
    desk.transfer("even-from", "P-1", "even-to", "100.00")
    desk.allocate("even-to", "P-1", ("I-1", "100.00"))
    desk.reverse("even-to", "P-1", "100.00")


def _numbers(desk: Desk) -> None:
    desk.invoice("number-kinds", "I-1", "100.00")  # a payment and a credit note of one number
    paid = [{"invoice": "I-1", "amount": "40.00"}]
    desk.payment("number-kinds", "1", "40.00", allocations=paid)
    data = {"credit_note": "1", "amount": "25.00", "currency": "CNY"}
    desk.say("credit_note_issued", "account/number-kinds", **data, allocations=[{"invoice": "I-1", "amount": "25.00"}])
    desk.invoice("number-years", "1", "100.00")  # the number of another year: still not added
    desk.invoice("number-years", "1", "30.00", data={"due_on": "2027-03-31"})


def _look_alikes(desk: Desk) -> None:
    invoices = ("Rev\u00e9-1", "I-2", "I-3", "I-4")
    named = ("Reve\u0301-1", "I-2\u00a0", "I\u200b-3", "\uff29-4")
    for invoice in invoices:
        desk.invoice("alike-invoices", invoice, "10.00")
    paid = [{"invoice": each, "amount": "10.00"} for each in named]
    desk.payment("alike-invoices", "P-1", "40.00", allocations=paid)
    desk.invoice("alike-payments", "I-1", "10.00")
    desk.payment("alike-payments", "P\u00ad-1", "10.00")
    desk.allocate("alike-payments", "P-1", ("I-1", "10.00"))
    desk.opened("alike-claims", "crm_claims")
    desk.say("stage_claimed", "deal/alike-claims", stage="\u00a0Engaging\u200b")


def _closings(desk: Desk) -> None:
    desk.opened("lost-won")  # lost, then won without a reopening
    desk.say("deal_lost", "deal/lost-won", reason="price")
    desk.say("deal_won", "deal/lost-won", amount="450.00", currency="CNY")
    desk.opened("won-twice")  # the final amount comes later
    desk.say("deal_won", "deal/won-twice", amount="450.00", currency="CNY")
    desk.say("deal_won", "deal/won-twice", amount="475.00", currency="CNY")
    desk.opened("won-once")
    desk.say("deal_won", "deal/won-once", amount="500.00", currency="CNY")
    desk.opened("lost-reopened")
    desk.say("deal_lost", "deal/lost-reopened")
    desk.say("deal_reopened", "deal/lost-reopened")
    desk.say("deal_won", "deal/lost-reopened")


def _order(desk: Desk) -> None:
    desk.opened("nanoseconds")  # one microsecond, the later one first
    desk.say("deal_revised", "deal/nanoseconds", at="2026-03-20T09:00:00.0000009Z", amount="900.00", currency="CNY")
    desk.say("deal_revised", "deal/nanoseconds", at="2026-03-20T09:00:00.0000001Z", amount="100.00", currency="CNY")
    amount = {"payment": "P-1", "amount": "30.00", "currency": "CNY"}
    desk.correct("account/early", "payment_received", "early-1", amount)  # corrections and voids before their targets
    desk.payment("early", "P-1", "300.00", id="early-1")
    desk.void("account/early", "early-2")
    desk.payment("early", "P-2", "50.00", id="early-2")
    desk.opened("early")
    won = {"amount": "480.00", "currency": "CNY"}
    desk.correct("deal/early", "deal_won", "early-3", won, at="2026-03-25T09:00:00Z")
    desk.say("deal_won", "deal/early", id="early-3", amount="48.00", currency="CNY")


def _of_their_day(desk: Desk) -> None:
    desk.invoice("day", "I-1", "100.00", "SLE", at="2010-05-03T09:00:00Z", data={"due_on": "2010-06-03"})
    desk.payment("day", "P-1", "40.00", "SLE", at="2010-06-01T09:00:00Z")
    desk.allocate("day", "P-1", ("I-1", "40.00"), currency="SLE")
    desk.invoice("day", "I-2", "100", "XCG", at="1999-05-03T09:00:00Z", data={"due_on": "1999-06-03"})


def _stricter(desk: Desk) -> None:
    desk.opened("blank")
    desk.say("deal_reassigned", "deal/blank", owner=" ")
    desk.say("deal_lost", "deal/blank", reason="price\ufffe")
    desk.payment("blank", "\u200b", "20.00")


def behind_intake(last: Event) -> list[Event]:
    """Messages that reach the stream without intake: once more, in other words, other facts, and unreadable ones.

    What the recorder made of each by the rules of its day stays, even where today's rules would make another.
    """
    moved = datetime.fromisoformat(last["time"]).astimezone(UTC) + timedelta(hours=8)
    invoice = {"invoice": "I-1", "amount": "10.00", "currency": "CNY", "due_on": "2026-04-30"}
    payment = {"payment": "P-1", "amount": "10.00", "currency": "CNY"}
    paid = {"invoice": "I-1", "amount": "5.00"}
    correction = {"target": {"source": SOURCE, "id": "behind-none"}, "reason": "typed wrongly", "approver": "Chen"}
    replaced = {"time": "2026-04-01T09:00:00Z", "data": invoice | {"currency": "QQQ"}}
    void = {"target": {"source": SOURCE, "id": "early-1"}, "reason": "of another subject", "approver": "Chen"}
    said: list[tuple[str, str, Event]] = [
        ("invoice_issued", "account/behind", invoice | {"currency": "BGN"}),
        ("invoice_issued", "account/behind", invoice | {"currency": "QQQ"}),
        ("invoice_issued", "account/behind", invoice | {"amount": "10.001"}),
        ("invoice_issued", "account/behind", invoice | {"series": "2026"}),
        ("payment_received", "account/behind", payment | {"allocations": [paid | {"series": "2026"}]}),
        ("payment_allocated", "account/behind",
         {"payment": "P-1", "currency": "CNY", "document": "payment", "allocations": [paid]}),
        ("event_corrected", "account/behind",
         correction | {"target_type": "daybook.invoice_issued.v1", "replacement": replaced}),
        ("event_voided", "account/elsewhere", void),
        ("playbook_withdrawn", "playbook/project", {"playbook_version": 1, "reason": "replaced"}),
        ("invoice_issued", "account/behind", invoice | {"amount": 10}),
    ]  # fmt: skip
    return [
        last,
        last | {"time": moved.isoformat().replace("+00:00", "+08:00")},
        last | {"time": "2026-04-02T09:00:00Z"},
        *(
            {
                "specversion": "1.0",
                "source": SOURCE,
                "id": f"behind-{number}",
                "type": f"daybook.{name}.v1",
                "subject": subject,
                "time": "2020-04-01T09:00:00Z",
                "data": data,
            }
            for number, (name, subject, data) in enumerate(said, start=1)
        ),
    ]
