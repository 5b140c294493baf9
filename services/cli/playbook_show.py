"""`daybook playbook show`: a published version in full."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, ask
from services.output import Table, say, table
from services.output import show as print_table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from contracts.playbooks.playbook import Names, Playbook, Satisfier, Stage, Target
    from projections.replay.playbooks import Published


def show(
    key: Annotated[str, typer.Argument(help="Key of the playbook.")],
    version: Annotated[
        int | None, typer.Option(help="Which version. Default: the one that new deals follow.", min=1)
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Show a published version: its stages with milestones, criteria, commitments, conditions, appraisal and targets.

    With `--json` it is printed in canonical form, without what is left to its default.

    Example: `daybook playbook show project --version 2 --lang zh`
    """
    from services.query.playbook_labels import published_version

    async def question(connection: "Connection", _: Settings) -> "Published":
        return await published_version(connection, key, version)

    found, wording = ask(data, question, lang)
    if as_json:
        from contracts.playbooks.difference import document
        from contracts.rules.canonical import canonical
        from services.output import print_canonical

        print_canonical(canonical(document(found.playbook)))
        return
    for line in _heads(found, wording):
        say(line)
    print_table(_stages(found.playbook, wording))


def _heads(found: "Published", wording: Wording) -> Iterator[str]:
    playbook = found.playbook
    told = {"playbook": playbook.key, "version": playbook.version, "name": _name(playbook.names, wording)}
    yield wording.text("playbook head", **told, at=wording.text("at sequence", sequence=found.sequence))
    yield wording.text("by claims alone" if playbook.position == "claim" else "by evidence alone")
    if (track := playbook.track) is not None:
        yield wording.text("track", **track.model_dump(include={"behind", "catch_up", "review", "unknown_after_days"}))
        if track.tender is not None:
            yield wording.text("tender", tender=track.tender, needs=track.tender_needs)


def _stages(playbook: "Playbook", wording: Wording) -> Table:
    rows = table(*wording.headings("stage", "kind", "item", "met by"))
    for number, stage in enumerate(playbook.stages, start=1):
        items = list(_items(stage, wording)) or [("", "", [])]
        for place, (kind, item, ways) in enumerate(items):
            title = _title(number, stage, wording) if place == 0 else ""
            rows.add_row(title, kind, item, ways, end_section=place == len(items) - 1)
    return rows


def _title(number: int, stage: "Stage", wording: Wording) -> list[str]:
    from contracts.labels import value_label

    lines = [
        f"{number} {_name(stage.names, wording)} ({stage.key})",
        wording.text(
            "stage band", band=value_label("", "band", stage.band, wording.language), probability=stage.probability
        ),
    ]
    if stage.expected_days is not None:
        lines.append(wording.text("stage days", number=stage.expected_days))
    if (customer := stage.customer_stage) is not None:
        lines.append(wording.text("customer stage", stage=customer.number, name=_name(customer.names, wording)))
    if stage.departments:
        lines.append(wording.text("departments", names=_listed(stage.departments, wording)))
    if stage.claimed_as:
        lines.append(wording.text("claimed as", words=", ".join(stage.claimed_as)))
    return lines


def _items(stage: "Stage", wording: Wording) -> Iterator[tuple[str, str, list[str]]]:
    """Kind, name and ways of meeting it, of everything that a stage asks for."""
    from contracts.labels import value_label
    from projections.columns import column_of
    from projections.views.stage_position.rows import StageItemRow

    kinds = column_of(StageItemRow, "kind")
    for kind, items in (("milestone", stage.milestones), ("criterion", stage.criteria)):
        for each in items:
            yield wording.word(kinds, kind), _called(each.key, each.names, wording), _ways(each.satisfied_by, wording)
    if stage.commitment is not None:
        yield wording.word(kinds, "commitment"), _name(stage.commitment, wording), []
    for condition in stage.conditions:
        sort = value_label("playbook_published", "playbook.stages.conditions.kind", condition.kind, wording.language)
        name = _called(condition.key, condition.names, wording)
        yield f"{wording.word(kinds, 'condition')} ({sort})", name, _ways(condition.satisfied_by, wording)
    for item in stage.appraisal:
        proof = [] if item.proved_by is None else [wording.text("proved by", what=_name(item.proved_by, wording))]
        name = f"{_called(item.key, item.names, wording)} {item.weight} %"
        yield wording.word(kinds, "appraisal"), name, proof + _ways(item.satisfied_by, wording)
    for target in stage.targets:
        yield wording.text("target"), _called(target.key, target.names, wording), [_aim(target, wording)]


def _aim(target: "Target", wording: Wording) -> str:
    from contracts.labels import value_label

    if target.metric is None:
        return target.value or ""
    bound = f"≥ {target.at_least}" if target.at_least is not None else f"≤ {target.at_most}"
    said = f"{value_label('target_set', 'metric', target.metric, wording.language)} {bound}"
    if target.per is None:
        return said
    return wording.text("per period", aim=said, period=value_label("", "per", target.per, wording.language))


def _ways(satisfied_by: "tuple[Satisfier, ...]", wording: Wording) -> list[str]:
    return [_way(each, wording) for each in satisfied_by]


def _way(satisfier: "Satisfier", wording: Wording) -> str:
    """An event that meets an item, and what it must say: `visit done [purpose = survey, note given] ×2`."""
    from contracts.labels import event_label, field_label, value_label

    event, language = satisfier.event, wording.language

    def field(name: str, of: str = event) -> str:
        try:
            return field_label(of, name, language)
        except KeyError:
            return name  # an earlier version of the event has it

    def value(name: str, of: object) -> str:
        try:
            return value_label(event, name, str(of), language)
        except KeyError:
            return wording.text("yes" if of else "no") if isinstance(of, bool) else str(of)

    asked = [f"{field(name)} = {value(name, wanted)}" for name, wanted in satisfier.where.items()]
    asked += [wording.text("field given", field=field(name)) for name in satisfier.has]
    asked += [f"{field(name)} ≥ {bound}" for name, bound in satisfier.min.items()]
    asked += [f"{field(name)} ≤ {bound}" for name, bound in satisfier.max.items()]
    if satisfier.after is not None:
        asked.append(wording.text("after event", event=event_label(satisfier.after, language)))
    if satisfier.within is not None:
        of, _, limit = satisfier.within.partition(".")
        asked.append(wording.text("within field", event=event_label(of, language), field=field(limit, of)))
    times = f" ×{satisfier.at_least}" if satisfier.at_least > 1 else ""
    said = f" [{', '.join(asked)}]" if asked else ""
    return f"{event_label(event, language)}{said}{times}"


def _called(key: str, names: "Names", wording: Wording) -> str:
    return f"{_name(names, wording)} ({key})"


def _name(names: "Names", wording: Wording) -> str:
    return names.zh if wording.language == "zh" else names.en


def _listed(names: "tuple[Names, ...]", wording: Wording) -> str:
    return ", ".join(_name(each, wording) for each in names)
