"""Purchase track: our sales stage beside the customer's purchasing stage (seed 004: 同步, 追赶, 放弃)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import Days, DealId, EntrySequence, Label, Person, PlaybookKey, StageNumber, Words
from projections.reports.report import PLAYBOOK_STAGE, Parameter, ReportRow, Snapshot, source_of
from projections.views.dealings.rows import PurchaseStageRow
from projections.views.stage_position.rows import PositionRow

Verdict = Annotated[
    Literal["unknown", "review", "catch_up", "behind", "ahead", "in_sync"],
    Words(unknown="未知", review="评估是否放弃", catch_up="追赶", behind="落后", ahead="超前", in_sync="同步"),
]


@dataclass(frozen=True, slots=True)
class TrackRow(ReportRow, key=("deal",)):
    """One deal."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    ours: Annotated[int, Label("我方位置", "ours")]
    """Number of the customer's purchasing stage that stands beside the last stage of ours that is entered; 0 before
    the first."""
    customer: Annotated[StageNumber | None, Label("客户采购阶段", "customer")]
    """Number of the purchasing stage at which the customer was last observed; null when it never was."""
    gap: Annotated[int | None, Label("差距", "gap")]
    """customer - ours; null when the customer was never observed."""
    verdict: Annotated[Verdict, Label("判断", "verdict")]
    """unknown, review (whether to give up), catch_up, behind, ahead or in_sync, by the playbook's thresholds."""
    reason: Annotated[str, Label("理由（英文）", "reason")]
    """Reason of the verdict, with the numbers."""
    observed_on: Annotated[date | None, Label("观察日期", "observed on")]
    """Day of the observation, in the ledger's zone."""
    observed_days_ago: Annotated[Days | None, Label("观察距今天数", "observed days ago")]
    """as_of's day less that of the observation."""
    entry: Annotated[EntrySequence | None, Label("条目", "entry")]
    """Sequence of the entry that observed it."""
    reason_zh: Annotated[str, Label("理由", "reason (zh)")]
    """The reason in Chinese."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answers for the deal."""


purchase_track = Snapshot(
    name="purchase_track",
    title=Label("双轨对照", "Purchase track"),
    question=Label(
        "销售进度与客户采购进度是同步、需追赶，还是应放弃？",
        "Are we in step with the customer's purchasing, have we to catch up, or to give up?",
    ),
    comment="Deals open or on hold at as_of, as known at the sequence known_at, whose version of the playbook sets "
    "stages beside the customer's (thresholds are those of its track, or else of eight purchasing stages). gap is the "
    "customer's purchasing stage last observed less the one beside the last stage that we have entered. The first rule "
    "that holds decides: never observed, or longer ago than unknown_after_days: unknown; gap from review on, or the "
    "customer from tender on and we below tender_needs: review; from catch_up on: catch_up; from behind on: behind; "
    "below 0: ahead; else in_sync. A person gives a deal up, never this report.",
    row=TrackRow,
    parameters={
        "playbook": Parameter(
            PlaybookKey, "Key of the playbook. Default: all.", "project", optional=True, names_column=True
        )
    },
    reads=(source_of(PositionRow), source_of(PurchaseStageRow), PLAYBOOK_STAGE),
    joins={"stage_position": {"deal": "deal"}, "purchase_stage": {"deal": "deal"}},
    order=("deal",),
)
