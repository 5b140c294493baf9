"""Choice of the notary's public keys that are trusted: the one that was given, or the one on this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.errors import NotConfigured
from services.output import say
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.notary.note import PublicKey

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", help="The notary's public key, as you were given it.", show_default="the one on this machine"
    ),
]


async def trusted_keys(settings: Settings, connection: "Connection", key: str | None) -> "tuple[PublicKey, ...]":
    """The key given, that on this machine, or in the last resort the one that the ledger itself names. A word about it
    goes with it; none where there never was a notary. Raises NotConfigured for what is no key."""
    from services.notary.key import load_public, trusted

    if key is not None:
        return trusted(settings, key)
    try:
        return trusted(settings, str(load_public(settings)))
    except NotConfigured:
        said: str | None = await connection.fetchval("select vkey from ledger.notary")
    if said is None:
        return ()
    say(Wording(settings.language).text("key of the ledger", key=said), err=True)
    return trusted(settings, said)
