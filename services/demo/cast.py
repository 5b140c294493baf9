"""Cast of the demo: its days, our own people, and the sales processes with the share of deals that follows each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

BEGINNING = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
END = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
"""Nothing that happens later is told; plans and due dates may be later."""
TODAY = END.date()
"""The day that the reports are shown as of."""
LOOKED_AT = 3
"""Number of the deal that is worth a closer look, and of its account; D-0003 and A-0003 are the reports' examples."""
OPENED: Mapping[int, str] = {LOOKED_AT: "2026-01-07T09:00+00:00", LOOKED_AT + 1: "2025-10-20T09:00+00:00"}
"""When the deals of that account are opened: one is won before the other one begins."""
MODELS = range(1, 21)
"""Deals that go through their whole process, but for the one looked at."""

Kind = Literal["company", "public", "consumer", "partner"]

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "销售部": ("李雷", "韩梅梅", "王芳", "张伟", "刘洋"),
    "渠道部": ("赵敏", "黄磊"),
    "市场部": ("陈晨",),
    "售前技术部": ("周涛",),
    "售前部": ("徐静",),
    "研发部": ("吴昊",),
    "技术部": ("郑洁",),
    "法务部": ("孙莉",),
    "财务部": ("钱进",),
    "客服部": ("何静",),
    "交付部": ("林峰",),
}
"""Our people by department."""
DEPARTMENTS = {person: department for department, people in PEOPLE.items() for person in people}
DIRECTOR = "销售总监"
CLERKS = {"marketing": "陈晨", "service": "何静", "finance": "钱进", "billing": "钱进", "operations": DIRECTOR}
"""People in whose name some systems send; in the bank's nobody acts, in the other systems the deal's owner."""

Term = tuple[str, str, int | None]
"""Trigger that makes an instalment payable, which is its name too; its share in per cent; days to pay, if agreed."""
_INSTALMENTS: tuple[Term, ...] = (("signing", "30", 7), ("delivery", "60", 30), ("acceptance", "7", 30))
_PUBLIC: tuple[Term, ...] = (("signing", "10", 15), ("delivery", "60", None), ("acceptance", "27.5", 90))
_HALVES: tuple[Term, ...] = (("signing", "50", 7), ("delivery", "50", 30))


@dataclass(frozen=True, slots=True)
class Process:
    """A sales process, and the deals that follow it."""

    playbook: str
    version: int
    deals: int
    """Deals of every twenty."""
    customers: Kind
    sellers: str
    """Department of the owners."""
    thousands: tuple[int, int]
    """Least and most that a deal is worth."""
    wins: int
    """Stage by which the deal is won."""
    terms: tuple[Term, ...] = ()
    retention: str = "0"


MIX: tuple[Process, ...] = (
    Process("project", 2, 5, "company", "销售部", (100, 2000), 8, _INSTALMENTS, "3"),
    Process("project", 1, 3, "company", "销售部", (100, 2000), 8, _INSTALMENTS, "3"),
    Process("government", 1, 3, "public", "销售部", (200, 3000), 5, _PUBLIC, "2.5"),
    Process("b2b", 1, 3, "company", "销售部", (50, 500), 5, _HALVES),
    Process("b2c", 1, 2, "consumer", "销售部", (2, 20), 3, (("signing", "100", 0),)),
    Process("channel", 1, 1, "partner", "渠道部", (100, 800), 5, _HALVES),
    Process("four_band", 1, 1, "company", "销售部", (20, 200), 4, _HALVES),
    Process("crm_claims", 1, 2, "company", "销售部", (20, 300), 2),
)
_TWENTY = [process for process in MIX for _ in range(process.deals)]


def process_of(number: int) -> Process:
    """The sales process of a deal; twenty deals in turn follow all of them."""
    return _TWENTY[(number - 1) % len(_TWENTY)]


def day(at: datetime) -> str:
    """The day of an instant, as events write it."""
    return at.date().isoformat()


def in_days(days: int) -> date:
    """A day after the story's last one."""
    return date.fromordinal(TODAY.toordinal() + days)
