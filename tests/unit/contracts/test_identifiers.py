import re
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.rules.refusals import PATTERN_WORDS
from contracts.types.identifiers import (
    EventId,
    ItemKey,
    LongText,
    ShortText,
    SourceName,
    Subject,
    SubjectId,
    split_subject,
    stream_subject,
)


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (SubjectId, ["D-1", "a" * 64, "_", "0"]),
        (SourceName, ["crm", "CRM_2"]),
        (Subject, ["deal/D-1", "account/unidentified", "playbook/project"]),
        (EventId, ["1", "a b", "!" * 128, "urn:x:1"]),
        (ItemKey, ["a", "pain_agreed", "a" * 64]),
        (ShortText, ["x", " ", "客户", "😀", "x" * 200]),
        (LongText, ["a\tb\r\nc", "x" * 4000]),
    ],
)
def test_names_that_are_taken(kind: Any, taken: list[str]) -> None:
    for each in taken:
        assert TypeAdapter(kind).validate_python(each) == each


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (SubjectId, ["", "a" * 65, "a.b", "a*", "a>", "a/b", "a b", "é", "a\n"]),
        (SourceName, ["", "crm system", "//crm"]),
        (Subject, ["", "deal", "deal/", "Deal/1", "contact/1", "deal/a.b", "deal/1\n"]),
        (EventId, ["", " a", "a ", "a\n", "é", "!" * 129]),
        (ItemKey, ["", "A", "1a", "a-b", "a" * 65]),
        (ShortText, ["", "a\nb", "a\x00", "\x7f", "\x9b1m", "x" * 201]),
        (LongText, ["", "a\x00", "a\x0b", "\x1b[1m", "\x85", "x" * 4001]),
    ],
)
def test_names_that_are_refused(kind: Any, refused: list[str]) -> None:
    for each in refused:
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(each, strict=True)


def test_every_pattern_is_explained_without_showing_it() -> None:
    assert PATTERN_WORDS
    for pattern, says in PATTERN_WORDS.items():
        re.compile(pattern)
        assert not set("^$[]{}\\") & set(says)


def test_a_subject_names_its_place_in_the_stream() -> None:
    assert split_subject("deal/D-1") == ("deal", "D-1")
    assert stream_subject("playbook/project") == "daybook.playbook.project"
