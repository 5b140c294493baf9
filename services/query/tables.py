"""Answers as tables, for CSV. What does not fit the rows (the two times) stands in the response's headers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
EXPLANATION = ("stage", "entered_at", "completed_at", "item", "kind", "met_at", "by")
LANES = ("lane", "projected", "lag")


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
    """One row for each stage, with a column for each currency."""
    currencies = sorted({currency for stage in answer["stages"] for currency in stage["amounts"]})
    header = ("stage", "open", "entered", "completed", *(f"amount_{currency}" for currency in currencies))
    rows = (
        (
            stage["stage"],
            stage["open"],
            stage["entered"],
            stage["completed"],
            *(stage["amounts"].get(each) for each in currencies),
        )
        for stage in answer["stages"]
    )
    return header, rows


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
