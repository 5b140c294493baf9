"""Parts of an account's state that rows show: invoices, unapplied amounts, promises and terms of contracts."""

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from projections.replay.view import RowKey
from projections.views.receivables.collection_rows import PromiseRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.rows import ItemRow, UnappliedRow

R = TypeVar("R", ItemRow, UnappliedRow, PromiseRow, ContractTermRow)


@dataclass(slots=True)
class Shown(Generic[R]):
    """Part of the state that has one row at a time, for the interval in which it stays as it is."""

    shown: R | None = field(default=None, kw_only=True)
    """The row that is now open-ended."""

    @abstractmethod
    def row_key(self, account: str, from_at: datetime) -> RowKey:
        """Key of the row that begins at an instant."""

    @abstractmethod
    def row(self, account: str, from_at: datetime, entry: int) -> R | None:
        """Row that shows the part as it stands; None where it has none."""

    @abstractmethod
    def stands_as(self, shown: R) -> bool:
        """Tell if the part still stands as a row shows it."""
