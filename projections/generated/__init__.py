"""SQL of views, written from their row classes by `python -m projections.generated`; `--check` finds what drifted.

Each file has named statements: `tables` in the schema of a generation, `indexes` of one, and `reporting`, the face of
the served one. `reports.sql` has a statement for each report.
"""

from projections.generated.reports import catalog, function, minor_units, policy
from projections.generated.tables import face, indexes, stale, tables
from projections.replay.view import FlagRow, Row
from projections.reports import REPORTS
from projections.views import VIEWS

FLAG = "flag"
_HEAD = "-- Written by `make schemas` from {}; change that, not this.\n"


def documents() -> dict[str, str]:
    """Text of every file by its name; the same text for the same classes, always."""
    rows: dict[str, list[type[Row]]] = {FLAG: [FlagRow]}
    for view in VIEWS:
        rows[view.name] = [row for row in view.tables if row is not FlagRow]
    kinds = {view.name: view.kind for view in VIEWS}
    found = {}
    for name, classes in rows.items():
        source = "projections/replay/view.py" if name == FLAG else f"projections/views/{name}/rows.py"
        kind = kinds.get(name)
        statements = {
            "tables": "\n".join(tables(row) for row in classes),
            "indexes": "\n".join(indexes(row) for row in classes),
            "reporting": "\n".join(
                [*([stale(name, kind)] if kind else []), *(face(row, name if kind else None) for row in classes)]
            ),
        }
        found[f"{name}.sql"] = _HEAD.format(source) + "".join(
            f"\n-- name: {statement}\n{text}" for statement, text in statements.items()
        )
    found["reports.sql"] = _HEAD.format("projections/reports") + "".join(
        f"\n-- name: {name}\n{text}"
        for name, text in (
            ("units", minor_units()),
            ("policy", policy()),
            *((report.name, function(report)) for report in REPORTS),
            ("catalog", catalog(REPORTS)),
        )
    )
    return found
