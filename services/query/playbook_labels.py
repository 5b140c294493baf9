"""Names of the stages of a playbook, the list of published playbooks, and one of them in full."""

from typing import Any

from projections.columns import Label
from projections.replay.playbooks import Published
from services.errors import NotKnown
from services.ledger import journal
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


async def published_version(connection: Connection, key: str, version: int | None) -> Published:
    """A published version of a playbook: without a number the one in force, otherwise, where all were withdrawn, the
    highest. Raises NotKnown."""
    playbooks = await journal.playbooks(connection)
    there = playbooks.published.get(key, ())
    if not there:
        raise NotKnown(
            f"No version of the playbook {key!r} is published; published are {', '.join(sorted(playbooks.published))}."
        )
    found = playbooks.find(key, version, journal.ALL) or (
        max(there, key=lambda each: each.playbook.version) if version is None else None
    )
    if found is None:
        versions = ", ".join(str(number) for number in sorted(each.playbook.version for each in there))
        raise NotKnown(f"Version {version} of the playbook {key} is not published; published are {versions}.")
    return found


async def decided_by_claims(connection: Connection, playbook: str, version: int | None) -> bool:
    """Tell if claims, not evidence, decide where deals on this version of a playbook stand."""
    return any(
        (each["playbook"], each["version"], each["position"]) == (playbook, version, "claim")
        for each in await published_playbooks(connection)
    )
