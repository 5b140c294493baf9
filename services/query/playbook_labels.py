"""Names of the stages of a playbook, and the list of published playbooks."""

from typing import Any

from projections.columns import Label
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.query.render import plain

_SQL = queries("services.query", "reports.sql")


async def stage_names(connection: Connection, playbook: str, known_at: int) -> dict[int, Label]:
    """Names of each stage, as in the highest version that has the stage."""
    rows = await connection.fetch(_SQL["stage_names"], playbook, known_at)
    return {row["stage"]: Label(row["name_zh"], row["name_en"]) for row in rows}


async def published_playbooks(connection: Connection) -> list[dict[str, Any]]:
    """Published versions of all playbooks, by key and version."""
    rows = await connection.fetch(_SQL["playbooks"])
    return [{name: plain(value) for name, value in row.items()} for row in rows]


async def decided_by_claims(connection: Connection, playbook: str, version: int | None) -> bool:
    """Tell if claims, not evidence, decide where deals on this version of a playbook stand."""
    return any(
        (each["playbook"], each["version"], each["position"]) == (playbook, version, "claim")
        for each in await published_playbooks(connection)
    )
