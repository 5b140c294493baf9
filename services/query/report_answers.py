"""Answers of the reports: rows, totals and pages, as PostgreSQL gives them.

Rows come from PostgreSQL as JSON text, so that a long answer is neither read nor written row by row here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg

from projections.columns import columns_of
from projections.reports import compose
from services.errors import BadRequest, NotKnown
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.query.moment import Moment
from services.query.render import instant
from services.query.report_question import Question, named
from services.query.shapes import Cause

_SQL = queries("services.query", "reports.sql")

Json = dict[str, Any]


class Places:
    """Values as places of a prepared statement, in the order in which they are first named."""

    def __init__(self, values: Mapping[str, tuple[Any, str]]) -> None:
        self._values = values
        self._names: dict[str, int] = {}

    def __call__(self, name: str) -> str:
        place = self._names.setdefault(name, len(self._names) + 1)
        return f"${place}::{self._values[name][1]}"

    def value_of(self, name: str) -> Any:
        """One value."""
        return self._values[name][0]

    @property
    def values(self) -> list[Any]:
        """The values, as asyncpg takes them."""
        return [self._values[name][0] for name in self._names]


async def rows(
    connection: Connection,
    asked: Question,
    moment: Moment,
    *,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
    keys: Sequence[Any] | None = None,
    columns: Collection[str] | None = None,
) -> list[str]:
    """Rows as JSON objects. A report with an order can be read in pages: `limit` rows behind those up to `after`.

    `keys` are values of the first column of the key: rows that have another one are left out. `columns` names those
    that are wanted, all without it. Raises NotKnown where there is nothing of what was asked.
    """
    report = asked.report
    values = _paged_values(asked, moment, after, limit)
    if keys is not None:
        kind = next(each.kind for each in report.columns if each.name == report.key[0])
        values["keys"] = (list(keys), f"{kind.sql}[]")
    bind = Places(values)
    filters = tuple(asked.filters)
    if report.order and keys is None:
        text = compose.page(report, bind, filters, after is not None, limit is not None)
    else:
        text = compose.rows(report, bind, filters, of_keys=keys is not None)
        text = compose.paged(report, text, bind, False, False) if report.order else text
    told_columns = [each for each in report.columns if columns is None or each.name in columns]
    found = await fetch(connection, asked, compose.as_json_rows(told_columns, text), bind)
    if not found and report.needs_one and after is None and keys is None and not asked.filters:
        told = {"as_of": instant(moment.as_of), "known_at": moment.known_at}
        raise NotKnown(report.needs_one.format(**{**told, **asked.parameters}))
    return [row["row"] for row in found]


async def totals(connection: Connection, asked: Question, moment: Moment) -> str:
    """Totals as a JSON object; an empty one for a report that has none. Raises NotKnown."""
    report = asked.report
    if report.totals is None:
        return "{}"
    bind = Places(values_of(asked, moment))
    text = compose.as_json_rows(columns_of(report.totals), compose.totals(report, bind, tuple(asked.filters)))
    found = [row["row"] for row in await fetch(connection, asked, text, bind)]
    return str(found[0]) if found else "{}"


async def answer(
    connection: Connection,
    asked: Question,
    moment: Moment,
    *,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> tuple[list[str], str]:
    """Rows and totals, as `rows` and `totals` give them."""
    report = asked.report
    if report.totals is None or report.needs_one or not report.sums_rows:
        found = await rows(connection, asked, moment, after=after, limit=limit)
        return found, await totals(connection, asked, moment)
    bind = Places(_paged_values(asked, moment, after, limit))
    text = compose.whole(report, bind, tuple(asked.filters), after=after is not None, limited=limit is not None)
    told = await fetch(connection, asked, text, bind)
    return [each["row"] for each in told if each["row"] is not None], told[0]["totals"] if told else "{}"


_IN_FORCE = """
select policy.name || ' ' || max(policy.from_on) as told
  from reporting.policy
 where policy.name = any($1) and policy.from_on <= reporting.local_day($2)
 group by policy.name
 order by policy.name
"""


async def head(connection: Connection, question: Question, moment: Moment) -> Json:
    """The beginning of an answer: what was asked, the two times that were used, and the policies by which figures were
    computed, each with the first day of the version in force at as_of."""
    told: Json = {
        "report": question.report.name,
        "as_of": instant(moment.as_of),
        "known_at": moment.known_at,
        "parameters": named(question),
    }
    if names := question.report.policies:
        told["policies"] = [row["told"] for row in await connection.fetch(_IN_FORCE, names, moment.as_of)]
    return told


async def causes(connection: Connection, sequences: Sequence[int]) -> dict[int, Cause]:
    """Entries by sequence."""
    return {
        row["sequence"]: Cause(
            sequence=row["sequence"],
            source=row["source"],
            id=row["id"],
            type=row["type"],
            subject=row["subject"],
            occurred_at=instant(row["occurred_at"]),
            recorded_at=instant(row["recorded_at"]),
            actor=row["actor"],
        )
        for row in await connection.fetch(_SQL["entries"], list(sequences))
    }


async def digest(connection: Connection) -> str:
    """Digest of what answers depend on beside the two times: subjects that are marked stale, and the reports'
    definitions."""
    found: str = await connection.fetchval(_SQL["digest"])
    return found


def values_of(asked: Question, moment: Moment) -> dict[str, tuple[Any, str]]:
    """Values and SQL types of all parameters of a statement."""
    return {
        "as_of": (moment.as_of, "timestamptz"),
        "known_at": (moment.known_at, "bigint"),
        **{
            asked.report.in_sql(name): (asked.parameters.get(name, each.default), each.kind.sql)
            for name, each in asked.report.parameters.items()
        },
        **{name: (value, "text") for name, value in asked.filters.items()},
    }


def _paged_values(
    asked: Question, moment: Moment, after: Sequence[Any] | None, limit: int | None
) -> dict[str, tuple[Any, str]]:
    """Values of all parameters, with those that say which page is asked for."""
    kinds = {each.name: each.kind.sql for each in asked.report.columns}
    behind = zip(asked.report.order, after, strict=True) if after is not None else ()
    return {
        **values_of(asked, moment),
        **{f"after_{name}": (value, kinds[name]) for name, value in behind},
        "limit": (limit, "bigint"),
    }


async def fetch(connection: Connection, asked: Question, text: str, bind: Places) -> Sequence[Any]:
    """Rows of a statement. What is refused for nothing being known, though without its filters it would not be, has
    none. Raises NotKnown, BadRequest.

    Each is prepared anew, and so planned for its values: a plan for any values, which PostgreSQL makes of a statement
    that is kept, reads some reports row by row (`collection_plan` of 50,000 deals in 40 s instead of 0.8 s). To forbid
    such plans by `plan_cache_mode` would also plan the statements within functions anew at each call.
    """
    try:
        return await (await connection.prepare(text)).fetch(*bind.values)
    except asyncpg.NoDataFoundError as error:
        if asked.filters:
            plain = Question(asked.report, asked.parameters)
            known_at = bind.value_of("known_at")
            await rows(connection, plain, Moment(bind.value_of("as_of"), known_at), limit=None)
            return []
        where = ""
        if any(each.kind.name == "playbook" for each in asked.report.parameters.values()):
            where = " `daybook playbook list` shows which there are."
        raise NotKnown(f"{error.args[0]}{where}") from error
    except asyncpg.InvalidParameterValueError as error:
        raise BadRequest(str(error.args[0])) from error
