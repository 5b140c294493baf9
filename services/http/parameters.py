"""Parameters of a reader's question, read from the address."""

import re
from collections.abc import Collection

from starlette.requests import Request

from services.errors import BadRequest, NotKnown

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)


def parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """The query's parameters. Raises BadRequest for one that is not known or given twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise BadRequest(f"{name[:40]!r} is no parameter here; there are {', '.join(sorted(known))}.")
        if name in found:
            raise BadRequest(f"{name} is given twice.")
        found[name] = value
    return found


def sequence(text: str, name: str) -> int:
    """A sequence. Raises BadRequest."""
    if not _SEQUENCE.fullmatch(text):
        raise BadRequest(f"{name}: {text[:40]!r} is no sequence, which is a whole number from 0.")
    return int(text)


def subject(kind: str, name: str) -> str:
    """A subject. Raises NotKnown for what cannot be one."""
    if not _ID.fullmatch(name):
        raise NotKnown(f"{name[:80]!r} is no id of a {kind}: those have 1 to 64 of A-Z, a-z, 0-9, _ and -.")
    return f"{kind}/{name}"
