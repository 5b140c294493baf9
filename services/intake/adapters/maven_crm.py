"""A CRM export in the layout of Maven Analytics' "CRM Sales Opportunities": accounts.csv and sales_pipeline.csv.

An opportunity becomes deal_opened at its engage date, stage_claimed, and deal_won or deal_lost at its close date, on
playbook `crm_claims`. The export's stages are a foreign system's claims, so no evidence is made of them. An account
has no date of its own: it is registered on the first engage date in the export.
"""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from services.errors import BadRequest
from services.intake.adapters.import_result import ImportResult, Line, american_date, lines, start_of, subject_id

CURRENCY = "USD"

_PIPELINE = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
_ACCOUNTS = (
    "account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of",
)  # fmt: skip
_UNDATED = "Prospecting"
_STAGES = {"Prospecting": "Prospecting", "Engaging": "Engaging", "Won": "Engaging", "Lost": "Engaging"}


def read(folder: Path, zone: ZoneInfo, undated_at: date | None = None) -> ImportResult:
    """Reads all events of an export, in order of time. `undated_at` is the day for opportunities without an engage
    date.

    Raises BadRequest when a file or column is missing, or when there are undated opportunities and no day for them.
    """
    accounts = list(lines(folder / "accounts.csv", _ACCOUNTS))
    opportunities = list(lines(folder / "sales_pipeline.csv", _PIPELINE))
    undated = sum(not line.values["engage_date"] for line in opportunities)
    if undated and undated_at is None:
        raise BadRequest(
            f"{undated} of {len(opportunities)} opportunities have no engage date (stage {_UNDATED}); nothing was "
            "sent. Say which day to record them under, for example --undated-at 2017-12-31."
        )
    reading = ImportResult()
    days = [day for line in opportunities if (day := _day(line.values["engage_date"]))]
    if undated_at is not None:
        days.append(undated_at)
    for line in accounts:
        _account(reading, line, start_of(min(days, default=date(1970, 1, 1)), zone))
    for line in opportunities:
        _opportunity(reading, line, zone, undated_at)
    _note_unlisted_products(reading, folder, opportunities)
    return reading.in_order()


def _account(reading: ImportResult, line: Line, at: datetime) -> None:
    values = line.values
    if not values["account"]:
        reading.reject(line, "account is empty")
        return
    name = subject_id(values["account"])
    reading.add(
        line,
        at,
        "daybook.account_registered.v1",
        f"account/{name}",
        f"maven-crm/account/{name}",
        {
            "name": values["account"],
            "industry": values["sector"],
            "region": values["office_location"],
            "founded_year": _number(values["year_established"]),
            "employees": _number(values["employees"]),
            "parent": values["subsidiary_of"],
            "note": f"revenue {values['revenue']}" if values["revenue"] else None,
        },
    )


def _opportunity(reading: ImportResult, line: Line, zone: ZoneInfo, undated_at: date | None) -> None:
    values = line.values
    stage = values["deal_stage"]
    try:
        if not values["opportunity_id"]:
            raise ValueError("opportunity_id is empty")
        if stage not in _STAGES:
            raise ValueError(f"unknown deal_stage {stage!r}; known are {', '.join(_STAGES)}")
        engaged = american_date(values["engage_date"]) if values["engage_date"] else undated_at
        assert engaged is not None  # read() has refused the file otherwise
        closed = american_date(values["close_date"]) if stage in ("Won", "Lost") else None
        if closed is not None and closed < engaged:
            raise ValueError(f"close_date {closed} lies before engage_date {engaged}")
    except ValueError as error:
        reading.reject(line, str(error))
        return
    deal = subject_id(values["opportunity_id"])
    subject, id_ = f"deal/{deal}", f"maven-crm/opportunity/{deal}"
    at = start_of(engaged, zone)
    reading.add(
        line,
        at,
        "daybook.deal_opened.v1",
        subject,
        f"{id_}/opened",
        {
            "playbook": "crm_claims",
            "owner": values["sales_agent"],
            "account_id": subject_id(values["account"]) if values["account"] else None,
            "product": values["product"],
        },
    )
    reading.add(line, at, "daybook.stage_claimed.v1", subject, f"{id_}/claimed", {"stage": _STAGES[stage]})
    if closed is not None and stage == "Won":
        won = {"amount": values["close_value"], "currency": CURRENCY}
        reading.add(line, start_of(closed, zone), "daybook.deal_won.v1", subject, f"{id_}/won", won)
    elif closed is not None:
        reading.add(line, start_of(closed, zone), "daybook.deal_lost.v1", subject, f"{id_}/lost", {})


def _note_unlisted_products(reading: ImportResult, folder: Path, opportunities: list[Line]) -> None:
    path = folder / "products.csv"
    if not path.exists():
        return
    listed = {line.values["product"] for line in lines(path, ("product",))}
    for product, count in Counter(line.values["product"] for line in opportunities).items():
        if product not in listed:
            reading.notes.append(
                f"{count} opportunities name the product {product!r}, which products.csv does not list."
            )


def _day(text: str) -> date | None:
    try:
        return american_date(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
