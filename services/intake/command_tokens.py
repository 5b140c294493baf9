"""Tokens by which commands send: made on first use, and kept in the data directory, readable by its owner alone."""

from dataclasses import dataclass
from pathlib import Path

from services.endpoints import endpoints
from services.errors import BadRequest
from services.intake.adapters.import_result import EVENTS
from services.intake.adapters.import_result import SOURCE as IMPORT
from services.ledger import publications, sources
from services.ledger.journal import Connection
from services.ledger.tokens import matches
from services.postgres import connection as database
from services.runtime import files
from services.settings import Settings

_MAX_TOKEN_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sender:
    """A source as which a command sends."""

    name: str
    events: tuple[str, ...] = ()
    """What it may send, where the command adds it; none: `daybook init` adds it, with a token that nobody has."""

    @property
    def file(self) -> str:
        """Name of the file that holds its token, in the data directory."""
        return f"{self.name}.token"


IMPORTER = Sender(IMPORT, tuple(EVENTS))
PUBLISHER = Sender(publications.SOURCE)


async def token(settings: Settings, sender: Sender) -> str:
    """The token of a source, new on first use. Raises BadRequest when somebody else was given it."""
    path = settings.data / sender.file
    connection = await database.connect(endpoints(settings).database_url)
    try:
        with database.explained():
            known = await sources.kept_token(connection, sender.name)
            if known is not None and matches(kept := _kept(path), known.token_hash):
                return kept
            made = await _made(connection, sender, known)
    finally:
        await connection.close()
    if made is None:
        raise BadRequest(
            f"The source `{sender.name}` exists, but {path} does not hold its token. Pass it with --token, or make a "
            f"new one: daybook source rotate {sender.name} > {path}"
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    files.write(path, f"{made}\n".encode())
    return made


async def _made(connection: Connection, sender: Sender, known: sources.KeptToken | None) -> str | None:
    """A new token; None where somebody may have the present one, which a new one would end."""
    if sender.events:
        return await sources.add(connection, sender.name, sender.events) if known is None else None
    return await sources.rotate(connection, sender.name) if known is None or known.first else None


def _kept(path: Path) -> str:
    try:
        return files.text(path, _MAX_TOKEN_BYTES).strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadRequest(f"The token in {path} cannot be read: {reason}. Pass it with --token.") from error
