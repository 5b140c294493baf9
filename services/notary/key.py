"""The notary's key: a file of its own, for its owner's eyes alone, with the public half beside it."""

import os
import secrets
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.errors import DaybookError, NotConfigured
from services.notary.note import NotSigned, PublicKey, SigningKey
from services.runtime import files, private_files
from services.runtime.files import sync_directory
from services.settings import Settings

MAX_KEY_BYTES = 4096
"""A file of a key is not larger."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The key that signs, and all whose heads are believed."""

    own: SigningKey
    known: tuple[PublicKey, ...]


def key_path(settings: Settings) -> Path:
    """Path of the private key."""
    return settings.notary_key or settings.data / "notary" / "key"


def heads_path(settings: Settings) -> Path:
    """The file to which heads are appended."""
    return settings.notary_heads or settings.data / "notary" / "heads"


def public_path(settings: Settings) -> Path:
    """Path of the public half."""
    path = key_path(settings)
    return path.with_name(path.name + ".pub")


def load(settings: Settings) -> Keys:
    """The keys that the settings name. Raises NotConfigured."""
    path = key_path(settings)
    try:
        mode = path.stat().st_mode
        text = files.text(path, MAX_KEY_BYTES)
    except FileNotFoundError:
        raise NotConfigured(
            f"The notary has no key at {path}. Make one with `daybook notary key --make`, or set DAYBOOK_NOTARY_KEY to "
            "the file of the key that signed before."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"The notary's key {path} cannot be read: {error}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotConfigured(f"The notary's key {path} can be read by others than its owner: chmod 600 {path}")
    try:
        own = SigningKey.read(text)
    except NotSigned as error:
        raise NotConfigured(f"The notary's key {path} is wrong: {error}.") from None
    return Keys(own, (own.public, *former(settings)))


def make(settings: Settings, name: str | None = None) -> PublicKey:
    """A new key where none is. Without a name it has one that no other ledger has. Raises DaybookError."""
    path = key_path(settings)
    try:
        key = SigningKey.generate(
            name or f"{socket.gethostname() or 'daybook'}/{settings.stream}-{secrets.token_hex(4)}"
        )
    except NotSigned as error:
        raise DaybookError(f"--name: {error}.") from None
    try:
        if settings.notary_key is None:
            private_files.directory(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _emerging(path, key.write()) as new:
            os.link(new, path)
        _write_public(settings, key.public)
    except FileExistsError:
        raise DaybookError(
            f"There is a key at {path} already. Heads signed with it need it: nothing is overwritten."
        ) from None
    except OSError as error:
        raise DaybookError(f"The key cannot be written to {path}: {error.strerror}.") from error
    return key.public


def is_there(settings: Settings) -> bool:
    """Tell if there is a key, or something else at the key's path."""
    return os.path.lexists(key_path(settings))


def ensure(settings: Settings) -> None:
    """A key, made if there is none, and its public half beside it. Raises NotConfigured and DaybookError."""
    if not is_there(settings):
        make(settings)
    elif not public_path(settings).exists():
        _write_public(settings, load(settings).own.public)


def former(settings: Settings) -> tuple[PublicKey, ...]:
    """The public keys that signed before. Raises NotConfigured."""
    try:
        return tuple(PublicKey.read(each) for each in settings.notary_former_keys.split(",") if each.strip())
    except NotSigned as error:
        raise NotConfigured(f"DAYBOOK_NOTARY_FORMER_KEYS is wrong: {error}.") from None


def trusted(settings: Settings, vkey: str) -> tuple[PublicKey, ...]:
    """A public key, and those that signed before. Raises NotConfigured."""
    try:
        return tuple(
            PublicKey.read(each) for each in (vkey, *filter(str.strip, settings.notary_former_keys.split(",")))
        )
    except NotSigned as error:
        raise NotConfigured(
            f"{vkey[:200]!r}, or one of DAYBOOK_NOTARY_FORMER_KEYS, is no public key: {error}."
        ) from None


def load_public(settings: Settings) -> PublicKey:
    """The public half, from the file that stands beside the private one, or from that one. Raises NotConfigured."""
    path = public_path(settings)
    try:
        return PublicKey.read(files.text(path, MAX_KEY_BYTES))
    except OSError as error:
        if key_path(settings).is_file() and not path.exists():
            return load(settings).own.public
        raise NotConfigured(
            f"There is no public key of a notary at {path} ({error.strerror}). `daybook up` makes one in its data "
            "directory, `daybook notary key --make` wherever DAYBOOK_NOTARY_KEY says."
        ) from error
    except (NotSigned, UnicodeDecodeError) as error:
        raise NotConfigured(f"{path} holds no public key: {error}.") from None


def _write_public(settings: Settings, public: PublicKey) -> None:
    path = public_path(settings)
    with _emerging(path, f"{public}\n") as new:
        os.chmod(new, 0o644)
        os.replace(new, path)


@contextmanager
def _emerging(path: Path, text: str) -> Iterator[str]:
    """A file on the disk, for its owner alone, that is to become another one in the same directory."""
    handle, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        Path(new).unlink(missing_ok=True)
    sync_directory(path.parent)
