"""Permissions in NATS: a violation ends the command or service that caused it, with one sentence.

The server reports a violation on the connection, never to the caller: a request that it refused gets no answer, a
subscription hears nothing. To wait or to try again would not help; somebody has to name another user.
"""

import re
from urllib.parse import urlsplit

from services.errors import NotPermitted

USERS = {
    "init": "daybook",
    "reconcile": "daybook",
    "resend": "daybook",
    "intake": "appender",
    "intake-requests": "intake",
    "recorder": "recorder",
    "projector": "projector",
    "query": "query",
    "status": "query",
    "backup": "query",
    "asking": "query",
    "verify": "auditor",
    "notary": "notary",
    "notary-key": "notary",
}
"""By what a connection is for, its user in deploy/nats/users.conf."""
ANSWERS = "intake-requests"
"""It publishes answers, on subjects that others name: that one of them is not permitted is no fault of ours."""

_VIOLATION = re.compile(
    r'permissions violation for (publish|subscription) to "(.*?)"(?: using queue .*)?\'?$', re.IGNORECASE | re.DOTALL
)
_DOES = {"publish": "publish on", "subscription": "listen to"}


def violation(error: Exception, url: str, purpose: str) -> NotPermitted | None:
    """Make the error for a permissions violation that a connection reports.

    None when it is no violation, or one that we did not bring about.
    """
    found = _VIOLATION.search(str(error))
    if found is None or (purpose == ANSWERS and found[1].lower() == "publish"):
        return None
    return not_permitted(url, purpose, f"{_DOES[found[1].lower()]} {found[2]}")


def not_permitted(url: str, purpose: str, what: str) -> NotPermitted:
    """The NATS user of a URL may not do what a connection for this purpose must do."""
    user, due = _user(url), USERS.get(purpose, "daybook")
    setting = "DAYBOOK_INTAKE_NATS_URL" if purpose == ANSWERS else "DAYBOOK_NATS_URL"
    who = "The NATS user" if user is None else f"The NATS user {user}"
    if user == due:
        return NotPermitted(f"{who} may not {what}, which it must: see its permissions in deploy/nats/users.conf.")
    return NotPermitted(f"{who} may not {what}: name the user {due} in {setting} (see deploy/nats/users.conf).")


def _user(url: str) -> str | None:
    """The user that a URL names; None where it names a token, or nobody."""
    try:
        parts = urlsplit(url.split(",")[0])
    except ValueError:
        return None
    return parts.username if parts.password is not None else None
