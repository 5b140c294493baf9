"""`daybook status`: how far stream, recorder and lanes are."""

from textwrap import wrap
from typing import TYPE_CHECKING

from services.cli.context import DataOption, JsonOption, ask, text
from services.output import print_json, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import NotaryStatus, Status

LISTING = "select * from reporting.data_quality"
COUNTS_WIDTH = 100
"""Of a line of flags, in characters."""


def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Show the state of the ledger, and what waits for people.

    Example: `daybook status --json`
    """
    answer = ask(data, _question)
    if as_json:
        print_json(answer)
        return
    stream, behind = answer["stream"], [lane for lane in answer["lanes"] if lane["lag"] or lane["slow_subject"]]
    rows = table("", "", right=("",))
    rows.show_header = False
    last = stream["last_sequence"]
    rows.add_row(
        "stream", "NATS does not answer" if last is None else f"{last} messages, {text(stream['bytes'])} bytes"
    )
    if stream["max_bytes"]:
        rows.add_row("", f"of at most {stream['max_bytes']} bytes")
    rows.add_row("recorded", str(answer["recorded"]))
    rows.add_row("entries", str(answer["entries"]))
    rows.add_row("projected", str(min((lane["projected"] for lane in answer["lanes"]), default=0)))
    rows.add_row("in quarantine", str(answer["quarantined"]))
    rows.add_row("stale subjects", str(answer["stale"]))
    rows.add_row("flags", _flags(answer["flags"]))
    rows.add_row("generation", text(answer["generation"]))
    rows.add_row("signed", [str(answer["notary"]["signed"]), *_notary(answer["notary"])])
    show(rows)
    if behind:
        lanes = table("lane", "projected", "lag", "slow subject", right=("lane", "projected", "lag"))
        for lane in behind:
            slow = f"{lane['slow_subject']} ({lane['slow_s']:.1f} s)" if lane["slow_subject"] else ""
            lanes.add_row(str(lane["lane"]), str(lane["projected"]), str(lane["lag"]), text(slow))
        show(lanes)


def _flags(flags: dict[str, int]) -> str | list[str]:
    """Number of surprising entries that stand, of each kind, and the way to list them."""
    if not flags:
        return "0"
    counts = ", ".join(f"{flag} {number}" for flag, number in flags.items())
    return [f"{sum(flags.values())} to look at: {LISTING}", *wrap(counts, COUNTS_WIDTH)]


def _notary(notary: "NotaryStatus") -> list[str]:
    """Describe what is wrong with the notary; empty when nothing is."""
    if not notary["running"]:
        return ["no notary is at work: start one with `daybook serve notary`; its log and /ready say what keeps it"]
    return [] if notary["state"] == "signing" else [f"the notary is {notary['state']}: {notary['detail']}"]


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
