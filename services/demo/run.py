"""Runs the demo: sends the story, shows the reports that it leads to, and verifies the ledger."""

import shlex
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from projections.columns import column_of
from projections.reports.pipeline import StandingDeal
from services.demo import tour
from services.demo.cast import TODAY
from services.demo.facts import SOURCES
from services.demo.ledger import DemoLedger
from services.demo.notes import Notes, not_the_demos
from services.demo.story import Story
from services.errors import ServerFailed
from services.intake.client import IntakeClient
from services.ledger.publications import SOURCE as LEDGERS_OWN
from services.output import heading, progress, say, say_lines

WIDTH = 120
"""Of the headings."""
_LINES = 60
"""Lines of a deal's history that are shown."""
LATER = TODAY.isoformat()
"""The day that the reports are shown as of."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Events and seconds of a step."""

    step: str
    events: int
    seconds: float

    @property
    def per_second(self) -> int:
        """Events a second."""
        return round(self.events / self.seconds) if self.seconds else 0


def run(ledger: DemoLedger, notes: Notes, story: Story) -> list[Pace]:
    """Tell the story on a running ledger, unless it was told before, and show what can be seen of it.

    Raises DaybookError, for a ledger that holds what others sent before the story was told to its end too.
    """
    if notes.after is None:
        paces = _tell(ledger, story, notes)
    else:
        say(ledger.wording.text("demo told before", rows=f"{notes.after:,}"))
        paces = []
    _show(ledger, story, str(notes.before), str(notes.after))
    heading(ledger.wording.text("demo reports"), WIDTH)
    tour.show(ledger, story)
    heading(ledger.wording.text("demo compared"), WIDTH)
    started = time.monotonic()
    _command(ledger, "verify")
    checked = int(ledger.ask_json("status")["recorded"])
    paces.append(Pace("demo verify", checked, time.monotonic() - started))
    heading(ledger.wording.text("demo speed"), WIDTH)
    for pace in paces:
        figures = {"events": f"{pace.events:>7,}", "seconds": f"{pace.seconds:>7.2f}", "rate": f"{pace.per_second:>8,}"}
        say(ledger.wording.text("demo pace", step=f"{ledger.wording.text(pace.step):32}", **figures))
    return paces


def _tell(ledger: DemoLedger, story: Story, notes: Notes) -> list[Pace]:
    _check_sources(ledger, notes)
    clients = {each: IntakeClient(ledger.run["intake_url"], _token(ledger, each, notes)) for each in SOURCES}
    try:
        heading(ledger.wording.text("demo sends"), WIDTH)
        first = _send(ledger, clients, story.main)
        notes.before = notes.before or int(ledger.ask_json("status")["stream"]["last_sequence"])
        notes.write(ledger.data)
        heading(ledger.wording.text("demo sends later"), WIDTH)
        second = _send(ledger, clients, story.aftermath)
        notes.after = int(ledger.ask_json("status")["stream"]["last_sequence"])
        notes.write(ledger.data)
    finally:
        for client in clients.values():
            client.close()
    return [*first, *second]


def _check_sources(ledger: DemoLedger, notes: Notes) -> None:
    """Raises DaybookError where there is a source that the demo did not add."""
    if others := sorted(_sources(ledger) - notes.tokens.keys() - {LEDGERS_OWN}):
        raise not_the_demos(ledger.data, f"sources that the demo did not add ({', '.join(others)})")


def _sources(ledger: DemoLedger) -> set[str]:
    return {str(each["name"]) for each in ledger.ask_json("source", "list")["sources"]}


def _show(ledger: DemoLedger, story: Story, before: str, after: str) -> None:
    deal, wording = story.deal, ledger.wording
    heading(wording.text("demo funnel"), WIDTH)
    _command(ledger, "funnel", "project", "--as-of", LATER)
    heading(wording.text("demo owed"), WIDTH)
    _command(ledger, "ageing", "--as-of", LATER)
    heading(wording.text("demo deal", deal=deal), WIDTH)
    _command(ledger, "history", deal, "--as-of", LATER, most=_LINES)
    _command(ledger, "explain", deal, "--as-of", LATER)
    heading(wording.text("demo two times"), WIDTH)
    for as_of in (story.earlier.isoformat(), LATER):
        for known_at in (before, after):
            seen = ledger.get(f"/deals/{deal}/explain", as_of=as_of, known_at=known_at)
            stands = {name: seen[name] for name in ("stage", "probability")}
            phase = wording.word(column_of(StandingDeal, "phase"), seen["phase"]) if seen["phase"] else ""
            told = wording.text("demo stands", phase=phase, **stands)
            say(f"$ daybook explain {deal} --as-of {as_of} --known-at {known_at}: {told}")
    _command(
        ledger, "changes", "--as-of", LATER, "--from-known", before, "--to-known", after,
    )  # fmt: skip


def _send(ledger: DemoLedger, clients: dict[str, IntakeClient], events: Sequence[dict[str, Any]]) -> list[Pace]:
    """Month by month, each system sends its batch; then waits until every lane has taken all of it."""
    started = time.monotonic()
    highest = 0
    with progress() as bar:
        task = bar.add_task("sending", total=len(events))
        for source, batch in _batches(events):
            for receipt in clients[source].send(batch):
                if receipt.sequence is None:
                    raise ServerFailed(f"Intake refused an event of the story: {receipt.reason}")
                highest = max(highest, receipt.sequence)
            bar.advance(task, len(batch))
    sent = time.monotonic() - started
    ledger.wait_for(highest)
    shown = time.monotonic() - started
    count = len(events)
    say(ledger.wording.text("demo acknowledged", count=f"{count:,}", sequence=highest))
    return [Pace("demo send", count, sent), Pace("demo send and project", count, shown)]


def _batches(events: Sequence[dict[str, Any]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for _, month in groupby(events, key=lambda event: str(event["time"])[:7]):
        by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in month:
            by_source[str(event["source"])].append(event)
        yield from by_source.items()


def _token(ledger: DemoLedger, source: str, notes: Notes) -> str:
    """The token of one of the demo's sources, added when the demo has none; it is remembered."""
    kept = notes.tokens.get(source)
    if kept is not None:
        return kept
    begun = source in notes.tokens
    notes.tokens[source] = None
    notes.write(ledger.data)
    if begun and source in _sources(ledger):  # added by a demo that was killed before it had remembered the token
        token = str(ledger.ask_json("source", "rotate", source)["token"])
    else:
        token = str(ledger.ask_json("source", "add", source, "--events", SOURCES[source])["token"])
    notes.tokens[source] = token
    notes.write(ledger.data)
    return token


def _command(ledger: DemoLedger, *words: str, most: int | None = None) -> None:
    """Print a command and its output, or the beginning of it."""
    say(f"$ daybook {shlex.join(words)}", style="bold")
    lines = ledger.ask(*words).rstrip().splitlines()
    say_lines("\n".join(lines[:most]))
    if most is not None and len(lines) > most:
        say(ledger.wording.text("demo more lines", number=len(lines) - most))
