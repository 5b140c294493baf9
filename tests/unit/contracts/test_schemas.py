import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from contracts.events import EVENTS
from contracts.schemas import ASYNCAPI, documents
from contracts.schemas.__main__ import HERE, main


def test_the_files_are_what_the_classes_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_check_names_what_drifted_and_writing_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in HERE.glob("*.json")}
    (tmp_path / "daybook.call_made.v1.json").write_text("{}")
    (tmp_path / "daybook.forgotten.v1.json").write_text("{}")
    (tmp_path / ASYNCAPI).unlink()
    capsys.readouterr()
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "drifted: contracts/schemas/asyncapi.json",
        "drifted: contracts/schemas/daybook.call_made.v1.json",
        "drifted: contracts/schemas/daybook.forgotten.v1.json",
    ]
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_the_documents_are_the_same_every_time() -> None:
    assert documents() == documents()
    assert list(documents()) == sorted(documents())


def test_there_is_a_schema_for_each_type() -> None:
    assert set(documents()) == {f"{cls.type}.json" for cls in EVENTS} | {ASYNCAPI}


@pytest.fixture(scope="module")
def asyncapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(documents()[ASYNCAPI])
    return document


def test_the_asyncapi_document_is_read_by_a_foreign_reader(asyncapi: dict[str, Any]) -> None:
    read = ApplicationSchema.model_validate(asyncapi)
    assert read.asyncapi == "3.0.0"
    assert set(read.channels) == {"deal", "account", "playbook", "intake", "receipts"}


def test_every_reference_of_the_asyncapi_document_leads_somewhere(asyncapi: dict[str, Any]) -> None:
    references = list(_references(asyncapi))
    assert references
    for each in references:
        if each.startswith("./"):
            assert (HERE / each).is_file(), each
            continue
        at: Any = asyncapi
        for step in each.removeprefix("#/").split("/"):
            at = at[step]


def test_a_channel_for_each_kind_of_subject_carries_the_events_about_it(asyncapi: dict[str, Any]) -> None:
    channels = asyncapi["channels"]
    assert [channels[kind]["address"] for kind in ("deal", "account", "playbook", "intake")] == [
        "daybook.deal.{id}",
        "daybook.account.{id}",
        "daybook.playbook.{key}",
        "intake.{source}",
    ]
    for kind in ("deal", "account", "playbook"):
        assert set(channels[kind]["messages"]) == {cls.type for cls in EVENTS if kind in cls.subjects}
        assert len(asyncapi["operations"][f"tell_{kind}"]["messages"]) == len(channels[kind]["messages"])


def test_a_request_carries_the_token_and_is_answered(asyncapi: dict[str, Any]) -> None:
    for name in ("event", "batch"):
        assert asyncapi["components"]["messages"][name]["headers"] == {"$ref": "#/components/schemas/token_header"}
    assert asyncapi["components"]["schemas"]["token_header"]["required"] == ["Daybook-Token"]
    assert len(asyncapi["operations"]["take"]["reply"]["messages"]) == 3


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
