"""`python -m projections.generated` writes the SQL of views and reports and the list of both; with `--check` it says
which has drifted."""

import sys
from collections.abc import Sequence
from pathlib import Path

from contracts import drift
from projections.generated import documents
from projections.generated.list import view_and_report_list

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """0 when the files are (now) as the classes say, 1 when `--check` found others."""
    found = drift.main(arguments, "projections.generated", folder, "*.sql", documents, __doc__)
    if folder != HERE:
        return found
    return max(found, drift.main(arguments, "projections", HERE.parent, "README.md", _list, __doc__))


def _list() -> dict[str, str]:
    return {"README.md": view_and_report_list()}


if __name__ == "__main__":
    sys.exit(main())
