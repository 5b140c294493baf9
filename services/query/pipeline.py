"""Where deals stand: all that are open, or one."""

from services.errors import NotKnown
from services.ledger.journal import Connection, Row
from services.query.shapes import Deal, Pipeline, PipelineDeal
from services.query.times import Moment
from services.query.values import amount_or_none, instant, instant_or_none, rate
from services.sql import queries

_SQL = queries("services.query", "reports.sql")


async def pipeline(connection: Connection, moment: Moment) -> Pipeline:
    """Deals that are open or on hold, ordered by deal."""
    rows = await connection.fetch(_SQL["pipeline"], moment.as_of, moment.known_at)
    return Pipeline(as_of=instant(moment.as_of), known_at=moment.known_at, deals=[standing(row) for row in rows])


async def deal(connection: Connection, deal: str, moment: Moment) -> Deal:
    """Where one deal stands, whatever its status. Raises NotKnown."""
    row = await connection.fetchrow(_SQL["deal"], deal, moment.as_of, moment.known_at)
    if row is None:
        raise NotKnown(
            f"The deal {deal[:80]} was not opened by {instant(moment.as_of)}, as known at {moment.known_at}. "
            "Its history shows what there is."
        )
    return Deal(as_of=instant(moment.as_of), known_at=moment.known_at, **standing(row))


def standing(row: Row) -> PipelineDeal:
    """Where one deal stands."""
    return PipelineDeal(
        deal=row["deal"],
        playbook=row["playbook"],
        version=row["version"],
        stage=row["stage"],
        phase=row["phase"],
        status=row["status"],
        probability=rate(row["probability"]),
        amount=amount_or_none(row["amount"], row["currency"]),
        currency=row["currency"],
        owner=row["owner"],
        account=row["account"],
        since=instant_or_none(row["since"]),
        stale=row["stale"],
    )
