"""URLs of servers as people may see them: without passwords and tokens."""

import re
from urllib.parse import unquote_plus, urlsplit

HIDDEN = "…"

_NEXT_URL = re.compile(r",(?=\s*[A-Za-z][A-Za-z0-9+.-]*://)")
_HOST = re.compile(r"(\[[^\[\]]*\]|[^:=\s\[\]]*)(:[0-9]*)?")
_SECRET = re.compile("password|secret|token", re.IGNORECASE)
_NAMED_USERS = ("postgres", "postgresql")
"""Schemes in which a user without a password is a name; elsewhere (NATS) it is a token."""


def masked(urls: str) -> str:
    """Masks the secrets of one URL or several, comma separated; `…` stands for what cannot be read as a URL.

    In doubt more is hidden: a secret with a sign that has to be escaped in a URL (`@ , / ? #`) is not shown in part.
    """
    return ",".join(_masked(each) for each in _NEXT_URL.split(urls))


def _masked(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
    except ValueError:
        return HIDDEN
    user, at, hosts = parts.netloc.rpartition("@")
    if "@" in f"{parts.path}{parts.query}{parts.fragment}" or not all(map(_HOST.fullmatch, hosts.split(","))):
        return HIDDEN
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    query = "?" + "&".join(map(_parameter, parts.query.split("&"))) if parts.query else ""
    fragment = f"#{HIDDEN}" if parts.fragment else ""
    return f"{scheme}{_user(user, parts.scheme)}{at}{hosts}{parts.path}{query}{fragment}"


def _user(user: str, scheme: str) -> str:
    name, colon, _ = user.partition(":")
    if not user or (not colon and scheme in _NAMED_USERS):
        return user
    return f"{name}:{HIDDEN}" if colon and not {"@", ","} & set(name) else HIDDEN


def _parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    if not equals:
        return HIDDEN
    return f"{name}={HIDDEN}" if _SECRET.search(unquote_plus(parameter)) else parameter
