#!/usr/bin/env python3
"""Checks an evidence file of Daybook, offline, with nothing but Python 3.9 or later and the package `cryptography`.

    python verify_evidence.py FILE --key KEY [--key FORMER] [--older HEAD] [--lang zh]

KEY is the notary's public key (name+id+key) as it was given to you by somebody you trust, never taken from the file.
Where the notary has had another key before, and signed one of the heads with it, name both.
It says what is proved, what is only stated, and what is not shown. Exit code 0: all that must hold does. 1: something
does not, and it is named. 2: it could not be checked.

It shares no code with Daybook, on purpose. The standards: Merkle tree RFC 9162, heads c2sp.org/tlog-checkpoint,
signatures c2sp.org/signed-note (Ed25519).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "daybook-evidence/1"
SECTIONS = frozenset(
    ("format", "made_at", "daybook", "deal", "head", "older", "rows", "views", "explanation", "schemas", "others",
     "statement")
)  # fmt: skip
CORRECTIONS = ("daybook.event_corrected.", "daybook.event_voided.")
MAX_BYTES = 1 << 30
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - Python 3.9 has no other

TEXTS = {
    "title": ("Evidence of deal {deal}, made {made}", "商机 {deal} 的证据,生成于 {made}"),
    "proved": ("PROVED", "已证明"),
    "stated": ("ONLY STATED", "仅为陈述"),
    "open": ("NOT SHOWN", "未证明"),
    "faults": ("WRONG", "错误"),
    "rows": ("The rows of the journal:", "账本中的记录:"),
    "holds": ("All that must hold does.", "全部检查通过。"),
    "fails": ("{count} things are wrong: do not rely on this file.", "发现 {count} 处错误:请勿信赖此文件。"),
    # proved
    "head": (
        "The head of {size} rows was signed by {name}, with a key that you named.",
        "包含 {size} 条记录的树头由 {name} 以您指定的密钥签名。",
    ),
    "included": (
        "Each of the {count} rows below stands in the journal at this place, with these bytes and this recorded time: "
        "since the head was signed none can be changed, backdated, moved or removed unseen.",
        "下列 {count} 条记录均以所示的位置、字节和记录时间存在于账本中:"
        "自树头签名之后,任何更改、倒填时间、移动或删除都会被发现。",
    ),
    "consistent": (
        "The {first} rows of the older head are the first of the {second} rows: nothing was rewritten in between.",
        "旧树头的 {first} 条记录正是现有 {second} 条记录的开头:其间没有任何改写。",
    ),
    "complete": (
        "The file holds all {size} rows that the head covers: no other than those below is about this deal, and none "
        "of them repeats an earlier event.",
        "文件包含树头覆盖的全部 {size} 条记录:除下列记录外没有其他记录涉及该商机,且均不是早先事件的重复。",
    ),
    "complete_but": (
        "The file holds all {size} rows that the head covers, and none of those below repeats an earlier event. "
        "Others about this deal: {count}, each named under ONLY STATED or NOT SHOWN.",
        "文件包含树头覆盖的全部 {size} 条记录,下列记录均不是早先事件的重复。"
        "其他涉及该商机的记录:{count} 条,逐条列于“仅为陈述”或“未证明”之下。",
    ),
    "signed": (
        "The notary signed this whole file: nothing was taken out, added or changed since, the view rows included.",
        "公证服务对整个文件签名:此后没有任何删除、添加或更改,视图数据亦然。",
    ),
    # stated
    "facts": (
        "That what the events say is true, and when it happened (`time`): the source says so.",
        "事件内容属实及其发生时间(time):由来源系统陈述。",
    ),
    "clock": (
        "That the ledger's clock was right when it recorded them; their order is proved.",
        "记录时账本时钟准确:仅为陈述;记录的先后顺序已被证明。",
    ),
    "valid": ("That these rows are events as the ledger takes them.", "这些记录是账本认可的有效事件。"),
    "unrepeated": ("That none of these rows repeats an earlier event.", "这些记录均不是早先事件的重复。"),
    "not_counted": (
        "That row {sequence} ({type}), which is about the deal, does not count: it is said to be {disposition}.",
        "记录 {sequence}({type})涉及该商机但不计入:据称为 {disposition}。",
    ),
    "views": (
        "The rows of the views ({count}) and the explanation, as of {as_of}, as known at sequence {known_at}. "
        "`daybook evidence --check FILE` derives them anew from the rows below.",
        "{count} 行视图数据及解释(截至 {as_of},按序号 {known_at} 时所知)。"
        "可用 `daybook evidence --check FILE` 由下列记录重新推导。",
    ),
    "schemas": ("The schemas of the events ({count}).", "{count} 个事件模式。"),
    "all_stated": (
        "That these are all rows about the deal up to sequence {known_at}: the notary signed it, so an omission would "
        "be a false statement under its key, which whoever holds the journal can show.",
        "截至序号 {known_at},以上是涉及该商机的全部记录:由公证服务签名陈述;若有遗漏,持有账本者可证明其为虚假陈述。",
    ),
    # not shown
    "omission": (
        "That no row about the deal was left out when the file was made. A tree proves what is in it, never what is "
        "not; a file made with --whole proves it, and so does `daybook verify` on the ledger.",
        "生成文件时没有遗漏涉及该商机的记录。哈希树只能证明包含,不能证明不包含;"
        "以 --whole 生成的文件或在账本上运行 `daybook verify` 可证明。",
    ),
    "recorded_later": (
        "What row {sequence} ({type}) says. It is about the deal, and the file is as known at sequence {known_at}, "
        "when that was not known yet.",
        "记录 {sequence}({type})的内容:它涉及该商机,但文件按序号 {known_at} 时所知生成,当时尚不知晓。",
    ),
    "unknown_target": (
        "The event {target}, which row {sequence} is about. It may not have been recorded by then, or be about another "
        "deal.",
        "记录 {sequence} 所针对的事件 {target}:可能当时尚未记录,或涉及其他商机。",
    ),
    "split": (
        "That others were shown the same head: compare it with theirs, or keep it and ask with --older later.",
        "他人看到的是同一个树头:请与他人比对,或保存此树头,日后用 --older 索取一致性证明。",
    ),
    "later": ("What was recorded behind sequence {sequence}.", "序号 {sequence} 之后的记录。"),
    # wrong
    "no_format": ("The file is no evidence in the format {format}.", "该文件不是 {format} 格式的证据。"),
    "unknown_section": ("The format knows no section `{section}`.", "该格式没有“{section}”部分。"),
    "malformed": ("The file is not as it must be: {what}.", "文件格式不正确:{what}。"),
    "bad_head": ("The head: {why}.", "树头:{why}。"),
    "bad_older": ("The older head: {why}.", "旧树头:{why}。"),
    "not_consistent": (
        "The older head of {first} rows is not the beginning of the head of {second}: the journal was rewritten, or "
        "the proof was.",
        "旧树头({first} 条)不是现树头({second} 条)的开头:账本或证明被改写。",
    ),
    "no_older": (
        "The file has no proof that begins with your head of {size} rows: have it made with --older.",
        "文件中没有从您的树头({size} 条)开始的证明:请用 --older 重新生成。",
    ),
    "other_older": (
        "Your older head of {size} rows has another root than the one in the file.",
        "您的旧树头({size} 条)与文件中的根哈希不同。",
    ),
    "not_included": (
        "Row {sequence} is not in the tree that was signed: its bytes, time, subject, place or proof were changed.",
        "记录 {sequence} 不在已签名的树中:其字节、时间、主题、位置或证明被更改。",
    ),
    "behind": ("Row {sequence} is behind the head of {size} rows.", "记录 {sequence} 超出树头的 {size} 条记录。"),
    "order": ("Row {sequence} stands behind row {before}.", "记录 {sequence} 排在记录 {before} 之后。"),
    "backwards": (
        "Row {sequence} is said to be recorded before row {before}.",
        "记录 {sequence} 的记录时间早于记录 {before}。",
    ),
    "time_text": (
        "Row {sequence} is shown with another recorded time than its own.",
        "记录 {sequence} 显示的时间与实际不符。",
    ),
    "unreadable": ("Row {sequence} is no event: {why}.", "记录 {sequence} 不是事件:{why}。"),
    "elsewhere": (
        "Row {sequence} says {subject}, but stands under {stream_subject}.",
        "记录 {sequence} 声明 {subject},却位于 {stream_subject} 之下。",
    ),
    "foreign": ("Row {sequence} does not concern deal {deal}.", "记录 {sequence} 与商机 {deal} 无关。"),
    "dropped": ("Row {sequence} was taken out of the file.", "记录 {sequence} 已从文件中删除。"),
    "added": ("Row {sequence} was added to the file.", "记录 {sequence} 是后来加入文件的。"),
    "section": ("`{section}` is not as the notary signed it.", "“{section}”与公证服务签名时不同。"),
    "bad_statement": ("The notary's signature of the file: {why}.", "公证服务对文件的签名:{why}。"),
    "unsigned": (
        "The notary did not sign the file, so rows may have been taken out and view rows changed. --allow-unsigned "
        "lets it pass.",
        "公证服务未对文件签名,记录可能被删除,视图数据可能被更改。--allow-unsigned 可放行。",
    ),
    "unknown_cause": (
        "The view {view} names row {sequence}, which is not in the file.",
        "视图 {view} 引用的记录 {sequence} 不在文件中。",
    ),
    "missing_other": (
        "The whole journal is to be in the file, but row {sequence} is not.",
        "文件应含整个账本,但缺少记录 {sequence}。",
    ),
    "other_tree": ("All rows together do not come to the root that was signed.", "全部记录合计的根哈希与签名不符。"),
    "disposition": (
        "Row {sequence} is said to be {said}, but by the rows before it it is {found}.",
        "记录 {sequence} 据称为 {said},但根据此前的记录应为 {found}。",
    ),
    "left_out": ("Row {sequence} concerns the deal and is not shown as such.", "记录 {sequence} 涉及该商机却未列出。"),
}


class Malformed(Exception):
    """The file is not as it must be."""


class Report:
    """Findings about an evidence file, in one language."""

    def __init__(self, lang: str) -> None:
        self.place = 1 if lang == "zh" else 0
        self.lines: dict[str, list[str]] = {"faults": [], "proved": [], "stated": [], "open": []}

    def text(self, key: str, **values: Any) -> str:
        return TEXTS[key][self.place].format(**{name: printable(value) for name, value in values.items()})

    def say(self, kind: str, key: str, **values: Any) -> None:
        self.lines[kind].append(self.text(key, **values))

    def wrong(self, key: str, **values: Any) -> None:
        self.say("faults", key, **values)


def printable(value: Any) -> str:
    """The value as text of one line that a terminal shows as it is: the file may say anything."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(value))


# --- the standards -------------------------------------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def leaf(sequence: int, recorded_at_us: int, stream_subject: str, message: bytes) -> bytes:
    """Daybook's leaf: 0x00, sequence, microseconds since 1970, length of the subject, subject, message."""
    subject = stream_subject.encode()
    head = b"\x00" + sequence.to_bytes(8, "big") + recorded_at_us.to_bytes(8, "big", signed=True)
    return sha256(head + len(subject).to_bytes(2, "big") + subject + message)


def root_by_inclusion(index: int, size: int, hash: bytes, proof: list[bytes]) -> bytes | None:
    """RFC 9162, 2.1.3.2; None where the proof has another length than it must."""
    if not 0 <= index < size:
        return None
    place, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            hash = node(sibling, hash)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        place, last = place >> 1, last >> 1
    return hash if last == 0 else None


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    proof = ([first_root] if first & (first - 1) == 0 else []) + list(proof)
    if not proof:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = proof[0]
    for each in proof[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(each, old), node(each, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, each)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def root_of(hashes: list[bytes]) -> bytes:
    """The root over all leaves: an odd one at the end goes up as it is."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [node(left, right) for left, right in zip(level[::2], level[1::2])]  # noqa: B905 - not in Python 3.9
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0] if level else sha256(b"")


class Key:
    """A public key as c2sp.org/signed-note writes it: name+id+key."""

    def __init__(self, text: str) -> None:
        try:
            self.name, id, key = text.strip().split("+", 2)
            raw = base64.b64decode(key, validate=True)
            self.id, self.public = bytes.fromhex(id), Ed25519PublicKey.from_public_bytes(raw[1:])
        except ValueError as error:
            raise Malformed(f"--key: write it as name+id+key ({error})") from None
        if raw[:1] != b"\x01" or sha256(self.name.encode() + b"\n" + raw)[:4] != self.id:
            raise Malformed("--key: its id is not that of its name and key")


class Keys:
    """Public keys that the reader trusts: each may have signed."""

    def __init__(self, texts: list[str]) -> None:
        self.known = {(key.name, key.id): key for key in map(Key, texts)}

    def open(self, note: str) -> tuple[str, Key]:
        """The text of a note, and the key that signed it. Raises Malformed."""
        text, gap, tail = note.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise Malformed("it is no signed note")
        for line in tail[:-1].split("\n"):
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            if dash != "\u2014":
                raise Malformed("a line below the text is no signature")
            signature = base64.b64decode(encoded, validate=True)
            key = self.known.get((name, signature[:4]))
            if key is not None:
                try:
                    key.public.verify(signature[4:], (text + "\n").encode())
                except InvalidSignature:
                    raise Malformed("the signature does not fit the text") from None
                return text + "\n", key
        raise Malformed("it is not signed with a key that you named")

    def head(self, note: str) -> tuple[tuple[int, bytes], str]:
        """(size, root) of a signed tree head, and who signed it. Raises Malformed."""
        text, key = self.open(note)
        lines = text.split("\n")
        if len(lines) < 4 or lines[0] != key.name or not lines[1].isascii() or not lines[1].isdigit():
            raise Malformed("it is signed, but no head of this log")
        root = base64.b64decode(lines[2], validate=True)
        if len(root) != 32:
            raise Malformed("it is signed, but holds no root hash")
        return (int(lines[1]), root), key.name


# --- the file ------------------------------------------------------------------------------------------------------


def read_json(text: str) -> Any:
    """JSON in which no key stands twice: readers differ in which of the two they take. Raises ValueError."""
    return json.loads(text, object_pairs_hook=unique)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:80]!r} stands twice in one object")
        found[name] = value
    return found


class Row:
    """A row of the journal as the file has it."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.sequence = whole(given["sequence"])
        self.recorded_at_us = whole(given["recorded_at_us"])
        self.stream_subject = str(given["stream_subject"])
        self.message = base64.b64decode(given["message"], validate=True)
        self.proof = [base64.b64decode(each, validate=True) for each in given.get("proof", [])]
        self.why = given.get("why")
        self.disposition = str(given.get("disposition", "entry"))
        self.shown_at = given.get("recorded_at")
        self.recorded_at = EPOCH + timedelta(microseconds=self.recorded_at_us)
        self.leaf = leaf(self.sequence, self.recorded_at_us, self.stream_subject, self.message)
        self.event: dict[str, Any] = {}
        self.unreadable: str | None = None
        try:
            found = read_json(self.message.decode())
            self.event = found if isinstance(found, dict) else {}
            self.unreadable = None if identity(self.event) else "not an object with source and id"
        except (ValueError, RecursionError) as error:
            self.unreadable = str(error)
        self.identity = identity(self.event)
        data = self.event.get("data")
        self.target = identity(data.get("target")) if isinstance(data, dict) else None
        self.corrects = self.target if str(self.event.get("type")).startswith(CORRECTIONS) else None


def identity(value: Any) -> tuple[str, str] | None:
    """Source and id: what names an event for ever."""
    if not isinstance(value, dict):
        return None
    source, id = value.get("source"), value.get("id")
    return (source, id) if isinstance(source, str) and isinstance(id, str) else None


def whole(value: Any) -> int:
    """A number from 0 that PostgreSQL can hold. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError(f"{value!r} is no whole number")
    return value


def names(data: Any, deal: str) -> bool:
    """Tell if an event's data names the deal: by itself, or by what its lists hold, as the ledger reads it."""
    left = [data]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if each.get("deal_id") == deal:
                return True
            left += [member for value in each.values() if isinstance(value, list) for member in value]
    return False


def about(row: Row, deal: str) -> bool:
    """Tell if the row's own content is about a deal."""
    return row.event.get("subject") == f"deal/{deal}" or names(row.event.get("data"), deal)


def concerning(rows: list[Row], deal: str) -> set[int]:
    """The sequences of the rows that concern a deal: by themselves, or by what they correct or void."""
    own = {row.sequence for row in rows if about(row, deal)}
    targets = {row.identity for row in rows if row.sequence in own} - {None}
    return own | {row.sequence for row in rows if row.corrects in targets}


def check_head(file: dict[str, Any], keys: Keys, report: Report) -> tuple[int, bytes] | None:
    """The signed head; None where it is not."""
    try:
        head, name = keys.head(file["head"])
    except (Malformed, ValueError) as error:
        report.wrong("bad_head", why=error)
        return None
    report.say("proved", "head", size=head[0], name=name)
    return head


def check_rows(rows: list[Row], head: tuple[int, bytes] | None, deal: str, report: Report) -> None:
    """Checks that each row is in the tree, in order, an event, and about the deal."""
    before, good = None, len(report.lines["faults"])
    concerned = concerning(rows, deal)
    for row in rows:
        if head is not None and row.sequence > head[0]:
            report.wrong("behind", sequence=row.sequence, size=head[0])
        elif head is not None and root_by_inclusion(row.sequence - 1, head[0], row.leaf, row.proof) != head[1]:
            report.wrong("not_included", sequence=row.sequence)
        if before is not None and row.sequence <= before.sequence:
            report.wrong("order", sequence=row.sequence, before=before.sequence)
        elif before is not None and row.recorded_at_us < before.recorded_at_us:
            report.wrong("backwards", sequence=row.sequence, before=before.sequence)
        if row.shown_at is not None and row.shown_at != row.recorded_at.isoformat():
            report.wrong("time_text", sequence=row.sequence)
        check_event(row, deal, concerned, report)
        before = row
    if head is not None and rows and len(report.lines["faults"]) == good:
        report.say("proved", "included", count=len(rows))


def check_event(row: Row, deal: str, concerned: set[int], report: Report) -> None:
    """An event under its own subject, and about the deal or a playbook."""
    if row.unreadable is not None:
        report.wrong("unreadable", sequence=row.sequence, why=row.unreadable)
        return
    subject = str(row.event.get("subject"))
    if row.stream_subject != "daybook." + subject.replace("/", "."):
        report.wrong("elsewhere", sequence=row.sequence, subject=subject, stream_subject=row.stream_subject)
    policy = ("daybook.playbook_published.", "daybook.playbook_withdrawn.")
    playbook = row.why == "playbook" and str(row.event.get("type")).startswith(policy)
    if not playbook and row.sequence not in concerned:
        report.wrong("foreign", sequence=row.sequence, deal=deal)


def check_older(
    file: dict[str, Any], head: tuple[int, bytes] | None, keys: Keys, kept: tuple[int, bytes] | None, report: Report
) -> None:
    """The consistency proof, from the older head in the file, which must be the one that the reader kept."""
    given = file.get("older")
    if kept is not None and given is None:
        report.wrong("no_older", size=kept[0])
    if given is None or head is None:
        return
    try:
        older, _ = keys.head(given["head"])
    except (Malformed, ValueError) as error:
        report.wrong("bad_older", why=error)
        return
    if kept is not None and kept[0] != older[0]:
        report.wrong("no_older", size=kept[0])
    elif kept is not None and kept != older:
        report.wrong("other_older", size=kept[0])
    proof = [base64.b64decode(each, validate=True) for each in given["proof"]]
    if consistent(older[0], head[0], older[1], head[1], proof):
        report.say("proved", "consistent", first=older[0], second=head[0])
    else:
        report.wrong("not_consistent", first=older[0], second=head[0])


def check_whole(
    file: dict[str, Any], rows: list[Row], head: tuple[int, bytes] | None, deal: str, report: Report
) -> bool:
    """Checks that all rows of the journal make the tree, and that no row about the deal is left out."""
    if "others" not in file or head is None:
        return False
    everything = {row.sequence: row for row in [Row(each) for each in file["others"]] + rows}
    missing = next((each for each in range(1, head[0] + 1) if each not in everything), None)
    if missing is not None:
        report.wrong("missing_other", sequence=missing)
        return False
    ordered = [everything[each] for each in range(1, head[0] + 1)]
    if root_of([row.leaf for row in ordered]) != head[1]:
        report.wrong("other_tree")
        return False
    good = len(report.lines["faults"])
    check_dispositions(ordered, report)
    shown, known_at = {row.sequence for row in rows}, whole(file["views"]["about"]["known_at"])
    entries = [row for row in ordered if row.disposition == "entry"]
    known = concerning([row for row in entries if row.sequence <= known_at], deal)
    counting, mentioning, named = concerning(entries, deal), concerning(ordered, deal), 0
    for row in ordered:
        if row.sequence in shown:
            continue
        type = row.event.get("type")
        if row.sequence in known:
            report.wrong("left_out", sequence=row.sequence)
        elif row.sequence in counting:
            named += 1
            report.say("open", "recorded_later", sequence=row.sequence, type=type, known_at=known_at)
        elif row.sequence in mentioning:
            named += 1
            report.say("stated", "not_counted", sequence=row.sequence, type=type, disposition=row.disposition)
    if len(report.lines["faults"]) > good:
        return False
    if named:
        report.say("proved", "complete_but", size=head[0], count=named)
    else:
        report.say("proved", "complete", size=head[0])
    return True


def check_dispositions(ordered: list[Row], report: Report) -> None:
    """Check the disposition of all rows: the first with an identity is an entry, and a row that repeats it is none.

    Only the ledger's contracts can tell that a row is unreadable.
    """
    first: dict[tuple[str, str], Row] = {}
    for row in ordered:
        if row.disposition == "unreadable":
            continue
        found = "unreadable"
        if row.identity is not None:
            original = first.setdefault(row.identity, row)
            repeated = "duplicate" if original.message == row.message else "conflict"
            found = "entry" if original is row else repeated
        if found != row.disposition:
            report.wrong("disposition", sequence=row.sequence, said=row.disposition, found=found)


def check_references(file: dict[str, Any], rows: list[Row], report: Report) -> None:
    """Check that the file holds the entries that its view rows and its explanation name.

    A correction whose target is not in the file is no fault: it is noted as not shown.
    """
    held = {row.sequence for row in rows}
    identities = {row.identity for row in rows}
    for view, found in file["views"].items():
        if view == "about":
            continue
        named = {each.get(name) for each in found for name in ("known_from", "known_to", "entry")}
        for sequence in sorted(named - held - {None}):
            report.wrong("unknown_cause", view=view, sequence=sequence)
    explanation = file.get("explanation") or {}
    cited = {each for stage in explanation.get("stages", []) for item in stage["items"] for each in item["by"]}
    for sequence in sorted(cited - held):
        report.wrong("unknown_cause", view="explanation", sequence=sequence)
    for row in rows:
        if row.target is not None and row.target not in identities:
            report.say("open", "unknown_target", sequence=row.sequence, target=" ".join(row.target))


def digest(value: Any) -> str:
    """SHA-256, in Base64, of JSON with sorted keys and no white space."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.b64encode(sha256(text.encode())).decode()


def numbers(text: str) -> set[int]:
    """`1-3,17` as a set, at most a million."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), min(int(last or first), int(first) + 1_000_000) + 1))
    return found


def check_statement(file: dict[str, Any], rows: list[Row], keys: Keys, allow_unsigned: bool, report: Report) -> bool:
    """The notary's signature over the whole file. Whether it holds."""
    if file.get("statement") is None:
        if not allow_unsigned:
            report.wrong("unsigned")
        return False
    try:
        lines = keys.open(file["statement"])[0].split("\n")
        if lines[:2] != [FORMAT, f"deal/{file['deal']}"] or not lines[2].startswith("rows "):
            raise Malformed("it is about something else")
    except (Malformed, ValueError, IndexError) as error:
        report.wrong("bad_statement", why=error)
        return False
    good = len(report.lines["faults"])
    said, held = numbers(lines[2][5:]), {row.sequence for row in rows}
    for sequence in sorted(said - held):
        report.wrong("dropped", sequence=sequence)
    for sequence in sorted(held - said):
        report.wrong("added", sequence=sequence)
    digests = dict(line.split(" ", 1) for line in lines[3:] if line)
    parts = {name: value for name, value in file.items() if name not in ("statement", "views")}
    parts.update({f"views.{name}": value for name, value in file["views"].items()})
    for name in sorted(digests.keys() | parts.keys()):
        if name not in parts or digests.get(name) != digest(parts[name]):
            report.wrong("section", section=name)
    if len(report.lines["faults"]) > good:
        return False
    report.say("proved", "signed")
    return True


@contextmanager
def reading(part: str) -> Iterator[None]:
    """Says which part of the file cannot be read. Raises Malformed."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise Malformed(f"{part}: {type(error).__name__}: {error}") from error


def check(
    file: dict[str, Any], keys: Keys, kept: tuple[int, bytes] | None, allow_unsigned: bool, report: Report
) -> list[Row]:
    """Checks an evidence file in all its parts. Raises Malformed, which names the part, for what cannot be read at
    all."""
    with reading("deal"):
        deal = str(file["deal"])
    with reading("rows"):
        rows = [Row(each) for each in file["rows"]]
    for section in sorted(file.keys() - SECTIONS):
        report.wrong("unknown_section", section=section)
    with reading("head"):
        head = check_head(file, keys, report)
    with reading("rows"):
        check_rows(rows, head, deal, report)
    with reading("older"):
        check_older(file, head, keys, kept, report)
    with reading("others"):
        complete = check_whole(file, rows, head, deal, report)
    with reading("views or explanation"):
        check_references(file, rows, report)
    with reading("statement"):
        signed = check_statement(file, rows, keys, allow_unsigned, report)
    with reading("views"):
        times = file["views"]["about"]
        as_of, known_at = times["as_of"], times["known_at"]
        views = sum(len(each) for name, each in file["views"].items() if name != "about")
    with reading("schemas"):
        schemas = len(file["schemas"])
    for each in ("facts", "clock", "valid", *(() if complete else ("unrepeated",))):
        report.say("stated", each)
    report.say("stated", "views", count=views, as_of=as_of, known_at=known_at)
    report.say("stated", "schemas", count=schemas)
    if not complete:
        if signed:
            report.say("stated", "all_stated", known_at=known_at)
        report.say("open", "omission")
    report.say("open", "split")
    if head is not None:
        report.say("open", "later", sequence=head[0] if complete else known_at)
    return rows


def show(file: dict[str, Any], rows: list[Row], report: Report) -> None:
    """The report, for people."""
    lines = [report.text("title", deal=file["deal"], made=file.get("made_at"))]
    for kind in ("faults", "proved", "stated", "open"):
        if report.lines[kind]:
            lines += ["", report.text(kind), *(f"  - {line}" for line in report.lines[kind])]
    lines += ["", report.text("rows")]
    for row in rows:
        what = [row.event.get(each) for each in ("type", "subject", "time", "source", "id", "actor")]
        lines.append(f"  {row.sequence:>8}  {row.recorded_at.isoformat()}  {'  '.join(map(printable, what))}")
    faults = len(report.lines["faults"])
    lines += ["", report.text("fails", count=faults) if faults else report.text("holds")]
    sys.stdout.write("\n".join(lines) + "\n")


def read(path: str) -> str:
    """A file of UTF-8 text. Raises OSError, ValueError and Malformed."""
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Malformed(f"it has more than {MAX_BYTES} bytes")
    return data.decode()


def older_head(keys: Keys, path: str) -> tuple[int, bytes]:
    """The head that the reader kept. Raises OSError, ValueError and Malformed."""
    try:
        return keys.head(read(path).rstrip("\n") + "\n")[0]
    except Malformed as error:
        raise Malformed(f"--older {path}: {error}") from None


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        description="Checks an evidence file of Daybook, offline.",
        epilog="Example: python verify_evidence.py D-1.json --key 'ledger.example.com/sales+1a2b3c4d+AX…'",
    )
    parser.add_argument("file", help="the evidence file")
    parser.add_argument(
        "--key",
        required=True,
        action="append",
        help="the notary's public key, from somebody you trust; again for a key with which it signed before",
    )
    parser.add_argument("--older", help="a file with a head that you kept: the file must prove that it begins with it")
    parser.add_argument("--allow-unsigned", action="store_true", help="let a file pass that the notary did not sign")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")
    asked = parser.parse_args(arguments)
    report = Report(asked.lang)
    try:
        keys = Keys(asked.key)
        kept = older_head(keys, asked.older) if asked.older else None
        file = read_json(read(asked.file))
        if not isinstance(file, dict) or file.get("format") != FORMAT:
            sys.stderr.write(report.text("no_format", format=FORMAT) + "\n")
            return 2
        rows = check(file, keys, kept, asked.allow_unsigned, report)
    except (OSError, Malformed, ValueError, RecursionError) as error:
        sys.stderr.write(report.text("malformed", what=error) + "\n")
        return 2
    show(file, rows, report)
    return 1 if report.lines["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
