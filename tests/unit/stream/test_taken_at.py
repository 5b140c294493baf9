"""Time at which a message was taken: the stream's own, or the earlier one that a put-back message states."""

import pytest

from services.stream.read import RECORDED_AT, Stored, recorded_at_us, taken_at_ns

OWN_NS = 1_763_756_400_000_000_999


def headers(value: str, name: str = RECORDED_AT, before: str = "") -> bytes:
    return f"NATS/1.0\r\n{before}{name}: {value}\r\nNats-Batch-Id: abc\r\n\r\n".encode()


@pytest.mark.parametrize("before", ["", "Nats-Msg-Id: crm:1\r\n"])
def test_a_message_that_was_put_back_keeps_its_time(before: str) -> None:
    assert taken_at_ns(OWN_NS, headers("1763756399999999", before=before)) == 1_763_756_399_999_999_000


def test_the_very_same_microsecond_is_not_later() -> None:
    assert taken_at_ns(OWN_NS, headers(str(OWN_NS // 1000))) == OWN_NS // 1000 * 1000


@pytest.mark.parametrize(
    "given",
    [
        None,
        b"",
        b"NATS/1.0\r\nNats-Msg-Id: crm:1\r\n\r\n",
        headers(str(OWN_NS // 1000 + 1)),
        headers("-5"),
        headers("12.5"),
        headers(""),
        headers("9" * 30),
        headers("5", name="X-" + RECORDED_AT),
        headers("x", before=f"Nats-Msg-Id: crm:{RECORDED_AT}: 5\r\n"),
    ],
)
def test_anything_else_leaves_the_streams_own_time(given: bytes | None) -> None:
    assert taken_at_ns(OWN_NS, given) == OWN_NS


def test_recorded_at_never_goes_back() -> None:
    message = Stored(1, 5_000_999, "daybook.deal.D-1", b"")
    assert recorded_at_us(message, 0) == 5_000
    assert recorded_at_us(message, 6_000) == 6_000
