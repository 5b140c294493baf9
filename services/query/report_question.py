"""Reading of a question about a report, from texts: parameters, filters, limit and cursor."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from projections.columns import Kind
from projections.reports.report import Report
from services.errors import BadRequest
from services.http.parameters import subject

_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,256}")
MOST_DAYS = 36_525
"""Most days that a parameter may say: a hundred years."""
MAX_ROWS = 10_000
"""Most rows behind a figure, and most rows of a page."""


@dataclass(frozen=True, slots=True)
class Question:
    """A report, its parameters and filters."""

    report: Report
    parameters: Mapping[str, Any] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the report that answers for these parameters, where it is another one."""
        object.__setattr__(self, "report", self.report.answering(self.parameters))


class Cursor:
    """A place in a long report: behind which row of which answer."""

    def __init__(self, question: Mapping[str, Any], as_of: str, known_at: int, after: Sequence[Any]) -> None:
        self.question, self.as_of, self.known_at, self.after = question, as_of, known_at, after

    @property
    def text(self) -> str:
        """Text of the cursor, as readers give it back."""
        told = json.dumps([self.question, self.as_of, self.known_at, list(self.after)], separators=(",", ":"))
        return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, report: Report, text: str) -> "Cursor":
        """A cursor of this report. Raises BadRequest."""
        kinds = {each.name: each.kind for each in report.columns}
        try:
            question, as_of, known_at, after = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not (isinstance(question, dict) and isinstance(as_of, str) and type(known_at) is int):
                raise TypeError
            if known_at < 0 or known_at >= 10**18 or len(after) != len(report.order):
                raise ValueError
            for name, value in zip(report.order, after, strict=True):
                wanted = int if kinds[name].sql in ("bigint", "integer") else str
                if value is not None and type(value) is not wanted:
                    raise TypeError
                if isinstance(value, int) and abs(value) >= 2**63:
                    raise ValueError
                if isinstance(value, str) and "\x00" in value.encode().decode():
                    raise ValueError
            after = [
                date.fromisoformat(value) if kinds[name].sql == "date" else value
                for name, value in zip(report.order, after, strict=True)
            ]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise BadRequest("cursor: this is none that an answer of this report gave.") from None
        return cls(question, as_of, known_at, after)


def question(report: Report, given: Mapping[str, str]) -> Question:
    """A question as texts say it: parameters and filters by name. Raises BadRequest, NotKnown for what is no id."""
    parameters: dict[str, Any] = {}
    for name, each in report.parameters.items():
        text = given.get(name)
        if text is None:
            if each.required:
                raise BadRequest(f"{name}: this report needs one, such as {name}={each.example}. {each.comment}")
            parameters[name] = each.default
        elif each.words and text not in each.words:
            raise BadRequest(f"{name}: {text[:40]!r} is none of its values; there are {', '.join(each.words)}.")
        else:
            parameters[name] = read_value(each.kind, name, text)
    if report.one_of and sum(parameters[name] is not None for name in report.one_of) != 1:
        raise BadRequest(f"{', '.join(report.one_of)}: give exactly one of them.")
    filters, answers = {}, report.answering(parameters)
    for name in report.filters:
        if name in given:
            if not _TEXT.fullmatch(given[name]):
                raise BadRequest(f"{name}: {given[name][:40]!r} cannot be a value; it has 1 to 256 visible characters.")
            if name not in answers.filters:
                raise BadRequest(f"{name}: {answers.name} cannot be filtered by it; its rows do not say it.")
            filters[name] = given[name]
    return Question(report, parameters, filters)


def read_value(kind: Kind, name: str, text: str) -> Any:
    """A value of a kind from text. Raises BadRequest, NotKnown for what is no id."""
    try:
        match kind.sql:
            case "integer" | "bigint":
                number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) else 2**63
                if abs(number) >= (2**31 if kind.sql == "integer" else 2**63):
                    raise ValueError
                if kind.name == "days" and abs(number) > MOST_DAYS:
                    raise BadRequest(f"{name}: {text[:40]!r} is out of range; {MOST_DAYS} days are the most.")
                return number
            case "numeric":
                if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text, re.ASCII):
                    raise ValueError
                return Decimal(text)
            case "date":
                return date.fromisoformat(text)
            case "boolean":
                return {"true": True, "false": False}[text]
    except (ValueError, KeyError):
        wanted = {"date": "a day such as 2026-03-31", "boolean": "true or false"}.get(kind.sql, "a number")
        raise BadRequest(f"{name}: {text[:40]!r} is not {wanted}.") from None
    if kind.name == "day or time":
        return _day_or_time(name, text)
    if kind.name in ("deal", "account", "playbook"):
        subject(kind.name, text)
    elif not _TEXT.fullmatch(text):
        raise BadRequest(f"{name}: {text[:40]!r} cannot be a value; it has 1 to 256 visible characters.")
    return text


def _day_or_time(name: str, text: str) -> str:
    """A day, or a time with its offset, in ISO 8601. Raises BadRequest."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return date.fromisoformat(text).isoformat()
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or not 1 < at.year < 9999:
            raise ValueError
    except ValueError:
        wanted = "a day such as 2026-03-31, or a time with its offset such as 2026-03-31T18:00:00+08:00"
        raise BadRequest(f"{name}: {text[:40]!r} is not {wanted}.") from None
    return at.isoformat()


def read_limit(given: Mapping[str, str]) -> int | None:
    """Most rows of a page, None where all are asked for. Raises BadRequest."""
    if "limit" not in given:
        return None
    text = given["limit"]
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_ROWS and len(text) < 7):
        raise BadRequest(f"limit: {text[:40]!r} is not a number of rows, from 1 to {MAX_ROWS}.")
    return int(text)


def named(question: Question) -> dict[str, Any]:
    """Parameters and filters as JSON."""
    return {
        name: value if isinstance(value, str | int | bool | None) else str(value)
        for name, value in {**question.parameters, **question.filters}.items()
    }
