"""`daybook reconcile`: the stream beside the journal, and put right if that is wanted."""

from functools import partial
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, ask, load, wait_for
from services.cli.progress import Bar
from services.endpoints import endpoints
from services.errors import BadRequest
from services.output import print_json, say_lines, show, table
from services.settings import Settings
from services.texts import Language
from services.wording import Wording

if TYPE_CHECKING:
    from services.reconcile.plan import Moved
    from services.reconcile.reconcile import Reconciled
    from services.reconcile.records import Past

_MAX = 20
"""So many runs of numbers are shown to people; --json has all."""


def reconcile(
    apply: Annotated[bool, typer.Option("--apply", help="Put it right. Without: look, and change nothing.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="With --apply: what happened to the stream.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who has it done.", show_default="the user")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show what was done before instead.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Compare the stream with the journal, message by message, and bring it back to what the journal holds.

    For a stream that was rewound, restored from an older state, damaged, replaced or removed: the recorder has stopped
    and says so. Sequence, time and hash of what is recorded never change. Messages that the journal does not know are
    kept, and follow at its end. Until that is done nothing is taken from senders: they are told to come again.
    Interrupted, run it again. No recorder may be at work. Where `daybook up` does not run, the embedded servers are
    started for as long as it takes.

    Exit code 0: nothing differs, or it was put right. 1: something differs, and nothing was done. 2: it could not be
    compared or put right.

    Example: `daybook reconcile`, then `daybook reconcile --apply --reason "restored the disk of Tuesday"`
    """
    settings = load(data, language=lang)
    if list_:
        _list(data, as_json, lang)
        return
    if apply and not (reason and reason.strip()):
        raise BadRequest("Say what happened to the stream: --reason. It is kept with what is done.")
    done = wait_for(_reconcile(settings, apply, by or getuser(), reason or ""))
    action = str(done.look.action)
    if as_json:
        print_json(document(done))
    else:
        _show(done, action, Wording(settings.language))
    if action != "none" and not done.applied:
        raise typer.Exit(1)


async def _reconcile(settings: Settings, apply: bool, by: str, reason: str) -> "Reconciled":
    from services.embedded.exclusive_servers import servers
    from services.reconcile import reconcile

    if settings.embedded and not (settings.data / "postgres").is_dir():
        endpoints(settings)  # raises: nothing is made where there is nothing
    async with servers(settings, "reconcile", partial(say_lines, err=True)) as where:
        with Bar() as bar:
            if not apply:
                return await reconcile.look(settings, where, bar)
            return await reconcile.apply(settings, where, bar, by=by, reason=reason)


def _show(done: "Reconciled", action: str, wording: Wording) -> None:
    comparison = done.look.comparison
    show(wording.text(f"reconciled {action}") if done.applied else wording.text(f"to reconcile {action}"))
    if words := comparison.words():
        of = max(comparison.must_hold, comparison.last_sequence)
        show(wording.text("of messages", messages=wording.text("messages", number=of), words=words))
    if (rows := done.look.recorded_ahead) is not None:
        show(wording.text("recorded ahead", rows=_run(rows)))
    if done.moved:
        show(wording.text("not in the journal"), _numbers(done.moved, wording))
    if comparison.lost and done.look.found is not None and done.look.found.copies > 1:
        show(wording.text("leading copy"))
    elif comparison.lost:
        show(wording.text("lost"))
    if action != "none" and not done.applied:
        show(wording.text("nothing changed"))


def _numbers(moved: "list[Moved]", wording: Wording) -> Any:
    heads = wording.headings("number", "new number", "messages moved")
    rows = table(*heads, right=heads)
    for each in moved[:_MAX]:
        rows.add_row(_run(each.old), _run(each.new), str(each.old[1] - each.old[0] + 1))
    if len(moved) > _MAX:
        rows.add_row("…", "…", wording.text("more runs", number=len(moved) - _MAX))
    return rows


def _run(run: tuple[int, int]) -> str:
    return str(run[0]) if run[0] == run[1] else f"{run[0]}-{run[1]}"


def _list(data: Path | None, as_json: bool, lang: Language | None) -> None:
    from services.reconcile.records import past

    found, wording = ask(data, lambda connection, _: past(connection), lang)
    if as_json:
        print_json({"reconciliations": [_past(each) for each in found]})
        return
    heads = wording.headings("number", "begun", "ended", "by", "reason", "found by it", "moved")
    rows = table(*heads, right=(heads[0], heads[-1]))
    for each in found:
        ended = wording.at(each.ended_at) or wording.text("not finished")
        moved = sum(one.old[1] - one.old[0] + 1 for one in each.moved)
        begun = wording.at(each.begun_at)
        rows.add_row(str(each.number), begun, ended, each.begun_by, each.reason, each.found, str(moved))
    show(rows)


def document(done: "Reconciled") -> dict[str, Any]:
    """Describe what a reconciliation found and did, for programs. Runs of sequences are pairs: first and last."""
    look, comparison = done.look, done.look.comparison
    return {
        "action": str(look.action),
        "applied": done.applied,
        "recorded": look.ours.recorded,
        "last_sequence": None if look.found is None else look.found.last_sequence,
        "missing": comparison.missing,
        "other": comparison.other,
        "retimed": comparison.retimed,
        "lost": comparison.lost,
        "unrecorded": comparison.beyond,
        "to_come": comparison.to_come,
        "recorded_ahead": look.recorded_ahead,
        "moved": [{"old": each.old, "new": each.new} for each in done.moved],
    }


def _past(each: "Past") -> dict[str, Any]:
    def told(at: Any) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "number": each.number,
        "begun_at": told(each.begun_at),
        "ended_at": told(each.ended_at),
        "by": each.begun_by,
        "reason": each.reason,
        "found": each.found,
        "recorded": each.recorded,
        "old_stream_created_at": told(each.old_stream_created_at),
        "stream_created_at": told(each.stream_created_at),
        "moved": [{"old": one.old, "new": one.new} for one in each.moved],
    }
