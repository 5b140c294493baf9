"""The stream's one configuration: made once, checked ever after."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nats.aio.client import Client

from services.endpoints import Endpoints
from services.errors import DaybookError, StreamMismatch, Unavailable
from services.settings import LOOPBACK, Settings
from services.stream.state import StreamState, ask, create, find, read

SUBJECTS = ["daybook.account.*", "daybook.deal.*", "daybook.playbook.*"]
MAX_MESSAGE_BYTES = 65_536
DUPLICATE_WINDOW_S = 120

_UNSET: dict[str, Any] = {
    "mirror": None,
    "sources": None,
    "republish": None,
    "subject_transform": None,
    "first_seq": 0,
    "sealed": False,
    "no_ack": False,
    "discard_new_per_subject": False,
    "allow_msg_ttl": False,
    "allow_msg_schedules": False,
    "allow_msg_counter": False,
    "subject_delete_marker_ttl": 0,
    "persist_mode": "default",
}
"""What must not be set: each of these would drop, alter or add messages, or acknowledge before they are safe."""


_PARTS = 4
"""Of a disk that holds everything the stream gets one: for each byte of the stream PostgreSQL takes 2.1 (measured), and
what is left over is for its logs, and for what `services/runtime/disk_space.py` keeps free."""
_ADJUSTED = {"max_bytes", "compression"}
"""What is put right on a stream that is there."""


def configuration(settings: Settings, max_bytes: int) -> dict[str, Any]:
    """Configuration that the stream must have: nothing leaves it, nothing is acknowledged before it is on the disk.

    The stream is not compressed: a replica that starts after a crash may compress the block that it goes on writing to,
    and nobody can read that block from then on (nats-server 2.15.1, S2). Such a replica reports that it is well, and
    one after the other all replicas may do it.
    """
    return {
        "name": settings.stream,
        "description": "Daybook: every event that was recorded, in order, for good.",
        "subjects": SUBJECTS,
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_bytes": max_bytes,
        "max_age": 0,
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_consumers": -1,
        "max_msg_size": MAX_MESSAGE_BYTES,
        "num_replicas": settings.stream_replicas,
        "duplicate_window": DUPLICATE_WINDOW_S * 1_000_000_000,
        "deny_delete": True,
        "deny_purge": True,
        "allow_rollup_hdrs": False,
        "allow_direct": True,
        "allow_atomic": True,
        "compression": "none",
    }


async def provision(nc: Client, settings: Settings, disk: Path | None, *, may_create: bool = True) -> StreamState:
    """The stream, made if there is none; `disk` is where its files lie, if they lie on this machine.

    A size limit named in the settings is applied to a stream that has another one, and one that is compressed is so no
    more; any other difference is a mistake. Raises StreamMismatch, which names the differences, or when `may_create`
    is false and there is no stream.
    """
    found = await find(nc, settings.stream)
    if found is None:
        if not may_create:
            raise StreamMismatch(
                f"The database belongs to a stream {settings.stream} that is not there. `daybook reconcile` shows what "
                "the journal holds of it and makes it anew; or restore the stream from its backup, or start a new "
                "ledger with a new database."
            )
        return read(await create(nc, settings.stream, await fresh(nc, settings, disk)))
    wanted = configuration(settings, settings.stream_max_bytes or found.max_bytes)
    differing = differences(wanted, found.configuration)
    if differing and differing.keys() <= _ADJUSTED and found.max_bytes > 0:
        return read(await ask(nc, f"STREAM.UPDATE.{settings.stream}", wanted))
    if differing:
        named = "; ".join(f"{name} is {has!r}, must be {must!r}" for name, (must, has) in differing.items())
        raise StreamMismatch(f"The stream {settings.stream} has other settings: {named}. Correct them on the server.")
    return found


async def fresh(nc: Client, settings: Settings, disk: Path | None) -> dict[str, Any]:
    """The configuration of a stream that is made for the first time. Raises DaybookError when its size is not known."""
    return configuration(settings, settings.stream_max_bytes or await _default_size(nc, disk))


def disk_of(settings: Settings, where: Endpoints) -> Path | None:
    """A path on the disk of the stream's files, None when they lie on another machine."""
    if settings.embedded:
        return settings.data
    hosts = {urlsplit(each).hostname for each in where.nats_url.split(",")}
    return Path("/") if hosts <= LOOPBACK else None


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Settings by name that differ: (wanted, found). A setting that the server leaves out is at its zero."""
    differing: dict[str, tuple[Any, Any]] = {}
    for name, must in (wanted | _UNSET).items():
        has = found.get(name, must if must in (False, 0, None, "default") else None)
        same = sorted(has or ()) == sorted(must) if name == "subjects" else has == must
        if not same and name != "description":
            differing[name] = (must, has)
    if found["max_bytes"] <= 0:
        differing["max_bytes"] = ("a limit", found["max_bytes"])
    return differing


async def _default_size(nc: Client, disk: Path | None) -> int:
    """Size for the stream in bytes: half of what is free of the account's storage limit, if it has one. Otherwise it is
    a part of the disk that leaves room for the journal and the views, which PostgreSQL may keep on the same one."""
    answer = await ask(nc, "INFO")
    if "error" in answer:
        raise Unavailable(f"JetStream refuses: {answer['error'].get('description', answer['error'])}")
    limit: int = answer["limits"]["max_storage"]
    if limit > 0:
        taken = max(int(answer["storage"]), int(answer.get("reserved_storage", 0)))
        return max(1_048_576, (limit - taken) // 2)
    if disk is None:
        raise DaybookError(
            "How large may the stream become? The NATS server is on another machine and names no limit: set "
            "DAYBOOK_STREAM_MAX_BYTES, to half of that server's free disk for example."
        )
    return max(1_048_576, shutil.disk_usage(disk).free // _PARTS)
