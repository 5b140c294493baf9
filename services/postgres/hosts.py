"""Reaching a database whose URL names several hosts: a primary and those that may take its place.

asyncpg asks one host after the other, all within one time limit: one that is frozen or cut off would hide the others.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

_FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_WANTED = "target_session_attrs"


def each_host(url: str) -> list[str]:
    """The URL once for each of its hosts. Raises ValueError when hosts and ports do not pair."""
    parts = urlsplit(url)
    login, at, hosts = parts.netloc.rpartition("@")
    if "," in hosts:
        return [urlunsplit(parts._replace(netloc=f"{login}{at}{each}")) for each in hosts.split(",")]
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    names = query.get("host", "").split(",")
    if hosts or len(names) == 1:
        return [url]
    ports = query.get("port", "5432").split(",")
    ports *= len(names) if len(ports) == 1 else 1
    named = ({"host": name, "port": port} for name, port in zip(names, ports, strict=True))
    return [urlunsplit(parts._replace(query=urlencode(query | each))) for each in named]


async def connect(url: str, **options: Any) -> asyncpg.Connection:
    """A connection to the first host that answers, of several to the one that takes writes.

    `target_session_attrs` in the URL may ask for something else. Raises what asyncpg raises.
    """
    urls = each_host(url)
    if len(urls) == 1:
        return await asyncpg.connect(url, **options)
    if _WANTED not in dict(parse_qsl(urlsplit(url).query)):
        options[_WANTED] = "read-write"
    attempts = [asyncio.ensure_future(asyncpg.connect(each, **options)) for each in urls]
    found: asyncpg.Connection | None = None
    try:
        failures: list[Exception] = []
        for attempt in asyncio.as_completed(attempts):
            try:
                found = await attempt
                return found
            except _FAILURES as error:
                failures.append(error)
        raise next((each for each in failures if not isinstance(each, asyncpg.InternalClientError)), failures[0])
    finally:
        for each in attempts:
            each.cancel()
        for other in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(other, asyncpg.Connection) and other is not found:
                other.terminate()
