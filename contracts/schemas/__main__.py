"""`python -m contracts.schemas` writes the schema files; with `--check` it says which have drifted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.schemas import documents

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """0 when the files are (now) as the classes say, 1 when `--check` found others."""
    parser = argparse.ArgumentParser(prog="python -m contracts.schemas", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that drifted")
    check = parser.parse_args(arguments).check
    drifted = _drifted(folder)
    for name, text in drifted.items():
        if not check and text is None:
            (folder / name).unlink()
        elif not check:
            (folder / name).write_text(text or "", encoding="utf-8")
        sys.stdout.write(
            f"{'drifted' if check else 'removed' if text is None else 'written'}: contracts/schemas/{name}\n"
        )
    if check and drifted:
        sys.stdout.write("The schemas are not what the event classes say; write them with: make schemas\n")
    return 1 if check and drifted else 0


def _drifted(folder: Path) -> dict[str, str | None]:
    """What each file that differs should hold; None for one that should not be there."""
    wanted = documents()
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return {name: wanted.get(name) for name in sorted(wanted.keys() | found) if wanted.get(name) != found.get(name)}


if __name__ == "__main__":
    sys.exit(main())
