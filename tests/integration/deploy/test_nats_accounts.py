"""A server that kept the streams in one account hands them on to accounts of their own, as nats-server.conf says."""

import re
import subprocess
from pathlib import Path

import pytest

from services.nats import connection as stream_connection
from services.notary import heads_stream
from services.settings import Settings
from services.stream.append import Appended, Message, append
from services.stream.configuration import provision
from services.stream.read import message_at
from services.stream.state import state
from tests.integration.deploy.own_nats import CONFIGURATION, OwnNats

_BEFORE = "authorization { users = [ { user: daybook, password: $DAYBOOK_PASSWORD } ] }\n"


@pytest.mark.long
async def test_streams_of_the_one_account_are_handed_on_to_their_own(tmp_path: Path) -> None:
    said = CONFIGURATION.read_text()
    before = tmp_path / "before.conf"
    before.write_text(re.sub(r"accounts \{\n.*?\n\}\n", _BEFORE, said, flags=re.DOTALL))
    old = OwnNats(tmp_path, before)
    await old.start()
    nc = await stream_connection.connect(old.url("daybook"), "test")
    made = await provision(nc, Settings(stream_max_bytes=2**24), None)
    await heads_stream.provision(nc, Settings(), made.max_bytes)
    assert await append(nc, "DAYBOOK", [Message("daybook.deal.D-1", "crm:1", b"{}")]) == Appended(range(1, 2))
    await nc.request("notary.head.DAYBOOK", b"a head")
    created_at = {name: (await state(nc, name)).created_at for name in ("DAYBOOK", "DAYBOOK_HEADS")}
    await nc.close()
    await old.stop()

    commands = [line.removeprefix("#   ") for line in said.splitlines() if re.match(r"#   (cd|mv) .*(HEADS)", line)]
    assert len(commands) == 2
    script = "\n".join(commands).replace("/var/lib/nats", str(tmp_path / "jetstream"))
    subprocess.run(["/bin/sh", "-ec", script], check=True)  # noqa: ASYNC221 - nothing else runs here

    new = OwnNats(tmp_path)
    try:
        await new.start()
        nc = await stream_connection.connect(new.url("auditor"), "test")
        assert {name: (await state(nc, name)).created_at for name in created_at} == created_at
        found = [await message_at(nc, name, 1) for name in created_at]
        assert [each and each.data for each in found] == [b"{}", b"a head"]
        await nc.close()
    finally:
        await new.stop()
