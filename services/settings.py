"""Settings, read in one place: environment variables with the prefix `DAYBOOK_`. `daybook config` shows them."""

import os
import unicodedata
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.types.zones import refused
from services.texts import Language

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this machine."""

LONGEST_DATA_BYTES = 900
"""Of the path of a data directory: PostgreSQL cuts off what is longer than 1023 bytes with the names below it."""
PATHS = (
    "data",
    "notary_key",
    "notary_heads",
    "nats_ca",
    "nats_certificate",
    "nats_key",
    "tls_certificate",
    "tls_key",
    "tls_ca",
)
"""Settings that name a file or a directory; a relative one is taken from the working directory of the command."""


class Settings(BaseSettings):
    """Settings of Daybook. Every field has a default that runs the embedded servers on loopback."""

    model_config = SettingsConfigDict(env_prefix="DAYBOOK_", env_ignore_empty=True, extra="ignore", frozen=True)

    data: Path = Field(default=Path("~/.local/share/daybook"), description="Data directory of the embedded servers.")
    nats_url: SecretStr | None = Field(default=None, description="NATS servers, comma separated; none: embedded.")
    intake_nats_url: SecretStr | None = Field(
        default=None, description="With DAYBOOK_NATS_URL: the same servers as a user who may only answer `intake.*`."
    )
    database_url: SecretStr | None = Field(default=None, description="PostgreSQL database; none: embedded.")
    timezone: str = Field(default="UTC", description="Zone in which days are cut; fixed when the ledger is made.")
    language: Language = Field(
        default="en", description="Language of headings and sentences that commands print: zh or en."
    )
    stream: str = Field(default="DAYBOOK", pattern=r"^[A-Z0-9_-]{1,32}$", description="Name of the stream.")
    stream_max_bytes: int | None = Field(
        default=None, ge=1_048_576, description="Size limit of the stream; by default a quarter of the free disk."
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="Copies of the stream; 3 in production.")
    intake_host: str = Field(default="127.0.0.1", description="Address that intake listens on.")
    intake_port: int = Field(default=8080, ge=0, le=65535, description="Port of intake; 0 takes a free one.")
    query_host: str = Field(default="127.0.0.1", description="Address that query listens on.")
    query_port: int = Field(default=8081, ge=0, le=65535, description="Port of query; 0 takes a free one.")
    recorder_host: str = Field(default="127.0.0.1", description="Address at which the recorder says how it is.")
    recorder_port: int = Field(default=8082, ge=0, le=65535, description="Port of the recorder; 0 takes a free one.")
    projector_host: str = Field(default="127.0.0.1", description="Address at which the projector says how it is.")
    projector_port: int = Field(default=8083, ge=0, le=65535, description="Port of the projector; 0 takes a free one.")
    notary_host: str = Field(default="127.0.0.1", description="Address that the notary listens on.")
    notary_port: int = Field(default=8084, ge=0, le=65535, description="Port of the notary; 0 takes a free one.")
    notary_key: Path | None = Field(
        default=None, description="File with the notary's private key; none: notary/key in the data directory."
    )
    notary_heads: Path | None = Field(
        default=None, description="File to which signed heads are appended; none: notary/heads in the data directory."
    )
    notary_former_keys: str = Field(
        default="", description="Public keys that signed heads before, comma separated, after a change of the key."
    )
    notary_every_s: float = Field(
        default=5.0, ge=0.01, le=3600, description="Seconds between two signed heads, at least."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="With it (16 characters or more) other machines may read /metrics; none: this machine alone.",
    )
    nats_ca: Path | None = Field(
        default=None, description="CA that issued the certificates of NATS (PEM); with it nothing goes without TLS."
    )
    nats_certificate: Path | None = Field(
        default=None, description="Our certificate for NATS (PEM), where its servers ask for one."
    )
    nats_key: Path | None = Field(default=None, description="Key of DAYBOOK_NATS_CERTIFICATE (PEM).")
    tls_certificate: Path | None = Field(
        default=None, description="Certificate of the HTTP servers (PEM, with its chain); with it they speak TLS alone."
    )
    tls_key: Path | None = Field(default=None, description="Key of DAYBOOK_TLS_CERTIFICATE (PEM).")
    tls_ca: Path | None = Field(
        default=None, description="CA by which commands trust an intake over https (PEM); none: the system's."
    )
    http_connections: int = Field(
        default=1000, ge=8, description="Connections that each HTTP server holds at most; fewer where files are few."
    )
    http_connections_per_address: int = Field(
        default=500, ge=4, description="Of them, those of one address; behind a proxy as many as of all."
    )
    open_reads: bool = Field(
        default=False, description="Whether query answers without a token; `up` sets it on loopback when embedded."
    )
    cache_entries: int = Field(
        default=1_000_000, ge=0, description="Entries that a projector keeps in memory, about 1.5 KB each."
    )
    log_level: str = Field(default="info", pattern=r"^(debug|info|warning|error)$", description="Least level logged.")
    log_json: bool = Field(default=False, description="Whether logs are JSON lines.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        reason = refused(value)
        if reason is not None:
            raise ValueError(reason)
        return value

    @field_validator(*PATHS)
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        try:
            return None if value is None else value.expanduser().absolute()
        except RuntimeError:
            raise ValueError(f"{value} begins with the home of a user whom this machine does not know") from None

    @field_validator("data")
    @classmethod
    def _can_be_named(cls, value: Path) -> Path:
        """Check that the servers and the messages about the directory can spell its path, also with links in it
        followed.
        """
        for path in (str(value), os.path.realpath(value)):
            if any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in path):
                raise ValueError(
                    f"{path!a} has a line break, another control character or bytes that are not UTF-8 in its "
                    "name, which neither configurations nor messages can spell; use another directory"
                )
            if len(path.encode()) > LONGEST_DATA_BYTES:
                raise ValueError(
                    f"the path has {len(path.encode())} bytes, and PostgreSQL takes at most {LONGEST_DATA_BYTES}; use "
                    "a directory with a shorter name"
                )
        return value

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        for own in ("nats", "tls"):
            certificate, key = getattr(self, f"{own}_certificate"), getattr(self, f"{own}_key")
            if (certificate is None) != (key is None):
                name = f"DAYBOOK_{own.upper()}"
                raise ValueError(f"{name}_CERTIFICATE and {name}_KEY are set both or not at all")
        if self.nats_url is None and (self.nats_ca is not None or self.nats_certificate is not None):
            raise ValueError(
                "DAYBOOK_NATS_CA and DAYBOOK_NATS_CERTIFICATE are for servers named by DAYBOOK_NATS_URL; the embedded "
                "one listens on this machine alone, without TLS"
            )
        return self

    @classmethod
    def unknown(cls) -> list[str]:
        """Environment variables with our prefix that name no setting, sorted: they are ignored."""
        prefix = cls.model_config["env_prefix"]
        known = {f"{prefix}{name}".upper() for name in cls.model_fields}
        return sorted(each for each in os.environ if each.upper().startswith(prefix) and each.upper() not in known)

    @property
    def paths(self) -> dict[str, str]:
        """The files and directories that are named, each absolute, by the name of its setting."""
        return {name: str(path) for name in PATHS if (path := getattr(self, name)) is not None}

    @property
    def embedded(self) -> bool:
        """Tell if `up` starts the servers itself."""
        return self.nats_url is None and self.database_url is None
