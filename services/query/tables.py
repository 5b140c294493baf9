"""Answers as tables, for CSV. What does not fit the rows (the two times) stands in the response's headers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from services.query.shapes import (
    Ageing,
    Changes,
    Deal,
    Explanation,
    Funnel,
    HistoryEntry,
    OpenItem,
    PipelineDeal,
    Status,
)

Rows = Iterable[Sequence[Any]]

PIPELINE = tuple(PipelineDeal.__annotations__)
DEAL = tuple(Deal.__annotations__)
OPEN_ITEMS = tuple(OpenItem.__annotations__)
HISTORY = tuple(HistoryEntry.__annotations__)
AGEING = ("currency", "line", "items", "amount")
CHANGES = ("report", "key", "before", "after", "causes")
FUNNEL_STAGE: tuple[Literal["stage", "open", "entered", "completed"], ...] = ("stage", "open", "entered", "completed")
FUNNEL_TOTAL: tuple[Literal["won", "lost", "abandoned", "win_rate"], ...] = ("won", "lost", "abandoned", "win_rate")
EXPLANATION = ("stage", "entered_at", "completed_at", "item", "kind", "met_at", "by")
LANES = ("lane", "projected", "lag", "slow_subject", "slow_s")


def plain_rows(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Objects with one value for each column."""
    return ([row[name] for name in header] for row in rows)


def ageing_rows(answer: Ageing) -> Rows:
    """One row for each currency and line."""
    for currency, lines in answer["currencies"].items():
        for line, value in lines.items():
            if isinstance(value, dict):
                yield currency, line, value["items"], value["amount"]
            else:
                yield currency, line, None, value


def funnel_table(answer: Funnel) -> tuple[Sequence[str], Rows]:
    """One row for each stage, then one for the whole, whose stage is `total`; with a column for each currency.

    Only the last row says how deals ended (`won` to `win_rate`, `won_amount_…`), only the others how deals went through
    (`entered`, `completed`, `amount_…`); `open` is in all.
    """
    currencies = sorted({currency for stage in answer["stages"] for currency in stage["amounts"]})
    won_in = sorted(answer["won_amounts"])
    header = (
        *FUNNEL_STAGE,
        *FUNNEL_TOTAL,
        *(f"amount_{currency}" for currency in currencies),
        *(f"won_amount_{currency}" for currency in won_in),
    )
    rows: list[dict[str, Any]] = [
        {name: stage[name] for name in FUNNEL_STAGE}
        | {f"amount_{currency}": amount for currency, amount in stage["amounts"].items()}
        for stage in answer["stages"]
    ]
    total: dict[str, Any] = {"stage": "total", "open": answer["open"]} | {name: answer[name] for name in FUNNEL_TOTAL}
    rows.append(total | {f"won_amount_{currency}": answer["won_amounts"][currency] for currency in won_in})
    return header, ([row.get(name) for name in header] for row in rows)


def explanation_rows(answer: Explanation) -> Rows:
    """One row for each item of each stage."""
    for stage in answer["stages"]:
        for item in stage["items"]:
            yield (
                stage["stage"],
                stage["entered_at"],
                stage["completed_at"],
                item["item"],
                item["kind"],
                item["met_at"],
                " ".join(map(str, item["by"])),
            )


def changes_rows(answer: Changes) -> Rows:
    """One row for each row that differs."""
    for each in answer["changes"]:
        causes = " ".join(str(cause["sequence"]) for cause in each["causes"])
        yield each["report"], each["key"], each["before"], each["after"], causes


def lane_rows(answer: Status) -> Rows:
    """One row for each lane."""
    return plain_rows(LANES, answer["lanes"])
