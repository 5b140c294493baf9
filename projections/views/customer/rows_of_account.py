"""Rows about accounts themselves: facts, grade, plan, and the account that one was merged into."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from projections.columns import AccountId, EntrySequence, Label, Person, Words
from projections.replay.view import Interval, Row

FactName = Annotated[
    Literal[
        "name",
        "industry",
        "region",
        "founded_year",
        "employees",
        "parent",
        "industry_phase",
        "competitors",
        "suppliers",
        "scope",
        "branches",
        "size_class",
        "standing",
        "life_phase",
        "profitability",
        "investment",
        "credit",
        "goals",
        "urgent_problem",
        "organisation",
        "intent",
        "buyer_kind",
        "gov_level",
        "policy_focus",
        "purchase_plan",
        "preferences",
        "info_source",
    ],
    Words(
        name="客户名称",
        industry="行业",
        region="地区",
        founded_year="成立年份",
        employees="员工人数",
        parent="上级公司",
        industry_phase="行业阶段",
        competitors="竞争对手",
        suppliers="供应商",
        scope="业务范围",
        branches="分支机构数",
        size_class="企业规模",
        standing="行业地位",
        life_phase="企业发展阶段",
        profitability="盈利状况",
        investment="投资状况",
        credit="信用",
        goals="经营目标",
        urgent_problem="迫切问题",
        organisation="组织与决策",
        intent="购买意向",
        buyer_kind="采购方类型",
        gov_level="政府层级",
        policy_focus="政策导向",
        purchase_plan="采购计划",
        preferences="偏好",
        info_source="信息来源",
    ),
]
Grade = Annotated[Literal["A", "B", "C", "D"], Words(A="A级", B="B级", C="C级", D="D级")]


@dataclass(frozen=True, slots=True)
class FactRow(
    Row,
    table="account_fact",
    key=("account", "fact", "from_at"),
    valid=Interval(),
    counted=("fact", "account", "segment"),
    past=("fact", "account"),
):
    """Facts about accounts over time. One row for each while it holds."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    fact: Annotated[FactName, Label("事实", "fact")]
    """Name of the fact: a field of account_registered or account_profiled."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it holds, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    value: Annotated[str, Label("内容", "value")]
    """The fact as text; a list as a JSON list of texts, which may be empty."""
    segment: Annotated[str | None, Label("分组值", "segment")]
    """The value, where accounts can be grouped by it: a word, a line or a number; null for lists and long texts."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that said so first."""


@dataclass(frozen=True, slots=True)
class GradeRow(
    Row,
    table="grade",
    key=("account", "from_at"),
    valid=Interval(),
    counted=("account", "grade"),
):
    """Grades of accounts by importance over time."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it holds, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    grade: Annotated[Grade, Label("等级", "grade")]
    """A to D, A being the most important."""
    potential: Annotated[int, Label("潜力评分", "potential")]
    """Potential of its purchases, 1 to 5."""
    standing: Annotated[int, Label("地位评分", "standing")]
    """Standing in its industry, 1 to 5."""
    strategic: Annotated[int, Label("战略意义", "strategic value")]
    """Strategic value beyond its purchases, 1 to 5."""
    method: Annotated[str, Label("方法", "method")]
    """Rule by which it was graded, and its version."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that graded it so first."""


@dataclass(frozen=True, slots=True)
class AccountPlanRow(
    Row,
    table="account_plan",
    key=("account", "period", "from_at"),
    valid=Interval(),
    face=False,
):
    """Plans for key accounts over time. The newest plan of a period counts."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    period: Annotated[str, Label("期间", "period")]
    """Year, quarter or month: 2026, 2026-Q1, 2026-03."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it holds, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    plan: Annotated[str, Label("计划名称", "plan")]
    """Name of the plan."""
    status: Annotated[str | None, Label("现状", "status")]
    """Present state of the business with the account."""
    potential: Annotated[str | None, Label("潜力", "potential")]
    """Sales that could be made."""
    strategy: Annotated[str | None, Label("策略", "strategy")]
    """Way to win them."""
    resources: Annotated[str | None, Label("资源", "resources")]
    """People and means that it takes."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The key-account manager."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that set it."""


@dataclass(frozen=True, slots=True)
class AliasRow(
    Row,
    table="account_alias",
    key=("account", "from_at"),
    valid=Interval(),
    counted=("account", "into_account"),
):
    """Accounts merged into another one over time. The latest merging of an account counts; accounts merged
    into each other are for reports to find."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account merged away."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    into_account: Annotated[AccountId, Label("并入客户", "merged into")]
    """Id of the account that goes on."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that merged it."""
