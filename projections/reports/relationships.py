"""Relationships: whom we know at an account or for a deal, and how well (seeds 002, 004: 决策链, 关系条件)."""

from dataclasses import dataclass
from typing import Annotated

from projections.columns import AccountId, DealId, Label, Rate, Texts
from projections.reports.report import Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AliasRow, ContactRow, RelationshipRow
from projections.views.customer.rows_of_people import MotivationOrNone, StanceOrNone
from projections.views.dealings.rows_of_people import DealContactRow, DealRelationshipRow
from projections.views.stage_position.rows import PositionRow


@dataclass(frozen=True, slots=True)
class RelationshipsRow(ReportRow, key=("contact",)):
    """One person."""

    contact: Annotated[str, Label("联系人", "contact")]
    """Id of the person."""
    roles: Annotated[Texts, Label("角色", "roles")]
    """handler, decision_maker, influencer, user; empty for a person who was judged and never recorded."""
    enterprise_need_product: Annotated[bool, Label("企业需求·产品", "enterprise need: product")]
    """The level of the company's needs is reached by our product."""
    enterprise_need_company: Annotated[bool, Label("企业需求·企业", "enterprise need: company")]
    """The level of the company's needs is reached by our company."""
    personal_need_product: Annotated[bool, Label("个人需求·产品", "personal need: product")]
    """The level of the person's needs is reached by our product."""
    personal_need_company: Annotated[bool, Label("个人需求·企业", "personal need: company")]
    """The level of the person's needs is reached by our company."""
    personal_bond_product: Annotated[bool, Label("个人情感·产品", "personal bond: product")]
    """The level of a personal bond is reached by our product."""
    personal_bond_company: Annotated[bool, Label("个人情感·企业", "personal bond: company")]
    """The level of a personal bond is reached by our company."""
    decision: Annotated[int | None, Label("决策", "decision")]
    """The person's weight in the decision, 0 to 3, as it was judged last; null before."""
    influence: Annotated[int | None, Label("影响", "influence")]
    """The person's weight with others, 0 to 3, as it was judged last; null before."""
    motivation: Annotated[MotivationOrNone, Label("激励", "motivation")]
    """organisational, personal or both, as it was judged last; null before."""
    stance: Annotated[StanceOrNone, Label("立场", "stance")]
    """supporter, neutral or opponent, as it was judged last; null before."""
    reports_to: Annotated[str | None, Label("直属上级", "reports to")]
    """Id of the person's superior."""


@dataclass(frozen=True, slots=True)
class RelationshipsTotals(ReportRow):
    """Shares of what could be reached."""

    role_coverage: Annotated[Rate | None, Label("角色覆盖", "role coverage")]
    """Roles that somebody plays among decision_maker, influencer and user ÷ 3; null without anybody."""
    cell_coverage: Annotated[Rate | None, Label("关系覆盖", "cell coverage")]
    """Cells reached ÷ (6 × persons); null without anybody."""
    decision_makers_reached: Annotated[Rate | None, Label("决策者触达", "decision makers reached")]
    """Decision makers with a cell reached ÷ decision makers; null without any."""


relationships = Snapshot(
    name="relationships",
    title=Label("客户关系", "Relationships"),
    question=Label("我们认识谁，关系多深？", "Whom do we know, and how well?"),
    comment="Persons at an account, or for a deal, at as_of, as known at the sequence known_at: exactly one of the two "
    "is given. Three levels (enterprise_need, personal_need, personal_bond) by two contents (product, company) "
    "make six cells; the latest judgement of each counts. An account has the persons of those merged into it, "
    "too, and those of its deals by entries that name no account. A deal has the persons of its account whose "
    "record names the deal or none, those recorded on it without an account, and those who were judged for it, "
    "with all their cells. Totals: role_coverage = distinct of decision_maker, influencer and user / 3; "
    "cell_coverage = cells reached / (6 * persons); decision_makers_reached = decision makers with any cell "
    "reached / decision makers.",
    filterable=(),
    row=RelationshipsRow,
    totals=RelationshipsTotals,
    parameters={
        "account": Parameter(AccountId, "Id of an account.", "A-0003", optional=True, names_column=True),
        "deal": Parameter(DealId, "Id of a deal, instead of an account.", "D-0003", optional=True, names_column=True),
    },
    one_of=("account", "deal"),
    reads=(
        source_of(ContactRow),
        source_of(RelationshipRow),
        source_of(DealContactRow),
        source_of(DealRelationshipRow),
        source_of(PositionRow),
        source_of(AliasRow),
    ),
    joins={name: {"contact": "contact"} for name in ("contact", "relationship", "deal_contact", "deal_relationship")},
    order=("contact",),
)
