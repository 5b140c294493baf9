"""`daybook evidence`: one file that proves what the ledger holds about a deal."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import (
    AsOfOption,
    DataOption,
    JsonOption,
    KnownAtOption,
    LanguageOption,
    following,
    load,
    reading,
    wait_for,
)
from services.cli.trusted_keys import KeyOption, trusted_keys
from services.errors import BadRequest, DaybookError, NotConfigured
from services.output import print_json, say
from services.runtime import files
from services.settings import Settings
from services.wording import Wording

MAX_EVIDENCE_BYTES = 512 * 1024 * 1024
"""Of an evidence file that is checked: the whole of the largest journal that --whole writes is smaller."""
MAX_HEAD_BYTES = 65_536

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notary.head import Head
    from services.notary.note import PublicKey, SigningKey


def evidence(
    deal: Annotated[str | None, typer.Argument(help="Id of the deal.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write.", show_default=False)] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="An evidence file, whose view rows are derived anew; no server is needed."),
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    older: Annotated[
        Path | None, typer.Option("--older", help="A file with a head that you kept: nothing before it was changed.")
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Add all other rows of the journal: proves that no entry is missing, shows all."),
    ] = False,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Without the notary's signature, where its private key is not at hand.")
    ] = False,
    key: KeyOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write one file with a deal's entries, byte for byte, and the proof that the journal holds them where and when it
    says; with the signed head, the playbooks, the schemas, the view rows and the explanation.
    It holds what was recorded, and is for your eyes alone (0600).

    Whoever has the notary's public key (`daybook notary key`) checks it without Daybook:
    `python verify_evidence.py FILE --key KEY`. `daybook evidence --check FILE` derives the view rows anew.

    Exit code of --check 0: the rows are those that the entries make. 1: they are not.

    Example: `daybook evidence D-1 --out D-1.json`
    """
    if (deal is None) == (check is None) or (deal is not None and out is None):
        raise BadRequest("Say which deal and --out with a file to write, or --check with an evidence file.")
    if check is not None:
        _check(check, as_json, Wording(load(data, language=lang).language))
        return
    assert deal is not None
    assert out is not None
    settings = load(data, language=lang)
    document = wait_for(_made(settings, deal, (as_of, known_at), (key, older, _signing_key(settings, unsigned)), whole))
    try:
        files.write(out, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise DaybookError(f"{out} cannot be written: {error.strerror}.") from error
    script = Path(__file__).parent.parent / "audit" / "verify_evidence.py"
    rows, size = len(document["rows"]), int(document["head"].split("\n")[1])
    if as_json:
        print_json({"file": str(out), "rows": rows, "head": size, "signed": document["statement"] is not None})
        return
    wording = Wording(settings.language)
    say(wording.text("evidence holds", file=out, number=rows, size=size))
    say(f"  python {script} {out} --key KEY")
    say(wording.text("where key"))
    if settings.notary_former_keys:
        say(wording.text("former key"))


def _signing_key(settings: Settings, unsigned: bool) -> "SigningKey | None":
    from services.notary.key import load as load_keys

    if unsigned:
        return None
    try:
        return load_keys(settings).own
    except NotConfigured as error:
        raise NotConfigured(
            f"{error} Without it, --unsigned makes a file from which rows could be taken out unseen."
        ) from error


async def _made(
    settings: Settings,
    deal: str,
    times: tuple[str | None, str | None],
    trust: "tuple[str | None, Path | None, SigningKey | None]",
    whole: bool,
) -> dict[str, Any]:
    from services.audit.evidence import evidence as collect
    from services.audit.evidence import head_of
    from services.audit.statement import signed
    from services.http.parameters import subject
    from services.query.moment import moment

    key, older, own = trust
    subject("deal", deal)
    async with reading(settings) as connection:
        known = await trusted_keys(settings, connection, key)
        if own is not None and known and own.public not in known:
            raise BadRequest(
                f"The private key on this machine is that of {own.public}, and heads are checked with {known[0]}: "
                "whoever has only that one could not check the file. Name the key file of this ledger's notary as "
                "DAYBOOK_NOTARY_KEY, or write the file --unsigned."
            )
        at = await moment(connection, *times, following(settings))
        head = await head_of(connection, at.known_at, known)
        before = None if older is None else _older(older, known)
        return signed(await collect(connection, deal, at, head, before, whole=whole), own)


def _older(path: Path, keys: "Sequence[PublicKey]") -> "Head":
    from services.notary.head import read_head
    from services.notary.note import NotSigned

    try:
        return read_head(files.text(path, MAX_HEAD_BYTES).rstrip("\n") + "\n", keys)
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"The older head {path} cannot be read: {_reason(error)}.") from error
    except NotSigned as error:
        raise BadRequest(
            f"{path} holds no head of this ledger: {error}. Keep the answer of /checkpoint as it is."
        ) from None


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8"


def _check(path: Path, as_json: bool, wording: Wording) -> None:
    from services.audit.replay import replay

    try:
        differences = replay(files.text(path, MAX_EVIDENCE_BYTES))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} cannot be read: {_reason(error)}.") from error
    if as_json:
        print_json({"ok": not differences, "differences": differences})
    elif differences:
        for line in (wording.text("evidence differs"), *differences):
            say(line)
    else:
        say(wording.text("evidence is right"))
    if differences:
        raise typer.Exit(1)
