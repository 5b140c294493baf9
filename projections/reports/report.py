"""Definition of a report: a question, answered as a function of its parameters, of as_of and of known_at.

A report is one `.py` file with its row class and one `.sql` file of the same name. In the SQL, a table's name stands
for its rows that hold at as_of, as known at known_at; `moment` for one row (`as_of`, `known_at`, and `day`: as_of's day
where the ledger is; `served.local_day(at, moment.zone)` gives that of any instant); `$name` for a parameter. To look
rows up subject by subject there is `served.<table>_of(subject, moment.as_of, moment.known_at)`. There are three kinds:

- `Rows`: each row comes from one row of a view. Statement `rows`.
- `Aggregate`: rows of views are counted and summed by dimensions (cells: OLAP); `lines` says what a cell adds to which
  line, and is linear: no aggregate, no ratio, no filter by a sum; `rows` is any SQL over the summed lines (`line`).
- `Snapshot`: any other SQL over the rows of views. Statement `rows`.

A statement `totals`, where there is one, gives one row beside: over `line` for an aggregate, else over `report`, which
are the rows. A statement `relations` of a snapshot, `with one as (…), other as (…)`, makes relations for all its other
statements. A long one says cheaply of which subjects, the order's first column, the rows of a page are, so that these
alone are read: by a statement `page`, which gives the columns of the order for each row; or by `subjects`, which gives
those that have rows, each once.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any, ClassVar, Literal

from projections.columns import Column, Kind, Label, columns_of, kind_of, words_of
from projections.replay.view import Instant, Interval, Row
from projections.statements import named

_POLICIES = (r"policy_value\('([a-z_]+)'", r"policy\.name = '([a-z_]+)'")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
RESERVED = frozenset(
    # Reserved by PostgreSQL and by Python.
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create "
    "current_date current_role current_time current_timestamp current_user default deferrable desc distinct do "
    "else end  except false fetch for foreign from grant group having in initially intersect into lateral leading "
    "limit localtime  localtimestamp not null offset on only or order placing primary references returning select "
    "session_user some  symmetric system_user table then to trailing true union unique user using variadic when "
    "where window with  between bigint bit boolean char character coalesce dec decimal exists extract float "
    "greatest grouping inout int  integer interval json json_array json_object least merge_action national nchar "
    "none normalize nullif numeric out  overlay position precision real row setof smallint substring time "
    "timestamp treat trim values varchar  authorization binary collation concurrently cross current_schema freeze "
    "full ilike inner is isnull join left like  natural notnull outer overlaps right similar tablesample verbose "
    "class def del elif except finally global if import lambda nonlocal pass raise return try while yield async "
    "await break continue assert".split()
)
"""Names that a parameter has in addresses and commands alone: SQL has another one."""
_TAKEN = frozenset(
    "as_of known_at from_known to_known after cursor limit line figure bom data as_json as_csv json csv lang help "
    "report moment version change told one".split()
)
"""Names that no parameter has: of what every report has, its parameters, options and relations."""
FILTERS = ("owner", "account", "playbook", "region", "currency")
"""Names by which every report can be filtered whose rows have such a column, or lead to it (`filtered_by`)."""


def filtered_by(name: str, columns: Collection[str]) -> str | None:
    """Column by which rows that have these columns are filtered: the filter's own; `account`, whose region is meant;
    `deal`, whose owner, account, playbook, region or currency is meant. None where they lead to nothing of the kind.
    What is not the filter's own is that of the account or deal at as_of."""
    if name in columns:
        return name
    if name == "region" and "account" in columns:
        return "account"
    return "deal" if "deal" in columns else None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row of a report.

    A subclass is `@dataclass(frozen=True, slots=True)`; its fields are the columns in order (`projections/columns.py`).
    It says its key: `class FunnelRow(ReportRow, key=("stage",))`. A report without a key has no changes and no
    drill-down.
    """

    KEY: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, key: tuple[str, ...] | None = None) -> None:
        if key is not None:
            cls.KEY = key


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter beside as_of and known_at."""

    type: Any
    """As the type of a column, such as `PlaybookKey`."""
    comment: str
    example: str
    optional: bool = False
    """Null where it is not given."""
    default: str | int | None = None
    """Value where it is not given."""
    in_sql: str | None = None
    """Name in SQL and in statements, where the parameter's own name is reserved there: `from_day` for `from`."""
    names_column: bool = False
    """It has the name of a column that the report reads, and is compared with it."""
    not_compared: str | None = None
    """Value with which states of knowledge are not compared: what it adds is in none of the rows that are counted."""

    @property
    def kind(self) -> Kind:
        """Kind of the parameter's value."""
        return kind_of(self.type)

    @property
    def words(self) -> tuple[str, ...]:
        """Values that are possible, where they are few."""
        return words_of(self.type)

    @property
    def required(self) -> bool:
        """It has to be given."""
        return not self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Source:
    """A relation that reports read: the table of a row class, or what the journal says itself."""

    name: str
    """In the schema `served`, as a relation of all versions and as a function of (as_of, known_at)."""
    valid: Interval | Instant | None
    columns: tuple[str, ...]
    row: type[Row] | None = None
    called: str = ""
    """Name in statements, where it is not that in `served`."""
    until: str = ""
    """Parameter that gives a day or a period: rows are those of its end, or of as_of where that is earlier or none is
    given."""
    versions: bool = False
    """Rows are looked up among all versions, because `served` has no function that gives them."""

    @property
    def relation(self) -> str:
        """Name in statements."""
        return self.called or self.name


def source_of(row: type[Row], called: str = "", until: str = "") -> Source:
    """The table of a row class."""
    return Source(row.TABLE, row.VALID, (*row.columns(), "known_from", "known_to"), row, called, until)


def past_of(row: type[Row], until: str = "") -> Source:
    """The rows of a table that had begun by as_of, ended or not.

    A table that says no columns of its past has no index of them: a statement looks up few of its subjects.
    """
    begins = row.VALID.begins if isinstance(row.VALID, Interval) else row.VALID.at
    columns, past = (*row.columns(), "known_from", "known_to"), f"{row.TABLE}_past"
    if row.PAST:
        return Source(past, Instant(begins), columns, row, until=until)
    return Source(row.TABLE, Instant(begins), columns, row, past, until, versions=True)


PLAYBOOK_STAGE = Source(
    "playbook_stage",
    None,
    (
        "playbook",
        "version",
        "stage",
        "key",
        "name_zh",
        "name_en",
        "band",
        "probability",
        "expected_days",
        "customer_stage",
        "stage_key",
    ),
)
"""Stages of all published versions of playbooks, from the publication on."""
PLAYBOOK_ITEM = Source(
    "playbook_item",
    None,
    (
        "playbook",
        "version",
        "stage",
        "item",
        "kind",
        "condition",
        "weight",
        "name_zh",
        "name_en",
        "place",
        "position",
        "stage_key",
    ),
)
"""Items of the stages of all published versions, from the publication on: milestones, criteria, commitments, conditions
(`condition` says of which sort) and appraisal items (with their weight)."""
PLAYBOOK_NEED = Source("playbook_need", None, ("playbook", "version", "stage", "milestones", "others", "stage_key"))
"""Keys of milestones, and of criteria and commitment (`others`), of each stage of the published versions that evidence
decides, as lists in the playbook's order."""
PLAYBOOK_TARGET = Source(
    "playbook_target", None, ("playbook", "version", "stage", "target", "metric", "at_least", "at_most", "per")
)
"""Measured targets of the stages of all published versions, until the version is withdrawn; a version without any has a
row without target."""
ENTRY = Source("entry", Instant("occurred_at"), ("subject", "entry", "actor", "occurred_at", "recorded_at"))
"""Every event that counts, as it was sent: corrections and voids are entries of their own and change no other."""
UNPLACED_CONTACT = Source("unplaced_contact", Instant("at"), ("subject", "entry", "contact", "at"))
"""Contacts that were recorded on a deal without an account, until they were voided: `contact` has none of them."""
TARGET = Source(
    "target",
    Instant("set_at"),
    (
        *(
            "subject",
            "target",
            "metric",
            "period",
            "value",
            "currency",
            "stage",
            "owner",
            "region",
            "sequence",
            "set_at",
        ),
        "scope",
    ),
)
"""Targets of playbooks and accounts, from when they were set. Of those that are equal but for `target` and `value` the
later counts."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a source, counted (`n`) and summed by dimensions. Few dimensions of few values: thousands of cells, not a
    cell for each deal."""

    source: Source
    dimensions: tuple[str, ...]
    measures: tuple[str, ...] = ()
    where: str = "true"
    derived: Mapping[str, str] = field(default_factory=dict)
    """Dimensions that are no columns, by name: SQL over the columns of one row and the parameters, such as the month of
    an instant."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Chart of a report's rows."""

    kind: Literal["bars", "stacked", "line", "heat", "none"]
    x: str
    y: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Declaration of a report: the members that all kinds of reports have."""

    name: str
    """Everywhere: SQL function, address, command, file."""
    title: Label
    question: Label
    """What it answers, in one sentence."""
    comment: str
    """Formulas and edge cases, for the SQL comment and the documents."""
    row: type[ReportRow]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    """Optional parameters of which exactly one has to be given."""
    totals: type[ReportRow] | None = None
    order: tuple[str, ...] = ()
    """Columns by which a long report is sorted and paged; together they name a row. Without: as `rows` says, whole."""
    chart: Chart | None = None
    defaults: bool = True
    """In SQL as_of and known_at may be left out; false where another function of the name takes one of them alone."""
    needs_one: str | None = None
    """Sentence that says what an empty answer means, where it is an error: the subject is not known."""
    filterable: tuple[str, ...] = FILTERS
    """Filters that may be offered, where the columns lead to them."""
    answers: "Mapping[tuple[str, str], Report]" = field(default_factory=dict)
    """By a parameter and a value of it, a report that answers then: of the same rows, and reads less; or of rows of its
    own. It takes the parameters of this one that it has. In SQL a function has one set of columns, and refuses the
    value by `served.answered_by` where the other report has other ones."""
    file: str = ""
    """Name of its SQL file, where it is not that of the report."""

    def __post_init__(self) -> None:
        """Refuse what SQL, addresses or commands could not say. Raises ValueError."""
        for name, each in self.parameters.items():
            names = {name, self.in_sql(name)}
            if not all(map(_NAME.fullmatch, names)) or names & _TAKEN:
                raise ValueError(f"{self.name}: {name!r} cannot be the name of a parameter.")
            if self.in_sql(name) in RESERVED:
                raise ValueError(f"{self.name}: {name!r} is reserved; say in_sql, its name there.")
            if each.optional and each.default is not None:
                raise ValueError(f"{self.name}: {name} is null where it is not given, or has a default, not both.")
            if each.kind.sql == "timestamptz":
                raise ValueError(f"{self.name}: {name} is an instant; parameters are days.")
            if any(self.in_sql(name) in source.columns for source in self.sources) and not each.names_column:
                raise ValueError(
                    f"{self.name}: {name} is a column of what it reads; say names_column=True if it is meant."
                )
        kinds = {each.name: each for each in self.columns}
        for name in self.order:
            column = kinds[name]
            sorted_by = column.kind.sql == "text" or (
                column.kind.sql in ("bigint", "integer", "date") and not column.optional
            )
            if not sorted_by:
                raise ValueError(f"{self.name}: pages cannot go by {name}, which is {column.kind.sql}.")
        for statement in self.statements.values():
            if re.search(r"\bwith\s+recursive\b", statement, re.IGNORECASE):
                raise ValueError(f"{self.name}: a statement cannot be recursive.")

    @cached_property
    def statements(self) -> Mapping[str, str]:
        """The statements of the report's SQL file, by name."""
        file = resources.files("projections.reports").joinpath(f"{self.file or self.name}.sql")
        return named(file.read_text(encoding="utf-8"))

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies by which its statements compute."""
        said = "".join(self.statements.values())
        return tuple(sorted({each for pattern in _POLICIES for each in re.findall(pattern, said)}))

    def answering(self, given: Mapping[str, Any]) -> "Report":
        """The report that answers for these values of its parameters: itself, or another one."""
        return next(
            (
                each
                for (name, value), each in self.answers.items()
                if given.get(name, self.parameters[name].default) == value
            ),
            self,
        )

    @property
    def needed(self) -> tuple[str, ...]:
        """Parameters of the shortest question: those that have to be given, and the first of `one_of`."""
        return tuple(name for name, each in self.parameters.items() if each.required or name in self.one_of[:1])

    def in_sql(self, name: str) -> str:
        """Name of a parameter in SQL."""
        return self.parameters[name].in_sql or name

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of its rows."""
        return columns_of(self.row)

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that name a row."""
        return self.row.KEY

    @property
    def sources(self) -> tuple[Source, ...]:
        """Relations that it reads."""
        raise NotImplementedError

    @property
    def filters(self) -> tuple[str, ...]:
        """Names by which it can be filtered."""
        return tuple(
            name
            for name in self.filterable
            if name not in self.parameters and all(filtered_by(name, each) for each in self._filtered_columns)
        )

    def compares(self, name: str) -> bool:
        """Tell if states of knowledge can be compared with this filter: what it asks for is in the rows themselves, and
        not in those of other tables, which change for themselves."""
        return all(name in each for each in self._filtered_columns)

    @property
    def sums_rows(self) -> bool:
        """Tell if its totals are made of what its rows are made of, so that both are worked out at once."""
        return re.search(r"\bfrom\s+(?:report|line)\b", self.statements["totals"]) is not None

    @property
    def figures(self) -> tuple[str, ...]:
        """Figures of a row by which the rows behind them can be asked for."""
        return ()

    @property
    def keeps_rows(self) -> bool:
        """Filters keep rows of the report; otherwise rows of what it is made of."""
        return False

    @property
    def _filtered_columns(self) -> Iterable[Collection[str]]:
        """Columns of each relation that filters apply to."""
        return ({each.name for each in self.columns},)


@dataclass(frozen=True, kw_only=True)
class Rows(Report):
    """Report of single rows. Each comes from one row of `source`, with its key but for the beginning of an interval."""

    source: Source

    @property
    def sources(self) -> tuple[Source, ...]:
        """The one whose rows it shows."""
        return (self.source,)

    @property
    def keeps_rows(self) -> bool:
        """Filters keep rows of the report, each of which comes from one row."""
        return True

    def __post_init__(self) -> None:
        """Refuse what is not told row by row. Raises ValueError."""
        Report.__post_init__(self)
        if re.search(r"\bover\s*\(|\bgroup\s+by\b|\blimit\b|\bdistinct\b", self.statements["rows"], re.IGNORECASE):
            raise ValueError(f"{self.name}: each row comes from one row of its source; this is a Snapshot.")


@dataclass(frozen=True, kw_only=True)
class Aggregate(Report):
    """Cells, then lines, then rows."""

    cells: Mapping[str, Cells]
    dimensions: tuple[str, ...]
    """Columns of a line that name it; the key's are among them. A line of a measure says those alone by which the
    measure is shown, null for the others: a deal that changes its currency is no change of how many deals there
    are."""
    measures: tuple[str, ...]
    """Columns of a line that the rows are made of."""
    totals_measures: tuple[str, ...] = ()
    """Columns of a line that the totals are made of."""
    presence: tuple[str, ...] = ()
    """Measures of which only that they are above zero shows."""
    unsure: tuple[str, ...] = ()
    """Measures whose change may show or not: where nothing else changed, the rows before and after are compared."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Relations whose rows are counted."""
        return tuple({cells.source.name: cells.source for cells in self.cells.values()}.values())

    @property
    def all_measures(self) -> tuple[str, ...]:
        """Columns of a line that are summed."""
        return tuple(dict.fromkeys((*self.measures, *self.totals_measures)))

    @property
    def figures(self) -> tuple[str, ...]:
        """Measures that rows show, by which the rows behind them can be asked for."""
        hidden = {*self.presence, *self.unsure}
        return tuple(each for each in self.measures if each not in hidden)

    @property
    def _filtered_columns(self) -> Iterable[Collection[str]]:
        """Columns of all rows that are counted: filters apply to them, before they are counted."""
        return [each.columns for each in self.sources if each.row is not None]

    def __post_init__(self) -> None:
        """Refuse what cannot be counted. Raises ValueError."""
        Report.__post_init__(self)
        if not all({*cells.derived} <= {*cells.dimensions} for cells in self.cells.values()):
            raise ValueError(f"{self.name}: a derived value that is no dimension.")
        if not all(cells.dimensions for cells in self.cells.values()):
            raise ValueError(f"{self.name}: cells without dimensions.")
        if not {*self.row.KEY} <= {*self.dimensions}:
            raise ValueError(f"{self.name}: the key is not among the dimensions of a line.")


@dataclass(frozen=True, kw_only=True)
class Snapshot(Report):
    """Report by any SQL over rows of views.

    A report with a key says which rows of views made a row: by `joins`, where the rows hold the key, or by `members`,
    the subjects that a row is about.
    """

    reads: tuple[Source, ...]
    """Relations that the SQL reads."""
    filtered: tuple[str, ...] = ()
    """Names of the relations to which filters apply. Default: the first one, whose rows say what a subject is at
    as_of."""
    joins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By source, which of its columns hold which columns of the key, the first one among them: their rows made a row of
    the report, or all rows that have these columns."""
    wanted: tuple[str, ...] = ()
    """Filters that the statements apply themselves, because a subject stands in rows of several values: the relation
    `wanted` has one row with these columns, null where the filter is not given."""
    filters_rows: bool = False
    """Filters keep rows of the report, instead of rows of the first relation: ranks and shares stay those among all."""
    merges: bool = False
    """The column `account` names the account with which a row counts. A filter by one that was merged into another
    keeps the rows of the one that goes on."""
    members: tuple[str, ...] = ()
    """Columns of the statement `members` beside the key that name subjects: `deal`, `account`; `member_account` where
    `account` is a column of the key. Rows of sources whose subject is among them made the row of the report, but for
    sources that `joins` names. Its column
    `figures`, where there is one, says by name which figures of the row the subject counts in."""
    figures: tuple[str, ...] = ()
    """Figures that the statement `members` tells apart."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Relations that the SQL reads."""
        return self.reads

    @property
    def comes_in_order(self) -> bool:
        """Tell if the statement `rows` sorts as pages do: null, where a text may be it, as the empty text."""
        kinds = {each.name: each for each in self.columns}
        order = [
            r"\w+\.\w+"
            if kinds[name].kind.sql != "text"
            else r"""coalesce\(\w+\.\w+, ''\) collate "C\""""
            if kinds[name].optional
            else r'\w+\.\w+ collate "C"'
            for name in self.order
        ]
        rows = self.statements["rows"].rstrip()
        return bool(order) and re.search(rf"\n order by {', '.join(order)}\Z", rows) is not None

    @property
    def pages_by_first(self) -> bool:
        """Tell if the order begins with a column of the first relation: a page is made of those of its rows alone that
        are not before the page."""
        return (
            self.comes_in_order
            and not self.keeps_rows
            and self.order[0] in self.reads[0].columns
            and re.search(rf"\n order by \w+\.{self.order[0]} [^\n]+\Z", self.statements["rows"].rstrip()) is not None
        )

    @property
    def pages_by_subject(self) -> bool:
        """Tell if a statement says of which subjects the rows of a page are."""
        return not self.statements.keys().isdisjoint({"page", "subjects"})

    def subject_of(self, source: Source) -> str | None:
        """The column by which rows of a source belong to members; None for what belongs to no subject."""
        if source.row is None or source.row.KEY[0] not in self.members:
            return None
        return source.row.KEY[0]

    def member_of(self, subject: str) -> str:
        """The column of the statement `members` that names subjects of a kind: a column of the key has the name
        itself."""
        return f"member_{subject}" if subject in self.key else subject

    @property
    def keeps_rows(self) -> bool:
        """Filters keep rows of the report."""
        return self.filters_rows

    def applies_to(self, source: Source) -> bool:
        """Tell if filters apply to a relation."""
        return not self.filters_rows and source.relation in (self.filtered or (self.reads[0].relation,))

    @property
    def _filtered_columns(self) -> Iterable[Collection[str]]:
        """Columns of what the report is about."""
        if self.filters_rows:
            return ({each.name for each in self.columns},)
        return [each.columns for each in self.reads if self.applies_to(each)]

    def __post_init__(self) -> None:
        """Refuse a report whose changes would have no causes. Raises ValueError."""
        Report.__post_init__(self)
        if self.key and not self.joins and not self.members:
            raise ValueError(
                f"{self.name}: a key without joins or members: nobody could say which entries change a row."
            )
        if self.key and not all(self.key[0] in columns.values() for columns in self.joins.values()):
            raise ValueError(f"{self.name}: each of joins holds {self.key[0]}, the first column of the key.")
        if bool(self.members) != ("members" in self.statements):
            raise ValueError(f"{self.name}: the statement members says which subjects its columns of members name.")
        if unread := {*self.filtered} - {each.relation for each in self.reads}:
            raise ValueError(f"{self.name}: filters apply to {', '.join(sorted(unread))}, which it does not read.")
        if self.pages_by_subject and (self.order[:1] != self.key[:1] or self.keeps_rows):
            raise ValueError(f"{self.name}: pages go by the key's first column, and filters apply to what they read.")
        if self.figures and not self.members:
            raise ValueError(f"{self.name}: figures without members that count in them.")
