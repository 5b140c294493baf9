"""The file of a deal: its origin, and its name over time."""

from projections.replay.entry import FOREVER
from projections.views.dealings import DealFileRow, dealings
from tests.given import Expected, day, given
from tests.saying import call_made, deal_opened, said


def test_an_opening_begins_the_file_with_all_that_it_says_of_the_origin() -> None:
    opened = deal_opened(
        at=day(1),
        name="Hall",
        source_channel="referral",
        referral="R-1",
        tender_ref="T-1",
        partner_account_id="P",
        product="Lamps",
    )
    given(dealings).when(opened).then_all(
        Expected(
            DealFileRow,
            {
                "from_at": day(1),
                "to_at": FOREVER,
                "name": "Hall",
                "opened_at": day(1),
                "source_channel": "referral",
                "referral": "R-1",
                "tender_ref": "T-1",
                "partner": "P",
                "product": "Lamps",
                "entry": 2,
            },
        )
    )


def test_a_new_name_begins_a_row_and_the_origin_stays() -> None:
    (
        given(dealings, deal_opened(at=day(1), name="Hall", source_channel="press"))
        .when(said("deal_revised", at=day(4), name="Annex"))
        .then_all(
            Expected(DealFileRow, {"name": "Hall", "to_at": day(4)}),
            Expected(DealFileRow, {"name": "Annex", "from_at": day(4), "opened_at": day(1), "source_channel": "press"}),
        )
    )


def test_a_revision_that_keeps_the_name_changes_nothing() -> None:
    story = given(dealings, deal_opened(at=day(1), name="Hall"))
    story.when(said("deal_revised", at=day(2), name="Hall")).unchanged()
    story.when(said("deal_revised", at=day(3), expected_close_on="2026-05-01")).unchanged()


def test_a_second_opening_changes_nothing() -> None:
    (
        given(dealings, deal_opened(at=day(1), name="Hall", owner="Li"))
        .when(deal_opened(at=day(2), name="Other", owner="Wu", product="Desks"), call_made(at=day(3)))
        .then_all(Expected(DealFileRow, {"name": "Hall", "product": None, "opened_at": day(1)}))
    )


def test_a_name_that_was_given_before_the_opening_counts_where_the_opening_gives_none() -> None:
    revised = said("deal_revised", at=day(0), name="Annex")
    given(dealings, revised).nothing(DealFileRow)
    given(dealings, revised).when(deal_opened(at=day(1))).then_all(
        Expected(DealFileRow, {"name": "Annex", "from_at": day(1)})
    )
    given(dealings, revised).when(deal_opened(at=day(1), name="Hall")).then_all(Expected(DealFileRow, {"name": "Hall"}))
