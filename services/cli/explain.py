"""`daybook explain`: why a deal is at its stage."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import AsOfOption, DataOption, JsonOption, KnownAtOption, ask, clock, following, moment_line
from services.output import print_json, show, table
from services.settings import Settings

if TYPE_CHECKING:
    from asyncpg import Connection

    from services.query.shapes import Explanation


def explain(
    deal: Annotated[str, typer.Argument(help="Id of the deal.")],
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain the stage of a deal: which entry met which item, and what is missing.

    Example: `daybook explain D-1 --as-of 2026-03-31`
    """
    from services.http.parameters import subject
    from services.query.explain import explain as report
    from services.query.moment import moment
    from services.query.playbook_labels import decided_by_claims, stage_names

    async def question(connection: "Connection", settings: Settings) -> "tuple[Explanation, dict[int, str], bool]":
        subject("deal", deal)
        answer = await report(connection, deal, await moment(connection, as_of, known_at, following(settings)))
        names = await stage_names(connection, answer["playbook"], answer["known_at"])
        return answer, names, await decided_by_claims(connection, answer["playbook"], answer["version"])

    answer, names, by_claims = ask(data, question)
    if as_json:
        print_json(answer)
        return
    rows = table("stage", "item", "kind", "met", "by entries")
    for stage in answer["stages"]:
        title = [f"{stage['stage']} {names.get(stage['stage'], '')}"]
        title += [f"entered {clock(stage['entered_at'])}"] if stage["entered_at"] else []
        title += [f"completed {clock(stage['completed_at'])}"] if stage["completed_at"] else []
        for place, item in enumerate(stage["items"]):
            rows.add_row(
                title if place == 0 else "",
                item["item"],
                item["kind"],
                clock(item["met_at"]),
                ", ".join(map(str, item["by"])),
                end_section=place == len(stage["items"]) - 1,
            )
        if not stage["items"]:
            rows.add_row(title, "", "", "", "", end_section=True)
    stands = f"at stage {answer['stage']}, {answer['phase']}" if answer["stage"] else "before the first stage"
    version = f" version {answer['version']}" if answer["version"] else ""
    where = f"{deal} is {stands} of {answer['playbook']}{version}, probability {answer['probability']}"
    show(rows, f"{where}; {moment_line(answer)}.", _missing(answer, by_claims))


def _missing(answer: "Explanation", by_claims: bool) -> str:
    """List what the next step still needs, or say why nothing can be said about it."""
    if answer["missing"]:
        return f"The next step still needs: {', '.join(answer['missing'])}."
    if not answer["stages"]:
        return f"The playbook {answer['playbook']} is not published, so it has no stages yet."
    if by_claims:
        return f"Claims decide where deals of {answer['playbook']} stand; no evidence is missing."
    return "Nothing is missing."
