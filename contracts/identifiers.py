"""How things are named: subjects, events, sources, documents. One namespace of subjects per ledger."""

from typing import Annotated, Literal

from pydantic import StringConstraints

SubjectKind = Literal["deal", "account", "playbook"]

_NO_CONTROL = r"^[^\u0000-\u001f\u007f]+$"

SubjectId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""The part of a subject behind its kind, as it also stands in the stream's subject."""

DealId = SubjectId
AccountId = SubjectId
ContactId = SubjectId

PlaybookKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
ItemKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A milestone, criterion, condition or appraisal item; unique within a playbook."""

Subject = Annotated[str, StringConstraints(pattern=r"^(deal|account|playbook)/[A-Za-z0-9_-]{1,64}$")]

SourceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An emitting system; the CloudEvents `source`."""

EventId = Annotated[str, StringConstraints(pattern=r"^[!-~]([ -~]{0,126}[!-~])?$")]
"""1 to 128 printable ASCII characters, no space at either end (a header would lose it)."""

DocumentNumber = Annotated[str, StringConstraints(pattern=_NO_CONTROL, max_length=200)]
"""An invoice, payment, credit note or contract number, as the issuer writes it."""

Person = Annotated[str, StringConstraints(pattern=_NO_CONTROL, max_length=200)]
ShortText = Annotated[str, StringConstraints(pattern=_NO_CONTROL, max_length=200)]
LongText = Annotated[str, StringConstraints(pattern=r"^[^\u0000-\u0008\u000b-\u001f\u007f]+$", max_length=4000)]
"""Free text of several lines: tabs and line feeds are allowed, other control characters are not."""


def split_subject(subject: str) -> tuple[str, str]:
    """`deal/D-1` as `("deal", "D-1")`."""
    kind, _, name = subject.partition("/")
    return kind, name


def stream_subject(subject: str) -> str:
    """The stream's subject for an event's subject: `deal/D-1` is stored under `daybook.deal.D-1`."""
    kind, name = split_subject(subject)
    return f"daybook.{kind}.{name}"
