import pytest

from contracts.playbook_check.check import Mistake, check
from contracts.playbooks.playbook import Playbook
from contracts.playbooks.shipped import shipped_files

GOOD = """key = "sample"
version = 1
names = { zh = "样本", en = "Sample" }

[[stages]]
key = "first"
names = { zh = "一", en = "First" }
band = "potential"
probability = "0.10"
commitment = { zh = "承诺", en = "Commitment" }

[[stages.milestones]]
key = "interested"
names = { zh = "有兴趣", en = "Interested" }
satisfied_by = [
  { event = "call_made", where = { outcome = "interested" } },
  { event = "visit_done", where = { purpose = "survey" }, at_least = 2 },
]

[[stages]]
key = "second"
names = { zh = "二", en = "Second" }
band = "closing"
probability = "1"

[[stages.milestones]]
key = "held"
names = { zh = "已演示", en = "Held" }
satisfied_by = [{ event = "demo_held", where = { audience = "users" } }]

[[stages.criteria]]
key = "signed"
names = { zh = "已签", en = "Signed" }

[[stages.appraisal]]
key = "quality"
names = { zh = "质量", en = "Quality" }
weight = 60

[[stages.appraisal]]
key = "speed"
names = { zh = "速度", en = "Speed" }
weight = 40
"""


def mistakes(*changes: tuple[str, str], text: str = GOOD) -> list[tuple[int, str, str]]:
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    found = check(text)
    assert isinstance(found, list)
    return [(each.line, each.path, each.reason) for each in found]


def test_a_right_file_is_its_playbook() -> None:
    playbook = check(GOOD)
    assert isinstance(playbook, Playbook)
    assert [stage.key for stage in playbook.stages] == ["first", "second"]
    assert playbook.stages[0].milestones[0].satisfied_by[1].at_least == 2


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("version = 1", "version 1", 2, "Expected '=' after a key in a key/value pair at column 9"),
        ('key = "second"', 'key = "second', 21, "Illegal character '\\n' at column 14"),
        ("weight = 40\n", "weight = [40", 43, "Unclosed array at the end of the file"),
        ("version = 1", "version = 1\nversion = 2", 3, "Cannot overwrite a value at column 12"),
    ],
)
def test_a_mistake_of_toml_is_named_with_line_and_column(before: str, after: str, line: int, reason: str) -> None:
    assert mistakes((before, after)) == [(line, "", f"not TOML: {reason}")]


@pytest.mark.parametrize(
    ("deep", "path"),
    [
        (".".join("a" * 33) + " = 1", "a"),
        (".".join("a" * 5000) + " = 1", "a"),
        (f"[{'.'.join('a' * 5000)}]", "a"),
        (f"a = {'[' * 200}{']' * 200}", "a"),
        (f"a = {'[' * 5000}{']' * 5000}", ""),
    ],
    ids=["33 keys", "5000 keys", "a header", "lists", "5000 lists"],
)
def test_nesting_without_end_is_a_mistake(deep: str, path: str) -> None:
    assert check(deep) == [Mistake(1, path, "tables or lists are nested more than 32 deep")]


def test_nesting_that_an_event_can_hold_is_judged_by_its_fields() -> None:
    assert "unknown field" in mistakes(("version = 1", f"version = 1\n{'.'.join('a' * 32)} = 1"))[0][2]


TO_ONE = 'must be text from "0" to "1" with up to four decimals, as "0.25"'


@pytest.mark.parametrize(
    "number", ["0x" + "f" * 4000, "0o" + "7" * 6000, "0b" + "1" * 20000, "9" * 30, "-0x" + "f" * 40]
)
def test_a_number_without_end_is_a_mistake_of_its_field(number: str) -> None:
    mistakes = check(f"version = {number}\n")
    assert isinstance(mistakes, list)
    assert any(each.path == "version" or each.line == 1 for each in mistakes)


KEY = "must be 1 to 64 small letters, digits and _, beginning with a letter"
LINE = "must be a line of text: at least one character, no control characters"
VALUE = "must be a line of text, a whole number, true or false"
FIRST = "stages[0].milestones[0]"
HELD = "stages[1].milestones[0].satisfied_by"


@pytest.mark.parametrize(
    ("before", "after", "line", "path", "reason"),
    [
        (
            "weight = 60",
            "weight = 60\nw = 1",
            39,
            "stages[1].appraisal[0].w",
            "unknown field; there are key, names, proved_by, satisfied_by, weight",
        ),
        (
            "weight = 60",
            "weight = 60\nwieght = 1",
            39,
            "stages[1].appraisal[0].wieght",
            "unknown field; did you mean weight?",
        ),
        ('zh = "样本", en', 'zh = "样本", fr = "x", en', 3, "names.fr", "unknown field; there are en, zh"),
        ("version = 1\n", "", 1, "version", "is missing"),
        ('band = "closing"\n', "", 20, "stages[1].band", "is missing"),
        ('{ zh = "一", en', "{ en", 7, "stages[0].names.zh", "is missing"),
        ("version = 1", 'version = "1"', 2, "version", "must be a whole number"),
        ("version = 1", "version = 1.5", 2, "version", "must be a whole number"),
        ("version = 1", "version = 0", 2, "version", "must be at least 1"),
        ("version = 1", f"version = {2**70}", 2, "version", "must be at most 2147483647"),
        ('"potential"', '"hot"', 8, "stages[0].band", "must be 'potential', 'intent', 'negotiation' or 'closing'"),
        ('probability = "0.10"', "probability = 0.10", 9, "stages[0].probability", TO_ONE),
        ('probability = "0.10"', 'probability = "10%"', 9, "stages[0].probability", TO_ONE),
        ('probability = "0.10"', 'probability = "NaN"', 9, "stages[0].probability", TO_ONE),
        ('key = "interested"', 'key = "Interested!"', 13, f"{FIRST}.key", KEY),
        ('en = "Interested"', 'en = ""', 14, f"{FIRST}.names.en", LINE),
        ('en = "Interested"', "en = 2026-01-01", 14, f"{FIRST}.names.en", "must be text"),
        ('en = "Interested"', "en = inf", 14, f"{FIRST}.names.en", "must be text"),
        ("at_least = 2", "at_least = true", 17, f"{FIRST}.satisfied_by[1].at_least", "must be a whole number"),
        ("at_least = 2", "at_least = 101", 17, f"{FIRST}.satisfied_by[1].at_least", "must be at most 100"),
        ('{ zh = "承诺", en = "Commitment" }', '"yes"', 10, "stages[0].commitment", "must be a group of named fields"),
        ('[{ event = "demo_held", where = { audience = "users" } }]', '"demo"', 29, HELD, "must be a list"),
        ('{ audience = "users" }', "{ audience = [] }", 29, f"{HELD}[0].where.audience", VALUE),
    ],
)
def test_a_field_that_is_unknown_missing_or_bad_is_named(
    before: str, after: str, line: int, path: str, reason: str
) -> None:
    assert mistakes((before, after)) == [(line, path, reason)]


@pytest.mark.parametrize(
    ("before", "after", "line", "path", "reason"),
    [
        ('"second"', '"first"', 21, "stages[1].key", "the key 'first' is used twice: stage 1 has it already"),
        (
            *('"held"', '"interested"', 27, "stages[1].milestones[0].key"),
            "the key 'interested' is used twice: a milestone of stage 1 has it already",
        ),
        ('y = "1"', 'y = "0.05"', 24, "stages[1].probability", "0.05 is lower than the 0.10 of the stage before"),
        ("weight = 40", "weight = 30", 35, "stages[1].appraisal", "the weights add up to 90, not 100"),
        (
            *('band = "closing"', 'band = "closing"\nclaimed_as = ["Two", "FIRST"]', 24, "stages[1].claimed_as[1]"),
            "'FIRST' already names stage 1",
        ),
        (
            *('band = "potential"', 'band = "potential"\nclaimed_as = ["2"]', 9, "stages[0].claimed_as[0]"),
            "'2' already names stage 2",
        ),
        (
            *('commitment = { zh = "承诺", en = "Commitment" }\n', "", 5, "stages[0]"),
            "stage 1 has neither criteria nor a commitment, so nothing completes it",
        ),
    ],
)
def test_parts_that_do_not_fit_together_are_named(before: str, after: str, line: int, path: str, reason: str) -> None:
    assert mistakes((before, after)) == [(line, path, reason)]


NOT_COMPARED = "is compared with nothing: only text, whole numbers and true or false are"


@pytest.mark.parametrize(
    ("satisfier", "path", "reason"),
    [
        ('"visit_made"', "event", "there is no event 'visit_made'; did you mean 'visit_done'?"),
        ('"account_registered"', "event", "account_registered is never about a deal"),
        ('"playbook_published"', "event", "playbook_published is never about a deal"),
        ('"event_voided"', "event", "event_voided changes what other events say and is no evidence itself"),
        (
            '"stage_claimed"',
            "event",
            "stage_claimed claims a stage, names its own item or takes evidence back, and is no evidence itself",
        ),
        (
            '"visit_done", where = { plaec = "x" }',
            "where.plaec",
            "visit_done has no field 'plaec'; did you mean 'place'?",
        ),
        (
            '"visit_done", where = { reason = "survey" }',
            "where.reason",
            "visit_done has no field 'reason'; "
            "there are account_id, contact_ids, duration_s, note, place, plan, purpose",
        ),
        (
            '"call_made", where = { outcome = "great" }',
            "where.outcome",
            "outcome of call_made must be 'interested', 'callback', 'not_interested', 'no_answer' or 'other'",
        ),
        (
            '"demo_held", where = { audience = "everybody" }',
            "where.audience",
            "audience of demo_held must be 'users', 'technical', 'management' or 'procurement'",
        ),
        (
            '"call_made", where = { duration_s = "300" }',
            "where.duration_s",
            "duration_s of call_made must be a whole number",
        ),
        ('"call_made", where = { duration_s = -1 }', "where.duration_s", "duration_s of call_made must be at least 0"),
        (
            '"visit_done", where = { contact_ids = "a b" }',
            "where.contact_ids",
            "contact_ids of visit_done must be 1 to 64 letters, digits, - and _",
        ),
        (
            '"contract_signed", where = { amount = "10" }',
            "where.amount",
            f"amount of contract_signed {NOT_COMPARED}",
        ),
        (
            '"appointment_made", where = { scheduled_at = "2026-01-01T00:00:00Z" }',
            "where.scheduled_at",
            f"scheduled_at of appointment_made {NOT_COMPARED}",
        ),
        ('"contract_signed", where = { terms = "x" }', "where.terms", f"terms of contract_signed {NOT_COMPARED}"),
        (
            '"contract_signed", where = { retention_percent = 5 }',
            "where.retention_percent",
            f"retention_percent of contract_signed {NOT_COMPARED}",
        ),
        (
            '"contact_recorded", where = { role = "boss" }',
            "where.role",
            "role of contact_recorded must be 'handler', 'decision_maker', 'influencer' or 'user'",
        ),
    ],
)
def test_evidence_that_can_never_come_is_named(satisfier: str, path: str, reason: str) -> None:
    assert mistakes(('"demo_held", where = { audience = "users" }', satisfier)) == [(29, f"{HELD}[0].{path}", reason)]


def test_the_name_of_a_field_in_where_is_held_to_its_form() -> None:
    found = mistakes(('{ audience = "users" }', '{ "Who?" = "users" }'))
    assert (29, f"{HELD}[0].where.Who?", f"its name {KEY}") in found


@pytest.mark.parametrize(
    "satisfier",
    [
        '"invoice_issued"',
        '"payment_received", where = { currency = "CNY" }',
        '"contact_recorded", where = { role = "decision_maker" }',
        '"visit_done", where = { contact_ids = "C-1", duration_s = 60 }',
        '"contact_recorded", where = { roles = "decision_maker" }',
        '"need_recorded", where = { follow_on = true }',
        '"proposal_submitted", where = { kind = "bid" }',
    ],
)
def test_evidence_that_can_come_is_taken(satisfier: str) -> None:
    assert isinstance(check(GOOD.replace('"demo_held", where = { audience = "users" }', satisfier)), Playbook)


@pytest.mark.parametrize(
    ("satisfier", "path", "reason"),
    [
        (
            '"visit_done", has = ["note", "minuts"]',
            "has[1]",
            "visit_done has no field 'minuts'; there are",
        ),
        ('"visit_done", min = { duration = 60 }', "min.duration", "visit_done has no field 'duration'; did you mean"),
        ('"visit_done", max = { note = 60 }', "max.note", "note of visit_done is no number"),
        ('"visit_done", min = { duration_s = 0.5 }', "min.duration_s", "must be a whole number, or a decimal number"),
        ('"visit_done", after = "apointment_made"', "after", "there is no event 'apointment_made'; did you mean"),
        ('"visit_done", after = "account_registered"', "after", "account_registered is never about a deal"),
        ('"visit_done", within = "deal_revised.amount"', "within", "visit_done has no amount that could lie within"),
        ('"proposal_submitted", within = "deal_revised.worth"', "within", "deal_revised has no field 'worth'; "),
        ('"proposal_submitted", within = "deal_revised.name"', "within", "name of deal_revised is no amount"),
        ('"proposal_submitted", within = "amount"', "within", "must"),
    ],
)
def test_what_can_never_be_judged_of_an_event_is_named(satisfier: str, path: str, reason: str) -> None:
    ((line, found, told),) = mistakes(('"demo_held", where = { audience = "users" }', satisfier))
    assert (line, found) == (29, f"{HELD}[0].{path}")
    assert told.startswith(reason)


def test_what_satisfies_conditions_and_appraisal_items_is_checked_too() -> None:
    assert mistakes(("weight = 60", 'weight = 60\nsatisfied_by = [{ event = "visit_made" }]')) == [
        (
            39,
            "stages[1].appraisal[0].satisfied_by[0].event",
            "there is no event 'visit_made'; did you mean 'visit_done'?",
        )
    ]


TARGET = '[[stages.targets]]\nkey = "aim"\nnames = { zh = "目标", en = "Aim" }\n'


@pytest.mark.parametrize(
    ("target", "path", "reason"),
    [
        ("", "metric", "give a metric with at_least or at_most, or a value in words"),
        ('at_least = "1"\nvalue = "1"', "metric", "is missing: nothing says of what at_least or at_most is a bound"),
        ('metric = "completion_rate"', "metric", "give either at_least or at_most, one of the two"),
        (
            'metric = "completion_rate"\nat_least = "0.1"\nat_most = "1"',
            "metric",
            "give either at_least or at_most, one of the two",
        ),
        ('metric = "completion_rate"\nat_least = "60 %"', "at_least", "must be text of up to 15 digits"),
    ],
)
def test_a_target_that_cannot_be_measured_is_named(target: str, path: str, reason: str) -> None:
    ((_, found, told),) = mistakes(('[[stages]]\nkey = "second"', f'{TARGET}{target}\n\n[[stages]]\nkey = "second"'))
    assert found == f"stages[0].targets[0].{path}"
    assert told.startswith(reason)


@pytest.mark.parametrize(
    ("track", "reason"),
    [
        ("{ behind = 3, catch_up = 2 }", "behind, catch_up and review must rise in this order"),
        ("{ tender = 5 }", "give tender and tender_needs together"),
    ],
)
def test_thresholds_of_the_track_that_contradict_each_other_are_named(track: str, reason: str) -> None:
    ((line, _, told),) = mistakes(("version = 1", f"version = 1\ntrack = {track}"))
    assert (line, told) == (3, reason)


def test_a_stage_that_nothing_enters_is_named() -> None:
    milestone = GOOD[GOOD.index('[[stages.milestones]]\nkey = "held"') : GOOD.index("[[stages.criteria]]")]
    assert mistakes((milestone, "")) == [(20, "stages[1]", "stage 2 has no milestone, so nothing can enter it")]


def test_a_playbook_of_claims_needs_no_evidence() -> None:
    text = 'key = "claims"\nversion = 1\nposition = "claim"\nnames = { zh = "报", en = "Claims" }\n'
    text += '[[stages]]\nkey = "one"\nnames = { zh = "一", en = "One" }\nband = "intent"\nprobability = "0.5"\n'
    assert isinstance(check(text), Playbook)


def test_every_mistake_is_named_at_once_in_the_order_of_the_lines() -> None:
    found = mistakes(
        ('zh = "样本", ', ""),
        ('band = "potential"', 'band = "hot"'),
        ('event = "call_made"', 'event = "call_maid"'),
        ('probability = "1"', 'probability = "0.05"'),
        ('key = "held"', 'key = "interested"\ncolour = "red"'),
        ("weight = 40", "weight = 30"),
    )
    assert [line for line, _, _ in found] == [3, 8, 16, 24, 27, 28, 36]


def test_a_file_that_is_too_long_to_publish_is_named() -> None:
    names = f'names = {{ zh = "{"长" * 200}", en = "{"x" * 200}" }}'
    conditions = (f'[[stages.conditions]]\nkey = "c{each}"\nkind = "process"\n{names}\n' for each in range(50))
    targets = (f'[[stages.targets]]\nkey = "t{each}"\nvalue = "1"\n{names}\n' for each in range(20))
    [(line, path, reason)] = mistakes(text=GOOD + "".join([*conditions, *targets]))
    assert (line, path) == (1, "")
    assert "bytes when it is published; an event has at most 49152" in reason


@pytest.mark.parametrize(
    "text",
    ["", "x = " + "[" * 100_000, "stages = 3", "[stages]\nkey = 1", "stages = [1, 2]", "x = 1" + "0" * 5000],
    ids=["empty", "deep", "number", "table", "list of numbers", "huge number"],
)
def test_whatever_the_text_holds_is_answered_with_mistakes(text: str) -> None:
    found = check(text)
    assert isinstance(found, list)
    assert found


def test_a_mistake_reads_as_a_line() -> None:
    assert str(Mistake(12, "stages[0].key", "is missing")) == "line 12, stages[0].key: is missing"
    assert str(Mistake(1, "", "not TOML")) == "line 1: not TOML"


@pytest.mark.parametrize("name", sorted(shipped_files()))
def test_a_shipped_playbook_has_no_mistakes(name: str) -> None:
    playbook = check(shipped_files()[name])
    assert isinstance(playbook, Playbook)
    version = "" if playbook.version == 1 else f"_v{playbook.version}"
    assert f"{playbook.key}{version}.toml" == name
