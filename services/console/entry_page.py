"""Page of one entry: what was said, as it was said, its proof, and what it caused."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import htpy as h

from services.console.page import Page
from services.query.shapes import Caused


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the journal, and what else is known of it."""

    row: Mapping[str, Any]
    """Columns of `ledger.journal`."""
    naming: Sequence[tuple[int, str]]
    """Corrections and voids that name it: sequence and type."""
    named: int | None
    """The entry that it corrects or voids."""
    head: tuple[int, datetime] | None
    """The first signed head that covers it: its size, and when it was signed."""
    caused: Sequence[Caused]


def entry_page(page: Page, entry: Entry) -> str:
    """An entry: its envelope, data, proof and effects."""
    row = entry.row
    told = json.loads(row["message"]) if row["disposition"] != "unreadable" else None
    return page.render(
        page.text("entry", sequence=row["sequence"]),
        h.dl(".facts")[(h.div[h.dt[name], h.dd[value]] for name, value in _facts(page, entry))],
        h.h2[page.text("what was said")],
        h.pre(tabindex="0")[
            h.code[
                json.dumps(told["data"], ensure_ascii=False, indent=2)
                if told is not None
                else bytes(row["message"]).decode("utf-8", "backslashreplace")
            ]
        ],
        h.details[
            h.summary[page.text("bytes")],
            h.pre(tabindex="0")[h.code[bytes(row["message"]).decode("utf-8", "backslashreplace")]],
        ],
        h.h2[page.text("caused")],
        _caused(page, entry.caused),
    )


def _facts(page: Page, entry: Entry) -> list[tuple[str, h.Node]]:
    row = entry.row
    facts: list[tuple[str, h.Node]] = [
        (page.text("disposition"), page.text(f"disposition {row['disposition']}")),
        (page.text("type"), row["type"] or "–"),
        (page.text("source"), row["source"] or "–"),
        (page.text("id"), row["id"] or "–"),
        (page.text("subject"), page.subject(row["subject"]) if row["subject"] else "–"),
        (page.text("occurred"), page.wording.at(row["occurred_at"]) or "–"),
        (page.text("recorded"), page.wording.at(row["recorded_at"])),
        (page.text("actor"), row["actor"] or "–"),
    ]
    if row["reason"]:
        facts.append((page.text("reason"), row["reason"]))
    if row["original"]:
        facts.append((page.text("original"), page.entry(row["original"])))
    if row["target_source"]:
        told = f"{row['target_source']} {row['target_id']}"
        facts.append((page.text("about"), [told, " ", page.entry(entry.named) if entry.named else ""]))
    for sequence, kind in entry.naming:
        name = "voided by" if "event_voided" in kind else "corrected by"
        facts.append((page.text(name), page.entry(sequence)))
    signed = (
        page.text("signed", size=entry.head[0], at=page.wording.at(entry.head[1]))
        if entry.head
        else page.text("not signed")
    )
    facts += [
        (page.text("leaf"), h.code[bytes(row["leaf_hash"]).hex()]),
        (page.text("proof"), signed),
    ]
    return facts


def _caused(page: Page, caused: Sequence[Caused]) -> h.Node:
    if not caused:
        return h.p(".none")[page.text("no effect")]
    return h.ul(".caused")[
        (
            h.li[
                h.strong[each["view"]],
                " ",
                h.code[_key(each)],
                h.div(".scroll", tabindex="0", role="region", aria_label=f"{each['view']} {_key(each)}")[
                    _difference(each)
                ],
            ]
            for each in caused
        )
    ]


def _key(caused: Caused) -> str:
    return " ".join(str(value) for value in caused["key"].values() if value is not None)


def _difference(caused: Caused) -> h.Node:
    """Columns that differ, before and after."""
    before, after = caused["before"] or {}, caused["after"] or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return h.table[
        h.tbody[
            (
                h.tr[h.th(scope="row")[name], h.td[_plain(before.get(name))], h.td["→"], h.td[_plain(after.get(name))]]
                for name in names
            )
        ]
    ]


def _plain(value: Any) -> str:
    return "∅" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
