"""Sending through the public intake, as any emitting system would: batches over HTTP, repeated until answered."""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contracts.cloudevents.envelope import MAX_BATCH
from services.errors import BadRequest, Unavailable
from services.runtime.tls import client_context, distrusted

MAX_BODY_BYTES = 4 * 1024 * 1024
TIMEOUT_S = 60.0
"""How long a batch is tried again while intake is away, full or starting."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Result of sending one event: recorded (or known) at `sequence`, or refused for `reason`."""

    sequence: int | None
    duplicate: bool | None
    reason: str | None = None


class IntakeClient:
    """Keeps one connection. Not for several threads at once."""

    def __init__(self, url: str, token: str, ca: Path | None = None) -> None:
        """`ca` issued the certificate of an intake over https; None: a CA of the system. Raises BadRequest or
        NotConfigured."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest(f"{url} is not the address of an intake, such as http://127.0.0.1:8080.")
        self._connection = (
            http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
            if parts.scheme == "http"
            else http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=TIMEOUT_S, context=client_context(ca, "DAYBOOK_TLS_CA")
            )
        )
        self._url = url
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/cloudevents-batch+json",
        }

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(
        self, events: Sequence[dict[str, Any]], advanced: Callable[[int], None] = lambda count: None
    ) -> Iterator[Receipt]:
        """A receipt for each event, in order. Events that intake refuses are left out and named; the rest is
        recorded. Sending the same again is harmless. Raises Unavailable when intake stays away."""
        for chunk in _chunks(events):
            yield from self._chunk(chunk)
            advanced(len(chunk))

    def _chunk(self, chunk: list[dict[str, Any]]) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        while left := [index for index in range(len(chunk)) if index not in receipts]:
            status, answer = self._post([chunk[index] for index in left])
            if status in (200, 201):
                for index, receipt in zip(left, answer, strict=True):
                    receipts[index] = Receipt(receipt["sequence"], receipt["duplicate"])
                continue
            faults = answer.get("errors") or []
            named = {fault["index"] for fault in faults if isinstance(fault.get("index"), int)}
            if not named:
                raise BadRequest(f"Intake at {self._url} answers {status}: {answer.get('detail') or answer}")
            for position in named:
                reasons = [_reason(fault) for fault in faults if fault.get("index") == position]
                receipts[left[position]] = Receipt(None, None, "; ".join(reasons))
        return [receipts[index] for index in range(len(chunk))]

    def _post(self, events: list[dict[str, Any]]) -> tuple[int, Any]:
        body = json.dumps(events, ensure_ascii=False).encode("utf-8")
        deadline = time.monotonic() + TIMEOUT_S
        wait, problem = 0.1, ""
        while True:
            try:
                self._connection.request("POST", "/events", body, self._headers)
                response = self._connection.getresponse()
                answer = json.loads(response.read() or b"{}")
                if response.status != 503:
                    return response.status, answer
                problem = str(answer.get("detail") or answer.get("title"))
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._connection.close()
                distrust = distrusted(error, f"Intake at {self._url}", "its address", "DAYBOOK_TLS_CA", "its settings")
                if distrust is not None:
                    raise Unavailable(f"{distrust} Nothing was sent to it.") from error
                problem = str(error) or type(error).__name__
            if time.monotonic() + wait > deadline:
                raise Unavailable(
                    f"Intake at {self._url} took nothing for {TIMEOUT_S:.0f} s ({problem}). What was sent so far is "
                    "recorded; run the same command again to go on."
                )
            time.sleep(wait)
            wait = min(wait * 2, 5.0)


def _reason(fault: dict[str, Any]) -> str:
    field, reason = fault.get("field"), str(fault.get("reason") or "refused")
    return f"{field}: {reason}" if field else reason


def _chunks(events: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    size = 0
    for event in events:
        length = len(json.dumps(event, ensure_ascii=False).encode("utf-8"))
        if chunk and (len(chunk) == MAX_BATCH or size + length > MAX_BODY_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(event)
        size += length
    if chunk:
        yield chunk
