"""Columns of row classes: what their fields have to say."""

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from projections.columns import Label, Words, column_of, columns_of

Size = Literal["small", "very_large"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row whose values have labels."""

    size: Annotated[Size | None, Label("大小", "size"), Words(small="小", very_large="很大")]
    """How large."""


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A row one of whose values has no label."""

    size: Annotated[Size, Label("大小", "size"), Words(small="小")]
    """How large."""


def test_each_of_few_values_has_a_label_in_both_languages() -> None:
    column = column_of(Labelled, "size")
    assert column.words == {"small": Label("小", "small"), "very_large": Label("很大", "very large")}
    assert column.optional


def test_a_value_without_label_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Unlabelled\.size: give each value one of Words, and no other: very_large"):
        columns_of(Unlabelled)
