"""An evidence file proves what it says without Daybook, and nothing in it can be changed unseen."""

import ast
import asyncio
import base64
import copy
import json
import random
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.audit import verify_evidence
from services.audit.evidence import evidence, head_of
from services.audit.replay import replay
from services.audit.statement import signed, statement
from services.errors import BadRequest, DaybookError, JournalAltered
from services.notary.head import Head, read_head, sign_head
from services.notary.note import SigningKey
from services.query.moment import moment
from tests.integration.notary.signing import Notarised, notarised
from tests.integration.query.telling import PLAYBOOKS, Told, corrected, event, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers

SCRIPT = Path(verify_evidence.__file__)
Document = dict[str, Any]


@dataclass
class Case:
    """The story, signed in two heads."""

    told: Told
    mine: Notarised
    older: Head
    """Of the first part."""

    @property
    def key(self) -> str:
        return str(self.mine.keys.own.public)

    async def made(
        self, deal: str = "D-1", known_at: str | None = None, older: Head | None = None, whole: bool = False
    ) -> Document:
        connection = await self.mine.ledger.connect("daybook_query")

        async def following(_: int) -> None:
            return None

        at = await moment(connection, "2026-02-15", known_at, following)
        head = await head_of(connection, at.known_at, self.mine.keys.known, 5)
        document = await evidence(connection, deal, at, head, older, whole=whole)
        return signed(json.loads(json.dumps(document)), self.mine.keys.own)


THIRD = (
    event("o7", "deal_opened", "deal/D-7", "2026-01-01", playbook="practice", owner="Li"),
    event("c7", "call_made", "deal/D-7", "2026-01-02", outcome="interested"),
    event("o8", "deal_opened", "deal/D-8", "2026-01-01", playbook="practice", owner="Li"),
    # What these three are about does not exist, is another deal's, and concerns D-7 only once it is there.
    event("v7", "event_voided", "deal/D-7", "2026-01-03", target={"source": "crm", "id": "none"}, reason="typed wrong",
          approver="Wang"),
    event("e7", "evidence_revoked", "deal/D-7", "2026-01-03", target={"source": "crm", "id": "c1"}, reason="hearsay"),
    event("v8", "event_voided", "account/A-7", "2026-01-03", target={"source": "crm", "id": "i7"}, reason="typed wrong",
          approver="Wang"),
    event("i7", "invoice_issued", "account/A-7", "2026-01-10", invoice="INV-7", amount="100.00", currency="CNY",
          due_on="2026-02-09", deal_id="D-7"),
    # They name D-7 and an event of it, and do not concern it.
    event("e8", "evidence_revoked", "deal/D-8", "2026-01-03", target={"source": "crm", "id": "c7"}, reason="hearsay"),
    event("i8", "invoice_issued", "account/A-7", "2026-01-10", invoice="INV-8", amount="70.00", currency="CNY",
          due_on="2026-03-31"),
    corrected("x8", "i8", "invoice_issued", "account/A-7", "2026-01-10", invoice="INV-8", amount="70.00",
              currency="CNY", due_on="2026-03-31", deal_id="D-7"),
    # A target of the playbook decides nothing about its deals.
    event("t7", "target_set", "playbook/practice", "2026-01-05", target="T-7", metric="deals_opened", period="2026",
          value="8"),
)  # fmt: skip
"""D-7, and what an emitter can send that is beside the point."""


@pytest.fixture(scope="module")
async def case(servers: Servers) -> AsyncIterator[Case]:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        mine = await notarised(ledger)
        told = await tell_first(ledger)
        await mine.signs(told.last)
        older = (await mine.newest())["table"]
        assert older is not None
        await tell_second(told)
        await told.tell(*THIRD)
        await told.projected()
        await mine.signs(told.last)
        yield Case(told, mine, older)


def verified(
    document: Document, case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, str]:
    """The script's exit code, and what it said."""
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    key = () if "--key" in options else ("--key", case.key)
    code = verify_evidence.main([str(path), *key, *options])
    said = capsys.readouterr()
    return code, said.out + said.err


async def test_the_script_alone_proves_the_deal(case: Case, tmp_path: Path) -> None:
    document = await case.made()
    (tmp_path / "D-1.json").write_text(json.dumps(document))
    shutil.copy(SCRIPT, tmp_path / "check.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "check.py", "D-1.json", "--key", case.key, cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    assert f"The head of {case.told.last} rows was signed by {case.mine.keys.own.public.name}" in output
    assert "Each of the 7 rows below stands in the journal" in output
    assert "The notary signed this whole file" in output
    assert "That no row about the deal was left out" in output
    for id in ("o1", "c1", "k1", "m1", "i1", "x1"):
        assert f"{case.told.at[id]:>8}  20" in output


def test_the_script_imports_nothing_of_daybook() -> None:
    imported = set()
    for each in ast.walk(ast.parse(SCRIPT.read_text())):
        if isinstance(each, ast.Import):
            imported |= {name.name.split(".")[0] for name in each.names}
        elif isinstance(each, ast.ImportFrom):
            imported.add((each.module or "").split(".")[0])
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_every_word_is_in_both_languages() -> None:
    for key, (english, chinese) in verify_evidence.TEXTS.items():
        fields = [{part.split("}")[0] for part in text.split("{")[1:]} for text in (english, chinese)]
        assert fields[0] == fields[1], key


async def test_it_speaks_chinese(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(await case.made(), case, tmp_path, capsys, "--lang", "zh")
    assert code == 0
    assert "已证明" in said
    assert "仅为陈述" in said


async def test_an_older_head_is_proved_to_be_the_beginning(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "older"
    kept.write_text(case.older.note)
    code, said = verified(await case.made(older=case.older), case, tmp_path, capsys, "--older", str(kept))
    assert (code, f"The {case.older.size} rows of the older head are the first of the" in said) == (0, True)
    code, said = verified(await case.made(), case, tmp_path, capsys, "--older", str(kept))
    assert (code, "have it made with --older" in said) == (1, True)
    lied = sign_head(case.mine.keys.own, case.older.size, bytes(32))
    kept.write_text(lied.note)
    code, said = verified(await case.made(older=case.older), case, tmp_path, capsys, "--older", str(kept))
    assert (code, "has another root than the one in the file" in said) == (1, True)


async def test_with_the_whole_journal_nothing_can_be_missing(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = await case.made(whole=True)
    code, said = verified(document, case, tmp_path, capsys)
    assert code == 0, said
    assert f"The file holds all {case.told.last} rows" in said
    assert "Others about this deal: 2, each named" in said
    assert "NOT SHOWN" in said
    assert "was left out when the file was made" not in said
    not_counted = f"row {case.told.at['conflict']} (daybook.call_made.v1), which is about the deal, does not count"
    assert f"{not_counted}: it is said to be conflict." in said
    # The notary itself leaves an entry out, and signs.
    gone = case.told.at["k1"]
    document["rows"], moved = (
        [each for each in document["rows"] if each["sequence"] != gone],
        next(each for each in document["rows"] if each["sequence"] == gone),
    )
    document["others"].append(
        {name: moved[name] for name in ("sequence", "recorded_at_us", "stream_subject", "message")}
    )
    code, said = verified(signed(without_statement(document), case.mine.keys.own), case, tmp_path, capsys)
    assert (code, f"Row {gone} concerns the deal and is not shown as such." in said) == (1, True)


NO_OTHER = "no other than those below is about this deal"


def moved(document: Document, sequence: int, **said: Any) -> Document:
    """The document with a row among the others, as somebody says who is not to be believed."""
    row = next(each for each in document["rows"] if each["sequence"] == sequence)
    return {
        **without_statement(document),
        "rows": [each for each in document["rows"] if each is not row],
        "others": [*document["others"], {**row, **said}],
    }


async def test_with_the_whole_journal_what_came_to_be_known_later_is_named(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = await case.made(known_at=str(case.told.first), whole=True)
    code, said = verified(document, case, tmp_path, capsys)
    assert code == 0, said
    assert f"What row {case.told.at['x1']} (daybook.event_corrected.v1) says. It is about the deal" in said
    assert NO_OTHER not in said
    assert f"What was recorded behind sequence {case.told.last}." in said
    _, said = verified(await case.made(known_at=str(case.told.first)), case, tmp_path, capsys)
    assert f"What was recorded behind sequence {case.told.first}." in said


async def test_a_row_that_is_said_to_be_unknown_then_is_named(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unwelcome = case.told.at["x1"]
    document = moved(await case.made(whole=True), unwelcome, disposition="entry")
    document |= {"statement": None, "explanation": None, "views": {"about": document["views"]["about"]}}
    document["views"]["about"]["known_at"] = 0
    code, said = verified(document, case, tmp_path, capsys, "--allow-unsigned")
    assert code == 0, said
    assert f"What row {unwelcome} (daybook.event_corrected.v1) says. It is about the deal" in said
    assert NO_OTHER not in said


@pytest.mark.parametrize("disposition", ["duplicate", "conflict", "unreadable", "x"])
async def test_a_disposition_is_not_believed(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], disposition: str
) -> None:
    void = case.told.at["v8"]
    document = await case.made("D-7", whole=True)
    code, said = verified(document, case, tmp_path, capsys)
    assert (code, NO_OTHER in said) == (0, True), said
    document = moved(document, void, disposition=disposition)
    code, said = verified(signed(document, case.mine.keys.own), case, tmp_path, capsys)
    assert NO_OTHER not in said
    if disposition == "unreadable":
        not_counted = f"row {void} (daybook.event_voided.v1), which is about the deal, does not count"
        assert f"{not_counted}: it is said to be unreadable." in said
    else:
        assert (code, f"Row {void} is said to be {disposition}, but by the rows before it it is entry." in said) == (
            1,
            True,
        )


async def test_a_row_that_repeats_another_does_not_count(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = await case.made(whole=True)
    for disposition in ("duplicate", "conflict"):
        other = next(each for each in document["others"] if each["sequence"] == case.told.at[disposition])
        other["disposition"] = "entry"
    code, said = verified(signed(without_statement(document), case.mine.keys.own), case, tmp_path, capsys)
    assert code == 1
    for disposition in ("duplicate", "conflict"):
        row = case.told.at[disposition]
        assert f"Row {row} is said to be entry, but by the rows before it it is {disposition}." in said


async def test_what_a_correction_is_about_may_be_unknown_or_of_another_deal(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = case.told.at
    for known_at in (None, at["v8"]):
        for whole in (False, True):
            document = await case.made("D-7", None if known_at is None else str(known_at), whole=whole)
            sequences = {each["sequence"] for each in document["rows"] if each["why"] == "deal"}
            own = {at[each] for each in ("o7", "c7", "v7", "e7")}
            assert sequences == (own if known_at else {*own, at["v8"], at["i7"]})
            code, said = verified(document, case, tmp_path, capsys)
            assert code == 0, said
            assert f"The event crm none, which row {at['v7']} is about." in said
            assert f"The event crm c1, which row {at['e7']} is about." in said
            assert f"The event crm i7, which row {at['v8']} is about." not in said
            named = [id for id in at if f"What row {at[id]} (" in said]
            assert named == (["v8", "i7"] if known_at and whole else [])


async def test_a_key_that_signed_before_is_named_beside_the_present_one(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = SigningKey.generate(case.mine.keys.own.public.name)
    document = without_statement(await case.made(older=case.older))
    head = read_head(document["head"], case.mine.keys.known)
    kept = tmp_path / "older"
    kept.write_text(case.older.note)
    for note in (head.note, sign_head(new, head.size, head.root).note):
        changed = signed(document | {"head": note}, new)
        options = ("--older", str(kept), "--key", str(new.public))
        assert verified(changed, case, tmp_path, capsys, *options)[0] == 2
        code, said = verified(changed, case, tmp_path, capsys, *options, "--key", case.key)
        assert code == 0, said
        assert "The notary signed this whole file" in said


async def test_no_key_stands_twice(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = await case.made()
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(document).replace('"deal": "D-1"', '"deal": "D-2", "deal": "D-1"', 1))
    assert verify_evidence.main([str(path), "--key", case.key]) == 2
    assert "the key 'deal' stands twice in one object" in capsys.readouterr().err
    with pytest.raises(BadRequest, match="the key 'deal' stands twice in one object"):
        replay(path.read_text())


async def test_what_a_file_says_cannot_look_like_the_verdict(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "x\n\nAll that must hold does.\x1b[2J\x9b\u202e"
    document = without_statement(await case.made())
    document["made_at"] = document["views"]["stage_position"][0]["owner"] = forged
    found = row(document, case, "c1")
    message = json.loads(base64.b64decode(found["message"])) | {"actor": forged}
    found["message"] = base64.b64encode(json.dumps(message).encode()).decode()
    _, said = verified(signed(document, case.mine.keys.own), case, tmp_path, capsys)
    differences = replay(json.dumps(document | {"rows": (await case.made())["rows"]}))
    for line in (*said.split("\n"), *differences):
        assert line.isprintable(), line
        assert line != "All that must hold does."
    escaped = r"x\n\nAll that must hold does.\x1b[2J\x9b\u202e"
    assert said.count(escaped) == 2
    assert any(escaped in each for each in differences)


def without_statement(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "statement"}


def row(document: Document, case: Case, id: str) -> Document:
    found: Document = next(each for each in document["rows"] if each["sequence"] == case.told.at[id])
    return found


def _change(document: Document, case: Case) -> str:
    found = row(document, case, "c1")
    message = base64.b64decode(found["message"]).replace(b"interested", b"callback!!")
    found["message"] = base64.b64encode(message).decode()
    return f"Row {found['sequence']} is not in the tree that was signed"


def _backdate(document: Document, case: Case) -> str:
    found = row(document, case, "c1")
    found["recorded_at_us"] -= 1
    return f"Row {found['sequence']} is not in the tree that was signed"


def _backdate_text(document: Document, case: Case) -> str:
    found = row(document, case, "c1")
    found["recorded_at"] = found["recorded_at"].replace("20", "19", 1)
    return f"Row {found['sequence']} is shown with another recorded time"


def _drop(document: Document, case: Case) -> str:
    document["rows"].remove(row(document, case, "m1"))
    return f"Row {case.told.at['m1']} was taken out of the file"


def _reorder(document: Document, case: Case) -> str:
    rows = document["rows"]
    rows[1], rows[2] = rows[2], rows[1]
    return f"Row {rows[2]['sequence']} stands behind row {rows[1]['sequence']}"


def _renumber(document: Document, case: Case) -> str:
    one, other = row(document, case, "c1"), row(document, case, "m1")
    one["sequence"], other["sequence"] = other["sequence"], one["sequence"]
    document["rows"].sort(key=lambda each: each["sequence"])
    return f"Row {case.told.at['c1']} is not in the tree"


def _insert(document: Document, case: Case) -> str:
    made = copy.deepcopy(row(document, case, "c1"))
    made["sequence"] = case.told.at["c3"]
    document["rows"].append(made)
    document["rows"].sort(key=lambda each: each["sequence"])
    return f"Row {case.told.at['c3']} was added to the file"


def _behind(document: Document, case: Case) -> str:
    made = copy.deepcopy(row(document, case, "c1"))
    made["sequence"] = 10_000
    document["rows"].append(made)
    return "Row 10000 is behind the head"


def _view(document: Document, case: Case) -> str:
    document["views"]["stage_position"][0]["owner"] = "Mallory"
    return "`views.stage_position` is not as the notary signed it"


def _view_moved(document: Document, case: Case) -> str:
    document["views.stage_position"] = document["views"].pop("stage_position")
    return "The format knows no section `views.stage_position`"


def _view_dropped(document: Document, case: Case) -> str:
    del document["views"]["stage_position"][-1]
    return "`views.stage_position` is not as the notary signed it"


def _as_of(document: Document, case: Case) -> str:
    document["views"]["about"]["as_of"] = "2025-01-01T00:00:00+00:00"
    return "`views.about` is not as the notary signed it"


def _explanation(document: Document, case: Case) -> str:
    document["explanation"]["stage"] = 2
    return "`explanation` is not as the notary signed it"


def _cause(document: Document, case: Case) -> str:
    document["views"]["stage_position"][0]["known_from"] = case.told.at["c3"]
    return f"The view stage_position names row {case.told.at['c3']}, which is not in the file"


def _schema(document: Document, case: Case) -> str:
    document["schemas"].popitem()
    return "`schemas` is not as the notary signed it"


def _head_size(document: Document, case: Case) -> str:
    document["head"] = document["head"].replace(f"\n{case.told.last}\n", f"\n{case.told.last + 1}\n")
    return "The head: the signature does not fit the text"


def _older_head(document: Document, case: Case) -> str:
    document["head"] = case.older.note
    return "is not in the tree that was signed"


def _impostor(document: Document, case: Case) -> str:
    impostor = SigningKey.generate(case.mine.keys.own.public.name)
    head = read_head(document["head"], case.mine.keys.known)
    document["head"] = sign_head(impostor, head.size, head.root).note
    document["statement"] = impostor.sign(statement(without_statement(document)))
    return "it is not signed with a key that you named"


def _unsigned(document: Document, case: Case) -> str:
    document["statement"] = None
    return "The notary did not sign the file"


def _other_deal(document: Document, case: Case) -> str:
    document["deal"] = "D-2"
    return f"Row {case.told.at['c1']} does not concern deal D-2"


def _no_older(document: Document, case: Case) -> str:
    document["older"]["proof"] = document["older"]["proof"][:-1]
    return "is not the beginning of the head"


TAMPERINGS = [_change, _backdate, _backdate_text, _drop, _reorder, _renumber, _insert, _behind, _view, _view_dropped,
              _view_moved, _as_of, _explanation, _cause, _schema, _head_size, _older_head, _impostor, _unsigned,
              _other_deal, _no_older]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS)
async def test_what_was_done_to_the_file_is_named(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], tamper: Callable[[Document, Case], str]
) -> None:
    document = await case.made(older=case.older)
    assert verified(document, case, tmp_path, capsys)[0] == 0
    named = tamper(document, case)
    code, said = verified(document, case, tmp_path, capsys)
    assert code == 1, said
    assert named in said


def _somewhere(value: Any, chance: random.Random) -> Any:
    """Return a value like this one, changed in one place."""
    if isinstance(value, dict) and value:
        name = chance.choice(sorted(value))
        return {**value, name: _somewhere(value[name], chance)}
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        if chance.random() < 0.2:
            return value[:place] + value[place + 1 :]
        return [*value[:place], _somewhere(value[place], chance), *value[place + 1 :]]
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    if isinstance(value, bool) or value is None:
        return 7
    return value + 1 if isinstance(value, int) else "x"


UNREADABLE = re.compile(
    r"The file is no evidence in the format |"
    r"The file is not as it must be: (deal|rows|head|older|others|views or explanation|statement|views|schemas): "
)


async def test_nothing_at_all_can_be_changed(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = await case.made(older=case.older, whole=True)
    chance = random.Random(5)
    for _ in range(400):
        changed = _somewhere(document, chance)
        assert changed != document
        code, said = verified(changed, case, tmp_path, capsys)
        assert code == 1 or (code == 2 and UNREADABLE.match(said)), said


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": "daybook-evidence/2"}', '{"format": "daybook-evidence/1"}', "[" * 100_000],
)
async def test_what_is_no_evidence_cannot_be_checked(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    assert verify_evidence.main([str(path), "--key", case.key]) == 2
    assert verify_evidence.main([str(path), "--key", "nonsense"]) == 2
    assert verify_evidence.main([str(tmp_path / "none"), "--key", case.key]) == 2
    assert capsys.readouterr().err.count("\n") == 3


async def test_the_view_rows_can_be_derived_anew(case: Case) -> None:
    for deal in ("D-1", "D-2", "D-3", "D-4", "D-5", "D-6", "D-7", "D-8"):
        for known_at in (None, str(case.told.first), str(case.told.at["x6"]), str(case.told.at["v8"])):
            known = min(
                case.told.at[id] for id in (f"o{deal[-1]}", f"c{deal[-1]}", f"x{deal[-1]}") if id in case.told.at
            )
            if known_at is not None and int(known_at) < known:
                continue
            assert replay(json.dumps(await case.made(deal, known_at))) == [], (deal, known_at)


def _of_another_type(value: Any, chance: random.Random) -> Any:
    """The document with something in it that is no value of its type."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(sorted(value))
        return {**value, name: _of_another_type(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _of_another_type(value[place], chance), *value[place + 1 :]]
    return chance.choice([None, [], {}, "x", 1, 1e400, [[]], [{}], {"x": {}}, True])


async def test_a_section_of_another_type_is_refused_or_named(case: Case) -> None:
    document = await case.made()
    chance = random.Random(6)
    for _ in range(400):
        changed = _of_another_type(document, chance)
        try:
            said = replay(json.dumps(changed))
        except BadRequest:
            continue
        assert all(each.isprintable() for each in said)


async def test_view_rows_that_the_entries_do_not_make_are_named(case: Case) -> None:
    document = await case.made()
    document["views"]["stage_position"][0]["owner"] = "Mallory"
    document["explanation"]["probability"] = "1.0000"
    one, other, last = replay(json.dumps(signed(without_statement(document), case.mine.keys.own)))
    assert one.startswith("stage_position: the entries do not make this row: deal=D-1")
    assert "owner=Mallory" in one
    assert other.startswith("stage_position: the entries make this row: deal=D-1")
    assert last == "the explanation: the entries come to another probability"


async def test_no_evidence_is_made_of_an_altered_journal(case: Case) -> None:
    sequence = case.told.at["c1"]
    original = await (await case.mine.ledger.connect("daybook_query")).fetchval(
        "select message from ledger.journal where sequence = $1", sequence
    )
    await case.mine.alter(f"update ledger.journal set message = message || ' ' where sequence = {sequence}")
    try:
        with pytest.raises(JournalAltered, match=f"Row {sequence} of the journal cannot be proved"):
            await case.made()
    finally:
        await case.mine.alter(f"update ledger.journal set message = '\\x{original.hex()}' where sequence = {sequence}")


async def test_evidence_of_what_is_not_signed_yet_is_refused(case: Case) -> None:
    connection = await case.mine.ledger.connect("daybook_query")
    with pytest.raises(DaybookError, match=f"newest signed head covers {case.told.last} rows, but sequence 1000"):
        await head_of(connection, 1000, case.mine.keys.known, 0.1)
    with pytest.raises(DaybookError, match="no known key signed it"):
        await head_of(connection, 1, [SigningKey.generate("other").public], 0.1)
