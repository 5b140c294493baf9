"""Tokens that nobody has, media types that are not taken, and headers by which a sender decides what it may not."""

TOKENS = ("", "x", "dbk_", "dbk_" + "A" * 43, "dbk_" + "A" * 5000, "dbk_%00", "\t", "null", "../..", "' or 1=1 --")
MEDIA = (
    *("", "text/plain", "application/json", "application/xml", "application/cloudevents+xml", "*/*", "x" * 3000),
    *("application/cloudevents+json; charset=latin-1", "application/cloudevents+json;" * 50),
)
BINARY: tuple[tuple[str, str], ...] = (
    *(("ce-id", "%ff"), ("ce-id", "%"), ("ce-time", "now"), ("ce-specversion", "0.3"), ("ce-source", "x" * 5000)),
    *(
        ("ce-type", "daybook.call_made.v2"),
        ("ce-subject", "deal/%2e%2e"),
        ("ce-data", "{}"),
        ("ce-", "x"),
        ("ce-id", '"a'),
    ),
)
FORGED: tuple[dict[str, str], ...] = (
    {"Nats-Rollup": "all"},
    {"Nats-Rollup": "sub"},
    {"Nats-Expected-Stream": "OTHER"},
    {"Nats-Expected-Last-Sequence": "0"},
    {"Nats-Expected-Last-Subject-Sequence": "99999"},
    {"Nats-Expected-Last-Msg-Id": "nothing"},
    {"Nats-TTL": "1s"},
    {"Nats-TTL": "never"},
    {"Nats-Msg-Id": ""},
    {"Nats-Incr": "1"},
    {"Nats-Schedule": "@every 1s"},
    {"Nats-Marker-Reason": "Purge"},
    {"Nats-Batch-Commit": "1"},
    {"Nats-Batch-Id": "x" * 65, "Nats-Batch-Sequence": "1"},
    {"Nats-Batch-Id": "b", "Nats-Batch-Sequence": "7"},
    {"Nats-Required-Api-Level": "99"},
    {"Daybook-Recorded-At": "0"},
    {"Daybook-Recorded-At": "-1"},
    {"Daybook-Recorded-At": "abc"},
    {"Daybook-Recorded-At": ""},
    {"Daybook-Recorded-At": "1e3"},
    {"Daybook-Recorded-At": "9" * 400},
    {"Daybook-Recorded-At": "9" * 18},
    {"Daybook-Recorded-At": "1790000000000000"},
    {"Daybook-Status": "200", "Status": "503", "Description": "No Messages"},
)
"""What a sender may not decide."""
