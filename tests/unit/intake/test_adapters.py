"""Adapters: what a line of a file becomes, and how what cannot be read is named."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.cloudevents.envelope import read_event
from services.errors import BadRequest
from services.intake.adapters import invoices_csv, maven_crm
from services.intake.adapters.import_result import EVENTS, american_date, subject_id

UTC_ZONE = ZoneInfo("UTC")

ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Betatech,medical,1986,647.18,1185,Kenya,Acme Corporation
"""
PIPELINE = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1C1I7A6R,Moses Frase,GTX Pro,Betatech,Won,10/20/2016,3/1/2017,1054
Z063OYW0,Darcel Schlecht,GTXPro,Acme Corporation,Lost,10/25/2016,3/11/2017,0
EC4QE1BX,Darcel Schlecht,MG Special,,Engaging,11/2/2016,,
UP409DSB,Moses Frase,MG Special,,Prospecting,,,
"""
INVOICES = """countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate
391,0379-NEVHP,4/6/2013,0000611365,1/2/2013,2/1/2013,55.94,No,1/15/2013
406,8976-AMJEO,3/3/2012,0007900770,1/26/2013,2/25/2013,61.74,Yes,3/3/2013
406,8976-AMJEO,3/3/2012,0007900771,2/26/2013,3/25/2013,10.00,No,
"""


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "sales_pipeline.csv").write_text(PIPELINE)
    (tmp_path / "products.csv").write_text("product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n")
    return tmp_path


def test_an_opportunity_becomes_an_opening_a_claim_and_an_end(crm: Path) -> None:
    reading = maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31))
    told = [
        (draft.event["type"].split(".")[1], draft.at.date(), draft.event["data"])
        for draft in reading.drafts
        if draft.event["subject"] == "deal/1C1I7A6R"
    ]
    assert told == [
        (
            "deal_opened",
            date(2016, 10, 20),
            {"playbook": "crm_claims", "owner": "Moses Frase", "account_id": "Betatech", "product": "GTX Pro"},
        ),
        ("stage_claimed", date(2016, 10, 20), {"stage": "Engaging"}),
        ("deal_won", date(2017, 3, 1), {"amount": "1054", "currency": "USD"}),
    ]
    assert reading.rejects == []


def test_undated_opportunities_stop_the_import_before_anything_is_sent(crm: Path) -> None:
    with pytest.raises(BadRequest, match=r"1 of 4 opportunities have no engage date.*--undated-at"):
        maven_crm.read(crm, UTC_ZONE)


def test_events_come_in_order_of_time_accounts_first(crm: Path) -> None:
    drafts = maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31)).drafts
    assert [draft.at for draft in drafts] == sorted(draft.at for draft in drafts)
    assert [draft.event["subject"] for draft in drafts[:2]] == ["account/Acme-Corporation-f8b0b3", "account/Betatech"]


def test_a_second_reading_gives_the_same_events(crm: Path) -> None:
    once, again = (maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31)).drafts for _ in range(2))
    assert [draft.event for draft in once] == [draft.event for draft in again]
    assert len({draft.event["id"] for draft in once}) == len(once)


def test_products_that_are_not_listed_are_named(crm: Path) -> None:
    notes = maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31)).notes
    assert notes == ["1 opportunities name the product 'GTXPro', which products.csv does not list."]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("X1,A,P,,Won,13/45/2016,3/1/2017,10", "not a date as month/day/year: '13/45/2016'"),
        ("X1,A,P,,Won,10/20/2016,3/1/2016,10", "close_date 2016-03-01 lies before engage_date 2016-10-20"),
        ("X1,A,P,,Signed,10/20/2016,,", "unknown deal_stage 'Signed'; known are Prospecting, Engaging, Won, Lost"),
        ("X1,A,P,,Won,10/20/2016,3/1/2017,ten", "data.amount"),
        (",A,P,,Won,10/20/2016,3/1/2017,10", "opportunity_id is empty"),
    ],
)
def test_a_bad_line_is_rejected_with_its_row_and_reason(crm: Path, broken: str, reason: str) -> None:
    with (crm / "sales_pipeline.csv").open("a") as file:
        file.write(broken + "\n")
    reading = maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31))
    assert [(reject.line.file, reject.line.row) for reject in reading.rejects] == [("sales_pipeline.csv", 6)]
    assert reason in reading.rejects[0].reason


def test_a_missing_column_is_named(crm: Path) -> None:
    (crm / "accounts.csv").write_text("account,sector\nA,b\n")
    with pytest.raises(BadRequest, match="the header lacks year_established, revenue"):
        maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31))


def test_an_invoice_becomes_an_issue_a_dispute_and_a_fully_allocated_payment(tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES)
    reading = invoices_csv.read(file, UTC_ZONE, "USD")
    assert Counter(draft.event["type"].split(".")[1] for draft in reading.drafts) == {
        "invoice_issued": 3,
        "receivable_disputed": 1,
        "payment_received": 2,
    }
    payment = next(d for d in reading.drafts if d.event["type"] == "daybook.payment_received.v1")
    assert payment.at == datetime(2013, 1, 15, tzinfo=UTC)
    assert payment.event["subject"] == "account/0379-NEVHP"
    assert payment.event["data"] == {
        "payment": "for 0000611365",
        "amount": "55.94",
        "currency": "USD",
        "allocations": [{"invoice": "0000611365", "amount": "55.94"}],
    }


def test_an_invoice_of_nobody_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES.replace("0379-NEVHP", ""))
    reading = invoices_csv.read(file, UTC_ZONE, "USD")
    assert [(reject.line.row, reject.reason) for reject in reading.rejects] == [(2, "customerID is empty")]


def test_an_unknown_currency_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES)
    with pytest.raises(BadRequest, match="XXX is not an active ISO 4217 currency code"):
        invoices_csv.read(file, UTC_ZONE, "XXX")


def test_the_source_may_send_what_adapters_send_and_nothing_else(crm: Path, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES)
    drafts = maven_crm.read(crm, UTC_ZONE, date(2017, 12, 31)).drafts + invoices_csv.read(file, UTC_ZONE, "USD").drafts
    assert {draft.event["type"].split(".")[1] for draft in drafts} == set(EVENTS)


def test_every_draft_is_an_event_that_intake_would_read(crm: Path, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    file.write_text(INVOICES)
    for reading in (
        maven_crm.read(crm, ZoneInfo("Asia/Shanghai"), date(2017, 12, 31)),
        invoices_csv.read(file, ZoneInfo("Asia/Shanghai"), "CNY"),
    ):
        assert [read_event(draft.event).id for draft in reading.drafts] == [d.event["id"] for d in reading.drafts]


def test_other_characters_become_dashes_and_a_digest_keeps_ids_apart() -> None:
    assert subject_id("A-1_b") == "A-1_b"
    assert subject_id("Acme Corporation") == "Acme-Corporation-f8b0b3"
    assert subject_id("Acme/Corporation") != subject_id("Acme Corporation")
    assert len(subject_id("字" * 200)) <= 64


def test_dates_are_month_day_year() -> None:
    assert american_date("2/1/2013") == date(2013, 2, 1)
    with pytest.raises(ValueError, match="month/day/year"):
        american_date("2013-02-01")
