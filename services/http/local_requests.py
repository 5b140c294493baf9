"""Requests that come from this machine itself: what is open to it alone is open to nobody behind a proxy or a web page.

A proxy on this machine connects from this machine, too, and there are more proxies than anybody can list. So a request
counts as a program's own only if it says nothing but what programs and browsers say by themselves, in HTTP/1.1, under
this machine's name. A proxy that shows nothing of itself has to be given a token to pass on.
"""

import re

from starlette.requests import Request

from services.settings import LOOPBACK

_OF_PROGRAMS = frozenset(
    {
        b"host", b"user-agent", b"accept", b"accept-charset", b"accept-encoding", b"accept-language", b"connection",
        b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings", b"expect", b"date",
        b"content-type", b"content-length", b"content-encoding", b"content-language", b"cache-control", b"pragma",
        b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since", b"if-range", b"range", b"prefer",
        b"authorization", b"cookie", b"origin", b"referer", b"upgrade-insecure-requests", b"dnt", b"save-data",
        b"priority", b"purpose", b"x-requested-with", b"last-event-id", b"idempotency-key", b"dpr", b"width",
        b"viewport-width", b"device-memory", b"downlink", b"ect", b"rtt", b"access-control-request-method",
        b"access-control-request-headers", b"traceparent", b"tracestate", b"baggage",
    }
)  # fmt: skip
"""Fields that programs and browsers send by themselves, and those that begin with `sec-`."""
_NAME = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


def from_this_machine(request: Request) -> bool:
    """Tell if a program on this machine asks by itself, under this machine's name, and no page of another site."""
    return why_not(request) is None


def why_not(request: Request) -> str | None:
    """Reason for which a request is not this machine's own, for people; None where it is."""
    scope = request.scope
    if request.client is None or request.client.host not in LOOPBACK:
        return "this request comes from another one"
    if scope["http_version"] == "1.0":
        return "HTTP/1.0 is what proxies speak"
    said: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        said.setdefault(name, []).append(value)
    for name in said:
        if name not in _OF_PROGRAMS and not name.startswith(b"sec-"):
            return f"a proxy may have sent the field {name.decode('latin-1')[:80]!r}"
    host = [each.decode("latin-1") for each in said.get(b"host", [])]
    if len(host) != 1 or _NAME.fullmatch(host[0]) is None or scope.get("absolute_target"):
        return "this request names another host"
    site = said.get(b"sec-fetch-site", [b"none"])
    origin = said.get(b"origin", [])
    if site not in ([b"none"], [b"same-origin"]) or origin not in ([], [f"{scope['scheme']}://{host[0]}".encode()]):
        return "a page of another site asks"
    return None
