"""Rows of the customer tables, in the order in which readers find them.

Rows of intervals have their columns in one order, by which `Step.show` makes them: those of the key, to_at, what is
said, entry.
"""

from projections.views.customer.rows_of_account import AccountPlanRow, AliasRow, FactRow, GradeRow
from projections.views.customer.rows_of_people import ContactRow, ReferralRow, RelationshipRow
from projections.views.customer.rows_of_touches import CaseRow, TodoRow, TouchRow

Standing = FactRow | GradeRow | ContactRow | RelationshipRow | CaseRow | AccountPlanRow | TodoRow | AliasRow
"""Rows of intervals."""
TABLES = (
    FactRow,
    GradeRow,
    ContactRow,
    RelationshipRow,
    TouchRow,
    CaseRow,
    ReferralRow,
    AccountPlanRow,
    TodoRow,
    AliasRow,
)

__all__ = [
    "TABLES",
    "AccountPlanRow",
    "AliasRow",
    "CaseRow",
    "ContactRow",
    "FactRow",
    "GradeRow",
    "ReferralRow",
    "RelationshipRow",
    "Standing",
    "TodoRow",
    "TouchRow",
]
