"""Logs: structlog events, a name in past tense and fields; one line per batch, never per event at info."""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from services.runtime.visible_text import visible
from services.settings import Settings

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(settings: Settings, service: str) -> None:
    """Log to standard error, with the service's name in each line.

    Unless this is called, structlog prints to standard output, where the answers of commands belong.
    """
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _visibly,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=False,  # a logger that keeps its first configuration follows no later one
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(handlers=[_Reported()], level=logging.WARNING, force=True)


class _StandardError:
    """Standard error as it is at each line, which goes on when nothing can be written.

    There may be no room on its disk, nobody who reads it, or another stream in its place: whoever runs a command in
    a process of their own may exchange and close `sys.stderr`. A line that raised would end what logs it, a
    connection that is being made anew for example.
    """

    def write(self, text: str) -> int:
        """Write to standard error; return how much was written, or 0 where it cannot be written."""
        with suppress(OSError, ValueError):  # ValueError: it is closed
            return 0 if sys.stderr is None else sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        """Flush standard error, as far as that is possible."""
        with suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()


def _visibly(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Fields hold what was sent: none of it reaches a terminal as anything but text."""
    return {name: visible(value, keep="\n") if isinstance(value, str) else value for name, value in event.items()}


class _Reported(logging.Handler):
    """Handler that logs a library's report as a line like any other: an error with its traceback, a warning without."""

    def emit(self, record: logging.LogRecord) -> None:
        said: dict[str, Any] = {"library": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            said |= {"exc_info": record.exc_info} if record.levelno >= logging.ERROR else {}
            said["error"] = repr(record.exc_info[1])
        structlog.get_logger().log(record.levelno, "library_reported", **said)
