"""Customers: what is known of accounts and their people, what passed between us, and what is planned."""

from projections.replay.view import FlagRow, View
from projections.views.customer.fold import Handled, evolve, partition_keys, row
from projections.views.customer.rows import (
    TABLES,
    AccountPlanRow,
    AliasRow,
    CaseRow,
    ContactRow,
    FactRow,
    GradeRow,
    ReferralRow,
    RelationshipRow,
    TodoRow,
    TouchRow,
)
from projections.views.customer.state import Account
from projections.views.customer.step import VIEW

customer: View[Account] = View(
    name=VIEW,
    version=1,
    kind="account",
    handles=Handled,
    tables=(*TABLES, FlagRow),
    initial=Account,
    evolve=evolve,
    row=row,
    partition_keys=partition_keys,
    merge=Account.join,
)

__all__ = [
    "AccountPlanRow",
    "AliasRow",
    "CaseRow",
    "ContactRow",
    "FactRow",
    "GradeRow",
    "ReferralRow",
    "RelationshipRow",
    "TodoRow",
    "TouchRow",
    "customer",
]
