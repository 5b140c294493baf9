"""Changes become row versions: each is written once, with what made it and what unmade it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from projections.replay.entry import FOREVER
from projections.replay.replay import Change
from projections.replay.view import FlagRow, Row, RowKey
from services.views.row_versions import STANDS, Versions, difference, versions

_AT = datetime(2026, 3, 31, tzinfo=UTC)


def row(key: str, detail: str) -> FlagRow:
    return FlagRow(f"deal/{key}", "view", "flag", 1, detail, _AT, FOREVER)


def key(name: str) -> RowKey:
    return RowKey(FlagRow, (f"deal/{name}", "view", "flag", 1, _AT))


def change(sequence: int, name: str, before: str | None, after: str | None) -> Change:
    return Change(sequence, key(name), before and row(name, before), after and row(name, after))  # type: ignore[arg-type]


def test_a_row_that_stays_is_written_with_an_open_end() -> None:
    found = versions([change(5, "a", None, "x")])
    assert found.made == {FlagRow: [(row("a", "x"), 5, STANDS)]}
    assert found.closed == {}


def test_a_row_that_stood_is_closed_by_what_replaced_it() -> None:
    found = versions([change(7, "a", "x", "y")])
    assert found.made == {FlagRow: [(row("a", "y"), 7, STANDS)]}
    assert found.closed == {FlagRow: {key("a"): 7}}


def test_one_made_and_unmade_in_the_batch_is_written_once_with_both() -> None:
    found = versions([change(5, "a", None, "x"), change(8, "a", "x", "y"), change(9, "a", "y", None)])
    assert found.made == {FlagRow: [(row("a", "x"), 5, 8), (row("a", "y"), 8, 9)]}
    assert found.closed == {}


def test_one_unmade_by_the_entry_that_made_it_was_never_known() -> None:
    found = versions([change(5, "a", "w", "x"), change(5, "a", "x", "y")])
    assert found.made == {FlagRow: [(row("a", "y"), 5, STANDS)]}
    assert found.closed == {FlagRow: {key("a"): 5}}


_steps = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, "x", "y", "z"])), max_size=20)


@given(_steps, st.integers(0, 20))
def test_any_cut_gives_the_same_versions(steps: list[tuple[str, str | None]], cut: int) -> None:
    standing: dict[str, str | None] = {"a": None, "b": None}
    changes = []
    for sequence, (name, after) in enumerate(steps, start=1):
        if standing[name] != after:
            changes.append(change(sequence, name, standing[name], after))
            standing[name] = after
    assert _table(versions(changes)) == _table(versions(changes[:cut]), versions(changes[cut:]))


def test_a_difference_names_what_is_gone_what_came_and_what_changed() -> None:
    def rows(**details: str) -> dict[RowKey, Row]:
        return {key(name): row(name, detail) for name, detail in details.items()}

    found = difference(rows(a="x", b="x", c="x"), rows(b="x", c="y", d="x"), 9)
    assert found == [change(9, "a", "x", None), change(9, "c", "x", "y"), change(9, "d", None, "x")]


def _table(*batches: Versions) -> set[tuple[Row, int, int]]:
    table: dict[tuple[RowKey, int], tuple[Row, int, int]] = {}
    for batch in batches:
        for closed in batch.closed.values():
            for each, sequence in closed.items():
                (place,) = [at for at, version in table.items() if at[0] == each and version[2] == STANDS]
                table[place] = (*table[place][:2], sequence)
        for made in batch.made.values():
            for version in made:
                assert isinstance(version[0], FlagRow)
                table[key(version[0].subject.removeprefix("deal/")), version[1]] = version
    return set(table.values())
