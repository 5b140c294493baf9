"""Statement of the notary about an evidence file: which rows it holds, and the digest of everything in it.

The Merkle tree proves what is in the journal; this signature lets nobody take from the file or add to it afterwards.
`verify_evidence.py` computes the same statement, on its own.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from services.notary.note import SigningKey

FORMAT = "daybook-evidence/1"


def statement(document: Mapping[str, Any]) -> str:
    """The text for a document without its own statement: lines in a fixed order."""
    digests = {f"{name} {digest(value)}" for name, value in document.items() if name != "views"}
    digests |= {f"views.{name} {digest(value)}" for name, value in document["views"].items()}
    places = spans(each["sequence"] for each in document["rows"])
    return "\n".join([FORMAT, f"deal/{document['deal']}", f"rows {places}", *sorted(digests), ""])


def signed(document: Mapping[str, Any], key: SigningKey | None) -> dict[str, Any]:
    """The document with its statement, signed; with null where there is no key."""
    return {**document, "statement": None if key is None else key.sign(statement(document))}


def digest(value: Any) -> str:
    """SHA-256, in Base64, of JSON with sorted keys and no white space."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def spans(numbers: Iterable[int]) -> str:
    """Numbers in a short form: `1-3,17`."""
    found: list[list[int]] = []
    for each in sorted(set(numbers)):
        if found and found[-1][1] == each - 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
