"""TLS in PostgreSQL's URL: `?sslmode=verify-full&sslrootcert=/etc/daybook/ca.pem`, as libpq and asyncpg read it.

Whoever names a certificate wants TLS, but without `sslmode` both would go on without TLS with a server that offers
none, or with whoever stands in its place. Here that is a mistake.
"""

import os
from urllib.parse import parse_qsl, urlsplit

from services.errors import NotConfigured
from services.settings import LOOPBACK

_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_TLS_ALWAYS = ("require", "verify-ca", "verify-full")


def check(url: str) -> None:
    """Raises NotConfigured when files for TLS are named and TLS is not required, or when one cannot be read."""
    named = _parameters(url)
    files = {name: path for name in _FILES if (path := named.get(name) or os.environ.get(f"PG{name.upper()}"))}
    if files and _mode(named) not in _TLS_ALWAYS:
        raise NotConfigured(
            f"DAYBOOK_DATABASE_URL names {', '.join(files)}, but its sslmode is {_mode(named)}, which goes on without "
            "TLS where the server offers none. Write sslmode=verify-full."
        )
    for name, path in files.items():
        if not os.access(path, os.R_OK):
            raise NotConfigured(f"DAYBOOK_DATABASE_URL: {name}={path} cannot be read.")


def may_go_without_tls(url: str) -> bool:
    """Tell if a URL's connection to another machine may go without TLS."""
    named = _parameters(url)
    try:
        hosts = named.get("host") or urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return False  # what is wrong with a URL is said when it is used
    elsewhere = [each for each in hosts.split(",") if not _here(each)]
    return bool(elsewhere) and _mode(named) not in _TLS_ALWAYS


def _here(host: str) -> bool:
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return not name or name.startswith("/") or name in LOOPBACK


def _mode(named: dict[str, str]) -> str:
    return named.get("sslmode") or os.environ.get("PGSSLMODE") or "prefer"


def _parameters(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query))
    except ValueError:
        return {}
