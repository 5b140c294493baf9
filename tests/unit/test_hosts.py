"""A database URL that names several hosts is one URL for each."""

import pytest

from services.postgres.hosts import each_host


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("postgresql://a:b@one/ledger", ["postgresql://a:b@one/ledger"]),
        (
            "postgresql://a:b@one:5433,[::1]:5434/ledger?sslmode=require",
            ["postgresql://a:b@one:5433/ledger?sslmode=require", "postgresql://a:b@[::1]:5434/ledger?sslmode=require"],
        ),
        (
            "postgresql://a@/ledger?host=/run/one,/run/two",
            [
                "postgresql://a@/ledger?host=%2Frun%2Fone&port=5432",
                "postgresql://a@/ledger?host=%2Frun%2Ftwo&port=5432",
            ],
        ),
        (
            "postgresql://a@/ledger?host=one,two&port=1,2",
            ["postgresql://a@/ledger?host=one&port=1", "postgresql://a@/ledger?host=two&port=2"],
        ),
        ("postgresql://a@/ledger?host=/run/one", ["postgresql://a@/ledger?host=/run/one"]),
    ],
)
def test_each_host_has_its_own_url(url: str, each: list[str]) -> None:
    assert each_host(url) == each


def test_hosts_and_ports_that_do_not_pair_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        each_host("postgresql://a@/ledger?host=one,two,three&port=1,2")
