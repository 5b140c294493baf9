"""Checks that a command or service that tries what its NATS user may not do ends with one sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.endpoints import Endpoints
from services.settings import Settings
from services.setup.init import provision
from tests.integration.deploy.own_nats import OwnNats
from tests.servers import Servers
from tests.service import service_of
from tests.up import daybook

INFO, CREATE = "$JS.API.STREAM.INFO.DAYBOOK", "$JS.API.CONSUMER.CREATE.DAYBOOK"
COMMANDS = [
    # Long: `verify` waits for the views of what nobody records here.
    pytest.param("verify", "query", f"publish on {INFO}_HEADS", "auditor", marks=pytest.mark.long),
    pytest.param("verify", "appender", "publish on $JS.API.", "auditor", marks=pytest.mark.long),
    ("verify", "projector", f"publish on {INFO}", "auditor"),
    ("verify", "emitter", "listen to _INBOX_DAYBOOK.emitter.", "auditor"),
    ("reconcile", "query", f"publish on {CREATE}", "daybook"),
    ("reconcile", "notary", f"publish on {INFO}", "daybook"),
    ("reconcile --apply --reason test", "emitter", "listen to _INBOX_DAYBOOK.emitter.", "daybook"),
    ("init", "notary", f"publish on {INFO}", "daybook"),
    ("init", "recorder", "publish on $JS.API.", "daybook"),
    ("status", "projector", f"publish on {INFO}", "query"),
    ("backup --out {home}/backup", "emitter", "listen to _INBOX_DAYBOOK.emitter.", "query"),
]
SERVICES = [
    ("recorder", "query", f"publish on {CREATE}", "recorder"),
    ("recorder", "emitter", "listen to _INBOX_DAYBOOK.emitter.", "recorder"),
    ("notary", "query", "", "notary"),
    ("projector", "query", "listen to notice.recorded", "projector"),
    ("query", "projector", "listen to notice.projected.*", "query"),
    ("intake", "notary", f"publish on {INFO}", "appender"),
]


@pytest.fixture(scope="module")
async def nats(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnNats]:
    server = OwnNats(tmp_path_factory.mktemp("nats"))
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@pytest.fixture(scope="module")
async def where(
    servers: Servers, nats: OwnNats, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, str]]:
    """Settings of a ledger on that server, without the NATS user."""
    async with servers.database() as name:
        url, home = servers.postgres.url_of(name, "daybook"), tmp_path_factory.mktemp("ledger")
        settings = Settings(
            data=home, nats_url=SecretStr(nats.url("daybook")), database_url=SecretStr(url), stream_max_bytes=2**24
        )
        await provision(settings, Endpoints(nats.url("daybook"), url, nats.url("intake")))
        given = {
            "database_url": url,
            "data": str(home),
            "stream_max_bytes": str(2**24),
            "intake_nats_url": nats.url("intake"),
        }
        code, _, complaint = await daybook("notary", "key", "--make", nats_url=nats.url("daybook"), **given)
        assert code == 0, complaint
        yield given


@pytest.mark.long_cases
@pytest.mark.parametrize(("words", "user", "what", "due"), COMMANDS)
async def test_a_command_ends_and_names_the_user_that_may(
    nats: OwnNats, where: dict[str, str], words: str, user: str, what: str, due: str
) -> None:
    said = words.format(home=where["data"]).split()
    code, _, complaint = await daybook(*said, nats_url=nats.url(user), **where)
    assert code == 2, complaint
    assert f"The NATS user {user} may not {what}" in one_sentence(complaint)
    assert f": name the user {due} in DAYBOOK_NATS_URL (see deploy/nats/users.conf)." in one_sentence(complaint)


@pytest.mark.long_cases
@pytest.mark.parametrize(("name", "user", "what", "due"), SERVICES)
async def test_a_service_ends_and_names_the_user_that_may(
    nats: OwnNats, where: dict[str, str], tmp_path: Path, name: str, user: str, what: str, due: str
) -> None:
    given = where | {"nats_url": nats.url(user)}
    service = service_of(
        name, tmp_path / f"{name}.log", {f"DAYBOOK_{key.upper()}": each for key, each in given.items()}
    )
    await service.process_started()
    assert await service.ends() == 2, service.output()
    assert f"The NATS user {user} may not {what}" in one_sentence(service.output())
    assert f": name the user {due} in DAYBOOK_NATS_URL" in one_sentence(service.output())


@pytest.mark.long
async def test_intake_that_may_not_hear_requests_ends(nats: OwnNats, where: dict[str, str], tmp_path: Path) -> None:
    given = where | {"nats_url": nats.url("appender"), "intake_nats_url": nats.url("emitter")}
    service = service_of("intake", tmp_path / "log", {f"DAYBOOK_{key.upper()}": each for key, each in given.items()})
    await service.process_started()
    assert await service.ends() == 2, service.output()
    said = one_sentence(service.output())
    assert "The NATS user emitter may not listen to intake.*: name the user intake in DAYBOOK_INTAKE_NATS_URL" in said


def one_sentence(complaint: str) -> str:
    """Return a complaint without line breaks."""
    return " ".join(complaint.split())
