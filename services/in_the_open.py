"""Warnings where a service talks to another machine without TLS: passwords and events can be read on the way."""

from urllib.parse import urlsplit

import structlog

from services.nats import address
from services.postgres import tls
from services.settings import LOOPBACK, Endpoints

log = structlog.get_logger()


def warn(where: Endpoints) -> None:
    """One line in the log for each server that is reached in the open."""
    if _nats(where.nats_url):
        log.warning("connecting_without_tls", to="NATS", do="set DAYBOOK_NATS_CA, or write tls:// in DAYBOOK_NATS_URL")
    if tls.in_the_open(where.database_url):
        log.warning(
            "connecting_without_tls",
            to="PostgreSQL",
            do="add sslmode=verify-full&sslrootcert=… to DAYBOOK_DATABASE_URL",
        )


def _nats(urls: str) -> bool:
    try:
        hosts = {urlsplit(each if "://" in each else f"nats://{each}").hostname for each in address.servers(urls)}
        return not hosts <= LOOPBACK and not address.asks_for_tls(urls)
    except ValueError:
        return False  # what is wrong with a URL is said when it is used
