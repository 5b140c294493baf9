"""Explanation of a deal's stage: which entry met which item, and what is missing.

`entered_at` goes by the evidence that counts at as_of, so it is later than the pipeline's `since` where the first of
several sufficient pieces of evidence was revoked: the deal kept its place, by what else there was.
"""

from collections.abc import Sequence

from projections.replay.entry import JournalEntry
from projections.replay.history import effective
from projections.replay.playbooks import Playbooks
from projections.views.stage_position.explain import ItemExplained, StageExplained
from projections.views.stage_position.explain import explain as explained
from services.errors import NotKnown
from services.ledger import journal
from services.ledger.journal import Connection
from services.query.history import check_known
from services.query.moment import Moment
from services.query.render import instant, instant_or_none, rate
from services.query.shapes import ExplainedItem, ExplainedStage, Explanation


async def explain(connection: Connection, deal: str, moment: Moment) -> Explanation:
    """Derived anew from the journal, by the same code that made the views. Raises NotKnown."""
    subject = f"deal/{deal}"
    await check_known(connection, subject, moment.known_at)
    history = await journal.history(connection, subject, moment.known_at)
    return explain_history(deal, history, await journal.playbooks(connection, moment.known_at), moment)


def explain_history(deal: str, history: Sequence[JournalEntry], playbooks: Playbooks, moment: Moment) -> Explanation:
    """Derived from a deal's history, wherever it comes from. Raises NotKnown."""
    found = explained(deal, effective(history, f"deal/{deal}").entries, playbooks, moment.as_of)
    if found is None:
        raise NotKnown(
            f"The deal {deal!r} was not opened by {instant(moment.as_of)}, as known at sequence {moment.known_at}. "
            "Its history shows what there is."
        )
    return Explanation(
        deal=deal,
        playbook=found.playbook,
        version=found.version,
        as_of=instant(moment.as_of),
        known_at=moment.known_at,
        stage=found.stage,
        phase=found.phase,
        probability=rate(found.probability),
        stages=[_stage(each) for each in found.stages],
        missing=list(found.missing),
    )


def _stage(stage: StageExplained) -> ExplainedStage:
    return ExplainedStage(
        stage=stage.stage,
        name_zh=stage.names.zh,
        name_en=stage.names.en,
        entered_at=instant_or_none(stage.entered_at),
        completed_at=instant_or_none(stage.completed_at),
        items=[_item(each) for each in stage.items],
        shown=[_item(each) for each in stage.shown],
    )


def _item(item: ItemExplained) -> ExplainedItem:
    return ExplainedItem(
        item=item.item,
        name_zh=item.names.zh if item.names else None,
        name_en=item.names.en if item.names else None,
        kind=item.kind,
        met_at=instant_or_none(item.met_at),
        by=list(item.by),
    )
