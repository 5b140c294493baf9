"""Health of a service at one moment: ready or why not, with the figures that were read on the way."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog

log = structlog.get_logger()

CACHE_S = 1.0
"""Whoever asks again within so long gets the same answer: asking costs the servers little, however many ask."""
TIMEOUT_S = 3.0
"""A check that takes longer has failed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps a service from its work."""

    code: str
    """For programs: one word of a fixed list, such as `stream_full`."""
    detail: str
    """For people: what, where, and what to do. It names no address and no person."""


@dataclass(frozen=True, slots=True)
class Health:
    """Health of a service at one check: why it is not ready, its state and its figures."""

    reasons: Sequence[Reason] = ()
    """None: the service is ready."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """What `/ready` tells besides, such as the role of a recorder."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """By the name of a gauge of `services.runtime.metrics`; what could not be read is left out."""

    @property
    def ready(self) -> bool:
        """Tell if the service can do its work now."""
        return not self.reasons

    def body(self) -> bytes:
        """The answer of `/ready`."""
        reasons = [{"code": each.code, "detail": each.detail} for each in self.reasons]
        return json.dumps(
            {"ready": self.ready, "reasons": reasons, "state": dict(self.state)}, ensure_ascii=False
        ).encode()


Check = Callable[[], Awaitable[Health]]
"""Finds out how a service is now."""


class HealthCheck:
    """Runs the check at most once at a time, and keeps for a moment what it found."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._checking = asyncio.Lock()
        self._found = Health((Reason("starting", "It is just starting."),))
        self._until = float("-inf")

    async def now(self) -> Health:
        """Return the health, at most `CACHE_S` old. A check that fails or takes too long is a reason itself."""
        async with self._checking:
            if monotonic() >= self._until:
                self._found = await self._checked_now()
                self._until = monotonic() + CACHE_S
            return self._found

    async def _checked_now(self) -> Health:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._check()
        except TimeoutError:
            return Health((Reason("no_answer", f"Its servers did not answer within {TIMEOUT_S:g} s."),))
        except Exception as error:
            log.exception("health_check_failed")
            return Health((Reason("look_failed", f"Looking failed ({type(error).__name__}); its log says why."),))
