"""Bearer tokens of sources and readers: shown once when they are made; the ledger keeps their SHA-256 alone.

A token holds 256 random bits, so a plain hash is enough: there is nothing to guess from a dictionary.
"""

import hashlib
import hmac
import re
import secrets

PREFIX = "dbk_"
_TOKEN = re.compile(r"dbk_[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """A new token: `dbk_` and 43 URL-safe characters."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """The 32 bytes that the ledger keeps of a token."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def is_token(text: str) -> bool:
    """Tell if a text has the form of a token: a text of another form need not be looked up."""
    return _TOKEN.fullmatch(text) is not None


def matches(token: str, kept: bytes) -> bool:
    """Tell, in constant time, if a token is the one whose hash was kept."""
    return hmac.compare_digest(hash_token(token), kept)
