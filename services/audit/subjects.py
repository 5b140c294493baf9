"""Check of given subjects: their entries judged anew, their views replayed."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from contracts.cloudevents.envelope import CloudEvent
from contracts.events.correction import EventCorrected, EventVoided
from contracts.types.identifiers import split_subject
from projections.replay import payment_chain
from projections.replay.entry import JournalEntry
from projections.replay.payment_chain import Link, links
from projections.replay.view import View
from services.audit.differences import Differences, joined
from services.audit.journal import check_columns
from services.audit.rows import compare, told_of
from services.ledger import payment_links
from services.ledger.journal import Connection, recorded_of
from services.postgres.statements import queries
from services.recorder.classify import Unreadable, classify_entry
from services.recorder.journal_rows import concern
from services.views.row_tables import tables_of
from services.views.row_versions import PlaybookTimeline, replayed

_SQL = queries("services.audit", "subjects.sql")


@dataclass(slots=True)
class _Found:
    """Journal content about a batch of subjects."""

    histories: dict[str, list[JournalEntry]]
    said: dict[int, CloudEvent | Unreadable] = field(default_factory=dict)
    noted: dict[int, set[str]] = field(default_factory=dict)
    """By sequence, the subjects of this batch that it is noted to concern."""
    own: set[int] = field(default_factory=set)
    """Sequences of the entries that are about a subject of this batch."""


class SubjectChecks:
    """Checks subjects at one sequence, against what `reporting` serves."""

    def __init__(
        self,
        connection: Connection,
        views: Sequence[View[Any]],
        timeline: PlaybookTimeline,
        up_to: int,
        stale: Set[tuple[str, str]] = frozenset(),
    ) -> None:
        """`stale` are the subjects that are known to be, with the view."""
        self._connection = connection
        self._views = views
        self._timeline = timeline
        self._up_to = up_to
        self._marked = stale

    async def check(self, subjects: Collection[str]) -> Differences:
        """Finds all differences of these subjects."""
        differences = Differences()
        found = await self._read(subjects, differences)
        await self._check_concerns(found, differences)
        for kind in ("account", "deal"):
            await self._check_views(
                [each for each in found.histories if split_subject(each)[0] == kind], found, differences
            )
        return differences

    async def _read(self, subjects: Collection[str], differences: Differences) -> _Found:
        found = _Found({subject: [] for subject in subjects})
        lanes = {subject: concern(subject, 0).lane for subject in subjects}
        for row in await self._connection.fetch(_SQL["concerned"], list(subjects), self._up_to):
            sequence, subject = row["sequence"], row["concerned"]
            said = found.said.get(sequence)
            if said is None:
                said = found.said[sequence] = classify_entry(row["stream_subject"], row["message"])
            if row["lane"] != lanes[subject]:
                wrong = f"lane {row['lane']}"
                differences.add("concerns_extra", sequence, subject, f"lane {lanes[subject]}", wrong)
            found.noted.setdefault(sequence, set()).add(subject)
            if row["disposition"] != "entry":
                differences.add("concerns_extra", sequence, subject, None, f"concerns a {row['disposition']}")
                continue
            if subject == row["subject"]:
                found.own.add(sequence)
                if isinstance(said, Unreadable):
                    differences.add("disposition_altered", sequence, subject, f"unreadable: {said.reason}", "entry")
                check_columns(row, said, differences)
            if isinstance(said, CloudEvent):
                found.histories[subject].append(JournalEntry(sequence, said))
        return found

    async def _check_concerns(self, found: _Found, differences: Differences) -> None:
        corrections = {
            sequence: said
            for sequence, said in found.said.items()
            if isinstance(said, CloudEvent) and isinstance(said.event, EventCorrected | EventVoided)
        }
        required, allowed = await self._through_targets(corrections)
        await self._check_payments(found, required, allowed, differences)
        wanted: list[tuple[str, int]] = []
        for sequence, said in found.said.items():
            if not isinstance(said, CloudEvent):
                continue
            named, noted = _named(said), found.noted[sequence]
            if named == noted and sequence not in required:
                continue
            for subject in noted - named - allowed.get(sequence, set()):
                differences.add("concerns_extra", sequence, subject, joined(sorted(named)), subject)
            if sequence in found.own:
                elsewhere = (named | required.get(sequence, set())) - noted
                wanted += [(subject, sequence) for subject in elsewhere]
        missing = await self._connection.fetch(_SQL["not_noted"], *_columns(wanted, 2)) if wanted else ()
        for row in missing:
            differences.add("concerns_missing", row["sequence"], row["subject"], row["subject"])

    async def _check_payments(
        self,
        found: _Found,
        required: dict[int, set[str]],
        allowed: dict[int, set[str]],
        differences: Differences,
    ) -> None:
        """Compare the links of payments, and add what their entries must and may concern through transfers.

        An entry that a transfer behind the sequence of this check ties to a subject may have been noted already.
        """
        expected: set[Link] = set()
        for subject, history in found.histories.items():
            kind, name = split_subject(subject)
            if kind == "account":
                expected.update(each for each in payment_chain.of_entries(history) if each.account == name)
        accounts = [split_subject(each)[1] for each in found.histories if split_subject(each)[0] == "account"]
        expected = {each for each in expected if each.since <= self._up_to}
        noted = set(await payment_links.of_accounts(self._connection, accounts, self._up_to)) if accounts else set()
        for link in sorted(expected - noted, key=lambda each: each[1:4]):
            differences.add("payment_link_missing", link.sequence, f"account/{link.account}", _link(link))
        for link in sorted(noted - expected, key=lambda each: each[1:4]):
            differences.add("payment_link_extra", link.sequence, f"account/{link.account}", None, _link(link))
        own = [
            each
            for history in found.histories.values()
            for one in history
            for each in links(one.cloud_event, one.sequence)
        ]
        for tie in await payment_links.tied_by(self._connection, [*expected, *own]):
            subject = f"account/{tie.account}"
            allowed.setdefault(tie.sequence, set()).add(subject)
            if tie.since <= self._up_to:
                required.setdefault(tie.sequence, set()).add(subject)

    async def _through_targets(
        self, corrections: Mapping[int, CloudEvent]
    ) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
        """List the subjects that corrections must and may concern beside those that they name: all that their targets
        concern.

        A target recorded behind the sequence of this check may have been noted already, and need not.
        """
        asked = [
            (sequence, said.event.target.source, said.event.target.id)
            for sequence, said in corrections.items()
            if isinstance(said.event, EventCorrected | EventVoided)
        ]
        required: dict[int, set[str]] = {}
        allowed: dict[int, set[str]] = {}
        for row in await self._connection.fetch(_SQL["targets"], *_columns(asked, 3)) if asked else ():
            target = recorded_of(row)
            allowed.setdefault(row["correction"], set()).update(_named(target.cloud_event))
            if target.sequence <= self._up_to:
                required.setdefault(row["correction"], set()).update(_named(target.cloud_event))
        return required, allowed

    async def _check_views(self, subjects: Sequence[str], found: _Found, differences: Differences) -> None:
        if not subjects:
            return
        kind = split_subject(subjects[0])[0]
        views = [view for view in self._views if view.kind == kind]
        tables = tables_of(views)
        there = [await told_of(self._connection, each, subjects, self._up_to) for each in tables]
        for subject in subjects:
            expected, stale = replayed(subject, found.histories[subject], self._timeline, views, self._up_to)
            for view, (_, error) in stale.items():
                if (subject, view) in self._marked:
                    continue
                differences.add("stale", None, subject, None, f"{view}: {error}")
            for table, told in zip(tables, there, strict=True):
                compare(subject, table, expected.made.get(table.row, ()), told[subject], differences)


def _link(link: Link) -> str:
    into = "" if link.into is None else f" into account {link.into}"
    return f"payment {link.reference!r}{into}, known since {link.since}"


def _named(said: CloudEvent) -> set[str]:
    """List the subjects that an entry concerns by itself."""
    return {said.subject, *said.event.concerns()}


def _columns(rows: Sequence[tuple[Any, ...]], number: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(number)]
