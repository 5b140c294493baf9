"""Surprising entries: a number used twice, a payment of an unknown invoice, a deal on an unknown playbook."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from projections.columns import EntrySequence, Label, Subject
from projections.replay.view import FlagRow
from projections.reports.report import ReportRow, Rows, source_of


@dataclass(frozen=True, slots=True)
class FlaggedEntry(ReportRow, key=("subject", "view", "flag", "entry")):
    """An entry of which something is surprising."""

    subject: Annotated[Subject, Label("对象", "subject")]
    """deal/<id> or account/<id>."""
    view: Annotated[str, Label("视图", "view")]
    """The view that found it; history for corrections and voids."""
    flag: Annotated[str, Label("异常", "flag")]
    """What was found, in one word, such as invoice_twice."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the surprising entry."""
    detail: Annotated[str | None, Label("说明", "detail")]
    """What is surprising about it, and what became of it."""
    id: Annotated[str, Label("事件编号", "id")]
    """CloudEvents id of the entry, unique for its source."""
    source: Annotated[str, Label("来源", "source")]
    """The system that sent the entry, and can correct or void it."""
    type: Annotated[str, Label("事件类型", "type")]
    """CloudEvents type of the entry."""
    occurred_at: Annotated[datetime, Label("发生时间", "occurred at")]
    """When it happened, as it was sent."""
    recorded_at: Annotated[datetime, Label("记录时间", "recorded at")]
    """When the ledger took it."""


data_quality = Rows(
    name="data_quality",
    title=Label("数据质量", "Data quality"),
    question=Label("哪些条目有异常？", "Which entries are surprising, and who sent them?"),
    comment="Entries of which something was surprising at as_of, as known at the sequence known_at. A flag holds from "
    "the time at which the entry became surprising until what it waited for came.",
    row=FlaggedEntry,
    source=source_of(FlagRow),
    order=("subject", "view", "flag", "entry"),
    defaults=False,
)
