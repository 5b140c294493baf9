"""Addresses of the two servers of a ledger: from the settings, or of a running `daybook up`."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

import structlog

from services.errors import NotConfigured
from services.nats import address
from services.nats.address import with_files
from services.postgres import tls
from services.runtime import files
from services.settings import LOOPBACK, Settings

log = structlog.get_logger()

RUN_FILE = "run.json"
"""In the data directory while `daybook up` runs: process id, server addresses, ports."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """URLs of the two servers."""

    nats_url: str
    database_url: str
    intake_nats_url: str | None = None
    """URL of the same servers for a user who may hear `intake.*` and answer; None: there is no such user."""

    @property
    def requests_url(self) -> str:
        """URL over which intake takes requests by NATS."""
        return self.intake_nats_url or self.nats_url


def endpoints(settings: Settings) -> Endpoints:
    """The named servers, otherwise those of the `up` that runs on the data directory. Raises NotConfigured."""
    if settings.nats_url is not None and settings.database_url is not None:
        files = (settings.nats_ca, settings.nats_certificate, settings.nats_key)
        intake = settings.intake_nats_url
        return Endpoints(
            with_files(settings.nats_url.get_secret_value(), *files),
            settings.database_url.get_secret_value(),
            None if intake is None else with_files(intake.get_secret_value(), *files),
        )
    if settings.nats_url is not None or settings.database_url is not None:
        missing = "DAYBOOK_DATABASE_URL" if settings.database_url is None else "DAYBOOK_NATS_URL"
        raise NotConfigured(f"{missing} is not set, but its partner is: set both, or neither for embedded servers.")
    run = running(settings.data)
    if run is None:
        raise NotConfigured(
            f"No ledger runs on {settings.data}. Start one with `daybook up --data {quote(str(settings.data))}`, or "
            "set DAYBOOK_NATS_URL and DAYBOOK_DATABASE_URL."
        )
    return Endpoints(run["nats_url"], run["database_url"], run.get("intake_nats_url"))


def running(data: Path) -> dict[str, str] | None:
    """Read what `up` wrote about itself in the data directory; None when its process is gone."""
    try:
        run: dict[str, str] = json.loads(files.read(data / RUN_FILE, 65_536))
        os.kill(int(run["pid"]), 0)
        here = identity(data)
        return run if run.get("directory", here) == here else None  # a copied directory brings the original's file
    except (OSError, ValueError, KeyError, TypeError):
        return None


def identity(data: Path) -> str:
    """Identity of a directory under whatever name: a copy of it has another one. Raises OSError."""
    found = data.stat()
    return f"{found.st_dev}:{found.st_ino}"


def warn_without_tls(where: Endpoints) -> None:
    """Log one line for each server that is reached without TLS."""
    if _nats_without_tls(where.nats_url):
        log.warning("connecting_without_tls", to="NATS", do="set DAYBOOK_NATS_CA, or write tls:// in DAYBOOK_NATS_URL")
    if tls.may_go_without_tls(where.database_url):
        log.warning(
            "connecting_without_tls",
            to="PostgreSQL",
            do="add sslmode=verify-full&sslrootcert=… to DAYBOOK_DATABASE_URL",
        )


def _nats_without_tls(urls: str) -> bool:
    try:
        hosts = {urlsplit(each if "://" in each else f"nats://{each}").hostname for each in address.servers(urls)}
        return not hosts <= LOOPBACK and not address.asks_for_tls(urls)
    except ValueError:
        return False  # what is wrong with a URL is said when it is used
