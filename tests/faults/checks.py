"""Checks of a run when everything has settled.

Receipts against journal and stream, views against the rules, NATS servers against what they must do before they
acknowledge; then what Daybook itself says.
"""

import json
from typing import Any

from tests.faults.oracle import Findings, judge
from tests.faults.receipts import read
from tests.faults.recorded import read_journal, read_stream
from tests.faults.servers import S, connect
from tests.faults.synced import not_synced
from tests.faults.views import differing
from tests.faults.world import STREAM, World


async def check(world: World[S]) -> Findings:
    """The findings; what does not hold beside them is a complaint of the world."""
    await world.settled()
    connection = await connect(world.servers.database_url)
    try:
        rows = await read_journal(connection)
        for each in await differing(connection, await world.served(), rows, world.draw):
            world.complain(each)
    finally:
        await connection.close()
    messages = await read_stream(world.servers.nats_url, STREAM)
    found = judge(read(world.receipts.path), world.receipts.sent, rows, messages, world.moved, world.receipts.once)
    for each in found.complaints:
        world.complain(each)
    world.note(f"{len(rows)} rows: {dict(found.dispositions)}; {found.cut_short} batches sent once are cut short")
    for each in await not_synced(world.servers.monitoring):
        world.complain(each)
    verified = await _document(world, "verify")
    if not verified.get("ok"):
        world.complain(f"daybook verify: {verified}")
    rebuilt = await _document(world, "rebuild", "--diff", "--force")
    if not rebuilt.get("same") or rebuilt.get("stale"):
        world.complain(f"daybook rebuild --diff: {rebuilt}")
    for name, process in world.kept.items():
        if "Traceback (most recent call last)" in process.output():
            world.complain(f"{name} logged a traceback; see its log")
    await world.plan.check(world)
    return found


async def _document(world: World[S], *words: str) -> dict[str, Any]:
    try:
        code, output, complaint = await world.daybook(*words, "--json")
    except TimeoutError:
        return {"said": "nothing: it did not come to its end"}
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        return {"exit code": code, "said": f"{output}{complaint}"}
    return said
