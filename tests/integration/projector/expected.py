"""Rows that the view tables must hold after a journal: every version of every row, folded in memory entry by entry."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from projections.replay.playbooks import Playbooks, Withdrawn
from projections.replay.replay import Change, Replay
from projections.replay.view import FlagRow, View
from services.ledger.journal import policy_of
from services.views.row_tables import quoted, tables_of
from services.views.row_versions import versions
from tests.integration.projector.journal import Journal

Rows = dict[str, set[tuple[Any, ...]]]
"""By table: the values of each row version, known_from and known_to included."""


def expected(journal: Journal, views: Sequence[View[Any]], up_to: int | None = None) -> Rows:
    """All versions that the entries up to a sequence make."""
    journal.tie()
    last = journal.last if up_to is None else up_to
    concerned: dict[int, list[str]] = {}
    for subject, sequences in journal.concerns.items():
        for sequence in sequences:
            concerned.setdefault(sequence, []).append(subject)
    replays: dict[str, Replay] = {}
    playbooks = Playbooks()
    changes: list[Change] = []
    for entry in journal.entries[:last]:
        if (policy := policy_of(entry)) is not None:
            playbooks = playbooks.adding(policy)
            for replay in replays.values():
                if isinstance(policy, Withdrawn):
                    continue
                if replay.stale or _waits(replay, policy.playbook.key):
                    changes += replay.republish(playbooks, entry.sequence)
            continue
        for subject in concerned[entry.sequence]:
            replay = replays.setdefault(subject, Replay(subject, views))
            changes += replay.take(entry, playbooks)
    found: Rows = {each.row.TABLE: set() for each in tables_of(views)}
    for row, made in versions(changes).made.items():
        found[row.TABLE] |= {(*version.values(), *known) for version, *known in made}
    return found


async def stored(connection: asyncpg.Connection, schema: str, views: Sequence[View[Any]]) -> Rows:
    """All versions that the tables hold."""
    found: Rows = {}
    for each in tables_of(views):
        columns = ", ".join(map(quoted, each.columns))
        records = await connection.fetch(f"select {columns} from {quoted(schema)}.{quoted(each.row.TABLE)}")
        found[each.row.TABLE] = {(*each.read(tuple(record)[:-2]).values(), *tuple(record)[-2:]) for record in records}
        assert len(found[each.row.TABLE]) == len(records), f"{each.row.TABLE} holds a version twice"
    return found


def differing(found: Rows, wanted: Rows) -> str:
    """The first rows that differ, for people; empty when none does."""
    lines = []
    for table in wanted:
        lines += [f"missing in {table}: {row}" for row in sorted(wanted[table] - found[table], key=str)[:5]]
        lines += [f"should not be in {table}: {row}" for row in sorted(found[table] - wanted[table], key=str)[:5]]
    return "\n".join(lines)


def _waits(replay: Replay, playbook: str) -> bool:
    return any(
        isinstance(row, FlagRow) and row.flag == "unknown_playbook" and row.detail == playbook
        for row in replay.rows().values()
    )
