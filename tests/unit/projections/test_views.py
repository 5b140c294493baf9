"""The list of views and the name of a generation."""

from dataclasses import replace

import pytest

from projections import history
from projections.views import VIEWS, fold_versions, generation_digest


def test_a_generation_is_named_by_twelve_hexadecimal_digits() -> None:
    assert len(generation_digest()) == 12
    assert int(generation_digest(), 16) >= 0


def test_the_digest_does_not_depend_on_the_order_of_the_views() -> None:
    assert generation_digest(VIEWS) == generation_digest(VIEWS[::-1])


def test_another_version_of_a_fold_is_another_generation() -> None:
    raised = [replace(view, version=view.version + 1) for view in VIEWS]
    assert generation_digest(raised) != generation_digest(VIEWS)
    assert generation_digest(VIEWS[:1]) != generation_digest(VIEWS)


@pytest.mark.parametrize(("version", "digest"), [(1, "167e12b1ea6e"), (2, "9aa63e869a23")])
def test_the_digest_of_given_versions_never_changes(version: int, digest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "VERSION", version)
    assert fold_versions(VIEWS[:1]) == {"history": version, "stage_position": VIEWS[0].version}
    assert generation_digest([replace(VIEWS[0], version=1)]) == digest


def test_names_are_unique_and_are_those_of_the_folders() -> None:
    names = [view.name for view in VIEWS]
    assert len(set(names)) == len(names)
