"""Every event, field and value has a label in both languages, and no label is without one: through the registry."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from contracts.events import EVENTS, Event
from contracts.labels import Language, event_label, field_label, tables, value_label

classes = pytest.mark.parametrize("cls", list(EVENTS), ids=lambda cls: cls.type)


def parts(annotation: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Fields of a type, at any depth, by path; each once without values, and again with those of its choices."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            yield ".".join((*path, name)), ()
            yield from parts(info.annotation, (*path, name))
    elif get_origin(annotation) is Literal:
        yield ".".join(path), get_args(annotation)
    else:
        for each in get_args(annotation):
            yield from parts(each, path)


def is_label(text: str, language: Language) -> bool:
    return text.isascii() and bool(text.strip()) if language == "en" else any(each >= "\u4e00" for each in text)


@classes
@pytest.mark.parametrize("language", get_args(Language))
def test_nothing_is_without_a_label(cls: type[Event], language: Language) -> None:
    name = cls.event_name()
    assert is_label(event_label(name, language), language)
    for field, values in parts(cls):
        assert is_label(field_label(name, field, language), language), field
        for value in values:
            assert is_label(value_label(name, field, value, language), language), (field, value)


def test_no_label_is_superfluous() -> None:
    """A shared label is used by an event that has none of its own in its place; an event's label is of what it has."""
    known = {
        (cls.event_name(), field, value) for cls in EVENTS for field, some in parts(cls) for value in (None, *some)
    }
    own = tables()["of"]
    used: set[tuple[str, ...]] = set()
    for name, field, value in known:
        group = "fields" if value is None else "values"
        shared = field not in own.get(name, {}).get(group, {})
        place = (group, field.rpartition(".")[2]) if shared else ("of", name, group, field)
        used.add(place if value is None else (*place, value))
    used |= {("events", name) for name in EVENTS.names()}
    assert {place for place, _ in labels()} - used == set()


def test_every_label_is_chinese_or_says_both() -> None:
    for place, label in labels():
        assert isinstance(label, str) or set(label) == {"zh", "en"}, place


def labels() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every label of the file, with the keys that lead to it."""
    assert tables().keys() == {"events", "fields", "values", "of"}
    for group in ("events", "fields"):
        yield from (((group, name), label) for name, label in tables()[group].items())
    yield from _values(tables()["values"], "values")
    for name, own in tables()["of"].items():
        assert own.keys() <= {"fields", "values"}
        yield from ((("of", name, "fields", field), label) for field, label in own.get("fields", {}).items())
        yield from _values(own.get("values", {}), "of", name, "values")


def _values(table: dict[str, dict[str, Any]], *place: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from (((*place, field, value), label) for field, some in table.items() for value, label in some.items())


@pytest.mark.parametrize(
    ("label", "zh", "en"),
    [
        (lambda language: event_label("call_made", language), "电话沟通", "call made"),
        (lambda language: field_label("call_made", "contact_id", language), "联系人", "contact"),
        (lambda language: field_label("contract_signed", "terms.term", language), "条款名称", "term"),
        (lambda language: field_label("invoice_issued", "term", language), "付款条款", "term"),
        (lambda language: value_label("call_made", "direction", "outbound", language), "去电", "outbound"),
        (lambda language: value_label("message_exchanged", "direction", "outbound", language), "发出", "outbound"),
        (lambda language: value_label("call_made", "outcome", "no_answer", language), "未接通", "no answer"),
    ],
)
def test_an_event_may_say_a_shared_label_otherwise(label: Any, zh: str, en: str) -> None:
    assert (label("zh"), label("en")) == (zh, en)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: event_label("phone_rang", "zh"),
        lambda: field_label("call_made", "colour", "zh"),
        lambda: value_label("call_made", "outcome", "great", "zh"),
        lambda: value_label("call_made", "note", "great", "zh"),
    ],
)
def test_what_has_no_label_is_an_error(ask: Any) -> None:
    with pytest.raises(KeyError):
        ask()
