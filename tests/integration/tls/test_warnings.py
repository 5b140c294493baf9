"""A service that talks to another machine without TLS says so, once, when it starts."""

import pytest
from structlog.testing import capture_logs

from services.endpoints import Endpoints, warn_without_tls
from tests.ledger import Ledger
from tests.service import until

HERE = "postgresql:///daybook?host=/run/postgresql"


@pytest.mark.parametrize(
    ("nats", "postgres", "warned"),
    [
        ("nats://127.0.0.1:4222,nats://localhost:4223", HERE, []),
        ("nats://a.example.org:4222", HERE, ["NATS"]),
        ("127.0.0.1:4222,a.example.org:4222", HERE, ["NATS"]),
        ("tls://a.example.org:4222", HERE, []),
        ("nats://a.example.org:4222?tls_ca=/ca.pem", HERE, []),
        ("nats://[::1]:4222", "postgresql://db.example.org/daybook", ["PostgreSQL"]),
        ("nats://a.example.org", "postgresql://db.example.org/daybook?sslmode=prefer", ["NATS", "PostgreSQL"]),
        ("nats://a.example.org", "postgresql://db.example.org/daybook?sslmode=verify-full", ["NATS"]),
        ("nats://[", "postgresql://[", []),
    ],
)
def test_it_warns_of_what_can_be_read_on_the_way(
    monkeypatch: pytest.MonkeyPatch, nats: str, postgres: str, warned: list[str]
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    with capture_logs() as said:
        warn_without_tls(Endpoints(nats, postgres))
    assert [each["to"] for each in said] == warned


async def test_a_service_warns_when_it_starts(empty_ledger: Ledger) -> None:
    async with empty_ledger.process("recorder", nats_url="nats://nats.invalid:4222") as process:

        async def answers() -> bool:
            return "monitoring_started" in process.output()

        await until(answers, "it does not start", process.output)
        assert process.output().count("connecting_without_tls") == 1
