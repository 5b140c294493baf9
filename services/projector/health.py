"""Health of a projector: each of its lanes moves, or it stands by because others hold them all."""

from services.errors import DaybookError
from services.postgres import connection as database
from services.postgres.statements import queries
from services.projector.locks import LaneLocks
from services.projector.progress import MOVES_WITHIN_S, Progress
from services.runtime.health import Health, Reason
from services.views.row_tables import quoted

_SQL = queries("services.projector", "health.sql")


async def check(database_url: str, progress: Progress) -> Health:
    """Checks the projector's health now, over a connection of its own, so that hanging lanes do not delay it."""
    generation = progress.generation
    if generation is None:
        reason = Reason("not_projecting", f"It works on no lane: {progress.interrupted}")
        return Health((reason,), {"role": "waiting"})
    reasons = []
    if progress.stuck:
        lanes = ", ".join(map(str, progress.stuck))
        reasons.append(Reason("lane_stuck", f"Behind, and not moved for {MOVES_WITHIN_S:g} s: lane {lanes}."))
    if not progress.looks:
        reasons.append(Reason("journal_away", "It waits for an answer of PostgreSQL and does not see the journal."))
    state: dict[str, object] = {
        "role": "working" if progress.lanes else "standing_by",
        "generation": generation.digest,
        "lanes": progress.lanes,
        "slow_subjects": [
            {"lane": lane, "subject": each.subject, "seconds": round(each.seconds or 0.0, 3)}
            for lane, each in sorted(progress.longest.items())
        ],
    }
    try:
        connection = await database.connect(database_url, "daybook_projector")
        try:
            with database.explained():
                row = await connection.fetchrow(_SQL["condition"].replace("{generation}", quoted(generation.schema)))
                census = await LaneLocks(connection, generation.schema).census()
        finally:
            connection.terminate()
    except DaybookError as error:
        return Health((*reasons, Reason("journal_away", str(error))), state)
    assert row is not None
    reasons += [
        Reason("lane_stopped", f"Lane {lane} is stopped and tried again: {error}")
        for lane, error in sorted(progress.stopped.items())
        if lane in census.free or lane in progress.lanes  # another works on it otherwise
    ]
    figures = {
        "daybook_projector_unprojected_age_seconds": row["unprojected_age_s"],
        "daybook_projector_lanes_unheld": len(census.free),
    }
    state |= {"recorded": row["recorded"], "projected": row["projected"], "unheld": census.free}
    return Health(reasons, state | {"unprojected_age_s": round(row["unprojected_age_s"], 3)}, figures)
