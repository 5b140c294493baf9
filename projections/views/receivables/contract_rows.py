"""Rows of the payment terms of contracts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Days, DealId, EntrySequence, Label, Words
from projections.replay.view import Interval, Row

Trigger = Annotated[
    Literal["signing", "delivery", "acceptance", "invoice", "warranty_end", "date"],
    Words(signing="签订", delivery="到货", acceptance="验收", invoice="开票", warranty_end="质保期满", date="指定日期"),
]
BuyerKind = Annotated[
    Literal["public", "large_enterprise", "sme", "individual"],
    Words(public="机关事业单位", large_enterprise="大型企业", sme="中小企业", individual="个人"),
]


@dataclass(frozen=True, slots=True)
class ContractTermRow(
    Row, table="contract_term", key=("account", "contract", "place", "from_at"), valid=Interval(), counted=("currency",)
):
    """Payment terms of contracts over time. The retention is a term of its own, the last; a contract without terms has
    one without a name. The planned amounts of a contract add up to its amount if the shares add up to 100."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes under the contract."""
    contract: Annotated[str, Label("合同号", "contract")]
    """Contract number, without characters that nobody sees, unique per account."""
    place: Annotated[int, Label("序号", "place")]
    """Number of the term in the contract, from 1."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    term: Annotated[str, Label("付款条款", "term")]
    """Name of the term; `retention` for the retention, empty where no terms are agreed."""
    retention: Annotated[bool, Label("质保金", "retention")]
    """Mark of the share that is kept back until the warranty ends."""
    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal whose contract it is."""
    trigger: Annotated[Trigger | None, Label("付款条件", "trigger")]
    """Occasion that makes it payable; null where no terms are agreed."""
    share: Annotated[Decimal, Label("比例", "share")]
    """Part of the contract's amount, in per cent."""
    days: Annotated[Days | None, Label("账期天数", "days")]
    """Days between the trigger and the due day; null where none were agreed, and for the retention."""
    planned: Annotated[Amount, Label("计划金额", "planned")]
    """Contract's amount × share / 100, rounded half up; the last term takes the rest if the shares add up to 100."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    contract_amount: Annotated[Amount, Label("合同金额", "contract amount")]
    """Amount of the whole contract."""
    triggered_on: Annotated[date | None, Label("触发日", "triggered on")]
    """Day of the trigger, as far as contract and acceptances tell: of a delivery, an acceptance, the end of the
    warranty, or the day agreed. Null for `signing`, which is on the day of signed_at in the ledger's zone, and for
    `invoice`, which the table invoice tells."""
    due_on: Annotated[date | None, Label("到期日", "due on")]
    """triggered_on + days; null while either is unknown. Of a day agreed and of the retention the days may be left
    out."""
    signed_at: Annotated[datetime, Label("签订时间", "signed at")]
    """When the contract was signed."""
    delivered_on: Annotated[date | None, Label("到货日", "delivered on")]
    """Day of the delivery that counts for the term, or null."""
    accepted_on: Annotated[date | None, Label("验收日", "accepted on")]
    """Day of the acceptance that counts for the term, or null."""
    released: Annotated[Amount, Label("已释放质保金", "released")]
    """Part of the retention that the customer agrees to be payable; 0 for other terms."""
    sme_declared: Annotated[bool | None, Label("已声明中小企业", "SME declared")]
    """Mark that we told the buyer that we are a small or medium-sized enterprise (Order 802, article 3), or null."""
    buyer_kind: Annotated[BuyerKind | None, Label("采购方类型", "buyer kind")]
    """Kind of the buyer by law, or null where the contract does not say it."""
    late_rate_per_day: Annotated[Decimal | None, Label("逾期日利率", "late rate per day")]
    """Interest agreed for late payment, as a share of the sum for each day; null: the legal rate."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""

    def until(self, to_at: datetime) -> "ContractTermRow":
        """Return this row with its interval ended at `to_at`."""
        return replace(self, to_at=to_at)
