"""Which rows of a report differ between two states of knowledge, and the entries that caused each difference.

A row that came to say something else and then again what it said before does not differ. Rows of funnel and ageing
sum up many deals or invoices: their causes are the entries at whose arrival the sums, or whether there is a row at
all, changed. An entry that changed a deal or invoice, but nothing that the row shows, is none.
"""

from typing import get_args

from services.errors import BadRequest
from services.ledger.journal import Connection
from services.query.changed_ageing import ageing
from services.query.changed_funnel import funnel
from services.query.changed_rows import Between, Changed, Report, pipeline, receivables
from services.query.shapes import Cause, ChangedRow, Changes
from services.query.values import instant
from services.sql import queries

_SQL = queries("services.query", "changes.sql")

REPORTS: tuple[str, ...] = get_args(Report)


async def changes(
    connection: Connection, between: Between, report: str | None = None, playbook: str | None = None
) -> Changes:
    """What differs; without a report, of the pipeline and the receivables. The funnel needs a playbook.

    Raises BadRequest or NotKnown.
    """
    if between.from_known > between.to_known:
        raise BadRequest(f"from_known: {between.from_known} lies behind to_known, which is {between.to_known}.")
    if playbook is not None and report != "funnel":
        raise BadRequest("playbook: only the funnel is that of a playbook.")
    changed = await _changed(connection, between, report, playbook)
    causes = await _causes(connection, {sequence for each in changed for sequence in each.causes})
    return Changes(
        as_of=instant(between.as_of),
        from_known=between.from_known,
        to_known=between.to_known,
        changes=[
            ChangedRow(
                report=each.report,
                key=each.key,
                before=each.before,
                after=each.after,
                causes=[causes[sequence] for sequence in sorted(set(each.causes))],
            )
            for each in changed
        ],
    )


async def _changed(connection: Connection, between: Between, report: str | None, playbook: str | None) -> list[Changed]:
    match report:
        case None:
            return [*await pipeline(connection, between), *await receivables(connection, between)]
        case "pipeline":
            return await pipeline(connection, between)
        case "receivables":
            return await receivables(connection, between)
        case "ageing":
            return await ageing(connection, between)
        case "funnel":
            if playbook is None:
                raise BadRequest("playbook: the funnel is that of a playbook; name one, such as project.")
            return await funnel(connection, between, playbook)
        case _:
            raise BadRequest(f"report: there is no {report[:40]!r}; there are {', '.join(REPORTS)}.")


async def _causes(connection: Connection, sequences: set[int]) -> dict[int, Cause]:
    return {
        row["sequence"]: Cause(
            sequence=row["sequence"],
            source=row["source"],
            id=row["id"],
            type=row["type"],
            subject=row["subject"],
            occurred_at=instant(row["occurred_at"]),
            recorded_at=instant(row["recorded_at"]),
            actor=row["actor"],
        )
        for row in await connection.fetch(_SQL["entries"], list(sequences))
    }
