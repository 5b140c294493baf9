"""The check finds what was altered, names it, and finds nothing where nothing was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from services.audit import views
from services.audit.differences import FIRST
from services.audit.verify import verify
from services.errors import BadRequest, DaybookError
from services.query.shapes import Difference, Verification
from services.stream.state import ask
from tests.integration.query.telling import Told


@dataclass
class Heard:
    """Listener that keeps what the check says while it works."""

    steps: dict[str, list[int]] = field(default_factory=dict)
    """By step, the total and what was done of it."""
    said: list[str] = field(default_factory=list)

    def begins(self, step: str, total: int) -> None:
        self.steps[step] = [total, 0]

    def advances(self, step: str, parts: int) -> None:
        self.steps[step][1] += parts

    def notes(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Altered:
    """The ledger, in a transaction that is taken back; triggers and constraints let everything pass."""

    told: Told
    connection: asyncpg.Connection
    schema: str

    async def verify(self, deal: str | None = None) -> Verification:
        """The check, as it sees what was altered."""
        nc = await self.told.ledger.nats()
        return await verify(self.connection, nc, self.told.ledger.settings.stream, Heard(), deal=deal, wait_s=0)

    async def only(self, kind: str, deal: str | None = None) -> Difference:
        """The one difference that the check finds."""
        answer = await self.verify(deal)
        assert not answer["ok"]
        assert answer["counts"] == {kind: 1}, answer["differences"]
        (difference,) = answer["differences"]
        return difference


@pytest.fixture
async def altered(told: Told) -> AsyncIterator[Altered]:
    async with _altering(told) as altered:
        yield altered


@asynccontextmanager
async def _altering(told: Told) -> AsyncIterator[Altered]:
    connection = await told.ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")
    transaction = connection.transaction()
    await transaction.start()
    for table in ("journal", "concerns", "payment_link"):
        await connection.execute(f"alter table ledger.{table} disable trigger user")
    await connection.execute("alter table ledger.concerns drop constraint concerns_sequence_fkey")
    await connection.execute(f'set local search_path = "{schema}", ledger, public')
    try:
        yield Altered(told, connection, schema)
    finally:
        await transaction.rollback()


async def test_a_good_ledger_has_no_difference(told: Told) -> None:
    heard = Heard()
    connection = await told.ledger.connect("daybook_query")
    answer = await verify(connection, await told.ledger.nats(), told.ledger.settings.stream, heard)
    assert answer == {
        "ok": True,
        "sequence": told.last,
        "entries": told.last - 3,
        "subjects": 9,
        "heads": 0,
        "signed": {},
        "differences": [],
        "counts": {},
    }
    assert heard.said == []
    assert all(done == total for total, done in heard.steps.values())


@pytest.mark.long
async def test_several_processes_find_what_one_finds(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ENTRIES_PER_WORKER", 5)
    monkeypatch.setattr(views, "_ENTRIES_BATCH_SIZE", 3)
    nc, ledger = await told.ledger.nats(), told.ledger
    connection = await ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation")

    async def checked(number: int) -> Verification:
        url = ledger.endpoints.database_url if number else None
        return await verify(connection, nc, ledger.settings.stream, Heard(), database_url=url, workers=number)

    assert await checked(2) == await checked(0)
    await connection.execute(f"update \"{schema}\".stage_position set owner = 'x' where owner = 'Zhao'")
    try:
        found = await checked(2)
        assert found["counts"]["view_row_altered"] > 0
        assert found == await checked(0)
    finally:
        await connection.execute(f"update \"{schema}\".stage_position set owner = 'Zhao' where owner = 'x'")


async def test_one_deal_is_checked_alone(altered: Altered) -> None:
    answer = await altered.verify(deal="D-1")
    assert (answer["ok"], answer["entries"], answer["subjects"]) == (True, 6, 1)
    await altered.connection.execute("update stage_position set owner = 'Mallory' where deal = 'D-3' and version = 1")
    assert (await altered.verify(deal="D-1"))["ok"]
    assert not (await altered.verify(deal="D-3"))["ok"]


async def test_a_deal_that_nobody_knows_cannot_be_checked(altered: Altered) -> None:
    with pytest.raises(BadRequest, match="D-9"):
        await altered.verify(deal="D-9")


async def test_a_changed_byte_of_a_message_is_found(altered: Altered) -> None:
    sequence = altered.told.at["c1"]
    await altered.connection.execute(
        "update journal set message = convert_to(replace(convert_from(message, 'utf8'), 'interested', 'callback'),"
        " 'utf8') where sequence = $1",
        sequence,
    )
    answer = await altered.verify()
    # The bytes, their hash, and the rows that follow from another outcome.
    assert {kind: answer["counts"][kind] for kind in ("message_altered", "leaf_hash_altered")} == {
        "message_altered": 1,
        "leaf_hash_altered": 1,
    }
    first = answer["differences"][0]
    assert (first["kind"], first["sequence"], first["subject"]) == ("message_altered", sequence, "deal/D-1")
    assert '"outcome":"interested"' in (first["expected"] or "")
    assert '"outcome":"callback"' in (first["found"] or "")
    assert {each["subject"] for each in answer["differences"]} == {"deal/D-1"}
    assert any(kind.startswith("view_") for kind in answer["counts"])


async def test_a_changed_byte_that_no_view_reads_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "update journal set message = set_byte(message, 0, 32) where sequence = $1", altered.told.at["unreadable"]
    )
    assert set((await altered.verify())["counts"]) == {"message_altered", "leaf_hash_altered"}


async def test_a_changed_leaf_hash_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "update journal set leaf_hash = sha256(leaf_hash) where sequence = $1", altered.told.at["m1"]
    )
    difference = await altered.only("leaf_hash_altered")
    assert (difference["sequence"], difference["subject"]) == (altered.told.at["m1"], "deal/D-1")
    assert difference["expected"] != difference["found"]
    await altered.only("leaf_hash_altered", deal="D-1")


async def test_a_changed_time_is_found_although_its_hash_fits(altered: Altered) -> None:
    sequence = altered.told.at["c4"]
    await altered.connection.execute(
        "update journal set recorded_at = recorded_at - interval '1 us' where sequence = $1", sequence
    )
    answer = await altered.verify()
    assert answer["counts"] == {"recorded_at_altered": 1, "leaf_hash_altered": 1}
    assert {each["sequence"] for each in answer["differences"]} == {sequence}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("source", "'other'"), ("id", "'other'"), ("type", "'daybook.call_made.v2'"), ("actor", "null"),
        ("occurred_at", "occurred_at + interval '1 us'"),
    ],
)  # fmt: skip
async def test_a_column_that_does_not_say_what_the_message_says_is_found(
    altered: Altered, column: str, value: str
) -> None:
    sequence = altered.told.at["c4"]
    await altered.connection.execute(f"update journal set {column} = {value} where sequence = $1", sequence)
    difference = await altered.only("column_altered")
    assert (difference["sequence"], difference["subject"]) == (sequence, "deal/D-4")
    assert (difference["expected"] or "").startswith(f"{column}: ")


async def test_a_missing_row_of_the_journal_is_found(altered: Altered) -> None:
    sequence = altered.told.at["duplicate"]
    await altered.connection.execute("delete from journal where sequence = $1", sequence)
    assert (await altered.only("row_missing"))["sequence"] == sequence


async def test_the_journal_may_not_end_behind_what_the_views_include(altered: Altered) -> None:
    await altered.connection.execute("delete from journal where sequence = $1", altered.told.at["unreadable"])
    assert (await altered.only("row_missing"))["sequence"] == altered.told.at["unreadable"]


@pytest.mark.parametrize(
    ("id", "change", "expected"),
    [
        ("duplicate", "disposition = 'conflict', reason = 'x'", "duplicate of {c1}"),
        ("conflict", "disposition = 'duplicate', reason = null", "conflict of {c1}"),
        ("conflict", "original = 1", "conflict of {c1}"),
        ("c4", "disposition = 'unreadable', reason = 'x'", "entry"),
    ],
)
async def test_dispositions_are_judged_anew(altered: Altered, id: str, change: str, expected: str) -> None:
    sequence = altered.told.at[id]
    await altered.connection.execute(f"update journal set {change} where sequence = $1", sequence)
    answer = await altered.verify()
    found = [each for each in answer["differences"] if each["kind"] == "disposition_altered"]
    assert [(each["sequence"], each["expected"]) for each in found] == [(sequence, expected.format(**altered.told.at))]


async def test_an_entry_that_cannot_be_read_is_found(altered: Altered) -> None:
    sequence = altered.told.at["c4"]
    await altered.connection.execute("update journal set message = '\\x00' where sequence = $1", sequence)
    kinds = (await altered.verify())["counts"]
    assert kinds["disposition_altered"] == 1


async def test_a_subject_that_is_not_noted_is_found(altered: Altered) -> None:
    await altered.connection.execute("delete from concerns where subject = 'deal/D-4'")
    answer = await altered.verify()
    missing = next(each for each in answer["differences"] if each["kind"] == "concerns_missing")
    assert (missing["sequence"], missing["subject"]) == (altered.told.at["c4"], "deal/D-4")
    assert answer["counts"]["concerns_missing"] == 1


async def test_a_named_account_that_is_not_noted_is_found(altered: Altered) -> None:
    sequence = altered.told.at["i1"]
    await altered.connection.execute("delete from concerns where subject = 'deal/D-1' and sequence = $1", sequence)
    assert (await altered.only("concerns_missing"))["sequence"] == sequence


async def test_what_a_correction_concerns_through_its_target_is_checked(altered: Altered) -> None:
    sequence = altered.told.at["x6"]
    await altered.connection.execute("delete from concerns where subject = 'account/A-1' and sequence = $1", sequence)
    difference = await altered.only("concerns_missing")
    assert (difference["sequence"], difference["subject"]) == (sequence, "account/A-1")


async def test_a_subject_that_is_noted_for_nothing_is_found(altered: Altered) -> None:
    sequence = altered.told.at["c4"]
    await altered.connection.execute("insert into concerns values ('deal/D-9', $1, 3)", sequence)
    answer = await altered.verify()
    assert {each["kind"] for each in answer["differences"] if each["subject"] == "deal/D-9"} >= {"concerns_extra"}


async def test_a_changed_value_of_a_view_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "update stage_position set owner = 'Mallory' where deal = 'D-2' and to_at < 'infinity'"
    )
    difference = await altered.only("view_row_altered")
    assert (difference["sequence"], difference["subject"]) == (altered.told.at["w2"], "deal/D-2")
    assert (difference["expected"] or "").endswith("owner=Zhao")
    assert difference["found"] == "owner=Mallory"
    await altered.only("view_row_altered", deal="D-2")


async def test_a_version_that_no_longer_stands_is_compared_too(altered: Altered) -> None:
    changed = await altered.connection.execute(
        "update receivables_item set open_amount = open_amount + 1 where known_to < 9223372036854775807"
        " and ctid = (select min(ctid) from receivables_item where known_to < 9223372036854775807)"
    )
    assert changed == "UPDATE 1"
    assert (await altered.only("view_row_altered"))["subject"] == "account/A-1"


async def test_a_missing_row_of_a_view_is_found(altered: Altered) -> None:
    await altered.connection.execute("delete from receivables_movement where document = 'INV-2'")
    difference = await altered.only("view_row_missing")
    assert (difference["sequence"], difference["subject"]) == (altered.told.at["i2"], "account/A-1")
    assert (difference["expected"] or "").startswith("receivables_movement A-1")
    assert difference["found"] is None


async def test_a_row_too_many_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "insert into flag values ('deal/D-2', 'stage_position', 'opened_twice', 3, null, now(), 'infinity', 3)"
    )
    difference = await altered.only("view_row_extra")
    assert (difference["subject"], difference["expected"]) == ("deal/D-2", None)


async def test_rows_of_a_subject_without_entries_are_found(altered: Altered) -> None:
    await altered.connection.execute(
        "insert into receivables_movement values ('A-9', '2026-01-01', 'CNY', 1, 'invoice', 'X', null, 3, '', 3)"
    )
    assert (await altered.only("view_row_extra"))["subject"] == "account/A-9"


@pytest.mark.parametrize("subject", ["playbook/project", "deal", "customer/A-1"])
async def test_a_flag_of_what_no_view_is_about_is_found(altered: Altered, subject: str) -> None:
    await altered.connection.execute(
        "insert into flag values ($1, 'receivables', 'invoice_twice', 3, null, now(), 'infinity', 3)", subject
    )
    difference = await altered.only("view_row_extra")
    assert (difference["sequence"], difference["subject"]) == (3, subject)


async def _replace_view(altered: Altered, name: str, column: str, expression: str) -> None:
    """The view of `reporting` as it is, but for one column."""
    columns = await altered.connection.fetch(
        "select quote_ident(attname) as name from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
        " order by attnum",
        f"reporting.{name}_version",
    )
    selected = ", ".join(f"{expression} as {column}" if row["name"] == column else row["name"] for row in columns)
    await altered.connection.execute(
        f"create or replace view reporting.{name}_version as select {selected} from {name}"
    )


@pytest.mark.parametrize(
    ("view", "column", "expression"),
    [
        ("receivables_movement", "amount", "amount * 2"),
        ("stage_position", "owner", "'Mallory'::text"),
        ("flag", "detail", "'nothing'::text"),
    ],
)
async def test_a_view_of_reporting_that_shows_something_else_is_found(
    altered: Altered, view: str, column: str, expression: str
) -> None:
    await _replace_view(altered, view, column, expression)
    answer = await altered.verify()
    assert set(answer["counts"]) == {"view_row_altered"}
    assert all((each["found"] or "").startswith(f"{column}=") for each in answer["differences"])


async def test_a_view_of_reporting_that_hides_rows_is_found(altered: Altered) -> None:
    hidden = await altered.connection.fetchval("select count(*) from receivables_movement where document = 'INV-2'")
    await altered.connection.execute(
        "create or replace view reporting.receivables_movement_version as"
        " select account, at, currency, amount, kind, document, deal, entry, known_from, known_to, series"
        " from receivables_movement where document <> 'INV-2'"
    )
    assert (await altered.verify())["counts"] == {"view_row_missing": hidden}


async def test_a_view_of_reporting_that_lacks_a_column_cannot_be_checked(altered: Altered) -> None:
    await altered.connection.execute("alter view reporting.flag_version rename column detail to details")
    with pytest.raises(DaybookError, match=r"reporting\.\"flag_version\" is not as this version made it"):
        await altered.verify()


async def test_a_row_that_became_known_at_another_sequence_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "update receivables_movement set known_from = known_from - 1 where document = 'INV-2'"
    )
    difference = await altered.only("view_known_from_altered")
    assert (difference["sequence"], difference["found"]) == (altered.told.at["i2"], str(altered.told.at["i2"] - 1))


async def test_a_row_that_was_unmade_at_another_sequence_is_found(altered: Altered) -> None:
    await altered.connection.execute("update flag set known_to = $1 where subject = 'deal/D-4'", altered.told.at["x1"])
    difference = await altered.only("view_known_to_altered")
    assert ((difference["expected"] or "").endswith("stands"), difference["found"]) == (
        True,
        str(altered.told.at["x1"]),
    )


async def test_a_stale_subject_fails_the_check(altered: Altered) -> None:
    await altered.connection.execute(
        "insert into stale values ('deal/D-1', 'stage_position', $1, 'boom')", altered.told.at["k1"]
    )
    difference = await altered.only("stale")
    assert (difference["sequence"], difference["subject"]) == (altered.told.at["k1"], "deal/D-1")
    await altered.only("stale", deal="D-1")
    assert (await altered.verify(deal="D-2"))["ok"]


async def test_of_many_differences_the_first_are_told_and_all_are_counted(altered: Altered) -> None:
    changed = await altered.connection.execute("update journal set leaf_hash = sha256(leaf_hash)")
    answer = await altered.verify()
    assert answer["counts"] == {"leaf_hash_altered": altered.told.last}
    assert changed == f"UPDATE {altered.told.last}"
    assert [each["sequence"] for each in answer["differences"]] == list(range(1, FIRST + 1))


async def test_a_message_that_the_stream_no_longer_has_is_found(altered: Altered) -> None:
    # A copy of the stream, from which something may be removed.
    nc, name = await altered.told.ledger.nats(), "COPY"
    made = await ask(
        nc, f"STREAM.CREATE.{name}", {"name": name, "mirror": {"name": altered.told.ledger.settings.stream}}
    )
    assert "error" not in made, made
    try:
        while (await ask(nc, f"STREAM.INFO.{name}"))["state"]["last_seq"] < altered.told.last:
            pass
        gone = [3, altered.told.at["c4"], altered.told.last]
        for sequence in gone:
            assert (await ask(nc, f"STREAM.MSG.DELETE.{name}", {"seq": sequence}))["success"]
        answer = await verify(altered.connection, nc, name, Heard(), wait_s=0)
    finally:
        await ask(nc, f"STREAM.DELETE.{name}")
    assert answer["counts"] == {"stream_replaced": 1, "message_missing": 3}
    assert [each["sequence"] for each in answer["differences"] if each["kind"] == "message_missing"] == gone


async def test_lanes_that_do_not_catch_up_are_told_of_and_what_they_have_is_checked(altered: Altered) -> None:
    first = altered.told.first
    await altered.connection.execute("update lane set sequence = $1 where lane = 3", first)
    heard = Heard()
    nc = await altered.told.ledger.nats()
    answer = await verify(altered.connection, nc, altered.told.ledger.settings.stream, heard, wait_s=0.2)
    assert (answer["ok"], answer["sequence"]) == (True, first)
    assert heard.said == [
        f"Checked up to {first} only: the recorder is at {altered.told.last}, the slowest lane at {first}."
    ]


async def test_views_of_other_folds_cannot_be_checked(altered: Altered) -> None:
    await altered.connection.execute("update generation set digest = '000000000000'")
    with pytest.raises(DaybookError, match="daybook rebuild"):
        await altered.verify()


async def test_a_payment_that_is_noted_for_an_entry_that_does_not_deal_with_it_is_found(altered: Altered) -> None:
    await altered.connection.execute(
        "insert into payment_link (reference, account, sequence, since) values ('P-9', 'A-1', $1, $1)",
        altered.told.at["c1"],
    )
    difference = await altered.only("payment_link_extra")
    assert (difference["sequence"], difference["subject"]) == (altered.told.at["c1"], "account/A-1")


async def test_a_payment_that_is_not_noted_for_its_entry_is_found(altered: Altered) -> None:
    deleted = await altered.connection.fetch("delete from payment_link returning sequence")
    answer = await altered.verify()
    assert not answer["ok"]
    assert answer["counts"] == {"payment_link_missing": len(deleted)}
    assert deleted
