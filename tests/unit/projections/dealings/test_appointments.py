"""Appointments: open until a visit uses them up, the earliest first, or they are cancelled."""

from projections.replay.entry import FOREVER
from projections.views.dealings import AppointmentRow, dealings
from tests.given import day, given
from tests.saying import appointment_made, event_voided, said, visit_done

from .rows import activity, appointment, cancelled


def test_an_appointment_is_open_from_when_it_is_made() -> None:
    made = said("appointment_made", at=day(2), scheduled_at="2026-02-01T09:00:00+08:00", contact_id="c1", topic="needs")
    (
        given(dealings)
        .when(made)
        .then_all(
            appointment(from_at=day(2), to_at=FOREVER, scheduled_at=day(31 + 1 / 24), contact="c1", topic="needs")
        )
        .then_all(activity(kind="appointment_made", contact="c1"))
    )


def test_a_visit_uses_up_the_earliest_appointment() -> None:
    (
        given(dealings, appointment_made(at=day(2), id="a"), appointment_made(at=day(3), id="b"))
        .when(visit_done(at=day(5)))
        .then_all(appointment(entry=2, to_at=day(5)), appointment(entry=3, to_at=FOREVER))
        .then(activity(kind="visit_done", booked=True))
    )


def test_each_appointment_books_one_visit() -> None:
    (
        given(dealings, appointment_made(at=day(2)))
        .when(visit_done(at=day(3)), visit_done(at=day(4)))
        .then(activity(at=day(3), booked=True), activity(at=day(4), booked=False))
    )


def test_an_appointment_that_is_made_after_a_visit_does_not_book_it() -> None:
    (
        given(dealings, visit_done(at=day(2)))
        .when(appointment_made(at=day(3)))
        .then(activity(kind="visit_done", booked=False))
        .then_all(appointment(from_at=day(3), to_at=FOREVER))
    )


def test_an_appointment_that_comes_late_books_the_visit_behind_it() -> None:
    (
        given(dealings, visit_done(at=day(4)))
        .when(appointment_made(at=day(3)))
        .then(activity(kind="visit_done", booked=True))
        .then_all(appointment(from_at=day(3), to_at=day(4)))
    )


def test_a_cancelled_appointment_is_open_no_longer_and_books_nothing() -> None:
    (
        given(dealings, appointment_made(at=day(2), id="a"))
        .when(cancelled(at=day(3), target="a"), visit_done(at=day(4)))
        .then_all(appointment(from_at=day(2), to_at=day(3)))
        .then(activity(kind="visit_done", booked=False))
    )


def test_cancelling_what_was_used_or_is_unknown_changes_nothing() -> None:
    story = given(dealings, appointment_made(at=day(2), id="a"), visit_done(at=day(3)))
    story.when(cancelled(at=day(4), target="a"), cancelled(at=day(4), target="nothing")).unchanged()


def test_a_voided_appointment_books_nothing() -> None:
    (
        given(dealings, appointment_made(at=day(2), id="a"), visit_done(at=day(3)))
        .when(event_voided("a", at=day(9)))
        .then(activity(kind="visit_done", booked=False))
        .nothing(AppointmentRow)
    )


def test_an_appointment_that_is_used_at_once_leaves_no_row() -> None:
    (
        given(dealings, appointment_made(at=day(2)))
        .when(visit_done(at=day(2)))
        .then(activity(kind="visit_done", booked=True))
        .nothing(AppointmentRow)
    )
