"""Texts for people: the same in both languages but for the words."""

import re
from pathlib import Path
from string import Formatter

import pytest

import services
from services.texts import TEXTS
from services.wording import Wording


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_have_the_same_places_for_values(name: str) -> None:
    text = TEXTS[name]
    assert places(text.zh) == places(text.en)
    assert places(text.one or text.en) == places(text.en)


@pytest.mark.parametrize("name", TEXTS)
def test_chinese_is_chinese_and_english_is_not(name: str) -> None:
    text, chinese = TEXTS[name], re.compile(r"[\u4e00-\u9fff]")
    assert chinese.search(text.zh) or not re.sub(r"\{\w+\}", "", text.zh).strip("，。、；（） ")
    assert not chinese.search(text.en + text.one)


def test_every_text_is_used() -> None:
    folder = Path(str(services.__path__[0]))
    code = "\n".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.py") if each.name != "texts.py")
    named = {name for name in TEXTS if f'"{name}"' in code or f"'{name}'" in code}
    beginnings = tuple(re.findall(r"""text\(f["']([^"'{]+)\{""", code))
    words = {"conflict", "unreadable", "evidence", "claim"}
    assert [name for name in TEXTS if name not in named | words and not name.startswith(beginnings)] == []


def test_one_is_said_of_one() -> None:
    english, chinese = Wording("en"), Wording("zh")
    assert [english.text("deals", number=number) for number in (0, 1, 2)] == ["0 deals", "1 deal", "2 deals"]
    assert chinese.text("deals", number=1) == "1 个商机"


@pytest.mark.parametrize(
    ("zone", "told", "day"),
    [
        ("UTC", "2026-03-05 15:59:59+00:00", "2026-03-05"),
        ("Asia/Shanghai", "2026-03-05 23:59:59+08:00", "2026-03-05"),
        ("Asia/Tokyo", "2026-03-06 00:59:59+09:00", "2026-03-06"),
    ],
)
def test_an_instant_is_told_in_the_zone_with_its_offset(zone: str, told: str, day: str) -> None:
    wording = Wording("en", zone)
    assert wording.at("2026-03-05T15:59:59.999999+00:00") == told
    assert wording.day("2026-03-05T15:59:59.999999+00:00") == day
    assert (wording.at(None), wording.day(None)) == ("", "")


def test_instants_within_a_text_are_told_in_the_zone_as_exactly_as_they_were() -> None:
    told = Wording("en", "Asia/Shanghai").instants(
        "from_at=2026-03-05T16:00:00.000001+00:00 to_at=9999-12-31 23:59:59.999999+00:00"
    )
    assert told == "from_at=2026-03-06 00:00:00.000001+08:00 to_at=9999-12-31 23:59:59.999999+00:00"


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_takes_its_values_whatever_they_are_called(name: str) -> None:
    values = dict.fromkeys(places(TEXTS[name].en), "x")
    assert "{" not in Wording("zh").text(name, **values) + Wording("en").text(name, **values)
