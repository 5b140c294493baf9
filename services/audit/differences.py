"""Differences that a check found: all of each kind are counted, the first of each kind are kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.query.shapes import Difference
from services.texts import Text

FIRST = 10
"""How many differences of one kind are kept."""

KINDS = {
    "stream_replaced": Text("消息流不是日志记得的那一个", "the stream is another one than the journal remembers"),
    "message_missing": Text("日志里有，消息流里没有了", "the journal has it, the stream no longer does"),
    "message_altered": Text("日志和消息流的字节不同", "journal and stream hold different bytes"),
    "subject_altered": Text("日志和消息流的主题不同", "journal and stream name different stream subjects"),
    "recorded_at_altered": Text(
        "recorded_at 不是消息流的时间（从不早于前一条）",
        "recorded_at is not the stream's time (never below the one before)",
    ),
    "leaf_hash_altered": Text("叶子哈希不是这一行的", "the leaf hash is not that of the row"),
    "row_missing": Text("日志有缺口", "the journal has a gap"),
    "disposition_altered": Text("重新判断，这条消息是别的东西", "judged anew, the message is something else"),
    "column_altered": Text("日志的一列与消息所说不同", "a column of the journal does not say what the message says"),
    "rows_not_signed": Text("这些行不是树头签名时的那些", "rows are not those for which a head was signed"),
    "head_altered": Text(
        "一个已签名的树头不是可信密钥的，或者不在该在的地方",
        "a signed head is none of the trusted key, or not where it belongs",
    ),
    "nothing_signed": Text(
        "日志应由指定的密钥签名，却没有它的树头",
        "the journal is to be signed by the key that was named, and there is no head of it",
    ),
    "head_missing": Text("一处丢失了别处还有的已签名树头", "a place has lost a signed head that another still has"),
    "tree_altered": Text("日志树的一个节点不是它的行得出的", "a node of the journal's tree is not that of its rows"),
    "concerns_missing": Text("没有记下条目涉及的一个对象", "a subject that the entry concerns is not noted"),
    "concerns_extra": Text("记下了条目不涉及的一个对象", "a subject is noted that the entry does not concern"),
    "payment_link_missing": Text("没有记下条目处理的是哪笔付款", "which payment the entry deals with is not noted"),
    "payment_link_extra": Text("记下了条目不处理的一笔付款", "a payment is noted that the entry does not deal with"),
    "view_row_missing": Text("重放得出一行，视图没有", "a replay gives a row that the view does not have"),
    "view_row_extra": Text("视图有一行，重放都得不出", "the view has a row that no replay gives"),
    "view_row_altered": Text(
        "视图一行的值与重放得出的不同", "a row of the view has other values than the replay gives"
    ),
    "view_known_from_altered": Text("一行从另一个序号起为人所知", "a row became known at another sequence"),
    "view_known_to_altered": Text("一行在另一个序号被取消", "a row was unmade at another sequence"),
    "stale": Text("这个对象的折叠出错；它的行是以前的", "a fold raised for the subject; its rows are those of before"),
}
"""Every kind, in the order in which they are told."""


@dataclass(slots=True)
class Differences:
    """The differences found so far."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[Difference]] = field(default_factory=dict)

    def add(
        self, kind: str, sequence: int | None, subject: str | None, expected: object = None, found: object = None
    ) -> None:
        """Adds a difference. `expected` is what must be, `found` what is; None where there is nothing."""
        self.count(kind, 1)
        kept = self.first.setdefault(kind, [])
        if len(kept) < FIRST:
            kept.append(
                Difference(kind=kind, sequence=sequence, subject=subject, expected=_text(expected), found=_text(found))
            )

    def count(self, kind: str, number: int) -> None:
        """Count so many more differences of a kind that need no description of their own."""
        assert kind in KINDS, kind
        self.counts[kind] += number

    def merge(self, other: "Differences") -> None:
        """Take over what another check found."""
        self.counts.update(other.counts)
        for kind, found in other.first.items():
            self.first[kind] = sorted([*self.first.get(kind, []), *found], key=_place)[:FIRST]

    def listed(self) -> list[Difference]:
        """The first of each kind, by kind and sequence."""
        return [each for kind in KINDS for each in sorted(self.first.get(kind, []), key=_place)]

    def numbers(self) -> dict[str, int]:
        """Number of differences of each kind that was found."""
        return {kind: self.counts[kind] for kind in KINDS if self.counts[kind]}


def _place(each: Difference) -> tuple[int, str]:
    return each["sequence"] or 0, each["subject"] or ""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def joined(values: Iterable[object]) -> str:
    """Joins several values to one text."""
    return ", ".join(map(str, values))
