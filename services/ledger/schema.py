"""The durable tables: migrations in order, roles and grants, and the one row that says which ledger this is."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

import asyncpg

from services.errors import DaybookError, MissingRights, StreamMismatch
from services.ledger import document_numbers, payment_links, zone_rules
from services.ledger.event_types import nobody_records
from services.postgres.connection import ROLES
from services.postgres.statements import script
from services.stream.state import StreamState

_PACKAGE = "services.ledger"
_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_FILLS: dict[str, Callable[[asyncpg.Connection], Awaitable[None]]] = {
    "0005_payment_links.sql": payment_links.fill,
    "0007_document_numbers.sql": document_numbers.fill,
}
"""What is filled from the journal of an older ledger, in the transaction that makes the table."""
_LOCK = 0x6461_7962_6F6F_6B00
"""Advisory lock of provisioning, so that two at once follow one another."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Identity:
    """Identity of the ledger that a database holds."""

    time_zone: str
    stream_name: str
    stream_created_at: datetime


def migrations() -> list[Migration]:
    """The files in order."""
    folder = resources.files(_PACKAGE).joinpath("migrations")
    names = sorted(each.name for each in folder.iterdir() if _FILE.match(each.name))
    return [Migration(int(name[:4]), name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


async def migrate(connection: asyncpg.Connection, up_to: int | None = None) -> int:
    """Applies what is missing, each file in a transaction, then roles and grants. Returns how many were applied.

    Keeps the rules of the ledger's time zone as the package `tzdata` has them (`services/ledger/zone_rules.py`).
    With `up_to` no migration behind that number is applied, and nothing else is done: a backup is loaded into the
    tables that it was taken from, and brought up to date afterwards.

    Raises MissingRights before anything is changed, and DaybookError when an applied file differs from ours, or where a
    recorder works on a ledger that lacks what it would have to keep.
    """
    await _check_rights(connection)
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(script(_PACKAGE, "bootstrap.sql"))
        rows = await connection.fetch("select number, name, digest from ledger.migration")
        applied = {row["number"]: row for row in rows}
        ours = {each.number: each for each in migrations()}
        for number, row in applied.items():
            if number not in ours:
                raise DaybookError(
                    f"The database has migration {row['name']}, which this version does not know: update."
                )
            if ours[number].digest != row["digest"]:
                raise DaybookError(f"{row['name']} was applied with another content: migrations are never edited.")
        missing = [each for number, each in ours.items() if number not in applied and number <= (up_to or number)]
        for each in missing:
            async with connection.transaction():
                await connection.execute(each.text)
                if (fill := _FILLS.get(each.name)) is not None:
                    if not await nobody_records(connection):
                        raise DaybookError(
                            "A recorder is at work that knows nothing of the tables which are to be added now: what "
                            "it records would be missing in them. Stop the recorders, run `daybook init` again, and "
                            "start those of this version."
                        )
                    await fill(connection)
                await connection.execute(
                    "insert into ledger.migration (number, name, digest) values ($1, $2, $3)",
                    each.number,
                    each.name,
                    each.digest,
                )
        if up_to is None:
            async with connection.transaction():
                await connection.execute(script(_PACKAGE, "roles.sql"))
            await zone_rules.keep(connection)
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    return len(missing)


async def confine(connection: asyncpg.Connection) -> bool:
    """Revokes, as a superuser, everybody's rights to what could stop the ledger. Returns whether readers lack them."""
    if await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        async with connection.transaction():
            await connection.execute(script(_PACKAGE, "confine.sql"))
    return bool(await connection.fetchval(script(_PACKAGE, "confined.sql")))


def confine_script() -> Path:
    """The file that a superuser of a database runs by hand when Daybook may not."""
    return Path(str(resources.files(_PACKAGE).joinpath("confine.sql")))


async def identity(connection: asyncpg.Connection) -> Identity | None:
    """Reads the identity of the ledger that the database holds, None before the first provisioning."""
    if await connection.fetchval("select to_regclass('ledger.identity') is null"):
        return None
    row = await connection.fetchrow("select time_zone, stream_name, stream_created_at from ledger.identity")
    return None if row is None else Identity(*row)


async def check_time_zone(connection: asyncpg.Connection, name: str) -> None:
    """Raises DaybookError where PostgreSQL does not know a zone: reports would fail, and the zone is fixed for good."""
    if not await connection.fetchval("select exists (select from pg_timezone_names where name = $1)", name):
        version = await connection.fetchval("select current_setting('server_version')")
        raise DaybookError(
            f"DAYBOOK_TIMEZONE says {name}, and PostgreSQL {version} has no such zone among its pg_timezone_names, so "
            "it could not cut days. Update the time zones of the PostgreSQL server, or name another zone."
        )


async def identify(connection: asyncpg.Connection, stream: StreamState, time_zone: str) -> Identity:
    """Writes the identity the first time; later the stream must be the one remembered. Raises StreamMismatch."""
    await connection.execute(
        "insert into ledger.identity (time_zone, stream_name, stream_created_at) values ($1, $2, $3)"
        " on conflict do nothing",
        time_zone,
        stream.name,
        stream.created_at,
    )
    await zone_rules.keep(connection)
    found = await identity(connection)
    assert found is not None
    created_at = await connection.fetchval("select created_at from ledger.stream")
    if (found.stream_name, created_at) != (stream.name, stream.created_at):
        raise StreamMismatch(
            f"The database belongs to the stream {found.stream_name} made at {created_at.isoformat()}, but the server "
            f"has {stream.name} made at {stream.created_at.isoformat()}. If that one took the other's place, `daybook "
            "reconcile` shows what the journal holds and puts it back. Otherwise connect the pair that belongs "
            "together, or start a new ledger with a new database."
        )
    return found


async def _check_rights(connection: asyncpg.Connection) -> None:
    found = await connection.fetchrow(script(_PACKAGE, "rights.sql"), list(ROLES))
    assert found is not None
    user, database = found["user"], found["database"]
    missing = []
    if not found["may_create_schemas"]:
        missing.append(f'create schemas: grant create on database "{database}" to "{user}"')
    if not found["may_lock"]:
        missing.append(f"take advisory locks: let a superuser run {confine_script()}, once this user owns the database")
    if found["absent_roles"] and not found["may_create_roles"]:
        names = ", ".join(found["absent_roles"])
        missing.append(f'create the roles {names}: alter role "{user}" createrole, or create them and grant them to it')
    if found["foreign_roles"]:
        names = ", ".join(found["foreign_roles"])
        missing.append(f'act as existing roles: grant {names} to "{user}"')
    missing += [
        f"change the schema {schema}: it belongs to another role, connect as that one"
        for schema in found["foreign_schemas"]
    ]
    if missing:
        raise MissingRights(f'The user "{user}" of database "{database}" may not:\n  - ' + "\n  - ".join(missing))
