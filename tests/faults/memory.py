"""Rows of the journal that were seen, and must be seen again: sequence, time and hash of a row never change."""

import json
from typing import Any

from tests.faults.world import World

_FILE = "rows.jsonl"
_ROWS = "select sequence, recorded_at, leaf_hash from ledger.journal order by sequence"


async def remember_rows(world: World[Any]) -> int:
    """Keeps what the journal holds now; how many rows."""
    rows = await world.look(_ROWS)
    with (world.home / _FILE).open("a") as file:
        for row in rows:
            file.write(json.dumps(_said(row)) + "\n")
    return len(rows)


async def rows_are_as_remembered(world: World[Any]) -> None:
    """Every row that was ever kept is in the journal, unaltered."""
    now = {row["sequence"]: _said(row) for row in await world.look(_ROWS)}
    kept = [json.loads(line) for line in (world.home / _FILE).read_text().splitlines()]
    if not kept:
        world.complain("no row was remembered")
    for each in kept:
        if now.get(each[0]) != each:
            world.complain(f"row {each[0]} was {each} and is {now.get(each[0])}")
            return
    world.note(f"{len({each[0] for each in kept})} rows are as they were")


def _said(row: Any) -> list[Any]:
    return [row["sequence"], row["recorded_at"].isoformat(), row["leaf_hash"].hex()]
