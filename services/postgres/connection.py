"""Connections to PostgreSQL. Every service works under a role of its own, whoever the URL logs in as."""

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import asyncpg

from services.errors import MissingRights, NotConfigured, NotProvisioned, Unavailable
from services.postgres import hosts, tls
from services.runtime.redaction import masked
from services.runtime.tls import distrusted

if TYPE_CHECKING:
    from collections.abc import Iterator

Role = Literal[
    "daybook_intake",
    "daybook_recorder",
    "daybook_projector",
    "daybook_query",
    "daybook_reader",
    "daybook_notary",
    "daybook_backup",
]
ROLES: tuple[Role, ...] = get_args(Role)

COMMAND_TIMEOUT_S = 60.0

_GONE = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError)
_REFUSING = (
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.InternalClientError,
)
DATABASE_AWAY = (*_GONE, *_REFUSING)
"""What asyncpg raises when the server cannot be reached, restarts, is full, is a standby or lets nobody in: try again.

A quota that is used up is an internal error to PostgreSQL. The last is asyncpg's own confusion when the server ends the
connection between two statements.
"""

NOT_THERE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.InvalidSchemaNameError,
)
"""What PostgreSQL says when `daybook init` has not been there."""

_FORBIDDEN = (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError)


def _settings(role: Role | None) -> dict[str, str]:
    settings = {
        "application_name": (role or "daybook").removeprefix("daybook_"),
        "idle_in_transaction_session_timeout": "60000",
        "tcp_keepalives_idle": "30",
        "timezone": "UTC",
    }
    if role is not None:
        settings["role"] = role
    return settings


@contextmanager
def explained() -> "Iterator[None]":
    """Around statements on a connection: what asyncpg raises becomes NotProvisioned, MissingRights or Unavailable."""
    try:
        yield
    except NOT_THERE as error:
        raise NotProvisioned(f"The database is not set up ({error}). Run `daybook init`.") from error
    except _FORBIDDEN as error:
        raise MissingRights(
            f"The user of DAYBOOK_DATABASE_URL may not do this ({error}). Name one that may; the ledger's owner may do "
            "everything."
        ) from error
    except DATABASE_AWAY as error:
        raise Unavailable(f"PostgreSQL stopped answering: {error or type(error).__name__}. Try again.") from error


@contextmanager
def _connecting(url: str) -> "Iterator[None]":
    tls.check(url)
    try:
        yield
    except asyncpg.ClientConfigurationError as error:
        raise NotConfigured(f"DAYBOOK_DATABASE_URL ({masked(url)}) is wrong: {error}") from error
    except DATABASE_AWAY as error:
        where, own = f"PostgreSQL at {masked(url)}", "sslcert and sslkey in DAYBOOK_DATABASE_URL"
        distrust = distrusted(error, where, "DAYBOOK_DATABASE_URL", "its sslrootcert", own)
        raise Unavailable(distrust or f"PostgreSQL does not answer at {masked(url)}: {error}") from error
    except _FORBIDDEN as error:
        raise MissingRights(f"PostgreSQL at {masked(url)} does not let this user in: {error}.") from error
    except (asyncpg.InvalidParameterValueError, asyncpg.InvalidCatalogNameError) as error:
        raise NotProvisioned(f"The database at {masked(url)} is not set up ({error}). Run `daybook init`.") from error
    except ValueError:  # it may quote a part of the password
        raise NotConfigured(
            f"DAYBOOK_DATABASE_URL ({masked(url)}) cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/NAME, "
            "with signs such as @ : / ? # [ in a password escaped (%40 for @)."
        ) from None


async def connect(url: str, role: Role | None = None, **options: Any) -> asyncpg.Connection:
    """Opens a connection, under a role. Raises Unavailable, NotProvisioned, MissingRights or NotConfigured."""
    with _connecting(url):
        return await hosts.connect(
            url,
            connection_class=Connection,
            server_settings=_settings(role),
            command_timeout=COMMAND_TIMEOUT_S,
            timeout=10,
            **options,
        )


async def pool(url: str, role: Role, size: int = 4) -> asyncpg.Pool:
    """A pool, under a role, for those who change nothing in a session.

    Raises Unavailable, NotProvisioned, MissingRights or NotConfigured.
    """
    with _connecting(url):
        return await asyncpg.create_pool(
            url,
            init_size=1,
            min_size=0,  # otherwise it tries for ever to keep one open, with a traceback each time
            max_size=size,
            server_settings=_settings(role),
            command_timeout=COMMAND_TIMEOUT_S,
            timeout=10,
            connection_class=Connection,
            reset=_as_it_is,
            connect=cast("Any", hosts.connect),  # its type wants every option of asyncpg named
        )


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """Leaves the session as it is: nobody has changed it, and a reset would take as long as a query."""


if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection

CANCELLED_S = 0.25
"""How long the server may take to confirm that it has cancelled a command; then the connection is ended. The request to
cancel has been sent all the same, and a server that wakes up later obeys it."""
CLOSED_S = 1.0
"""How long a connection may take to be closed in good order; then it is ended."""


class Connection(_Connection):
    """A connection that lets go of a server that does not answer."""

    __slots__ = ()

    async def close(self, *, timeout: float | None = CLOSED_S) -> None:
        """Close it in good order, or end it after `timeout` seconds."""
        with suppress(TimeoutError):  # it is ended then: nothing is left open on our side
            await super().close(timeout=CLOSED_S if timeout is None else timeout)

    def _cancel_current_command(self, waiter: Any, cancel_waiter: "asyncio.Future[None] | None" = None) -> None:
        """asyncpg calls this for a command whose caller was cancelled, or has waited long enough."""
        super()._cancel_current_command(waiter, cancel_waiter)  # type: ignore[misc]
        if cancel_waiter is not None:
            asyncio.get_running_loop().call_later(CANCELLED_S, self._let_go, cancel_waiter)

    def _let_go(self, confirmed: "asyncio.Future[None]") -> None:
        if not confirmed.done():
            self.terminate()
