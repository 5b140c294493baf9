"""Text from outside as a person can see it: what a terminal would obey, or would not show, stands as a code point."""

import re

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Fillers, the grapheme joiner and variation selectors: they count as printable, and nothing is seen of them."""
_SUSPECT = re.compile("[^ -~]")


def visible(text: str, keep: str = "") -> str:
    """The text with every character that does not print as itself as `<U+202E>`.

    These are control characters (escape sequences, line ends), marks that turn the direction of writing, zero-width
    characters, fillers, blanks other than the common one, and halves of surrogate pairs. Those in `keep` stay.
    """
    if text.isascii() and text.isprintable():
        return text

    def shown(found: re.Match[str]) -> str:
        each = found[0]
        if each in keep or (each.isprintable() and not _INVISIBLE.match(each)):
            return each
        return f"<U+{ord(each):04X}>"

    return _SUSPECT.sub(shown, text)


def visible_json(document: str) -> str:
    """A JSON document with these characters as the escapes of JSON: it says the same.

    Only strings hold them, apart from the line ends between its parts.
    """
    if document.isascii():
        return document.replace("\x7f", "\\u007f")

    def escaped(found: re.Match[str]) -> str:
        each = found[0]
        if each == "\n" or (each.isprintable() and not _INVISIBLE.match(each)):
            return each
        units = each.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))

    return _SUSPECT.sub(escaped, document)
