"""Every event class passes these, through the registry: an event that is added comes tested, or fails here."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from inspect import getdoc
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel

from contracts.cloudevents.envelope import Attributes, CloudEvent, Refused, outward, read_event, read_recorded
from contracts.events import EVENTS, Event
from contracts.schemas import documents

GOLDEN = Path(__file__).parent / "golden"
"""`<type>.json`: one canonical event of each type with every optional field; `<type>.<variant>.json` where two fields
exclude each other. What lies on the stream must stay readable for ever: these files are added to, never changed."""

SCHEMAS = {name: json.loads(text) for name, text in documents().items()}

classes = pytest.mark.parametrize("cls", list(EVENTS), ids=lambda cls: cls.type)


def golden(cls: type[Event]) -> list[CloudEvent]:
    paths = [GOLDEN / f"{cls.type}.json", *sorted(GOLDEN.glob(f"{cls.type}.*.json"))]
    assert paths[0].exists(), f"write {paths[0]}: read_event(...).canonical of an event with every optional field"
    return [read_recorded(path.read_bytes()) for path in dict.fromkeys(paths)]


def faults(cls: type[Event], event: dict[str, Any]) -> list[str]:
    """The fields that reading names; the JSON Schema has to refuse the same event."""
    assert list(Draft202012Validator(SCHEMAS[f"{cls.type}.json"]).iter_errors(event))
    with pytest.raises(Refused) as refused:
        read_event(json.dumps(event).encode())
    return [each.field for each in refused.value.problems]


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field is made of, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for info in annotation.model_fields.values():
            yield from models(info.annotation)
    for each in get_args(annotation):
        yield from models(each)


@classes
def test_what_was_once_written_stays_readable_and_is_canonical(cls: type[Event]) -> None:
    for said in golden(cls):
        assert type(said.event) is cls
        assert read_event(json.dumps(json.loads(said.canonical), indent=1).encode()) == said


@classes
def test_what_is_read_survives_being_written(cls: type[Event]) -> None:
    for said in golden(cls):
        for written in (said.event.model_dump_json(), said.event.model_dump_json(exclude_unset=True)):
            assert EVENTS.read(cls.type, written) == said.event
        newest = EVENTS.newest(said.event)
        assert EVENTS.read(newest.type, newest.model_dump_json()) == newest


@classes
def test_the_golden_files_use_every_field(cls: type[Event]) -> None:
    used: set[tuple[type[BaseModel], str]] = set()
    for said in golden(cls):
        _collect(said.event, used)
        assert set(json.loads(said.canonical)) == {*Attributes.model_fields, "data"}
    assert {(model, name) for model in models(cls) for name in model.model_fields} == used


def _collect(value: Any, used: set[tuple[type[BaseModel], str]]) -> None:
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            if (held := getattr(value, name)) not in (None, (), {}):
                used.add((type(value), name))
                _collect(held, used)
    elif isinstance(value, tuple):
        for each in value:
            _collect(each, used)


@classes
def test_every_golden_file_is_valid_by_the_json_schema_also_on_the_way_out(cls: type[Event]) -> None:
    schema = SCHEMAS[f"{cls.type}.json"]
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for said in golden(cls):
        validator.validate(json.loads(said.canonical))
        validator.validate(json.loads(outward(said.canonical, 1, datetime(2026, 3, 1, tzinfo=UTC))))


@classes
def test_every_class_and_field_says_what_it_means(cls: type[Event]) -> None:
    for model in dict.fromkeys(models(cls)):
        assert "__doc__" in vars(model)
        assert re.match(r"^[^\s].*\.", getdoc(model) or "", re.DOTALL), model
        described = model.model_json_schema()["properties"] if model.model_fields else {}
        silent = [name for name in model.model_fields if not described[name].get("description")]
        assert silent == [], model


@classes
def test_the_schema_passes_on_what_every_field_means(cls: type[Event]) -> None:
    schema = SCHEMAS[f"{cls.type}.json"]
    parts = [{"properties": {k: v for k, v in schema["properties"].items() if k != "data"}}, *schema["$defs"].values()]
    for part in parts:
        for name, each in part["properties"].items():
            assert each.get("description"), (cls.type, name)
    assert schema["description"] == getdoc(cls)


@classes
def test_a_type_is_named_for_its_class_and_version(cls: type[Event]) -> None:
    assert re.fullmatch(r"daybook\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*", cls.type)
    words = "".join(word.capitalize() for word in cls.event_name().split("_"))
    assert cls.__name__ == words + (f"V{cls.version()}" if cls.version() > 1 else "")
    assert EVENTS.get(cls.type) is cls


@classes
def test_an_older_version_is_read_as_the_newest(cls: type[Event]) -> None:
    for said in golden(cls):
        assert type(EVENTS.newest(said.event)) is EVENTS.named(cls.event_name())


@classes
def test_a_field_that_is_not_known_is_refused_by_name(cls: type[Event]) -> None:
    for said in golden(cls):
        event = json.loads(said.canonical)
        assert faults(cls, event | {"data": event["data"] | {"unheard": 1}}) == ["data.unheard"]


@classes
def test_a_required_field_that_is_missing_is_refused_by_name(cls: type[Event]) -> None:
    event = json.loads(golden(cls)[0].canonical)
    required = [name for name, info in cls.model_fields.items() if info.is_required()]
    for name in required:
        data = {key: value for key, value in event["data"].items() if key != name}
        assert f"data.{name}" in faults(cls, event | {"data": data})


@classes
def test_a_field_of_the_wrong_type_is_refused_by_name(cls: type[Event]) -> None:
    for said in golden(cls):
        event = json.loads(said.canonical)
        for name in event["data"]:
            for wrong in ({"unheard": 1}, [["x"]]):
                found = faults(cls, event | {"data": event["data"] | {name: wrong}})
                assert any(each == f"data.{name}" or each.startswith(f"data.{name}.") for each in found), found


@classes
def test_an_event_about_another_kind_of_subject_is_refused(cls: type[Event]) -> None:
    event = json.loads(golden(cls)[0].canonical)
    for kind in {"deal", "account", "playbook"} - cls.subjects:
        assert faults(cls, event | {"subject": f"{kind}/x"}) == ["subject"]


def test_there_is_no_golden_file_of_an_unknown_type() -> None:
    types = {cls.type for cls in EVENTS}
    for path in GOLDEN.iterdir():
        assert any(path.name == f"{each}.json" or path.name.startswith(f"{each}.") for each in types), path.name
        assert read_recorded(path.read_bytes()).type in types


def test_no_identity_stands_twice_among_the_golden_files() -> None:
    identities = [said.identity for cls in EVENTS for said in golden(cls)]
    assert len(set(identities)) == len(identities)
