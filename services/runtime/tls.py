"""TLS contexts from files, and in words why another machine is not trusted. Nothing here ever goes without TLS."""

import ssl
from pathlib import Path

from services.errors import NotConfigured


def server_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS context of the HTTP servers (1.2 and later); None when they speak none. Raises NotConfigured."""
    if certificate is None and key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _present(context, certificate, key, "DAYBOOK_TLS")
    return context


def client_context(
    ca: Path | None, ca_setting: str, certificate: Path | None = None, key: Path | None = None, own: str = ""
) -> ssl.SSLContext:
    """Trusts who has a certificate of that CA (None: of the system's) for the host that was asked for.

    Shows `certificate` where it is asked for; `own` begins the names of its settings. Raises NotConfigured.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise NotConfigured(f"{ca_setting}: {ca} cannot be read as certificates in PEM: {_said(error)}.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None or key is not None:
        _present(context, certificate, key, own)
    return context


def distrusted(
    error: BaseException, address: str, address_setting: str, ca_setting: str, own_setting: str
) -> str | None:
    """Say what is wrong with TLS to the other side, and which setting it concerns; None when TLS did not fail."""
    if isinstance(error, ssl.SSLCertVerificationError):
        match error.verify_code:
            case 10:
                what = "its certificate has expired; renew it there"
            case 9:
                what = "its certificate is not valid yet; compare the clocks"
            case 62 | 64:
                what = f"its certificate is for another host; {address_setting} has to name one that it is for"
            case _:
                what = (
                    f"its certificate comes from no CA that is trusted here ({error.verify_message}); {ca_setting} has "
                    "to name the one that issued it"
                )
        return f"{address} is not trusted: {what}."
    if isinstance(error, ssl.SSLError) and "CERTIFICATE_REQUIRED" in (error.reason or ""):
        return f"{address} asks for a certificate of ours; see {own_setting}."
    if isinstance(error, ssl.SSLError):
        return f"{address} does not agree on TLS with us ({_said(error)}); see {address_setting} and {ca_setting}."
    return None


def _present(context: ssl.SSLContext, certificate: Path | None, key: Path | None, own: str) -> None:
    if certificate is None or key is None:
        missing, there = ("CERTIFICATE", "KEY") if certificate is None else ("KEY", "CERTIFICATE")
        raise NotConfigured(f"{own}_{there} is set, but its partner {own}_{missing} is not: set both.")
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise NotConfigured(
            f"{own}_CERTIFICATE ({certificate}) and {own}_KEY ({key}) are no certificate and its key in PEM, without a "
            f"password: {_said(error)}."
        ) from None


def _no_password() -> str:
    raise ValueError("the key is locked by a password")


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or error)
