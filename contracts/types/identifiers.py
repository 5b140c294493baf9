"""Types of identifiers: subjects, events, sources, documents. A ledger has one namespace of subjects."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from contracts.rules.refusals import PATTERN_WORDS

SubjectKind = Literal["deal", "account", "playbook"]


def _text(pattern: str, says: str, max_length: int | None = None) -> StringConstraints:
    PATTERN_WORDS[pattern] = says
    return StringConstraints(pattern=pattern, max_length=max_length)


_KEY = r"^[a-z][a-z0-9_]{0,63}$"
_NAME = r"^[A-Za-z0-9_-]{1,64}$"
_LINE = r"^[^\u0000-\u001f\u007f-\u009f]+$"
_LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+$"
_key = _text(_KEY, "1 to 64 small letters, digits and _, beginning with a letter")
_name = _text(_NAME, "1 to 64 letters, digits, - and _")

SubjectId = Annotated[str, _name]
"""The part of a subject behind its kind, as it also stands in the stream's subject."""

DealId = SubjectId
AccountId = SubjectId
ContactId = SubjectId

PlaybookKey = Annotated[str, _key]
PlaybookVersion = Annotated[int, Field(ge=1, le=2**31 - 1)]
ItemKey = Annotated[str, _key]
"""A milestone, criterion, condition or appraisal item; unique within a playbook."""
FieldName = Annotated[str, _key]
"""A field of an event's data, or the name of an event without version."""

Subject = Annotated[
    str,
    _text(
        r"^(deal|account|playbook)/[A-Za-z0-9_-]{1,64}$",
        "deal/<id>, account/<id> or playbook/<key>, the id being 1 to 64 letters, digits, - and _",
    ),
]

SourceName = Annotated[str, _name]
"""An emitting system; the CloudEvents `source`."""

EventId = Annotated[
    str, _text(r"^[!-~]([ -~]{0,126}[!-~])?$", "1 to 128 printable ASCII characters, without a space at either end")
]
"""1 to 128 printable ASCII characters, no space at either end (a header would lose it)."""

EventType = Annotated[
    str, _text(r"^daybook\.[a-z][a-z0-9_]*\.v[1-9][0-9]{0,3}$", "an event type such as daybook.call_made.v1", 200)
]

ShortText = Annotated[str, _text(_LINE, "a line of text: at least one character, no control characters", 200)]
"""Up to 200 characters on one line."""
DocumentNumber = ShortText
"""An invoice, payment, credit note or contract number, as the issuer writes it."""
Person = ShortText
"""A salesperson, approver or other person of ours, as the sending system names them."""
LongText = Annotated[
    str, _text(_LINES, "text: at least one character, no control characters but tabs and line ends", 4000)
]
"""Free text of several lines, up to 4000 characters: tabs and line ends are the only control characters."""


def split_subject(subject: str) -> tuple[str, str]:
    """`deal/D-1` as `("deal", "D-1")`."""
    kind, _, name = subject.partition("/")
    return kind, name


def stream_subject(subject: str) -> str:
    """The stream's subject for an event's subject: `deal/D-1` is stored under `daybook.deal.D-1`."""
    return f"daybook.{subject.replace('/', '.', 1)}"
