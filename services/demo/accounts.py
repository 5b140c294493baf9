"""Customers' accounts of the demo, with the facts of their profiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.demo.cast import Kind


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's account."""

    number: int
    kind: Kind
    name: str
    region: str
    trade: str

    @property
    def id(self) -> str:
        """Id of the account."""
        return f"A-{self.number:04d}"

    @property
    def subject(self) -> str:
        """Subject of the account's events."""
        return f"account/{self.id}"

    def contact(self, place: int) -> str:
        """Id of one of its people; the first is who deals with us."""
        return f"P-{self.number:04d}-{place}"


_PLACES = (("杭州", "华东"), ("广州", "华南"), ("成都", "西南"), ("武汉", "华中"), ("沈阳", "东北"), ("西安", "西北"))
_TRADES = ("装备制造", "化工", "水务", "物流", "医药")
_BUREAUS = ("水务局", "教育局", "交通局", "卫健委", "城管局")
_NUMBERS: Mapping[Kind, range] = {
    "company": range(1, 17), "public": range(17, 27), "consumer": range(27, 37), "partner": range(37, 41),
}  # fmt: skip


def _customer(number: int, kind: Kind) -> Customer:
    place, region = _PLACES[number % len(_PLACES)]
    trade = "政务" if kind == "public" else "零售" if kind == "consumer" else _TRADES[number % len(_TRADES)]
    names = {
        "company": f"{place}{trade}公司 {number}",
        "public": f"{place}市{_BUREAUS[number % len(_BUREAUS)]} {number}",
        "consumer": f"{place}顾客 {number}",
        "partner": f"{place}渠道商 {number}",
    }
    return Customer(number, kind, names[kind], region, trade)


CUSTOMERS: Mapping[Kind, tuple[Customer, ...]] = {
    kind: tuple(_customer(number, kind) for number in numbers) for kind, numbers in _NUMBERS.items()
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "industry_phase": ("growing", "mature", "new", "declining"),
    "scope": ("national", "regional", "local", "multinational", "regional"),
    "size_class": ("large", "medium", "small"),
    "standing": ("leader", "major", "follower", "niche"),
    "life_phase": ("growth", "maturity", "startup"),
    "profitability": ("profitable", "strong", "break_even", "loss"),
    "investment": ("expanding", "stable", "shrinking"),
    "credit": ("a", "b", "b", "c"),
    "intent": ("high", "medium", "low"),
    "info_source": ("website", "association", "annual_report"),
}
_BUYERS = {"company": "large_enterprise", "public": "public", "consumer": "individual", "partner": "sme"}


def profile(customer: Customer) -> dict[str, Any]:
    """Facts of an account's profile."""
    told: dict[str, Any] = {name: words[customer.number % len(words)] for name, words in _WORDS.items()}
    told |= {
        "industry": customer.trade, "region": customer.region, "buyer_kind": _BUYERS[customer.kind],
        "employees": 40 + customer.number * 35, "urgent_problem": "人工成本高",
    }  # fmt: skip
    if customer.kind == "public":
        level = ("municipal", "provincial", "county")[customer.number % 3]
        told |= {"gov_level": level, "policy_focus": "数字政府", "purchase_plan": "2026年度采购计划第三批"}
    return told
