"""The list of reports as answers say it."""

from typing import Any

from projections.columns import Column
from projections.reports.report import Report
from services.query.shapes import ReportSummary


def summary(report: Report) -> ReportSummary:
    """Summary of a report for the list of reports."""
    return ReportSummary(
        name=report.name,
        title={"zh": report.title.zh, "en": report.title.en},
        question={"zh": report.question.zh, "en": report.question.en},
        definition=report.comment,
        parameters=[
            {
                "name": name,
                "kind": each.kind.name,
                "optional": not each.required,
                "default": each.default,
                "values": list(each.words),
                "comment": each.comment,
            }
            for name, each in report.parameters.items()
        ],
        filters=list(report.filters),
        key=list(report.key),
        figures=list(report.figures),
        columns=[_column(each) for each in report.columns],
        chart=None
        if report.chart is None
        else {"kind": report.chart.kind, "x": report.chart.x, "y": list(report.chart.y)},
        pages=bool(report.order),
    )


def _column(each: Column) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": each.kind.name,
        "nullable": each.optional,
        "label": {"zh": each.label.zh, "en": each.label.en},
        "comment": each.comment,
    }
