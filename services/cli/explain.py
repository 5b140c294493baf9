"""`daybook explain`: why a deal is at its stage."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, LanguageOption, ask, following
from services.output import print_json, show, table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import ExplainedItem, ExplainedStage, Explanation


def explain(
    deal: Annotated[str, typer.Argument(help="Id of the deal.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Explain the stage of a deal: which entry met which item, and what is missing.

    Example: `daybook explain D-1 --as-of 2026-03-31`
    """
    from services.http.parameters import subject
    from services.query.explain import explain as report
    from services.query.moment import moment
    from services.query.playbook_labels import decided_by_claims

    async def question(connection: "Connection", settings: Settings) -> "tuple[Explanation, bool]":
        subject("deal", deal)
        answer = await report(connection, deal, await moment(connection, as_of, known_at, following(settings)))
        return answer, await decided_by_claims(connection, answer["playbook"], answer["version"])

    (answer, by_claims), wording = ask(data, question, lang)
    if as_json:
        print_json(answer)
        return
    from projections.columns import Label, column_of
    from projections.views.stage_position.rows import StageItemRow

    kinds = column_of(StageItemRow, "kind")
    rows = table(*wording.headings("stage", "item", "kind", "met", "by entries"))
    worked_on = _worked_on(answer)
    for stage in answer["stages"]:
        title = [f"{stage['stage']} {wording.label(Label(stage['name_zh'], stage['name_en']))}"]
        title += [wording.text("entered", at=wording.at(stage["entered_at"]))] if stage["entered_at"] else []
        title += [wording.text("completed", at=wording.at(stage["completed_at"]))] if stage["completed_at"] else []
        items = [*stage["items"], *(stage["shown"] if stage is worked_on else ())]
        for place, item in enumerate(items):
            rows.add_row(
                title if place == 0 else "",
                _called(item, wording),
                wording.word(kinds, item["kind"]),
                wording.at(item["met_at"]),
                ", ".join(map(str, item["by"])),
                end_section=place == len(items) - 1,
            )
        if not items:
            rows.add_row(title, "", "", "", "", end_section=True)
    told = wording.text("sentence.moment", told=_stands(answer, wording), moment=wording.moment(answer))
    show(rows, told, _missing(answer, by_claims, wording))


def _worked_on(answer: "Explanation") -> "ExplainedStage | None":
    """The first stage that is not completed, whose conditions and appraisal are shown; None behind the last."""
    return next((stage for stage in answer["stages"] if stage["completed_at"] is None), None)


def _called(item: "ExplainedItem", wording: Wording) -> str:
    """Name of an item for people, and its key, by which events name it."""
    from projections.columns import Label

    if item["name_zh"] is None or item["name_en"] is None:
        return item["item"]
    return f"{wording.label(Label(item['name_zh'], item['name_en']))} ({item['item']})"


def _stands(answer: "Explanation", wording: Wording) -> str:
    from projections.columns import column_of
    from projections.reports.pipeline import StandingDeal

    version = wording.text("of version", version=answer["version"]) if answer["version"] else ""
    told = {name: answer[name] for name in ("deal", "playbook", "stage", "probability")}
    if answer["phase"] is None:
        return wording.text("stands before", version=version, **told)
    phase = wording.word(column_of(StandingDeal, "phase"), answer["phase"])
    return wording.text("stands at", version=version, phase=phase, **told)


def _missing(answer: "Explanation", by_claims: bool, wording: Wording) -> str:
    """List what the next step still needs, or say why nothing can be said about it."""
    if answer["missing"]:
        worked_on = _worked_on(answer)
        names = {item["item"]: _called(item, wording) for item in (worked_on["items"] if worked_on else ())}
        return wording.text("missing", items=", ".join(names[item] for item in answer["missing"]))
    if not answer["stages"]:
        return wording.text("not published", playbook=answer["playbook"])
    return wording.text("by claims", playbook=answer["playbook"]) if by_claims else wording.text("nothing missing")
