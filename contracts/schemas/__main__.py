"""`python -m contracts.schemas` writes the schema files and the list of events; with `--check` it says which have
drifted."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts import drift
from contracts.schemas import documents
from contracts.schemas.event_list import event_list

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "tests" / "conformance" / "golden"


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """0 when the files are (now) as the classes say, 1 when `--check` found others."""
    found = drift.main(arguments, "contracts.schemas", folder, "*.json", documents, __doc__)
    if folder != HERE:
        return found
    return max(found, drift.main(arguments, "contracts", HERE.parent, "README.md", _list, __doc__))


def _list() -> dict[str, str]:
    examples = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.json"))}
    return {"README.md": event_list(examples)}


if __name__ == "__main__":
    sys.exit(main())
