"""`daybook status`: how far stream, recorder and lanes are."""

from textwrap import wrap
from typing import TYPE_CHECKING

from services.cli.context import DataOption, JsonOption, LanguageOption, ask, text
from services.output import Cell, print_json, show, table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import NotaryStatus, Status

LISTING = "daybook report data_quality --checks flags"
COUNTS_WIDTH = 100
"""Of a line of flags, in characters."""


def status(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show the state of the ledger, and what waits for people.

    Example: `daybook status --json`
    """
    answer, wording = ask(data, _question, lang)
    if as_json:
        print_json(answer)
        return
    stream, behind = answer["stream"], [lane for lane in answer["lanes"] if lane["lag"] or lane["slow_subject"]]
    last = stream["last_sequence"]
    holds = [
        wording.text("stream away")
        if last is None
        else wording.text("stream holds", number=last, bytes=text(stream["bytes"])),
        *([wording.text("stream limit", bytes=stream["max_bytes"])] if stream["max_bytes"] else []),
    ]
    told: dict[str, Cell] = {
        "stream": holds,
        "recorded": str(answer["recorded"]),
        "entries": str(answer["entries"]),
        "projected": str(min((lane["projected"] for lane in answer["lanes"]), default=0)),
        "quarantined": str(answer["quarantined"]),
        "stale": str(answer["stale"]),
        "flags": _flags(answer["flags"], wording),
        "generation": text(answer["generation"]),
        "signed": [str(answer["notary"]["signed"]), *_notary(answer["notary"], wording)],
    }
    rows = table("", "", right=("",))
    rows.show_header = False
    for name, cell in told.items():
        rows.add_row(wording.text(f"status.{name}"), cell)
    show(rows)
    if behind:
        heads = wording.headings("lane", "projected", "lag", "slow subject")
        lanes = table(*heads, right=heads[:3])
        for lane in behind:
            slow = f"{lane['slow_subject']} ({lane['slow_s']:.1f} s)" if lane["slow_subject"] else ""
            lanes.add_row(str(lane["lane"]), str(lane["projected"]), str(lane["lag"]), text(slow))
        show(lanes)


def _flags(flags: dict[str, int], wording: Wording) -> str | list[str]:
    """Number of surprising entries that stand, of each kind, and the way to list them."""
    if not flags:
        return "0"
    counts = ", ".join(f"{flag} {number}" for flag, number in flags.items())
    stand = wording.text("flags stand", number=sum(flags.values()), listing=LISTING)
    return [stand, *wrap(counts, COUNTS_WIDTH)]


def _notary(notary: "NotaryStatus", wording: Wording) -> list[str]:
    """Describe what is wrong with the notary; empty when nothing is."""
    if not notary["running"]:
        return [wording.text("no notary")]
    told = {name: notary[name] for name in ("state", "detail")}
    return [] if notary["state"] == "signing" else [wording.text("notary is", **told)]


async def _question(connection: "Connection", settings: Settings) -> "Status":
    from services.endpoints import endpoints
    from services.errors import Unavailable
    from services.nats import connection as stream_connection
    from services.query.status import status as report

    try:
        nc = await stream_connection.connect(endpoints(settings).nats_url, "status")
    except Unavailable:
        return await report(connection, None, settings.stream)
    try:
        return await report(connection, nc, settings.stream)
    finally:
        await nc.close()
