"""Shapes of the answers in JSON: over HTTP and with `--json`. Other programs rely on these names.

Amounts are decimal strings with the decimals of their currency, rates decimal strings with four; times are ISO 8601
with offset, in UTC; what is unknown or does not exist is null.
"""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, create_model
from typing_extensions import TypedDict

from projections.columns import Column, columns_of
from projections.replay.rulebook import NeedKind
from projections.reports.report import Report


class PipelineDeal(TypedDict):
    """Position of one deal."""

    deal: str
    playbook: str
    version: int | None
    stage: int | None
    phase: Literal["entered", "completed"] | None
    status: str
    probability: str
    amount: str | None
    currency: str | None
    owner: str | None
    account: str | None
    since: str | None
    stale: bool


class Pipeline(TypedDict):
    """Deals that are open or on hold, ordered by deal."""

    as_of: str
    known_at: int
    deals: list[PipelineDeal]


class Deal(PipelineDeal):
    """Position of a deal, whatever its status."""

    as_of: str
    known_at: int


class SimulatedDeal(TypedDict):
    """Position of a deal as it is, and as a draft of its playbook would have it."""

    deal: str
    version: int | None
    status: str
    amount: str | None
    currency: str | None
    owner: str | None
    stage_before: int | None
    stage_after: int | None
    phase_before: Literal["entered", "completed"] | None
    phase_after: Literal["entered", "completed"] | None
    probability_before: str
    probability_after: str
    weighted_before: str | None
    weighted_after: str | None
    orphaned: list[str]


class SimulatedTotal(TypedDict):
    """Open deals with an amount in one currency, and the sums of their amounts times probability."""

    deals: int
    weighted_before: str
    weighted_after: str


class OrphanedItem(TypedDict):
    """Item that evidence names and a draft lacks, with the number of deals; `commitment/2` for that of stage 2."""

    item: str
    deals: int


class Simulation(TypedDict):
    """Deals of a playbook under a draft. `deals` are those that would stand elsewhere, unless all were asked for."""

    playbook: str
    version: int
    as_of: str
    known_at: int
    judged: int
    changed: int
    deals: list[SimulatedDeal]
    totals: dict[str, SimulatedTotal]
    orphaned: list[OrphanedItem]
    stale: list[str]


class FunnelStage(TypedDict):
    """One stage; `stage` null holds the open deals before the first."""

    stage: int | None
    open: int
    entered: int
    completed: int
    amounts: dict[str, str]


class Funnel(TypedDict):
    """Funnel of a playbook's deals. `win_rate` is won / (won + lost)."""

    playbook: str
    as_of: str
    known_at: int
    stages: list[FunnelStage]
    open: int
    won: int
    lost: int
    abandoned: int
    won_amounts: dict[str, str]
    win_rate: str | None


class Bucket(TypedDict):
    """Number of invoices, and what is still owed on them."""

    items: int
    amount: str


CurrencyAgeing = TypedDict(
    "CurrencyAgeing",
    {
        "not_due": Bucket,
        "1-30": Bucket,
        "31-60": Bucket,
        "61-90": Bucket,
        "over_90": Bucket,
        "disputed": Bucket,
        "unapplied_cash": str,
        "unapplied_credit": str,
        "unapplied": str,
        "balance": str,
    },
)
"""Days past due; `disputed` is in the buckets too. Buckets less `unapplied` are the `balance`."""


class Ageing(TypedDict):
    """Amounts owed in each currency, by how long they are past due."""

    as_of: str
    known_at: int
    currencies: dict[str, CurrencyAgeing]


class OpenItem(TypedDict):
    """An invoice on which something is still owed."""

    account: str
    invoice: str
    deal: str | None
    currency: str
    amount: str
    open_amount: str
    due_on: str
    days_past_due: int
    bucket: str
    disputed: bool
    since: str
    entry: int
    stale: bool
    series: str | None


class OpenItems(TypedDict):
    """Open invoices, ordered by account, invoice and entry."""

    as_of: str
    known_at: int
    items: list[OpenItem]


class Caused(TypedDict):
    """A row of a view that an entry made, unmade or replaced."""

    view: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class HistoryEntry(TypedDict):
    """One entry as it was recorded; `data` is always the original."""

    sequence: int
    id: str
    source: str
    type: str
    occurred_at: str
    recorded_at: str
    actor: str | None
    data: dict[str, Any]
    voided_by: int | None
    corrected_by: int | None
    caused: list[Caused]


class History(TypedDict):
    """Entries that concern a deal or account, in the order in which they were recorded."""

    subject: str
    entries: list[HistoryEntry]


class ExplainedItem(TypedDict):
    """Item of a stage. `by` are the sequences of the entries that meet it."""

    item: str
    name_zh: str | None
    name_en: str | None
    kind: NeedKind
    met_at: str | None
    by: list[int]


class ExplainedStage(TypedDict):
    """One stage: `items` is what it needs, `shown` are conditions and appraisal items, which move no deal."""

    stage: int
    name_zh: str
    name_en: str
    entered_at: str | None
    completed_at: str | None
    items: list[ExplainedItem]
    shown: list[ExplainedItem]


class Explanation(TypedDict):
    """Explanation of a deal's stage. `missing` is what the next step still needs."""

    deal: str
    playbook: str
    version: int | None
    as_of: str
    known_at: int
    stage: int | None
    phase: Literal["entered", "completed"] | None
    probability: str
    stages: list[ExplainedStage]
    missing: list[str]


class Cause(TypedDict):
    """The entry whose arrival changed a row."""

    sequence: int
    source: str
    id: str
    type: str
    subject: str
    occurred_at: str
    recorded_at: str
    actor: str | None


class ChangedRow(TypedDict):
    """A row of a report that differs, and every entry whose arrival changed it on the way."""

    report: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    causes: list[Cause]


class Changes(TypedDict):
    """Differences between two states of knowledge about the same instant."""

    as_of: str
    from_known: int
    to_known: int
    changes: list[ChangedRow]


class ReportSummary(TypedDict):
    """Summary of a report in the list of reports. `title` and `question` are in both languages; `figures` can be asked
    for their rows; `pages`: the report takes `limit` and `cursor`."""

    name: str
    title: dict[str, str]
    question: dict[str, str]
    definition: str
    parameters: list[dict[str, Any]]
    filters: list[str]
    key: list[str]
    figures: list[str]
    columns: list[dict[str, Any]]
    chart: dict[str, Any] | None
    pages: bool


class Catalog(TypedDict):
    """The reports."""

    reports: list[ReportSummary]


class ReportChange(TypedDict):
    """A row of a report that differs, and every entry whose arrival changed it on the way."""

    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    causes: list[Cause]


class ReportChanges(TypedDict):
    """Differences in a report between two states of knowledge about the same instant; `totals` where they differ."""

    report: str
    as_of: str
    from_known: int
    to_known: int
    parameters: dict[str, Any]
    changes: list[ReportChange]
    totals: ReportChange | None


class RowBehind(TypedDict):
    """A row of a view, and the sequence of the entry that made it so."""

    view: str
    row: dict[str, Any]
    entry: int | None


class RowsBehind(TypedDict):
    """The rows that a figure is made of, and their entries. `whole` is false where there are more."""

    report: str
    as_of: str
    known_at: int
    parameters: dict[str, Any]
    line: dict[str, Any]
    figure: str | None
    whole: bool
    rows: list[RowBehind]
    entries: list[Cause]


_TYPES: dict[str, Any] = {
    "text": str,
    "bigint": int,
    "integer": int,
    "boolean": bool,
    "numeric": str,
    "timestamptz": str,
    "date": str,
    "jsonb": dict[str, Any],
    "text[]": list[str],
    "bigint[]": list[int],
}


def of_report(report: Report) -> Any:
    """The shape of a report's answer, from its columns."""
    name = "".join(part.capitalize() for part in report.name.split("_"))
    others = {each.name: each for each in report.answers.values() if each.row is not report.row}.values()
    row: Any = _of_columns(f"{name}ReportRow", report.columns)
    for each in others:
        row = row | _of_columns(f"{name}ReportRowOf{''.join(map(str.capitalize, each.name.split('_')))}", each.columns)
    totals: Any = _of_columns(f"{name}ReportTotals", columns_of(report.totals)) if report.totals else dict[str, Any]
    fields = {
        "report": (Literal[(report.name, *(each.name for each in others))], ...),
        "as_of": (str, ...),
        "known_at": (int, ...),
        "parameters": (dict[str, Any], ...),
        # A report that answers for a parameter may compute by none.
        **({"policies": (list[str], [])} if report.policies else {}),
        "rows": (list[row], ...),
        "totals": (totals, ...),
        **({"next": (str | None, None)} if report.order else {}),
    }
    return create_model(f"{name}Report", __doc__=report.question.en, **fields)  # type: ignore[call-overload]


_EXAMPLES: dict[str, Any] = {
    "deal": "D-0003",
    "account": "A-0001",
    "playbook": "project",
    "person": "Li Na",
    "currency": "CNY",
    "amount": "120000.00",
    "amounts": {"CNY": "120000.00"},
    "rate": "0.5000",
    "duration": "12.50",
    "texts": ["visit_held"],
    "sequences": [12],
    "decimal": "1.50",
    "count": 12,
    "whole": 12,
    "days": 12,
    "version": 1,
    "stage": 3,
    "sequence": 1024,
    "instant": "2026-03-31T09:00:00+00:00",
    "day": "2026-03-31",
    "yes_no": False,
    "series": "2026",
    "subject": "deal/D-0003",
}


def example_of(report: Report) -> dict[str, Any]:
    """An answer of a report, as it may look."""

    def row(columns: Iterable[Column]) -> dict[str, Any]:
        return {
            each.name: next(iter(each.words)) if each.words else _EXAMPLES.get(each.kind.name, each.name)
            for each in columns
        }

    return {
        "report": report.name,
        "as_of": "2026-03-31T15:59:59.999999+00:00",
        "known_at": 4096,
        "parameters": {name: each.example for name, each in report.parameters.items()},
        **({"policies": [f"{name} 2026-01-01" for name in report.policies]} if report.policies else {}),
        "rows": [row(report.columns)],
        "totals": row(columns_of(report.totals)) if report.totals else {},
    }


def _of_columns(name: str, columns: Iterable[Column]) -> Any:
    fields: dict[str, Any] = {}
    for each in columns:
        of: Any = Literal[tuple(each.words)] if each.words else _TYPES[each.kind.sql]
        fields[each.name] = (of | None if each.optional else of, Field(description=each.comment))
    return create_model(name, **fields)


class StreamStatus(TypedDict):
    """The stream; null while NATS cannot be reached."""

    last_sequence: int | None
    bytes: int | None
    max_bytes: int | None


class LaneStatus(TypedDict):
    """Position of a lane; `lag` is what the stream has beyond it.

    `slow_subject` is what the lane's last batch took a second or more for, and `slow_s` how many; null: nothing.
    """

    lane: int
    projected: int
    lag: int | None
    slow_subject: str | None
    slow_s: float | None


class NotaryStatus(TypedDict):
    """State that the notary last reported, and how many rows of the journal the newest signed head covers.

    `state` is signing while all is well; null: there was never a notary.
    """

    running: bool
    state: Literal["waiting", "checking", "signing", "refusing", "interrupted"] | None
    detail: str | None
    signed: int
    signed_at: str | None


class Status(TypedDict):
    """State of the ledger, and what to look at.

    `flags` counts the surprising entries that stand, by what is surprising: reporting.data_quality lists them.
    """

    stream: StreamStatus
    recorded: int
    lanes: list[LaneStatus]
    entries: int
    quarantined: int
    stale: int
    flags: dict[str, int]
    generation: str | None
    notary: NotaryStatus


class Difference(TypedDict):
    """Something that is not as it must be."""

    kind: str
    sequence: int | None
    subject: str | None
    expected: str | None
    found: str | None


class Verification(TypedDict):
    """Result of a verification: the first differences of each kind; `counts` says how many there are of each.

    `heads` is how many signed heads the rows were compared with. `signed` says for each place where they are kept how
    many rows the newest one there covers: null where there is no file, and no place where heads were not looked at.
    """

    ok: bool
    sequence: int
    entries: int
    subjects: int
    heads: int
    signed: dict[str, int | None]
    differences: list[Difference]
    counts: dict[str, int]
