"""`daybook rebuild`: the views anew from the journal, while the old ones serve."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, wording_of
from services.endpoints import endpoints
from services.output import print_json, progress, say
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from projections.views import FoldChange
    from services.projector.rebuild import Rebuilt
    from services.views.compare import TableDifference


def rebuild(
    diff: Annotated[bool, typer.Option("--diff", help="Build and compare, then stop: nothing is promoted.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Build again even if what is served is of this version's folds.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Build the views anew from the journal, compare them with those served, and serve the new ones.

    Run it after an update that changes a fold. The old views are served until the new ones have passed them; then
    they are replaced in one transaction. Interrupted, it keeps what was complete for the next time, or, with `--force`,
    leaves nothing behind. It says what changed in the views since those served were made. With `--diff` the exit code
    is 1 when something differs.

    Example: `daybook rebuild --diff`
    """
    import uvloop

    settings = load(data, language=lang)
    done, wording = uvloop.run(_rebuild(settings, diff, force))
    if as_json:
        print_json(document(done))
    else:
        for line in lines(done, wording):
            say(line)
    if diff and not done.same:
        raise typer.Exit(1)


async def _rebuild(settings: Settings, diff: bool, force: bool) -> "tuple[Rebuilt, Wording]":
    from services.postgres import connection as database
    from services.projector.rebuild import rebuild
    from services.runtime import logs
    from services.runtime.process import tune_garbage_collector

    logs.configure(settings.model_copy(update={"log_level": "error"}), "rebuild")
    url = endpoints(settings).database_url
    tune_garbage_collector()
    connection = await database.connect(url)
    try:
        with database.explained(), progress() as bar:
            task = bar.add_task("building", total=None)
            done = await rebuild(
                connection,
                url,
                force=force,
                diff_only=diff,
                cache_entries=settings.cache_entries,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )
            return done, await wording_of(settings, connection)
    finally:
        await connection.close(timeout=5)


def lines(done: "Rebuilt", wording: Wording) -> list[str]:
    """Describe what a rebuild did, for people."""
    if not done.built:
        return [wording.text("built before", generation=done.after.digest)]
    told = [wording.text("built", generation=done.after.digest)]
    if done.before is not None:
        for change in done.changes:
            told += _change_lines(change, wording)
        told.append(wording.text("compared", generation=done.before.digest, sequence=done.sequence))
        for each in done.tables:
            told += _table_lines(each, wording)
    if done.unexplained:
        told.append(wording.text("unexplained", tables=", ".join(done.unexplained)))
    if done.stale:
        told.append(wording.text("stale", number=done.stale))
    told.append(wording.text("promoted" if done.promoted else "not promoted"))
    return told


def _change_lines(change: "FoldChange", wording: Wording) -> list[str]:
    """Reasons why rows differ: changes of a view, or of the order and effect of entries, which all views share."""
    name = wording.text("history fold") if change.fold == "history" else wording.text("view fold", view=change.fold)
    if change.before is None:
        return [wording.text("fold new", name=name)]
    if change.after is None:
        return [wording.text("fold gone", name=name)]
    versions = {"name": name, "before": change.before, "after": change.after}
    if change.after < change.before:
        return [wording.text("fold earlier", **versions)]
    return [wording.text("fold changed", **versions), *(f"  {each}" for each in change.why)]


def _table_lines(table: "TableDifference", wording: Wording) -> list[str]:
    if table.same:
        return [wording.text("table same", table=table.table, number=table.rows)]
    only = {"before": table.only_before, "after": table.only_after, "rows": table.rows}
    told = [wording.text("table differs", table=table.table, **only)]
    told += [wording.text("column new", name=name) for name in table.columns_added]
    told += [wording.text("column gone", name=name) for name in table.columns_gone]
    from projections.columns import columns_of
    from projections.views import VIEWS
    from services.views.row_tables import tables_of

    columns = {each.row.TABLE: columns_of(each.row) for each in tables_of(VIEWS)}[table.table]
    for sign, rows in (("-", table.examples_before), ("+", table.examples_after)):
        for row in ({name: None if value == "infinity" else value for name, value in each.items()} for each in rows):
            told.append(f"    {sign} {', '.join(wording.named(columns, name, value) for name, value in row.items())}")
    return told


def document(done: "Rebuilt") -> dict[str, Any]:
    """Describe what a rebuild did, for programs, as JSON."""
    return {
        "before": done.before.digest if done.before else None,
        "after": done.after.digest,
        "built": done.built,
        "promoted": done.promoted,
        "sequence": done.sequence,
        "same": done.same,
        "stale": done.stale,
        "changes": [asdict(each) for each in done.changes],
        "unexplained": done.unexplained,
        "tables": [
            {
                "table": each.table,
                "rows": each.rows,
                "columns_added": each.columns_added,
                "columns_gone": each.columns_gone,
                "only_before": each.only_before,
                "only_after": each.only_after,
                "examples_before": each.examples_before,
                "examples_after": each.examples_after,
            }
            for each in done.tables
        ],
    }
