"""Signed notes (c2sp.org/signed-note) with Ed25519 keys: text, an empty line, and who signed it.

Keys are written as everybody writes them: a public one as `name+id+key` (a vkey), a private one as `PRIVATE+KEY+…`.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE_BYTES = 8192
"""Longer notes are not read: a head has a few hundred bytes."""
_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_DASH = "\N{EM DASH} "


class NotSigned(ValueError):
    """A note that no known key signed, or a key that cannot be read; the message says why."""


class UnknownSigner(NotSigned):
    """A note that others have signed, and none of the keys that are known."""

    def __init__(self, signers: list[str]) -> None:
        super().__init__(f"no known key signed it, but {' and '.join(signers)}")
        self.signers = signers
        """Name and id of each, as a public key begins with them."""


@dataclass(frozen=True)
class PublicKey:
    """Public key of a signer: a name and 32 bytes."""

    name: str
    key: bytes

    @classmethod
    def read(cls, vkey: str) -> "PublicKey":
        """Read a public key from its text. Raises NotSigned."""
        name, key = _parts(vkey.strip(), "public key")
        return cls(name, key)

    @cached_property
    def id(self) -> bytes:
        """The first four bytes of the SHA-256 over name, 0x0A, 0x01 and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(_ED25519 + self.key).decode()}"

    def signed(self, text: str, signature: bytes) -> bool:
        """Tell if the signature over the text was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A key that signs, with its public half."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(name, private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """A new key. Raises NotSigned for what cannot be a name."""
        return cls(_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, text: str) -> "SigningKey":
        """Read a private key from its text. Raises NotSigned, which does not show the key."""
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise NotSigned(f"it does not begin with {_PRIVATE}")
        name, seed = _parts(text.removeprefix(_PRIVATE), "private key", of_private=True)
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    def write(self) -> str:
        """Write the private key as text, for its owner's eyes."""
        seed = b64encode(_ED25519 + self._private.private_bytes_raw()).decode()
        return f"{_PRIVATE}{self.public.name}+{self.public.id.hex()}+{seed}\n"

    def sign(self, text: str) -> str:
        """The text as a signed note. It must end with a newline."""
        assert text.endswith("\n"), "a note's text ends with a newline"
        signature = b64encode(self.public.id + self._private.sign(text.encode())).decode()
        return f"{text}\n{_DASH}{self.public.name} {signature}\n"


def open_note(note: str, keys: Iterable[PublicKey]) -> tuple[str, PublicKey]:
    """The text of a note, and the first of the keys that signed it.

    Signatures of keys that are not known are passed over, as witnesses may add theirs; one of a known key that is
    wrong spoils the note. Raises NotSigned.
    """
    if len(note) > MAX_NOTE_BYTES:
        raise NotSigned(f"it has more than {MAX_NOTE_BYTES} characters")
    head, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or any(each < " " and each != "\n" for each in note):
        raise NotSigned("it is no signed note")
    text, known = head + "\n", {(each.name, each.id): each for each in keys}
    signers, others = [], []
    for line in tail[:-1].split("\n"):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            signature = b64decode(encoded, validate=True)
        except NotBase64:
            raise NotSigned("a signature is not in Base64") from None
        if not line.startswith(_DASH) or not name or len(signature) < 5:
            raise NotSigned("a line below the text is no signature")
        key = known.get((name, signature[:4]))
        if key is None:
            others.append(f"{name}+{signature[:4].hex()}")
            continue
        if not key.signed(text, signature[4:]):
            raise NotSigned(f"the signature of {name} is not one over this text")
        signers.append(key)
    if not signers:
        raise UnknownSigner(others)
    return text, signers[0]


def _parts(text: str, what: str, *, of_private: bool = False) -> tuple[str, bytes]:
    parts = text.split("+", 2)
    try:
        name, id, key = _name(parts[0]), bytes.fromhex(parts[1]), b64decode(parts[2], validate=True)
    except (ValueError, IndexError):
        raise NotSigned(f"a {what} is written as name+id+key") from None
    if len(key) != 33 or key[:1] != _ED25519:
        raise NotSigned(f"this {what} is not one of Ed25519")
    public = Ed25519PrivateKey.from_private_bytes(key[1:]).public_key().public_bytes_raw() if of_private else key[1:]
    if PublicKey(name, public).id != id:
        raise NotSigned(f"the id in the {what} is not that of its name and key")
    return name, key[1:]


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NotSigned(f"{name[:80]!r} is no name for a key: 1 to 200 characters, no spaces and no +")
    return name
