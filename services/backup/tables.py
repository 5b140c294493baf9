"""List of the durable tables: those of the schema `ledger`, whichever migration made them."""

from collections.abc import Iterable
from typing import NamedTuple

import asyncpg

from services.postgres.statements import queries

SQL = queries("services.backup", "tables.sql")


class Table(NamedTuple):
    """A durable table."""

    name: str
    columns: list[str]
    key: list[str]
    """By which its rows are ordered."""
    refers_to: list[str]
    """Tables whose rows must be there before its own."""


async def durable(connection: asyncpg.Connection) -> list[Table]:
    """The durable tables, each behind those that it refers to; the journal first. None where there is no ledger."""
    left = {row["name"]: Table(*row) for row in await connection.fetch(SQL["tables"])}
    return list(_in_order(left.values()))


def names(columns: Iterable[str]) -> str:
    """Columns as SQL names them."""
    return ", ".join(f'"{name}"' for name in columns)


def _in_order(tables: Iterable[Table]) -> Iterable[Table]:
    left = sorted(tables, key=lambda table: (table.name != "journal", table.name))
    there: set[str] = set()
    while left:
        following = next(table for table in left if there.issuperset(table.refers_to))
        left.remove(following)
        there.add(following.name)
        yield following
