"""Where the deals of a playbook stand, stage by stage, and how they ended."""

import json
from decimal import Decimal

import asyncpg

from services.errors import NotKnown
from services.ledger.journal import Connection, Row
from services.query.asked import subject
from services.query.shapes import Funnel, FunnelStage
from services.query.times import Moment
from services.query.values import amount, instant, rate
from services.sql import queries

_SQL = queries("services.query", "reports.sql")


async def funnel(connection: Connection, playbook: str, moment: Moment) -> Funnel:
    """Raises NotKnown for a playbook that no entry had published or named by then."""
    subject("playbook", playbook)
    unknown = NotKnown(
        f"There was no playbook {playbook[:80]!r} and no deal on it, as known at sequence {moment.known_at}. "
        "`daybook playbook list` shows which there are."
    )
    try:
        stages = await connection.fetch(_SQL["funnel"], playbook, moment.as_of, moment.known_at)
    except asyncpg.NoDataFoundError as error:
        raise unknown from error
    outcome = stages[0]
    if len(stages) < 2 and not outcome["deals"]:
        raise unknown
    return Funnel(
        playbook=playbook,
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        stages=[_stage(row) for row in stages],
        open=outcome["all_open"],
        won=outcome["won"],
        lost=outcome["lost"],
        abandoned=outcome["abandoned"],
        won_amounts=_amounts(outcome["won_amounts"]),
        win_rate=None if outcome["win_rate"] is None else rate(outcome["win_rate"]),
    )


def _stage(row: Row) -> FunnelStage:
    return FunnelStage(
        stage=row["stage"],
        open=row["open"],
        entered=row["entered"],
        completed=row["completed"],
        amounts=_amounts(row["amounts"]),
    )


def _amounts(sums: str) -> dict[str, str]:
    return {currency: amount(Decimal(total), currency) for currency, total in sorted(json.loads(sums).items())}
