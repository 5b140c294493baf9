"""`daybook rebuild`: the views anew from the journal, while the old ones serve."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, load
from services.endpoints import endpoints
from services.output import print_json, progress, say
from services.settings import Settings

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
) -> None:
    """Build the views anew from the journal, compare them with those served, and serve the new ones.

    Run it after an update that changes a fold. The old views are served until the new ones have passed them; then
    they are replaced in one transaction. Interrupted, it keeps what was complete for the next time, or, with `--force`,
    leaves nothing behind. It says what changed in the views since those served were made. With `--diff` the exit code
    is 1 when something differs.

    Example: `daybook rebuild --diff`
    """
    import uvloop

    settings = load(data)
    done = uvloop.run(_rebuild(settings, diff, force))
    if as_json:
        print_json(document(done))
    else:
        for line in lines(done):
            say(line)
    if diff and not done.same:
        raise typer.Exit(1)


async def _rebuild(settings: Settings, diff: bool, force: bool) -> "Rebuilt":
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
            return await rebuild(
                connection,
                url,
                force=force,
                diff_only=diff,
                cache_entries=settings.cache_entries,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )
    finally:
        await connection.close(timeout=5)


def lines(done: "Rebuilt") -> list[str]:
    """Describe what a rebuild did, for people."""
    if not done.built:
        return [
            f"The views served are of this version's folds already (generation {done.after.digest}). "
            "Use --force to build them again."
        ]
    told = [f"Built generation {done.after.digest} from the journal."]
    if done.before is not None:
        for change in done.changes:
            told += _change_lines(change)
        told.append(f"Compared with generation {done.before.digest} at sequence {done.sequence}:")
        for each in done.tables:
            told += _table_lines(each)
    if done.unexplained:
        told.append(
            f"No view that writes {', '.join(done.unexplained)} is of another version, so nothing should differ there: "
            "rows were altered, or a fold has a fault."
        )
    if done.stale:
        told.append(f"{done.stale} subjects are stale: a fold raises for them. `daybook status` names them.")
    told.append("It is served now." if done.promoted else "Nothing was promoted.")
    return told


def _change_lines(change: "FoldChange") -> list[str]:
    """Reasons why rows differ: changes of a view, or of the order and effect of entries, which all views share."""
    name = "History, which all views share," if change.fold == "history" else f"The view {change.fold}"
    if change.before is None:
        return [f"{name} is new."]
    if change.after is None:
        return [f"{name} is gone."]
    if change.after < change.before:
        return [f"{name} is of version {change.after}, which is earlier than that served, {change.before}."]
    return [f"{name} is of version {change.after} instead of {change.before}:", *(f"  {each}" for each in change.why)]


def _table_lines(table: "TableDifference") -> list[str]:
    if table.same:
        return [f"  {table.table}: the same {table.rows} rows."]
    told = [f"  {table.table}: {table.only_before} rows only before, {table.only_after} only now, of {table.rows}."]
    told += [f"    new column {name}" for name in table.columns_added]
    told += [f"    column {name} is gone" for name in table.columns_gone]
    for sign, rows in (("-", table.examples_before), ("+", table.examples_after)):
        told += [f"    {sign} {' '.join(f'{name}={value}' for name, value in row.items())}" for row in rows]
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
