"""Answers in the shapes of the first addresses and commands, made of the reports: other programs rely on them."""

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from projections.columns import column_of
from projections.reports import BY_NAME
from projections.reports.ageing import AgeingRow
from services.errors import BadRequest
from services.http.parameters import subject
from services.ledger.journal import Connection
from services.query import report_answers, report_changes
from services.query.moment import Between, Moment
from services.query.render import instant
from services.query.report_changes import Changed, Differences
from services.query.report_question import Question
from services.query.shapes import (
    Ageing,
    ChangedRow,
    Changes,
    CurrencyAgeing,
    Deal,
    Funnel,
    FunnelStage,
    OpenItem,
    OpenItems,
    Pipeline,
    PipelineDeal,
)

BUCKETS = ("not_due", "1-30", "31-60", "61-90", "over_90", "disputed")
"""Lines that count items; the others are amounts alone."""
COMPARED = ("pipeline", "receivables", "funnel", "ageing")
"""Reports that `changes` compares, under the names that it calls them."""
LISTS = {"pipeline": "deals", "receivables_open": "items"}
"""Lists of the first addresses, by report."""
_COLUMNS = {"pipeline": tuple(PipelineDeal.__annotations__), "receivables_open": tuple(OpenItem.__annotations__)}
"""Columns of their rows: those that the report had at first."""
_STAGE = tuple(FunnelStage.__annotations__)


async def pipeline(connection: Connection, moment: Moment) -> Pipeline:
    """Deals that are open or on hold, ordered by deal."""
    return cast("Pipeline", await _list(connection, "pipeline", moment))


async def receivables_open(connection: Connection, moment: Moment) -> OpenItems:
    """Invoices that were open, ordered by account, invoice and entry."""
    return cast("OpenItems", await _list(connection, "receivables_open", moment))


async def deal(connection: Connection, deal: str, moment: Moment) -> Deal:
    """Position of one deal, whatever its status. Raises NotKnown."""
    asked = Question(BY_NAME["deal"], {"deal": deal})
    (row,) = await report_answers.rows(connection, asked, moment, columns=_COLUMNS["pipeline"])
    told = {"as_of": instant(moment.as_of), "known_at": moment.known_at}
    return cast("Deal", {**told, **json.loads(row)})


async def funnel(connection: Connection, playbook: str, moment: Moment) -> Funnel:
    """Funnel of a playbook's deals. Raises NotKnown for one that no entry had published or named by then."""
    subject("playbook", playbook)
    found, summed = await report_answers.answer(connection, _funnel(playbook), moment)
    told = {"playbook": playbook, "as_of": instant(moment.as_of), "known_at": moment.known_at}
    return cast("Funnel", {**told, "stages": [_stage(json.loads(row)) for row in found], **json.loads(summed)})


async def ageing(connection: Connection, moment: Moment) -> Ageing:
    """Ageing of every currency that had moved by then. Buckets less `unapplied` are the `balance`."""
    currencies: dict[str, dict[str, Any]] = {}
    for text in await report_answers.rows(connection, Question(BY_NAME["ageing"]), moment):
        row = json.loads(text)
        currencies.setdefault(row["currency"], {})[row["line"]] = _owed(row)
    return Ageing(
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        currencies=cast("dict[str, CurrencyAgeing]", currencies),
    )


async def changes(
    connection: Connection, between: Between, report: str | None = None, playbook: str | None = None
) -> Changes:
    """Rows that differ between two states of knowledge; without a report, of the pipeline and the receivables. The
    funnel needs a playbook. Raises BadRequest or NotKnown."""
    if between.from_known > between.to_known:
        raise BadRequest(f"from_known: {between.from_known} lies behind to_known, which is {between.to_known}.")
    if playbook is not None and report != "funnel":
        raise BadRequest("playbook: only the funnel is that of a playbook.")
    if report is not None and report not in COMPARED:
        raise BadRequest(f"report: there is no {report[:40]!r}; there are {', '.join(COMPARED)}.")
    if report == "funnel" and playbook is None:
        raise BadRequest("playbook: the funnel is that of a playbook; name one, such as project.")
    named: list[tuple[str, Changed]] = []
    for each in ("pipeline", "receivables") if report is None else (report,):
        named += [(each, row) for row in await _COMPARE[each](connection, between, playbook or "")]
    causes = await report_answers.causes(connection, sorted({sequence for _, row in named for sequence in row.causes}))
    return Changes(
        as_of=instant(between.as_of),
        from_known=between.from_known,
        to_known=between.to_known,
        changes=[
            ChangedRow(
                report=name,
                key=row.key,
                before=row.before,
                after=row.after,
                causes=[causes[sequence] for sequence in sorted(set(row.causes))],
            )
            for name, row in named
        ],
    )


async def listed(connection: Connection, report: str, moment: Moment) -> list[str]:
    """Rows of one of `LISTS`, as JSON objects."""
    return await report_answers.rows(connection, Question(BY_NAME[report]), moment, columns=_COLUMNS[report])


async def _list(connection: Connection, report: str, moment: Moment) -> dict[str, Any]:
    told = {"as_of": instant(moment.as_of), "known_at": moment.known_at}
    return {**told, LISTS[report]: [json.loads(row) for row in await listed(connection, report, moment)]}


def _funnel(playbook: str) -> Question:
    return Question(BY_NAME["funnel"], {"playbook": playbook})


def _stage(row: dict[str, Any]) -> FunnelStage:
    return cast("FunnelStage", {name: row[name] for name in _STAGE})


def _owed(row: dict[str, Any]) -> Any:
    return {"items": row["items"], "amount": row["amount"]} if row["line"] in BUCKETS else row["amount"]


async def _changed_pipeline(connection: Connection, between: Between, _: str) -> Sequence[Changed]:
    return (
        await report_changes.differences(
            connection,
            Question(BY_NAME["pipeline"]),
            between,
            lambda row: {name: row[name] for name in _COLUMNS["pipeline"]},
        )
    ).rows


async def _changed_receivables(connection: Connection, between: Between, _: str) -> Sequence[Changed]:
    found = await report_changes.differences(connection, Question(BY_NAME["receivables_open"]), between)
    return [
        Changed({name: value for name, value in row.key.items() if value}, row.before, row.after, row.causes)
        for row in found.rows
    ]


async def _changed_funnel(connection: Connection, between: Between, playbook: str) -> Sequence[Changed]:
    subject("playbook", playbook)
    outcome = ("open", "won", "lost", "abandoned", "won_valued", "won_amount")
    found = await report_changes.differences(connection, _funnel(playbook), between, _stage, of_totals=outcome)
    totals = found.totals or Changed({}, None, None, ())
    return [
        *(Changed({"playbook": playbook, **row.key}, row.before, row.after, row.causes) for row in found.rows),
        *_outcome(playbook, found, totals),
    ]


def _outcome(playbook: str, found: Differences, totals: Changed) -> Sequence[Changed]:
    """Changes of the deals' outcome; where nothing was known of the playbook, no deal had one."""
    if found.totals is None:
        return ()
    none = {"open": 0, "won": 0, "lost": 0, "abandoned": 0, "won_amounts": {}, "win_rate": None}
    before, after = totals.before or none, totals.after or none
    return [Changed({"playbook": playbook, "line": "outcome"}, before, after, totals.causes)] if before != after else ()


async def _changed_ageing(connection: Connection, between: Between, _: str) -> Sequence[Changed]:
    found = await report_changes.differences(
        connection,
        Question(BY_NAME["ageing"]),
        between,
        measures=lambda key: ("items", "amount") if key["line"] in BUCKETS else ("amount",),
    )
    lines = list(column_of(AgeingRow, "line").words)
    changed = []
    for row in sorted(found.rows, key=lambda each: (each.key["currency"], lines.index(each.key["line"]))):
        before, after = _line(row.before, row.after), _line(row.after, row.before)
        if before != after:
            changed.append(Changed(row.key, before, after, row.causes))
    return changed


def _line(row: dict[str, Any] | None, other: dict[str, Any] | None) -> Any:
    """A line of the ageing; nothing owed where the currency had not moved."""
    if row is not None:
        return _owed(row)
    assert other is not None
    nothing = other["amount"].lstrip("-")
    nothing = "".join("0" if each.isdigit() else each for each in nothing)
    whole, point, cents = nothing.partition(".")
    return _owed({**other, "items": 0, "amount": f"0{point}{cents}" if whole else "0"})


_COMPARE: dict[str, Callable[[Connection, Between, str], Any]] = {
    "pipeline": _changed_pipeline,
    "receivables": _changed_receivables,
    "funnel": _changed_funnel,
    "ageing": _changed_ageing,
}
