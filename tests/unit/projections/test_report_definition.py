"""Definitions of reports that SQL, addresses or commands could not say are refused where they are written."""

from dataclasses import replace
from typing import Any

import pytest

from projections.columns import DealId, Person
from projections.reports import BY_NAME
from projections.reports.report import Parameter, Snapshot, filtered_by


@pytest.mark.parametrize("name", ["line", "data", "as_of", "lang", "json", "Owner", "a b", ""])
def test_a_parameter_has_a_name_that_sql_address_and_command_can_say(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a parameter"):
        replace(BY_NAME["pipeline"], parameters={name: Parameter(Person, "Who.", "Li")})


@pytest.mark.parametrize("name", ["from", "to", "end", "user"])
def test_a_word_that_sql_reserves_has_another_name_there(name: str) -> None:
    with pytest.raises(ValueError, match="say in_sql"):
        replace(BY_NAME["pipeline"], parameters={name: Parameter(Person, "Who.", "Li")})
    with pytest.raises(ValueError, match="say in_sql"):
        replace(BY_NAME["pipeline"], parameters={name: Parameter(Person, "Who.", "Li", in_sql="order")})
    assert replace(BY_NAME["pipeline"], parameters={name: Parameter(Person, "Who.", "Li", in_sql="somebody")})


def test_a_parameter_that_is_named_as_a_column_says_so() -> None:
    with pytest.raises(ValueError, match="is a column"):
        replace(BY_NAME["pipeline"], parameters={"owner": Parameter(Person, "Who.", "Li")})
    assert replace(BY_NAME["pipeline"], parameters={"owner": Parameter(Person, "Who.", "Li", names_column=True)})


@pytest.mark.parametrize("name", ["probability", "since", "stale", "stage"])
def test_pages_go_by_texts_and_numbers_that_are_always_there(name: str) -> None:
    with pytest.raises(ValueError, match="pages cannot go by"):
        replace(BY_NAME["pipeline"], order=(name, "deal"))


def test_a_key_of_a_snapshot_leads_to_the_rows_that_make_it() -> None:
    pipeline = BY_NAME["pipeline"]
    given: dict[str, Any] = {
        name: getattr(pipeline, name) for name in ("name", "title", "question", "comment", "row", "order")
    }
    with pytest.raises(ValueError, match="without joins"):
        Snapshot(**given, reads=pipeline.sources)
    table = pipeline.sources[0].name
    assert Snapshot(**given, reads=pipeline.sources, joins={table: {"deal": "deal"}})


def test_filters_apply_to_relations_that_are_read() -> None:
    messages: Any = BY_NAME["messages"]
    with pytest.raises(ValueError, match="which it does not read"):
        replace(messages, filtered=("activity", "invoice"))


@pytest.mark.parametrize(
    ("name", "columns", "found"),
    [
        ("owner", {"deal", "owner"}, "owner"),
        ("owner", {"deal", "account"}, "deal"),
        ("owner", {"account"}, None),
        ("region", {"deal", "account"}, "account"),
        ("region", {"deal"}, "deal"),
        ("region", {"subject"}, None),
    ],
)
def test_a_filter_goes_by_its_own_column_or_by_that_of_the_account_or_deal(
    name: str, columns: set[str], found: str | None
) -> None:
    assert filtered_by(name, columns) == found


def test_cells_have_dimensions_and_lines_the_key() -> None:
    ageing: Any = BY_NAME["ageing"]
    with pytest.raises(ValueError, match="cells without dimensions"):
        replace(ageing, cells={"movement": replace(ageing.cells["movement"], dimensions=())})
    with pytest.raises(ValueError, match="dimensions of a line"):
        replace(ageing, dimensions=("currency",))


def test_a_deal_is_a_kind_of_value_of_its_own() -> None:
    assert Parameter(DealId, "Id.", "D-1").kind.name == "deal"
