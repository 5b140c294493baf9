"""References as people compare them: numbers and names that look alike are the same one.

Programs write one invoice number in several ways: composed and decomposed accents, full-width digits, blanks that do
not break, characters that nobody sees. What is recorded keeps its characters; it is compared by `reference_key`.
"""

import re
import unicodedata
from hashlib import sha256

_INVISIBLE = re.compile(
    "["
    # Default_Ignorable_Code_Point of Unicode 16: soft hyphen, joiners, fillers, zero width, variation selectors.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Format characters that are not among them and show nothing either, and two fillers.
    "\ufff9-\ufffb\U00013430-\U0001343f\U0001d159\U00016fe4"
    # Control characters, which intake takes in long texts only.
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f"
    "]+"
)
"""Characters that show nothing and take no room. They are listed because the interpreter's own table depends on its
version, and what is recorded must mean the same under each."""

_BLANKS = re.compile("[\t-\r\u001c-\u001f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+")
"""White_Space of Unicode, and the Braille pattern without a dot."""

_HYPHENS = str.maketrans("\u2010\u2011", "--")
"""The hyphen and the one that does not break, which NFKC makes the former."""


def reference_key(text: str) -> str:
    """Key by which references are compared: NFKC, without invisible characters and outer blanks, hyphens as in ASCII.

    A run of blanks is one blank. Case counts. Empty when the text shows nothing.
    """
    if not text.isascii():
        # Once more, because what stood between two characters may have kept them from being composed.
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
        text = text.translate(_HYPHENS)
    elif " " not in text and text.isprintable():
        return text
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip(" ")


def number_key(number: str, series: str | None) -> str:
    """Key of a document number, with that of its series behind a line end where it has one.

    At most `2 * MAX_KEY_BYTES + 1` bytes in UTF-8, which an index of PostgreSQL has room for.
    """
    key = _bounded(reference_key(number))
    return key if series is None else f"{key}\n{_bounded(reference_key(series))}"


MAX_KEY_BYTES = 600
_BEGINNING = 50


def _bounded(key: str) -> str:
    """A key, or of a long one its beginning and hash; NFKC makes up to 33 bytes of one character.

    No other key is the same: none has two line ends.
    """
    encoded = key.encode()
    return key if len(encoded) <= MAX_KEY_BYTES else f"{key[:_BEGINNING]}\n\n{sha256(encoded).hexdigest()}"


_LIKE_ASCII = re.compile("[\u02d7\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13fd\u2012-\u2015\u2043\u2212]")
"""Letters of Greek, Cyrillic, Armenian and Cherokee, and dashes: many look like a character of ASCII."""
_OF_ASCII = re.compile("[0-9A-Za-z]")


def spelled_out(text: str) -> str:
    """A reference as a person can look for it: what looks like ASCII and is not as code points such as `<U+0410>`.

    A reference without any letter or digit of ASCII stays as it is.
    """
    if text.isascii() or _OF_ASCII.search(text) is None:
        return text
    return _LIKE_ASCII.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def told_apart(one: str, other: str) -> tuple[str, str]:
    """Two texts as a person can tell them apart: where they differ, characters as code points such as `<U+200B>`.

    Texts whose keys differ stay as they are: they look different already.
    """
    if one == other or reference_key(one) != reference_key(other):
        return one, other
    shortest = min(len(one), len(other))
    start = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    end = next((at for at in range(shortest - start) if one[-1 - at] != other[-1 - at]), shortest - start)
    return _by_code_points(one, start, end), _by_code_points(other, start, end)


def _by_code_points(text: str, start: int, end: int) -> str:
    """The text, its middle as code points."""
    middle = "".join(f"<U+{ord(each):04X}>" for each in text[start : len(text) - end])
    return text[:start] + middle + text[len(text) - end :]
