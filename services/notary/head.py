"""A signed tree head (c2sp.org/tlog-checkpoint): how many rows of the journal there are, and what they come to."""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from services.errors import UnknownKey
from services.notary.note import NotSigned, PublicKey, SigningKey, UnknownSigner, open_note
from services.notary.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """A head that a known key signed."""

    size: int
    """The number of leaves: all rows up to this sequence."""
    root: bytes
    note: str
    """The whole signed note."""


def sign_head(key: SigningKey, size: int, root: bytes) -> Head:
    """The head of a tree. The log's name is that of the key."""
    return Head(size, root, key.sign(f"{key.public.name}\n{size}\n{b64encode(root).decode()}\n"))


def read_head(note: str, keys: Collection[PublicKey]) -> Head:
    """The head that a note is. Raises NotSigned."""
    text, key = open_note(note, keys)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise NotSigned("it is signed, but no tree head")
    try:
        root = b64decode(lines[2], validate=True)
    except ValueError:
        root = b""
    if len(root) != HASH_BYTES:
        raise NotSigned("it is signed, but its third line is no root hash")
    if lines[0] != key.name:
        raise NotSigned(f"it is the head of another log, {lines[0]!r}, signed by {key.name}")
    return Head(int(lines[1]), root, note)


def unknown_key(
    place: str, error: UnknownSigner, keys: Collection[PublicKey], private: Path | None = None
) -> UnknownKey:
    """Make the error for a head that no known key signed, saying what to do; `private` is where the private key
    belongs.
    """
    known = " and ".join(f"{each.name}+{each.id.hex()}" for each in keys) or "no key at all"
    there = private or "its place (notary/key in the data directory, or DAYBOOK_NOTARY_KEY)"
    return UnknownKey(
        f"{place} holds a signed head: {error}. What is known here is {known}. Nothing is signed with another key. "
        f"Put the private key that signed to {there}; `daybook up` and the notary are then "
        "started again. Where it is lost for good, name its public key in DAYBOOK_NOTARY_FORMER_KEYS and sign on with "
        "a new one. If nobody of yours has such a key, somebody else wrote the head: run `daybook verify`."
    )
