"""The evidence of one deal: a document that proves, without Daybook, what the journal holds about it.

`verify_evidence.py` checks it with the public key alone; `replay.py` derives the view rows anew from its entries.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.events import EVENTS
from contracts.schemas.event_schema import event_schema
from contracts.types.microseconds import microseconds
from projections.views import VIEWS, generation_digest
from services.audit.rows import versions_of
from services.audit.statement import FORMAT
from services.errors import BadRequest, DaybookError, NotKnown
from services.ledger.journal import Connection
from services.notary.head import Head, read_head, unknown_key
from services.notary.journal import SQL as NOTARY_SQL
from services.notary.note import NotSigned, PublicKey, UnknownSigner
from services.notary.proving import Included, prove_consistency, prove_inclusion
from services.postgres.statements import queries
from services.query.explain import explain
from services.query.history import check_known
from services.query.moment import Moment, time_zone, utc_now
from services.query.render import instant, plain_row
from services.runtime.process import version
from services.views.generation import served
from services.views.row_tables import tables_of
from services.views.row_versions import STANDS

_SQL = queries("services.audit", "evidence.sql")
WHOLE = 100_000
"""Up to so many rows a file may hold the whole journal."""
WAIT_S = 30.0
_POLL_INTERVAL_S = 0.1


async def head_of(connection: Connection, known_at: int, keys: Sequence[PublicKey], wait_s: float = WAIT_S) -> Head:
    """The newest head that covers a sequence, once there is one. Raises DaybookError."""
    deadline = asyncio.get_running_loop().time() + wait_s
    while True:
        row = await connection.fetchrow(NOTARY_SQL["newest_head"])
        if row is not None and row["size"] >= known_at:
            try:
                return read_head(row["note"], keys)
            except UnknownSigner as error:
                raise unknown_key("Postgres", error, keys) from None
            except NotSigned as error:
                raise DaybookError(
                    f"The newest head in ledger.tree_head is none of the key {keys[0]}: {error}. Run `daybook verify`."
                ) from None
        if asyncio.get_running_loop().time() >= deadline:
            covers = "There is no signed head" if row is None else f"The newest signed head covers {row['size']} rows"
            raise DaybookError(
                f"{covers}, but sequence {known_at} is asked for. `daybook status` says how the notary is; evidence of "
                "less can be had with --known-at."
            )
        await asyncio.sleep(_POLL_INTERVAL_S)


async def evidence(
    connection: Connection, deal: str, moment: Moment, head: Head, older: Head | None, *, whole: bool = False
) -> dict[str, Any]:
    """The document, but for its statement. Raises NotKnown, BadRequest, JournalAltered where it cannot be proved."""
    subject = f"deal/{deal}"
    await check_known(connection, subject, moment.known_at)
    found = await connection.fetch(_SQL["concerning"], subject, moment.known_at)
    own = await prove_inclusion(connection, [row["sequence"] for row in found], head)
    named = sorted({name for each in own for name in _playbooks(json.loads(each.row["message"])["data"])})
    published = await connection.fetch(_SQL["publications"], [f"playbook/{each}" for each in named], moment.known_at)
    playbooks = await prove_inclusion(connection, [row["sequence"] for row in published], head)
    rows = sorted([_row(each, "deal") for each in own] + [_row(each, "playbook") for each in playbooks], key=_sequence)
    document = {
        "format": FORMAT,
        "made_at": instant(utc_now()),
        "daybook": version(),
        "deal": deal,
        "head": head.note,
        "older": None if older is None else await _older(connection, older, head),
        "rows": rows,
        "views": await _views(connection, subject, moment),
        "explanation": await _explanation(connection, deal, moment),
        "schemas": {each: event_schema(EVENTS.get(each)) for each in sorted(map(_type, [*own, *playbooks]))},
    }
    return document | ({"others": await _others(connection, rows, head)} if whole else {})


def _row(found: Included, why: str) -> dict[str, Any]:
    return {
        "sequence": found.row["sequence"],
        "why": why,
        "recorded_at": instant(found.row["recorded_at"]),
        **_content(found.row),
        "proof": [b64encode(each).decode() for each in found.proof],
    }


def _content(row: Any) -> dict[str, Any]:
    return {
        "recorded_at_us": microseconds(row["recorded_at"]),
        "stream_subject": row["stream_subject"],
        "message": b64encode(row["message"]).decode(),
    }


async def _older(connection: Connection, older: Head, head: Head) -> dict[str, Any]:
    if not 0 < older.size <= head.size:
        raise BadRequest(f"The older head is of {older.size} rows, and the newest of {head.size}.")
    proof = await prove_consistency(connection, older, head)
    return {"head": older.note, "proof": [b64encode(each).decode() for each in proof]}


async def _views(connection: Connection, subject: str, moment: Moment) -> dict[str, Any]:
    """Versions of all rows, as they were known, by table; a version that nothing had unmade has no known_to."""
    generation = await served(connection)
    if generation is None or generation.digest != generation_digest():
        raise DaybookError("The views served were made by other folds than this version has. Run `daybook rebuild`.")
    tables = tables_of([view for view in VIEWS if view.kind == "deal"])
    found = {
        table.row.TABLE: view_rows((await versions_of(connection, table, [subject], moment.known_at))[subject])
        for table in tables
    }
    about = {
        "as_of": instant(moment.as_of),
        "known_at": moment.known_at,
        "time_zone": await time_zone(connection),
        "generation": generation.digest,
    }
    return {"about": about, **found}


def view_rows(versions: Sequence[tuple[Any, int, int]]) -> list[dict[str, Any]]:
    """Versions of rows as a document has them, in one order."""
    rows = [
        plain_row(dict(zip(row.columns(), row.values(), strict=True)))
        | {"known_from": known_from, "known_to": None if known_to == STANDS else known_to}
        for row, known_from, known_to in versions
    ]
    return sorted(rows, key=lambda row: json.dumps([row["known_from"], row], sort_keys=True))


async def _explanation(connection: Connection, deal: str, moment: Moment) -> Mapping[str, Any] | None:
    try:
        return await explain(connection, deal, moment)
    except NotKnown:
        return None


async def _others(connection: Connection, rows: Sequence[Mapping[str, Any]], head: Head) -> list[dict[str, Any]]:
    if head.size > WHOLE:
        raise BadRequest(
            f"The journal has {head.size} rows, and a file holds at most {WHOLE} of them. Without --whole the file "
            "says what it cannot prove; `daybook verify` proves it on the ledger itself."
        )
    held = [each["sequence"] for each in rows]
    found = await connection.fetch(_SQL["others"], held, head.size)
    return [{"sequence": row["sequence"], "disposition": row["disposition"], **_content(row)} for row in found]


def _playbooks(data: Any) -> set[str]:
    """The playbooks that an event names."""
    found = {data["playbook"]} if isinstance(data.get("playbook"), str) else set()
    replaced = (data.get("replacement") or {}).get("data")
    return found | (_playbooks(replaced) if isinstance(replaced, dict) else set())


def _type(found: Included) -> str:
    return str(json.loads(found.row["message"])["type"])


def _sequence(row: Mapping[str, Any]) -> int:
    return int(row["sequence"])
