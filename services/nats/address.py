"""Address of the NATS servers with the files for TLS, in one URL as PostgreSQL has them.

`nats://user:password@host:4222?tls_ca=/etc/daybook/ca.pem`; further `tls_certificate` and `tls_key`. The settings
DAYBOOK_NATS_CA, DAYBOOK_NATS_CERTIFICATE and DAYBOOK_NATS_KEY are put there once, and whoever connects finds them.
"""

import ssl
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from services.runtime.tls import client_context

FILES = ("tls_ca", "tls_certificate", "tls_key")


def with_files(urls: str, ca: Path | None, certificate: Path | None, key: Path | None) -> str:
    """The URLs, comma separated, each with the files; as they are when there is none."""
    files = {name: str(path) for name, path in zip(FILES, (ca, certificate, key), strict=True) if path is not None}
    if not files:
        return urls
    return ",".join(f"{each}{'&' if '?' in each else '?'}{urlencode(files)}" for each in urls.split(","))


def servers(urls: str) -> list[str]:
    """The URLs without the files, as nats-py takes them."""
    return [each.partition("?")[0] for each in urls.split(",")]


def asks_for_tls(urls: str) -> bool:
    """Tell if nothing may go to these servers without TLS."""
    return bool(_named(urls)) or any(each.startswith("tls://") for each in servers(urls))


def tls(urls: str) -> ssl.SSLContext | None:
    """TLS context where a file or the scheme tls:// asks for it; otherwise None. Raises NotConfigured."""
    if not asks_for_tls(urls):
        return None
    named = _named(urls)
    ca, certificate, key = (Path(named[name][0]) if name in named else None for name in FILES)
    return client_context(ca, "DAYBOOK_NATS_CA", certificate, key, "DAYBOOK_NATS")


def _named(urls: str) -> dict[str, list[str]]:
    return parse_qs("&".join(each.partition("?")[2] for each in urls.split(",")))
