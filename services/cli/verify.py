"""`daybook verify`: journal against stream, views against a replay of the journal."""

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, counted, load, reading, text, wait_for
from services.cli.trusted_keys import KeyOption, trusted_keys
from services.endpoints import endpoints
from services.errors import DaybookError
from services.output import print_json, progress, say, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from services.query.shapes import Verification


def verify(
    deal: Annotated[str | None, typer.Option("--deal", help="Id of one deal to check alone.")] = None,
    key: KeyOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check everything: every message of the stream against the journal, byte by byte; every leaf hash; every signed
    head, wherever it is kept; every view against a replay of the journal, entry by entry. All of it at one sequence.

    Exit code 0: nothing differs. 1: something differs. 2: it could not be checked.

    Example: `daybook verify --deal D-1`
    """
    from services.notary.key import heads_path

    settings = load(data)
    try:
        answer = wait_for(_verify(settings, deal, key))
    except DaybookError:
        raise
    except Exception as error:
        raise _stopped(error) from error
    if as_json:
        print_json(answer)
    else:
        _show(answer, heads_path(settings))
    if not answer["ok"]:
        raise typer.Exit(1)


def _stopped(error: Exception) -> DaybookError:
    """Error that ended the check early: the first of several that were raised at once."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, DaybookError) else DaybookError(f"The check stopped: {error!r}")


async def _verify(settings: Settings, deal: str | None, key: str | None) -> "Verification":
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
                return await verify(
                    connection,
                    nc,
                    settings.stream,
                    bar,
                    deal=deal,
                    database_url=where.database_url,
                    workers=os.cpu_count() or 1,
                    signed=signed,
                )
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


def _show(answer: "Verification", heads: Path) -> None:
    from services.audit.differences import KINDS

    entries = f"{answer['entries']} {'entry' if answer['entries'] == 1 else 'entries'}"
    checked = f"{entries} and {counted(answer['subjects'], 'subject')} up to sequence {answer['sequence']}"
    if answer["heads"]:
        checked += f", beside {counted(answer['heads'], 'signed head')}"
    signed = _signed(answer, heads)
    if answer["ok"]:
        show(f"Nothing differs: {checked}.", signed)
        return
    kinds = table("number", "kind", "what it means", right=("number",))
    for kind, number in answer["counts"].items():
        kinds.add_row(str(number), kind, KINDS[kind])
    rows = table("kind", "sequence", "subject", "expected", "found", right=("sequence",))
    for each in answer["differences"]:
        rows.add_row(
            each["kind"], text(each["sequence"]), text(each["subject"]), text(each["expected"]), text(each["found"])
        )
    show(kinds, "The first of each kind:", rows, f"Checked {checked}.", signed)


def _signed(answer: "Verification", heads: Path) -> str:
    """Line about the part of the journal that heads vouch for, and the newest one in each place."""
    places = [
        f"no file {heads}" if rows is None else f"{place}: {rows or 'none'}" for place, rows in answer["signed"].items()
    ]
    covered = min(max(rows or 0 for rows in answer["signed"].values()), answer["sequence"])
    return f"Signed heads cover {covered} of {counted(answer['sequence'], 'row')} ({', '.join(places)})."
