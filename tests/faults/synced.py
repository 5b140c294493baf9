"""NATS servers as they run: each must sync what it has written before it acknowledges it."""

import asyncio
import json
import urllib.request
from collections.abc import Sequence
from typing import Any


async def not_synced(ports: Sequence[int]) -> list[str]:
    """List what is wrong with the servers whose monitoring listens on these ports, by what they say of themselves."""
    told = await asyncio.gather(*(asyncio.to_thread(_configuration, each) for each in ports))
    return [wrong for each in told if (wrong := wrongly_synced(each))]


def wrongly_synced(configuration: dict[str, Any]) -> str:
    """Say what is wrong with a server's settings of JetStream; empty where it syncs before each acknowledgement."""
    if configuration.get("sync_always") is True:
        return ""
    return f"a NATS server acknowledges before it syncs: {configuration}"


def _configuration(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/jsz?config=true", timeout=10) as answer:
        found: dict[str, Any] = json.loads(answer.read())["config"]
    return found
