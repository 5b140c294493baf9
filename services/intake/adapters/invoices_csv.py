"""A receivables file with one invoice a line, each settled by at most one payment (the layout of IBM's sample data
"Accounts Receivable": dates are month/day/year).

An invoice becomes invoice_issued at its date and, once settled, a payment_received that is allocated to it in full.
The file does not say when an invoice was disputed: a disputed one is marked from its issue on.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.types.currencies import MINOR_UNITS
from services.errors import BadRequest
from services.intake.adapters.import_result import ImportResult, Line, american_date, lines, start_of, subject_id

_COLUMNS = ("customerID", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount", "Disputed", "SettledDate")
_DISPUTED = {"Yes": True, "No": False}


def read(file: Path, zone: ZoneInfo, currency: str) -> ImportResult:
    """Reads all events of the file, in order of time. Raises BadRequest when the file or a column is missing, or for an
    unknown currency."""
    if currency not in MINOR_UNITS:
        raise BadRequest(f"{currency} is not an active ISO 4217 currency code, such as USD or CNY.")
    reading = ImportResult()
    for line in lines(file, _COLUMNS):
        _invoice(reading, line, zone, currency)
    return reading.in_order()


def _invoice(reading: ImportResult, line: Line, zone: ZoneInfo, currency: str) -> None:
    values = line.values
    try:
        for name in ("customerID", "invoiceNumber"):
            if not values[name]:
                raise ValueError(f"{name} is empty")
        issued, due = american_date(values["InvoiceDate"]), american_date(values["DueDate"])
        settled = american_date(values["SettledDate"]) if values["SettledDate"] else None
        if values["Disputed"] not in _DISPUTED:
            raise ValueError(f"Disputed is Yes or No, not {values['Disputed']!r}")
        if settled is not None and settled < issued:
            raise ValueError(f"SettledDate {settled} lies before InvoiceDate {issued}")
    except ValueError as error:
        reading.reject(line, str(error))
        return
    account = subject_id(values["customerID"])
    subject = f"account/{account}"
    invoice, amount = values["invoiceNumber"], values["InvoiceAmount"]
    id_ = f"invoices-csv/{account}/{subject_id(invoice)}"
    money = {"amount": amount, "currency": currency}
    at = start_of(issued, zone)
    reading.add(
        line, at, "daybook.invoice_issued.v1", subject, f"{id_}/issued",
        {"invoice": invoice, "due_on": due.isoformat()} | money,
    )  # fmt: skip
    if _DISPUTED[values["Disputed"]]:
        reading.add(line, at, "daybook.receivable_disputed.v1", subject, f"{id_}/disputed", {"invoice": invoice})
    if settled is not None:
        reading.add(
            line, start_of(settled, zone), "daybook.payment_received.v1", subject, f"{id_}/paid",
            {"payment": f"for {invoice}", "allocations": [{"invoice": invoice, "amount": amount}]} | money,
        )  # fmt: skip
