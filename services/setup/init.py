"""Provisioning of a ledger before its services start: stream, tables, roles, playbooks, the first views.

`daybook init` and `daybook up` run this, and nothing else makes any of it. Running it again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.playbooks.playbook import Playbook
from contracts.playbooks.shipped import shipped as shipped_playbooks
from projections.views import generation_digest
from services.endpoints import Endpoints
from services.errors import DaybookError, ReportingInUse
from services.ledger.event_types import announce_unled
from services.ledger.schema import Identity, check_time_zone, confine, identify, identity, migrate
from services.ledger.stream_identity import check_stream, remembered
from services.nats import connection as stream_connection
from services.notary import heads_stream
from services.postgres import connection as database
from services.settings import Settings
from services.setup import playbooks
from services.stream.configuration import disk_of
from services.stream.configuration import provision as provision_stream
from services.stream.quiesce import is_closed
from services.stream.state import StreamState, find
from services.views import generation


@dataclass(frozen=True, slots=True)
class Provisioned:
    """State of the ledger after provisioning, and what provisioning did."""

    stream: StreamState
    identity: Identity
    made_stream: bool
    migrations: int
    """How many were applied now."""
    published: list[str]
    """Event ids of the playbooks published now."""
    own_playbooks: list[playbooks.Own]
    """Versions that were published here with another content than the shipped one, and stay."""
    generation: str
    """Digest of the generation that is served."""
    confined: bool
    """Whether readers by SQL are kept from locks and large objects; only a superuser of the database can do that."""
    in_use: str | None = None
    """Error for people where `reporting` could not be brought up to date; None where it is."""

    @property
    def outdated(self) -> bool:
        """Tell if the views served are of other folds than this version's: they stand still until `daybook rebuild`."""
        return self.generation != generation_digest()


async def provision(
    settings: Settings, where: Endpoints, shipped: Sequence[Playbook] | None = None, *, goes_on: bool = False
) -> Provisioned:
    """Bring both servers to what this version needs. With `goes_on` a `reporting` that is in use is no error, and told.

    Raises DaybookError; what was done before stays and is kept.
    """
    nc = await stream_connection.connect(where.nats_url, "init")
    try:
        connection = await database.connect(where.database_url)
        try:
            known = await identity(connection)
            if known is not None:
                _check_identity(settings, known)
            else:
                await check_time_zone(connection, settings.timezone)
            existed = await find(nc, settings.stream)
            applied = await migrate(connection)
            confined = await confine(connection)
            if known is not None and existed is not None and is_closed(existed.configuration):
                await check_stream(nc, await remembered(connection, settings.stream))
            stream = await provision_stream(nc, settings, disk_of(settings, where), may_create=known is None)
            known = await identify(connection, stream, settings.timezone)
            await check_stream(nc, await remembered(connection, settings.stream))
            await announce_unled(connection)
            await heads_stream.provision(nc, settings, stream.max_bytes)
            await playbooks.add_source(connection)
            outcome = await playbooks.publish(nc, settings.stream, shipped_playbooks() if shipped is None else shipped)
            in_use = None
            try:
                served = await generation.ensure(connection)
            except ReportingInUse as error:
                there = await generation.served(connection)
                if not goes_on or there is None:
                    raise
                served, in_use = there, str(error)
        finally:
            await connection.close()
    finally:
        await nc.close()
    return Provisioned(stream, known, existed is None, applied, *outcome, served.digest, confined, in_use)


def _check_identity(settings: Settings, known: Identity) -> None:
    if "timezone" in settings.model_fields_set and settings.timezone != known.time_zone:
        raise DaybookError(
            f"The ledger cuts days in {known.time_zone}, fixed when it was made; DAYBOOK_TIMEZONE says "
            f"{settings.timezone}. Unset it, or start a new ledger."
        )
    if settings.stream != known.stream_name:
        raise DaybookError(
            f"The database belongs to the stream {known.stream_name}; DAYBOOK_STREAM says {settings.stream}."
        )
