"""`daybook verify`: journal against stream, views against a replay of the journal."""

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, reading, text, wait_for, wording_of
from services.cli.trusted_keys import KeyOption, trusted_keys
from services.endpoints import endpoints
from services.errors import DaybookError
from services.output import print_json, progress, say, show, table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from services.query.shapes import Verification


def verify(
    deal: Annotated[str | None, typer.Option("--deal", help="Id of one deal to check alone.")] = None,
    key: KeyOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Check everything: every message of the stream against the journal, byte by byte; every leaf hash; every signed
    head, wherever it is kept; every view against a replay of the journal, entry by entry. All of it at one sequence.

    Exit code 0: nothing differs. 1: something differs. 2: it could not be checked.

    Example: `daybook verify --deal D-1`
    """
    from services.notary.key import heads_path

    settings = load(data, language=lang)
    try:
        answer, wording = wait_for(_verify(settings, deal, key))
    except DaybookError:
        raise
    except Exception as error:
        raise _stopped(error) from error
    if as_json:
        print_json(answer)
    else:
        _show(answer, heads_path(settings), wording)
    if not answer["ok"]:
        raise typer.Exit(1)


def _stopped(error: Exception) -> DaybookError:
    """Error that ended the check early: the first of several that were raised at once."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, DaybookError) else DaybookError(f"The check stopped: {error!r}")


async def _verify(settings: Settings, deal: str | None, key: str | None) -> "tuple[Verification, Wording]":
    from services.audit.tree_heads import Signed
    from services.audit.verify import verify
    from services.nats import connection as stream_connection
    from services.notary.key import heads_path

    gc.set_threshold(50_000, 20, 100)  # replays hold no cycles; looking for them costs a tenth of the time
    where = endpoints(settings)
    nc = await stream_connection.connect_following(where.nats_url, "verify")
    try:
        async with reading(settings) as connection:
            signed = Signed(
                await trusted_keys(settings, connection, key), heads_path(settings), required=key is not None
            )
            with _Bar() as bar:
                answer = await verify(
                    connection,
                    nc,
                    settings.stream,
                    bar,
                    deal=deal,
                    database_url=where.database_url,
                    workers=os.cpu_count() or 1,
                    signed=signed,
                )
            return answer, await wording_of(settings, connection)
    finally:
        await nc.close()


class _Bar:
    """Progress on standard error; nothing but notes where that is no terminal."""

    def __init__(self) -> None:
        self._progress = progress()
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begins(self, step: str, total: int) -> None:
        self._tasks[step] = self._progress.add_task(step, total=total)

    def advances(self, step: str, parts: int) -> None:
        self._progress.advance(self._tasks[step], parts)

    def notes(self, text: str) -> None:
        say(text, err=True)


def _show(answer: "Verification", heads: Path, wording: Wording) -> None:
    from services.audit.differences import KINDS

    counts = {name: wording.text(name, number=answer[name]) for name in ("entries", "subjects", "heads")}
    checked = wording.text("checked", sequence=answer["sequence"], **counts)
    if answer["heads"]:
        checked = wording.text("checked with heads", checked=checked, heads=counts["heads"])
    signed = _signed(answer, heads, wording)
    if answer["ok"]:
        show(wording.text("nothing differs", checked=checked), signed)
        return
    kinds = table(*wording.headings("number", "kind", "what it means"), right=wording.headings("number"))
    for kind, number in answer["counts"].items():
        kinds.add_row(str(number), kind, wording.told(KINDS[kind]))
    heading = wording.headings("kind", "sequence", "subject", "expected", "found")
    rows = table(*heading, right=heading[1:2])
    for each in answer["differences"]:
        rows.add_row(
            each["kind"],
            text(each["sequence"]),
            text(each["subject"]),
            wording.instants(text(each["expected"])),
            wording.instants(text(each["found"])),
        )
    show(kinds, wording.text("first of each kind"), rows, wording.text("checked all", checked=checked), signed)


def _signed(answer: "Verification", heads: Path, wording: Wording) -> str:
    """Line about the part of the journal that heads vouch for, and the newest one in each place."""
    places = [
        wording.text("no file", file=heads) if rows is None else f"{place}: {rows or wording.text('none')}"
        for place, rows in answer["signed"].items()
    ]
    covered = min(max(rows or 0 for rows in answer["signed"].values()), answer["sequence"])
    return wording.text("heads cover", covered=covered, number=answer["sequence"], places=", ".join(places))
