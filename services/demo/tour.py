"""Tour of the demo: every report of the list is asked once over HTTP, and a line says what is worth seeing."""

import shlex
from collections.abc import Sequence
from typing import Any

from projections.columns import Column, columns_of
from projections.reports import REPORTS
from projections.reports.report import Report
from services.demo.cast import TODAY
from services.demo.ledger import DemoLedger
from services.demo.story import Story
from services.output import say
from services.wording import Wording

_SHOWN = 5
"""Columns of a row that are told."""


def parameters(report: Report, story: Story) -> dict[str, str]:
    """Parameters of a report's shortest question: values of the story, otherwise the examples."""
    told = {"deal": story.deal, "account": story.account, "person": story.owner, "owner": story.owner}
    return {name: told.get(name, report.parameters[name].example) for name in report.needed}


def ask(ledger: DemoLedger, report: Report, story: Story) -> dict[str, Any]:
    """The answer of a report at the story's end. Raises ServerFailed where it is refused."""
    return ledger.get(f"/reports/{report.name}", **parameters(report, story), as_of=TODAY.isoformat())


def show(ledger: DemoLedger, story: Story) -> None:
    """Ask every report, print its title, the command to ask it by, the number of its rows and the first one."""
    for report in REPORTS:
        for line in _told(report, story, ask(ledger, report, story), ledger.wording):
            say(line)


def _told(report: Report, story: Story, answer: dict[str, Any], wording: Wording) -> list[str]:
    """Title and question, command, rows and their first, totals."""
    asked = parameters(report, story)
    given = [word for name, value in asked.items() for word in (f"--{name.replace('_', '-')}", value)]
    command = shlex.join(["daybook", "report", report.name, *given, "--as-of", TODAY.isoformat()])
    count = wording.text("rows", number=len(answer["rows"]))
    first = "".join(f": {_row(report.columns, row, wording)}" for row in answer["rows"][:1])
    told = [f"{wording.label(report.title)}: {wording.label(report.question)}", f"  $ {command}", f"  {count}{first}"]
    if report.totals is not None and (summed := _row(columns_of(report.totals), answer["totals"], wording)):
        told.append(f"  {wording.text('demo totals')}: {summed}")
    return told


def _row(columns: Sequence[Column], row: dict[str, Any], wording: Wording) -> str:
    """The first columns of a row that have values."""
    names = [each.name for each in columns if row[each.name] not in (None, {}, [])][:_SHOWN]
    return ", ".join(wording.named(columns, name, row[name]) for name in names)
