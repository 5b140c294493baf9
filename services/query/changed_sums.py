"""Rows of reports that sum up many deals or invoices: which differ, and what moved into, out of or within them."""

from collections import defaultdict
from typing import Any, cast

from services.errors import NotKnown
from services.ledger.journal import Connection, Row
from services.query.ageing import ageing as ageing_at
from services.query.changed_rows import OPEN, Between, Changed, deals, items, movements, unapplied
from services.query.funnel import funnel as funnel_at
from services.query.pipeline import standing
from services.query.shapes import CurrencyAgeing, Funnel, PipelineDeal
from services.query.values import instant

_OUTCOME = ("open", "won", "lost", "abandoned", "won_amounts", "win_rate")


async def ageing(connection: Connection, between: Between) -> list[Changed]:
    """Lines of the ageing that differ, for each currency."""
    causes: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for item in await items(connection, between):
        for each in filter(None, (item.before, item.after)):
            causes[each["currency"], each["bucket"]].update(item.causes)
            if each["disputed"]:
                causes[each["currency"], "disputed"].update(item.causes)
    for part in await unapplied(connection, between):
        for said in filter(None, (part.before, part.after)):
            causes[said.currency, f"unapplied_{said.kind}"].update(part.causes)
            causes[said.currency, "unapplied"].update(part.causes)
    for movement in await movements(connection, between):
        causes[movement.either.currency, "balance"].update(movement.causes)
    before = (await ageing_at(connection, between.before))["currencies"]
    after = (await ageing_at(connection, between.after))["currencies"]
    return [
        Changed("ageing", {"currency": currency, "line": line}, was, now, causes[currency, line])
        for currency in sorted({*before, *after})
        for line in CurrencyAgeing.__annotations__
        if (was := _line(before.get(currency), line)) != (now := _line(after.get(currency), line))
    ]


async def funnel(connection: Connection, between: Between, playbook: str) -> list[Changed]:
    """Stages of the funnel that differ, and its outcome. Raises NotKnown."""

    def says(row: Row) -> PipelineDeal | None:
        return standing(row) if row["playbook"] == playbook else None

    after = await funnel_at(connection, playbook, between.after)
    before = await _before(connection, between, playbook)
    moved = await deals(connection, between, says)
    found = []
    for stage in dict.fromkeys(each["stage"] for each in (*after["stages"], *before["stages"])):
        was, now = _stage(before, stage), _stage(after, stage)
        if was != now:
            causes = {
                cause for way in moved if _adds(way.before, stage) != _adds(way.after, stage) for cause in way.causes
            }
            found.append(Changed("funnel", {"playbook": playbook, "stage": stage}, was, now, causes))
    ended, ends = _outcome(before), _outcome(after)
    if ended != ends:
        causes = {cause for way in moved if _end(way.before) != _end(way.after) for cause in way.causes}
        found.append(Changed("funnel", {"playbook": playbook, "line": "outcome"}, ended, ends, causes))
    return found


async def _before(connection: Connection, between: Between, playbook: str) -> Funnel:
    """The funnel as known at first; an empty one when nothing was known of the playbook yet."""
    try:
        return await funnel_at(connection, playbook, between.before)
    except NotKnown:
        return Funnel(
            playbook=playbook,
            as_of=instant(between.as_of),
            known_at=between.from_known,
            stages=[],
            open=0,
            won=0,
            lost=0,
            abandoned=0,
            won_amounts={},
            win_rate=None,
        )


def _line(lines: CurrencyAgeing | None, line: str) -> Any:
    return None if lines is None else cast("dict[str, Any]", lines)[line]


def _stage(answer: Funnel, stage: int | None) -> Any:
    return next((each for each in answer["stages"] if each["stage"] == stage), None)


def _outcome(answer: Funnel) -> dict[str, Any]:
    return {name: cast("dict[str, Any]", answer)[name] for name in _OUTCOME}


def _adds(deal: PipelineDeal | None, stage: int | None) -> tuple[Any, ...]:
    """What a deal adds to a stage of the funnel: while open with its amount, as entered, as completed."""
    if deal is None:
        return False, False, False
    at = deal["stage"]
    here = deal["status"] in OPEN and at == stage and (deal["amount"], deal["currency"])
    beyond = stage is not None and at is not None and at >= stage
    return here, beyond, beyond and (at != stage or deal["phase"] == "completed")


def _end(deal: PipelineDeal | None) -> tuple[Any, ...] | None:
    """What a deal adds to the funnel's outcome."""
    if deal is None:
        return None
    status = "open" if deal["status"] in OPEN else deal["status"]
    return status, status == "won" and (deal["amount"], deal["currency"])
