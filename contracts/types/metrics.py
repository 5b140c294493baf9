"""Metrics that targets are set for, by events and by playbooks. Their formulas are those of the report `targets`."""

from typing import Literal

Metric = Literal[
    "deals_opened",
    "deals_completed",
    "completion_rate",
    "median_stay_days",
    "median_wait_days",
    "median_work_days",
    "call_to_meeting_rate",
    "visits_with_appointment",
    "discount_rate",
    "signed_amount",
    "collected_amount",
    "net_invoiced",
    "collection_rate",
    "days_to_collect",
    "satisfaction_mean",
    "referrals",
]
"""Figure that a target is set for."""

MONEY_METRICS: frozenset[Metric] = frozenset({"signed_amount", "collected_amount", "net_invoiced"})
"""Metrics that are amounts: a target for one has a currency."""
