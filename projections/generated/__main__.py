"""`python -m projections.generated` writes the SQL of views and reports; with `--check` it says which has drifted."""

import sys
from collections.abc import Sequence
from pathlib import Path

from contracts import drift
from projections.generated import documents

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """0 when the files are (now) as the classes say, 1 when `--check` found others."""
    return drift.main(arguments, "projections.generated", folder, "*.sql", documents, __doc__)


if __name__ == "__main__":
    sys.exit(main())
