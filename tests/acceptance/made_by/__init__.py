"""Ledgers made by the code of older commits, kept as files, and how they are opened again."""

import asyncio
import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import asyncpg

from services.embedded.postgres import PostgresServer

HERE = Path(__file__).parent


class Made:
    """A ledger made by the code of one commit, and what that code said of it."""

    def __init__(self, commit: str) -> None:
        self.directory = HERE / commit
        self.said: dict[str, Any] = json.loads(self.text("said.json"))

    def text(self, name: str) -> str:
        """One of its files."""
        return gzip.decompress((self.directory / f"{name}.gz").read_bytes()).decode()

    async def data_directory(self, data: Path) -> None:
        """Fills a data directory with it, as `daybook up` of that commit has left it, on a cluster made anew."""
        await asyncio.to_thread(self._unpack, data, "nats", "notary")
        server = PostgresServer(data / "postgres", data / "logs" / "postgres.log")
        await server.run()
        try:
            await _run(
                server.url_of("postgres"), *_roles(self.text("roles.sql")), "create database daybook owner daybook"
            )
            await _run(server.url_of("daybook"), self.text("database.sql"))
        finally:
            await server.stop()

    def backup(self, home: Path) -> Path:
        """Its backup, taken by that commit."""
        self._unpack(home, "backup")
        return home / "backup"

    def _unpack(self, into: Path, *folders: str) -> None:
        with tarfile.open(self.directory / "ledger.tar.xz") as tar:
            members = [each for each in tar.getmembers() if each.name.split("/")[0] in folders]
            for each in members:
                each.uid = each.gid = -1
            tar.extractall(into, members, filter="data")


def _roles(sql: str) -> list[str]:
    """Statements of pg_dumpall, but for that which makes the superuser, who is there."""
    stated = (each for each in sql.splitlines() if each.startswith(("CREATE", "ALTER", "GRANT")))
    return [each for each in stated if " ROLE postgres" not in each]


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for each in statements:
            await connection.execute(each)
    finally:
        await connection.close()
