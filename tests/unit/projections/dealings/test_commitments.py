"""Commitments of the customer: open, kept, broken or withdrawn."""

from datetime import date

from projections.views.dealings import CommitmentRow, dealings
from tests.given import day, flag, given
from tests.saying import commitment, commitment_withdrawn, deal_opened, event_voided, said

from .rows import broken, commitment_row, kept


def test_a_commitment_is_open_with_all_that_it_says() -> None:
    received = said("customer_commitment_received", day(2), stage=3, contact_id="c1", due_on="2026-02-01")
    (
        given(dealings, deal_opened(at=day(1), owner="Li"))
        .when(received)
        .then_all(
            commitment_row(
                commitment=3,
                from_at=day(2),
                received_at=day(2),
                stage=3,
                contact="c1",
                due_on=date(2026, 2, 1),
                owner="Li",
                state="open",
                entry=3,
            )
        )
    )


def test_a_commitment_is_kept_or_broken_by_what_names_it() -> None:
    (
        given(dealings, commitment(1, day(1), "a"), commitment(1, day(2), "b"), commitment(1, day(3), "c"))
        .when(kept("a", day(4)), broken("b", day(5)))
        .then_all(
            commitment_row(commitment=2, to_at=day(4), state="open"),
            commitment_row(commitment=2, from_at=day(4), state="kept", entry=5, received_at=day(1)),
            commitment_row(commitment=3, to_at=day(5), state="open"),
            commitment_row(commitment=3, from_at=day(5), state="broken", entry=6),
            commitment_row(commitment=4, state="open"),
        )
        .flagged()
    )


def test_of_kept_and_broken_the_one_said_last_counts() -> None:
    story = given(dealings, commitment(1, day(1), "a"), broken("a", day(2))).when(kept("a", day(3)))
    story.then(commitment_row(from_at=day(3), state="kept", entry=4))
    story.when(kept("a", day(4))).unchanged()
    story.when(broken("a", day(5))).then(commitment_row(from_at=day(5), state="broken"))


def test_a_withdrawal_takes_all_open_commitments_of_its_stage() -> None:
    (
        given(
            dealings,
            *(commitment(1, day(each), id) for each, id in enumerate("abc", start=1)),
            commitment(2, day(4), "d"),
            broken("c", day(5)),
        )
        .when(commitment_withdrawn(1, day(6)))
        .then(
            commitment_row(commitment=2, from_at=day(6), state="withdrawn", entry=7),
            commitment_row(commitment=3, from_at=day(6), state="withdrawn", entry=7),
            commitment_row(commitment=4, state="broken"),
            commitment_row(commitment=5, state="open"),
        )
    )


def test_a_withdrawal_takes_nothing_that_is_received_later() -> None:
    (
        given(dealings, commitment_withdrawn(1, day(2)))
        .when(commitment(1, day(3)))
        .then_all(commitment_row(state="open"))
    )


def test_a_commitment_that_is_not_received_by_then_is_flagged() -> None:
    story = given(dealings, commitment(1, day(5), "later"))
    story.when(kept("nothing", day(2)), broken("later", day(3))).then_all(
        flag("unknown_commitment", entry=3, from_at=day(2), detail=_unknown("nothing")),
        flag("unknown_commitment", entry=4, from_at=day(3), detail=_unknown("later")),
    )
    story.then_all(commitment_row(state="open"))


def test_the_flag_goes_when_the_commitment_comes_late() -> None:
    story = given(dealings, kept("a", day(3))).flagged("unknown_commitment")
    story.when(commitment(1, day(2), "a")).flagged().then(commitment_row(from_at=day(3), state="kept"))
    story.when(event_voided("a", at=day(9))).flagged("unknown_commitment").nothing(CommitmentRow)


def _unknown(name: str) -> str:
    return f"the deal has received no commitment crm/{name} at that time"
