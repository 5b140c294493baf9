"""Overview: the reports that a manager and finance look at first, as charts with their figures."""

from collections.abc import Sequence
from decimal import Decimal

import htpy as h

from services.console.charts import chart
from services.console.page import ROOT, Page
from services.console.report_page import Answer, asked_of, rows_table

SHOWN = ("funnel", "forecast", "ageing")
"""Reports of the overview, in their order; those with a parameter `playbook` are about the playbook chosen."""

_BUCKETS = ("not_due", "1-30", "31-60", "61-90", "over_90")


def overview_page(page: Page, playbooks: Sequence[str], chosen: str | None, answers: Sequence[Answer]) -> str:
    """The overview, for one playbook of several."""
    return page.render(
        page.text("overview"),
        h.nav(".playbooks", aria_label=page.text("playbook"))[
            (
                h.a(href=page.same(playbook=each), aria_current="true" if each == chosen else None)[each]
                for each in playbooks
            )
        ]
        if playbooks
        else h.p(".none", role="status")[page.text("nothing known")],
        [_section(page, each) for each in answers],
    )


def _section(page: Page, answer: Answer) -> h.Element:
    report = answer.question.report
    title = page.label(report.title)
    return h.section[
        h.h2[h.a(href=page.link(f"{ROOT}/reports/{report.name}", **asked_of(answer.question)))[title]],
        h.p(".question")[page.label(report.question)],
        chart(page, report.chart, report.columns, answer.rows, title) if report.chart else None,
        _identity(page, answer) if report.name == "ageing" else None,
        rows_table(page, report, answer) if answer.rows else h.p(".none", role="status")[page.text("nothing")],
    ]


def _identity(page: Page, answer: Answer) -> h.Node:
    """Sum of the buckets less what is not applied, which is the balance, spelt out for each currency."""
    by_currency: dict[str, dict[str, Decimal]] = {}
    for row in answer.rows:
        by_currency.setdefault(row["currency"], {})[row["line"]] = Decimal(row["amount"])
    return h.ul(".identity")[
        (
            h.li[
                page.text(
                    "identity",
                    buckets=sum((lines[each] for each in _BUCKETS if each in lines), Decimal(0)),
                    unapplied=lines.get("unapplied", Decimal(0)),
                    balance=lines.get("balance", Decimal(0)),
                    currency=currency,
                )
            ]
            for currency, lines in by_currency.items()
        )
    ]
