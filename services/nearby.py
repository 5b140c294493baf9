"""Requests that come from this machine itself: what is open to it alone is open to nobody behind a proxy or a web page.

A proxy on this machine connects from this machine, too. It is known by the fields that proxies add, by its HTTP/1.0, or
by the name that was asked for; one that shows nothing of all that has to be given a token to pass on.
"""

from starlette.requests import Request

from services.settings import LOOPBACK

_OF_PROXIES = frozenset(
    {
        b"forwarded", b"via", b"client-ip", b"true-client-ip", b"x-real-ip", b"x-client-ip", b"x-cluster-client-ip",
        b"x-remote-ip", b"x-remote-addr", b"x-host", b"x-original-host", b"x-original-url", b"x-rewrite-url",
        b"x-amzn-trace-id", b"fastly-client-ip", b"fly-client-ip", b"cdn-loop", b"proxy-connection", b"max-forwards",
        b"x-request-start", b"x-scheme", b"x-arr-ssl", b"x-arr-log-id", b"x-appengine-user-ip",
        b"x-nf-client-connection-ip",
    }
)  # fmt: skip
_FAMILIES = (b"x-forwarded", b"forwarded-", b"cf-", b"x-envoy-", b"x-azure-", b"x-akamai-", b"x-vercel-", b"x-proxy")
"""Beginnings of the names of fields that proxies add."""


def from_this_machine(request: Request) -> bool:
    """Whether a program on this machine asks by itself, under this machine's name, and no page of another site."""
    scope = request.scope
    if request.client is None or request.client.host not in LOOPBACK or scope["http_version"] == "1.0":
        return False
    said: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        said.setdefault(name, []).append(value)
    if any(name in _OF_PROXIES or name.startswith(_FAMILIES) for name in said):
        return False
    host = said.get(b"host", [])
    if len(host) != 1 or request.url.hostname not in LOOPBACK:
        return False
    if said.get(b"sec-fetch-site", [b"none"]) not in ([b"none"], [b"same-origin"]):
        return False
    origin = said.get(b"origin")
    return origin is None or origin == [scope["scheme"].encode() + b"://" + host[0]]
