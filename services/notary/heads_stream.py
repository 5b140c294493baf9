"""Heads on NATS: a stream of their own beside the ledger's, from which nothing is removed."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Collection
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client

from services.errors import JournalAltered, NotProvisioned, StreamFull, StreamMismatch, Unavailable
from services.notary.head import Head, read_head, unknown_key
from services.notary.note import NotSigned, PublicKey, UnknownSigner
from services.settings import Settings
from services.stream.append import FULL
from services.stream.configuration import differences
from services.stream.state import ask, create, find

log = structlog.get_logger()

_TIMEOUT_S = 10.0
_LEAST_BYTES = 16 * 1024 * 1024
_SHARE = 64
"""The stream of heads may become this part of the ledger's stream."""
_NOT_FOUND = 10037
_ENDS_ELSEWHERE = 10071


def stream_name(stream: str) -> str:
    """The stream of the heads of a ledger's stream."""
    return f"{stream}_HEADS"


def subject(stream: str) -> str:
    """The subject under which heads are published; whoever may listen to it sees each as it is signed."""
    return f"notary.head.{stream}"


def configuration(settings: Settings, ledger_max_bytes: int) -> dict[str, Any]:
    """Configuration of the stream of heads."""
    return {
        "name": stream_name(settings.stream),
        "description": "Daybook: every signed head of the journal's tree, for good.",
        "subjects": [subject(settings.stream)],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_bytes": max(_LEAST_BYTES, ledger_max_bytes // _SHARE),
        "max_age": 0,
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_msg_size": 65_536,
        "num_replicas": settings.stream_replicas,
        "duplicate_window": 120 * 1_000_000_000,
        "deny_delete": True,
        "deny_purge": True,
        "allow_rollup_hdrs": False,
        "allow_direct": True,
    }


async def provision(nc: Client, settings: Settings, ledger_max_bytes: int) -> None:
    """The stream of heads, made if there is none; it may have another size.

    Raises StreamMismatch when it has other settings, with which it could lose heads, and Unavailable.
    """
    wanted = configuration(settings, ledger_max_bytes)
    found = await find(nc, wanted["name"])
    if found is None:
        answer = await create(nc, wanted["name"], wanted)
        if "error" in answer:
            raise Unavailable(f"JetStream makes no stream of heads: {answer['error'].get('description')}")
        return
    wrong = {name: each for name, each in differences(wanted, found.configuration).items() if name != "max_bytes"}
    if wrong:
        named = "; ".join(f"{name} is {has!r}, must be {must!r}" for name, (must, has) in wrong.items())
        raise StreamMismatch(f"The stream {wanted['name']} has other settings: {named}. Correct them on the server.")


class HeadsStream:
    """The heads in the stream."""

    def __init__(self, nc: Client, stream: str, keys: Collection[PublicKey]) -> None:
        self._nc = nc
        self._stream = stream
        self._name = stream_name(stream)
        self._keys = keys
        self._end: int | None = None
        """Where the stream ends, as we left it."""
        self.foreign: dict[int, str] = {}
        """What is wrong with messages that somebody else put there, by sequence, as far as they were read: they are
        passed over, and nothing is removed."""
        self._others: UnknownSigner | None = None
        """Of the foreign messages that were read, the last that is signed, by a key that is not known."""

    async def newest(self) -> Head | None:
        """The last head of this notary, None when the stream is empty.

        Raises NotProvisioned and Unavailable; JournalAltered when a message was lost, or none is of this notary, and
        UnknownKey when others signed them.
        """
        self._end = await self._last()
        for sequence in range(self._end, 0, -1):
            if (head := await self._head(sequence)) is not None:
                return head
        if self._others is not None:
            raise unknown_key(f"The stream {self._name}", self._others, self._keys)
        if self._end:
            raise JournalAltered(f"{self.foreign[self._end]} No message before it is one. {_HELP}")
        return None

    async def newest_note(self) -> str | None:
        """The last head as it stands there, whoever signed it; None when there is none. Raises Unavailable."""
        found = await find(self._nc, self._name)
        return None if found is None or not found.last_sequence else await self._note(found.last_sequence)

    async def behind(self, size: int) -> AsyncIterator[Head]:
        """The heads of larger trees than one, in order. Raises as `newest`."""
        last = await self._last()
        low, high = 0, last
        while low < high:  # heads only grow, so the first that is larger is found by halving
            middle = (low + high) // 2
            found = await self._next(middle + 1, high)
            if found is not None and found[1].size <= size:
                low = found[0]
            else:
                high = middle
        while (found := await self._next(low + 1, last)) is not None:
            low = found[0]
            yield found[1]

    async def append(self, head: Head) -> None:
        """Publishes a head behind the others; returns once it is stored.

        Raises StreamFull, NotProvisioned and Unavailable: also when the stream was rewound or replaced meanwhile, for
        it lacks heads then, which have to be given to it first.
        """
        end = await self._last() if self._end is None else self._end
        headers = {
            "Nats-Msg-Id": f"{head.size}:{head.root.hex()}",
            "Nats-Expected-Stream": self._name,
            "Nats-Expected-Last-Sequence": str(end),
        }
        try:
            reply = await self._nc.request(subject(self._stream), head.note.encode(), _TIMEOUT_S, headers=headers)
        except nats.errors.NoRespondersError:
            raise NotProvisioned(f"There is no stream {self._name} for signed heads. Run `daybook init`.") from None
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"NATS does not take the signed head: {error or type(error).__name__}") from error
        answer = json.loads(reply.data)
        if (refused := answer.get("error")) is not None:
            if refused.get("err_code") in FULL:
                raise StreamFull(f"The stream {self._name} has no room for signed heads: raise its max_bytes.")
            if refused.get("err_code") == _ENDS_ELSEWHERE:
                raise Unavailable(f"The stream {self._name} does not end at {end}, where its last head was published.")
            raise Unavailable(f"The stream {self._name} does not take the signed head: {refused.get('description')}")
        self._end = answer["seq"]

    async def _last(self) -> int:
        found = await find(self._nc, self._name)
        if found is None:
            raise NotProvisioned(f"There is no stream {self._name} for signed heads. Run `daybook init`.")
        return found.last_sequence

    async def _next(self, first: int, last: int) -> tuple[int, Head] | None:
        """The first head from one sequence to another, and where it is."""
        for sequence in range(first, last + 1):
            if (head := await self._head(sequence)) is not None:
                return sequence, head
        return None

    async def _note(self, sequence: int) -> str:
        answer = await ask(self._nc, f"STREAM.MSG.GET.{self._name}", {"seq": sequence})
        if (error := answer.get("error")) is not None:
            if error.get("err_code") == _NOT_FOUND:
                raise JournalAltered(f"The stream {self._name} has lost its message {sequence}, a signed head. {_HELP}")
            raise Unavailable(f"The stream {self._name} does not give message {sequence}: {error.get('description')}")
        return b64decode(answer["message"].get("data", "")).decode("utf-8", "replace")

    async def _head(self, sequence: int) -> Head | None:
        """The head that a message is; None for one of somebody else."""
        note = await self._note(sequence)
        try:
            return read_head(note, self._keys)
        except NotSigned as error:
            if sequence not in self.foreign:
                shown = note[:200].replace("\n", "⏎")
                self.foreign[sequence] = (
                    f"Message {sequence} of the stream {self._name} is no head of this notary: {error} ({shown})."
                )
                log.error("foreign_message_found", stream=self._name, sequence=sequence, reason=str(error), do=_HELP)
            if isinstance(error, UnknownSigner):
                self._others = error
            return None


_HELP = (
    "Somebody else could write to it: look at the permissions. Keep a copy as evidence, remove the stream and run "
    "`daybook init`; it is filled anew from the heads in Postgres and the file."
)
