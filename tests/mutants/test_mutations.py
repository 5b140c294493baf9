"""Each mutation has a place in the product as it is, and somebody who is there to notice it."""

import re

import pytest

from tests.faults.plans import PLANS
from tests.mutants.__main__ import Outcome, judged
from tests.mutants.mutation import REPOSITORY, DoesNotApply, Mutation, Plan
from tests.mutants.mutations import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.breaks)
def test_what_a_mutation_replaces_stands_once_in_the_product(mutation: Mutation) -> None:
    text = (REPOSITORY / mutation.file).read_text()
    assert mutation.applied(text) != text


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.breaks)
def test_who_is_to_notice_a_mutation_exists(mutation: Mutation) -> None:
    if isinstance(mutation.notices, Plan):
        assert mutation.notices.name in {each.name for each in PLANS}
        return
    path, _, name = mutation.notices.path.partition("::")
    assert not name or f"def {name.partition('[')[0]}(" in (REPOSITORY / path).read_text()


def test_no_two_mutations_are_the_same() -> None:
    assert len({(each.file, each.old, each.new) for each in MUTATIONS}) == len(MUTATIONS)
    assert len({each.breaks for each in MUTATIONS}) == len(MUTATIONS)


def test_a_text_that_is_gone_or_stands_twice_is_told() -> None:
    mutation = MUTATIONS[0]
    with pytest.raises(DoesNotApply, match="0 times"):
        mutation.applied("")
    with pytest.raises(DoesNotApply, match="2 times"):
        mutation.applied(2 * mutation.old)


def test_only_a_failure_that_says_what_is_wrong_is_one() -> None:
    mutation = MUTATIONS[0]
    assert not re.search(mutation.says, "it is all well")
    assert judged(mutation, Outcome(0, "lost 3", 1.0)) == "SURVIVED"
    assert judged(mutation, Outcome(None, "lost 3", 1.0)) == "TOOK TOO LONG"
    assert judged(mutation, Outcome(1, "ImportError", 1.0)) == "FAILED FOR ANOTHER REASON"
    assert judged(mutation, Outcome(1, "lost 3", 1.0)) == "noticed"
