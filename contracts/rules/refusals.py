"""Problems found in an event that was sent, in words for the person who sent it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

PATTERN_WORDS: dict[str, str] = {}
"""By pattern of a type, what it asks for, in words that follow "must be"."""
MAX_NAMED = 50
"""The most faults that are named of one event."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an event. `field` is a path such as `data.amount`; empty means the whole."""

    field: str
    reason: str
    kind: str
    """`unreadable`, `unknown_type`, `invalid`, `too_large`."""
    index: int | None = None
    """Which event of a batch, from 0."""

    def __str__(self) -> str:
        """`event 3, data.amount: must be text`."""
        where = ", ".join(
            ([] if self.index is None else [f"event {self.index}"]) + ([self.field] if self.field else [])
        )
        return f"{where}: {self.reason}" if where else self.reason


class Refused(ValueError):
    """The event cannot be recorded as it is; `problems` names the faults found, with their fields."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(each) for each in problems))
        self.problems = problems


def problems_of(error: ValidationError, prefix: str = "") -> list[Problem]:
    """pydantic's errors as problems with dotted paths and plain words."""
    return [
        Problem(".".join(str(part)[:80] for part in ((prefix, *loc) if prefix else loc)), reason, "invalid")
        for loc, reason in reasons_of(error)[:MAX_NAMED]
    ]


def reasons_of(error: ValidationError) -> list[tuple[tuple[int | str, ...], str]]:
    """pydantic's errors as (location, plain words)."""
    errors = error.errors(include_url=False)
    # Members at fault do not count for pydantic, so a list of nothing else seems too short as well.
    within = {each["loc"][:length] for each in errors for length in range(len(each["loc"]))}
    return [
        (each["loc"], reason_of(each)) for each in errors if each["type"] != "too_short" or each["loc"] not in within
    ]


def fault(*found: tuple[tuple[str | int, ...], str]) -> ValidationError:
    """Make the error that a validator of a whole model raises for (location, reason) pairs; pydantic prepends the
    model's path.
    """
    return ValidationError.from_exception_data(
        "fault",
        [
            InitErrorDetails(type=PydanticCustomError("fault", "{reason}", {"reason": reason}), loc=loc, input=None)
            for loc, reason in found
        ],
    )


def reason_of(each: ErrorDetails) -> str:
    """Puts one of pydantic's errors in plain words; what our own validators say stays as it is."""
    words = _WORDS.get(each["type"])
    context = each.get("ctx", {})
    return each["msg"] if words is None else words(context) if callable(words) else words


def _number(what: str, key: str) -> Callable[[dict[str, Any]], str]:
    return lambda context: f"must be {what} {context[key]}"


_WORDS: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "missing": "is missing",
    "extra_forbidden": "unknown field",
    "string_type": "must be text",
    "string_unicode": "must be text in Unicode",
    "string_too_long": lambda context: f"must have at most {context['max_length']} characters",
    "string_too_short": lambda context: f"must have at least {context['min_length']} characters",
    "string_pattern_mismatch": lambda context: f"must be {PATTERN_WORDS.get(context['pattern'], context['pattern'])}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "bool_type": "must be true or false",
    "literal_error": lambda context: f"must be {context['expected']}",
    "greater_than": _number("more than", "gt"),
    "greater_than_equal": _number("at least", "ge"),
    "less_than": _number("less than", "lt"),
    "less_than_equal": _number("at most", "le"),
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_long": lambda context: f"must have at most {context['max_length']} members, not {context['actual_length']}",
    "too_short": lambda context: f"must have {context['min_length']} or more members",
    "dict_type": "must be a group of named fields",
    "model_type": "must be a group of named fields",
    "model_attributes_type": "must be a group of named fields",
}
