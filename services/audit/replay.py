"""The view rows of an evidence file beside what its own entries come to, by the folds of this version. No I/O."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from contracts.cloudevents.envelope import Refused, read_entry
from contracts.rules.canonical import NotCanonical, read_json
from contracts.types.times import read_instant
from projections.replay.entry import JournalEntry
from projections.replay.playbooks import Playbooks
from projections.views import VIEWS, generation_digest
from services.audit.evidence import view_rows
from services.audit.statement import FORMAT
from services.errors import BadRequest, NotKnown
from services.ledger.journal import policy_of
from services.query.explain import explain_history
from services.query.moment import Moment
from services.views.row_tables import tables_of
from services.views.row_versions import PlaybookTimeline, replayed


def replay(text: str) -> list[str]:
    """Compare what an evidence file shows with what its entries make; return the differences in words, none if they
    agree.

    Raises BadRequest for text that is no evidence file, or that was made by other folds than this version has.
    """
    document = _read(text)
    try:
        about = document["views"]["about"]
        if about["generation"] != generation_digest():
            raise BadRequest(
                f"The view rows were made by the folds {_printable(about['generation'])}, and this version has "
                f"{generation_digest()}. Check it with the version that made it: {_printable(document['daybook'])}."
            )
        deal, moment = str(document["deal"]), Moment(read_instant(about["as_of"])[0], int(about["known_at"]))
        entries = {each["sequence"]: each for each in document["rows"]}
        history = [_recorded(each) for each in entries.values() if each["why"] == "deal"]
        published = [_recorded(each) for each in entries.values() if each["why"] == "playbook"]
        stated = {name: [dict(each) for each in rows] for name, rows in document["views"].items() if name != "about"}
        explanation = None if document["explanation"] is None else dict(document["explanation"])
    except (AttributeError, KeyError, TypeError, ValueError, Refused) as error:
        raise BadRequest(f"The evidence file cannot be read: {type(error).__name__}: {_printable(error)}") from error
    playbooks = Playbooks.of(found for each in published if (found := policy_of(each)) is not None)
    differences = [
        *_views(deal, history, playbooks, moment, stated),
        *_explanation(deal, history, playbooks, moment, explanation),
    ]
    return [_printable(each) for each in differences]


def _views(
    deal: str,
    history: Sequence[JournalEntry],
    playbooks: Playbooks,
    moment: Moment,
    stated: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[str]:
    views = [view for view in VIEWS if view.kind == "deal"]
    found, stale = replayed(f"deal/{deal}", history, PlaybookTimeline(playbooks), views, moment.known_at)
    differences = [f"the view {view} cannot be derived: {error}" for view, (_, error) in stale.items()]
    for table in tables_of(views):
        name = table.row.TABLE
        made = {_text(each): each for each in view_rows(found.made.get(table.row, []))}
        rows = {_text(each): each for each in stated.get(name, [])}
        extra, lacking = rows.keys() - made.keys(), made.keys() - rows.keys()
        differences += [f"{name}: the entries do not make this row: {_shown(rows[each])}" for each in sorted(extra)]
        differences += [f"{name}: the entries make this row: {_shown(made[each])}" for each in sorted(lacking)]
    return differences


def _explanation(
    deal: str, history: Sequence[JournalEntry], playbooks: Playbooks, moment: Moment, stated: Mapping[str, Any] | None
) -> list[str]:
    made: Mapping[str, Any] = {}
    with suppress(NotKnown):
        made = explain_history(deal, history, playbooks, moment)
    said = stated or {}
    names = sorted(name for name in {**made, **said} if made.get(name) != said.get(name))
    return [f"the explanation: the entries come to another {', '.join(names)}"] if names else []


def _recorded(row: Mapping[str, Any]) -> JournalEntry:
    said = read_entry(b64decode(row["message"], validate=True))
    return JournalEntry(int(row["sequence"]), said)


def _read(text: str) -> Any:
    try:
        document = read_json(text)
    except NotCanonical as error:
        raise BadRequest(f"The file is no evidence: {_printable(error)}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadRequest(f"The file is no evidence in the format {FORMAT}.")
    return document


def _text(row: Mapping[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def _shown(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)


def _printable(value: object) -> str:
    """Write a value as text of one line that a terminal shows as it is: the file may say anything."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(value))
