"""Pages of a deal and of an account: where it stands, why, and its history."""

from collections.abc import Mapping, Sequence
from typing import Any

import htpy as h

from projections.columns import Label, column_of
from projections.reports import BY_NAME
from projections.views.stage_position.rows import StageItemRow
from services.console.page import ROOT, Page
from services.console.report_page import entries_table
from services.console.tables import cell
from services.query.shapes import ExplainedItem, ExplainedStage, Explanation, HistoryEntry

RELATED = {
    "deal": ("commitments", "coverage", "relationships"),
    "account": ("accounts", "relationships", "receivables_open", "follow_up", "collection_plan"),
}
"""Reports that are asked for one deal or account, by its kind."""


def deal_page(
    page: Page,
    deal: str,
    standing: Mapping[str, Any] | None,
    why: Explanation | None,
    entries: Sequence[HistoryEntry],
    more: bool,
) -> str:
    """A deal: where it stands, why it stands there, what is missing, and its entries."""
    return page.render(
        page.text("deal", deal=deal),
        _standing(page, standing) if standing else h.p(".none", role="status")[page.text("nothing known")],
        [h.h2[page.text("why")], _missing(page, why), _why(page, why)] if why else None,
        _related(page, "deal", deal),
        _history(page, entries, more),
    )


def account_page(page: Page, account: str, entries: Sequence[HistoryEntry], more: bool) -> str:
    """An account: its reports and its entries."""
    return page.render(
        page.text("account", account=account), _related(page, "account", account), _history(page, entries, more)
    )


def _standing(page: Page, row: Mapping[str, Any]) -> h.Element:
    columns = [each for each in BY_NAME["deal"].columns if each.name in row and row[each.name] is not None]
    return h.dl(".facts")[
        (h.div[h.dt[page.label(each.label)], h.dd[cell(page, each, row[each.name])]] for each in columns)
    ]


def _worked_on(why: Explanation) -> ExplainedStage | None:
    return next((each for each in why["stages"] if each["completed_at"] is None), None)


def _missing(page: Page, why: Explanation) -> h.Element:
    stage = _worked_on(why)
    names = {item["item"]: _called(page, item) for item in (stage["items"] if stage else ())}
    if not why["missing"]:
        return h.p[page.text("nothing missing")]
    return h.p(".missing")[page.text("missing", items=", ".join(names[each] for each in why["missing"]))]


def _why(page: Page, why: Explanation) -> h.Element:
    """Items of every stage, with the entries that met them."""
    kinds = column_of(StageItemRow, "kind")
    names = ("item", "kind", "met", "by entries")
    rows: list[h.Node] = []
    stage = _worked_on(why)
    for each in why["stages"]:
        times = [(page.text(name), each[f"{name}_at"]) for name in ("entered", "completed")]  # type: ignore[literal-required]
        rows.append(
            h.tr(".stage")[
                h.th(colspan=len(names), scope="rowgroup")[
                    f"{each['stage']} {page.label(Label(each['name_zh'], each['name_en']))}",
                    [h.small[f" {name} {page.wording.at(at)}"] for name, at in times if at],
                ]
            ]
        )
        rows += [
            h.tr[
                h.td[_called(page, item)],
                h.td[page.wording.word(kinds, item["kind"])],
                h.td[page.wording.at(item["met_at"]) or h.span(".unknown")["–"]],
                h.td[[[page.entry(sequence), " "] for sequence in item["by"]]],
            ]
            for item in [*each["items"], *(each["shown"] if each is stage else ())]
        ]
    return h.div(".scroll", tabindex="0", role="region", aria_label=page.text("why"))[
        h.table[
            h.caption[page.text("why")],
            h.thead[h.tr[(h.th(scope="col")[page.text(name)] for name in names)]],
            h.tbody[rows],
        ]
    ]


def _called(page: Page, item: ExplainedItem) -> str:
    if item["name_zh"] is None or item["name_en"] is None:
        return item["item"]
    return f"{page.label(Label(item['name_zh'], item['name_en']))} ({item['item']})"


def _related(page: Page, kind: str, name: str) -> h.Element:
    return h.section[
        h.h2[page.text("related reports")],
        h.ul(".related")[
            (
                h.li[h.a(href=page.link(f"{ROOT}/reports/{each}", **{kind: name}))[page.label(BY_NAME[each].title)]]
                for each in RELATED[kind]
                if kind in {*BY_NAME[each].parameters, *BY_NAME[each].filters}
            )
        ],
    ]


def _history(page: Page, entries: Sequence[HistoryEntry], more: bool) -> h.Element:
    return h.section[
        h.h2[page.text("history")],
        entries_table(page, entries) if entries else h.p(".none", role="status")[page.text("nothing known")],
        h.p[page.text("more entries", number=len(entries))] if more else None,
    ]
