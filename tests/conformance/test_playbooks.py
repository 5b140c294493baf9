"""Every playbook that comes with Daybook passes these: a TOML file that is added comes tested, or fails here."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from contracts.cloudevents.envelope import read_event
from contracts.events.policy import PlaybookPublished
from contracts.playbook_check.check import check
from contracts.playbooks.playbook import Names, Playbook
from contracts.playbooks.shipped import shipped, shipped_files
from contracts.rules.canonical import canonical

DIGESTS = Path(__file__).parent / "playbook_digests.json"
"""SHA-256 of each version's canonical form, by `<key> <version>`."""

files = pytest.mark.parametrize("name", shipped_files())


@pytest.fixture
def playbook(name: str) -> Playbook:
    checked = check(shipped_files()[name])
    assert isinstance(checked, Playbook), "\n".join(map(str, checked))
    return checked


def _names(part: object) -> Iterator[Names]:
    if isinstance(part, Names):
        yield part
    elif isinstance(part, BaseModel):
        for each in part.__dict__.values():
            yield from _names(each)
    elif isinstance(part, tuple):
        for each in part:
            yield from _names(each)


@files
def test_it_has_no_mistakes_and_is_named_for_its_file(name: str, playbook: Playbook) -> None:
    assert name == (f"{playbook.key}.toml" if playbook.version == 1 else f"{playbook.key}_v{playbook.version}.toml")
    assert playbook in shipped()


def test_the_versions_of_a_playbook_are_shipped_from_the_first_without_a_gap() -> None:
    versions: dict[str, list[int]] = {}
    for each in shipped():
        versions.setdefault(each.key, []).append(each.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values()), versions


@files
def test_everything_that_people_read_is_chinese_and_english(playbook: Playbook) -> None:
    found = list(_names(playbook))
    assert len(found) > len(playbook.stages)
    for names in found:
        assert re.search("[\u4e00-\u9fff]", names.zh), names
        assert names.en.isascii(), names


@files
def test_every_stage_says_how_long_it_takes_who_takes_part_and_how_likely_it_is(playbook: Playbook) -> None:
    for stage in playbook.stages:
        assert stage.expected_days
        assert stage.departments
        assert stage.probability > 0


@pytest.mark.parametrize(
    "playbook",
    [each for each in shipped() if each.position == "evidence"],
    ids=lambda each: f"{each.key} {each.version}",
)
def test_a_playbook_judged_by_evidence_is_complete(playbook: Playbook) -> None:
    for stage in playbook.stages:
        assert stage.criteria, stage.key
        assert stage.customer_stage is not None, stage.key
    assert any(stage.conditions for stage in playbook.stages)
    assert any(stage.targets for stage in playbook.stages)


@pytest.mark.parametrize(
    "playbook", [each for each in shipped() if each.position == "claim"], ids=lambda each: each.key
)
def test_a_playbook_judged_by_claims_knows_a_crms_words_for_every_stage(playbook: Playbook) -> None:
    for stage in playbook.stages:
        assert stage.claimed_as, stage.key


@files
def test_it_can_be_published_as_an_event_and_read_back(playbook: Playbook) -> None:
    said = read_event(
        {
            "specversion": "1.0",
            "id": "published",
            "source": "daybook",
            "type": PlaybookPublished.type,
            "subject": f"playbook/{playbook.key}",
            "time": "2026-01-01T00:00:00Z",
            "data": {"playbook": playbook.model_dump(mode="json")},
        }
    )
    assert said.event == PlaybookPublished(playbook=playbook)


@files
def test_a_version_never_changes(name: str, playbook: Playbook) -> None:
    """Ledgers have published it. Raise `version` in the file, and add the new version's digest to the list."""
    digest = hashlib.sha256(canonical(tomllib.loads(shipped_files()[name]))).hexdigest()
    assert json.loads(DIGESTS.read_text())[f"{playbook.key} {playbook.version}"] == digest
