"""`daybook quarantine`: messages that do not count for a reason, and what to do about them."""

import base64
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, ask, load, on_database, text
from services.endpoints import endpoints
from services.output import print_json, say, show, table
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.ledger.quarantine import Decision, Quarantined
    from services.settings import Settings

app = typer.Typer(help="Messages that do not count: list, show, retry, dismiss.", no_args_is_help=True)

SequenceArgument = Annotated[int, typer.Argument(help="The message's sequence.", min=1)]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides.", show_default="the user")]


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show the messages that wait for a decision.

    Example: `daybook quarantine list --json`
    """
    from services.ledger import quarantine

    found, wording = ask(data, lambda connection, _: quarantine.waiting(connection), lang)
    if as_json:
        print_json({"quarantined": [_shown(each) for each in found]})
        return
    heads = wording.headings("sequence", "recorded", "disposition", "event", "reason")
    rows = table(*heads, right=heads[:1])
    for each in found:
        event = f"{each.source}/{each.id}" if each.source else each.stream_subject
        disposition = wording.text(each.disposition)
        rows.add_row(str(each.sequence), wording.at(each.recorded_at), disposition, event, each.reason)
    show(rows)


@app.command("show")
def show_(
    sequence: SequenceArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Show one message whole, with the entry it conflicts with, and what was decided.

    Example: `daybook quarantine show 17`
    """
    from services.ledger import quarantine

    async def read(connection: "Connection", _: "Settings") -> dict[str, Any]:
        found = await quarantine.quarantined(connection, sequence)
        original = None if found.original is None else await quarantine.message(connection, found.original)
        decided = await quarantine.decisions(connection, sequence)
        return {
            **_shown(found),
            "message": _readable(found.message),
            "message_base64": base64.b64encode(found.message).decode(),
            "original_message": None if original is None else _readable(original),
            "decisions": [_decided(sequence, each) for each in decided],
        }

    answer, wording = ask(data, read, lang)
    if as_json:
        print_json(answer)
        return
    rows = table("", "")
    told = answer | {
        "recorded_at": wording.at(answer["recorded_at"]),
        "disposition": wording.text(answer["disposition"]),
    }
    for name, value in told.items():
        if name not in ("message_base64", "decisions") and value is not None:
            rows.add_row(wording.text(name), text(value))
    for each in answer["decisions"]:
        done = "sent again" if each["decision"] == "retry" else "dismissed"
        given = {name: each[name] for name in ("appended", "reason", "by")}
        rows.add_row(wording.at(each["decided_at"]), wording.text(done, **given))
    show(rows)


@app.command()
def retry(
    sequence: SequenceArgument,
    by: ByOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Send a message anew, by the rules of intake, now that it can be read.

    Example: `daybook quarantine retry 17`
    """
    from services.intake.resend import resend
    from services.ledger import quarantine

    settings = load(data, language=lang)
    where = endpoints(settings)
    decided = on_database(
        settings,
        lambda connection: quarantine.retry(
            connection, sequence, lambda event: resend(where, settings.stream, event), by or getuser()
        ),
    )
    if as_json:
        print_json(_decided(sequence, decided))
    else:
        say(Wording(settings.language).text("retried", sequence=sequence, appended=decided.appended))


@app.command()
def dismiss(
    sequence: SequenceArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why it is left out for good.")],
    by: ByOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Leave a message out for good. It stays in the journal, with the reason.

    Example: `daybook quarantine dismiss 17 --reason "test message of the telephony team"`
    """
    from services.ledger import quarantine

    settings = load(data, language=lang)
    decided = on_database(
        settings, lambda connection: quarantine.dismiss(connection, sequence, reason, by or getuser())
    )
    if as_json:
        print_json(_decided(sequence, decided))
    else:
        say(Wording(settings.language).text("left out", sequence=sequence))


def _shown(found: "Quarantined") -> dict[str, Any]:
    return {
        "sequence": found.sequence,
        "recorded_at": found.recorded_at.isoformat(),
        "disposition": found.disposition,
        "reason": found.reason,
        "source": found.source,
        "id": found.id,
        "type": found.type,
        "subject": found.subject,
        "original": found.original,
        "stream_subject": found.stream_subject,
        "bytes": len(found.message),
    }


def _decided(sequence: int, decided: "Decision") -> dict[str, Any]:
    return {
        "sequence": sequence,
        "decision": decided.decision,
        "decided_at": decided.decided_at.isoformat(),
        "by": decided.decided_by,
        "reason": decided.reason,
        "appended": decided.appended,
    }


def _readable(message: bytes) -> str:
    return message.decode("utf-8", "replace")
