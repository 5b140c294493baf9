"""The list of views and the name of a generation."""

from dataclasses import replace

import pytest

from projections.replay import history
from projections.views import VIEWS, FoldChange, changes_since, fold_versions, generation_digest, unexplained


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


def test_every_version_above_the_first_says_what_changed() -> None:
    told = {"history": history.CHANGES, **{view.name: view.changes for view in VIEWS}}
    for name, version in fold_versions().items():
        assert list(told[name]) == list(range(2, version + 1)), name
        assert all(each.endswith(".") and len(each) > 20 for sentences in told[name].values() for each in sentences)


def test_what_changed_since_is_told_version_by_version() -> None:
    view = replace(VIEWS[0], version=4, changes={2: ("Two.",), 3: ("Three.", "And more."), 4: ("Four.",)})
    before = fold_versions([view])
    assert changes_since(before, [view]) == []
    assert changes_since(before | {view.name: 2}, [view]) == [
        FoldChange(view.name, 2, 4, ("Three.", "And more.", "Four."))
    ]
    assert changes_since(before | {view.name: 9}, [view]) == [FoldChange(view.name, 9, 4, ())]
    assert changes_since(before | {"gone": 1}, [view]) == [FoldChange("gone", 1, None, ())]
    assert changes_since({"history": history.VERSION}, [view]) == [FoldChange(view.name, None, 4, ())]


def test_a_difference_is_explained_by_a_fold_that_writes_the_table() -> None:
    tables = ["stage_position", "flag", "receivables_item"]
    assert unexplained(tables, []) == tables
    assert unexplained(tables, [FoldChange("stage_position", 1, 2, ())]) == ["receivables_item"]
    assert unexplained(tables, [FoldChange("history", 1, 2, ())]) == []
