"""Checks across the fields of a playbook: keys used twice, weights, steps that nothing can take."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Location = tuple[str | int, ...]

_GROUPS = {
    "milestones": "milestone",
    "criteria": "criterion",
    "conditions": "condition",
    "appraisal": "appraisal item",
    "targets": "target",
}


def problems(playbook: Mapping[str, Any]) -> list[tuple[Location, str]]:
    """(location, reason) pairs in the order of the file, for a playbook as TOML or JSON holds it.

    A part of the wrong type is passed over: its own field says what is wrong with it.
    """
    found: list[tuple[Location, str]] = []
    by_evidence = playbook.get("position", "evidence") == "evidence"
    stages = parts(playbook, "stages")
    used: dict[str, str] = {}
    words = _names_of_stages(stages)
    last = Decimal(0)
    for index, stage in enumerate(stages):
        at: Location = ("stages", index)
        number = index + 1
        for path, key, what in _keys(stage, number):
            if key in used:
                found.append(((*at, *path), f"the key {key!r} is used twice: {used[key]} has it already"))
            used.setdefault(key, what)
        for path, word in _claimed(stage):
            if words.setdefault(word.casefold(), number) != number:
                found.append(((*at, *path), f"{word!r} already names stage {words[word.casefold()]}"))
        probability = _decimal(stage.get("probability"))
        if probability is not None:
            if probability < last:
                found.append(((*at, "probability"), f"{probability} is lower than the {last} of the stage before"))
            last = probability
        if by_evidence and not stage.get("milestones"):
            found.append((at, f"stage {number} has no milestone, so nothing can enter it"))
        if by_evidence and not stage.get("criteria") and stage.get("commitment") is None:
            found.append((at, f"stage {number} has neither criteria nor a commitment, so nothing completes it"))
        appraisal = parts(stage, "appraisal")
        weights = [weight for each in appraisal if isinstance(weight := each.get("weight"), int)]
        if weights and len(weights) == len(appraisal) and sum(weights) != 100:
            found.append(((*at, "appraisal"), f"the weights add up to {sum(weights)}, not 100"))
    return found


def parts(of: Mapping[str, Any], group: str) -> list[Mapping[str, Any]]:
    """The tables of a list of tables; an empty one for a member of another type, none where there is no list."""
    members = of.get(group)
    return [each if isinstance(each, Mapping) else {} for each in members] if isinstance(members, list) else []


def _keys(stage: Mapping[str, Any], number: int) -> Iterator[tuple[Location, str, str]]:
    if isinstance(key := stage.get("key"), str):
        yield ("key",), key, f"stage {number}"
    for group, what in _GROUPS.items():
        for index, each in enumerate(parts(stage, group)):
            if isinstance(key := each.get("key"), str):
                yield (group, index, "key"), key, f"a {what} of stage {number}"


def _names_of_stages(stages: list[Mapping[str, Any]]) -> dict[str, int]:
    """Numbers of the stages by what names them: number or key. Of two stages with one key the first has it."""
    words = {str(number): number for number in range(1, len(stages) + 1)}
    for number, stage in enumerate(stages, start=1):
        if isinstance(key := stage.get("key"), str):
            words.setdefault(key.casefold(), number)
    return words


def _claimed(stage: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    words = stage.get("claimed_as")
    for index, word in enumerate(words if isinstance(words, list) else ()):
        if isinstance(word, str):
            yield ("claimed_as", index), word


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
