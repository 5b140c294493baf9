"""Files that are generated and checked in: written anew, or compared with what the code says."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def main(
    arguments: Sequence[str] | None,
    module: str,
    folder: Path,
    pattern: str,
    documents: Callable[[], Mapping[str, str]],
    description: str | None = None,
) -> int:
    """Run the command `python -m module`, which writes a folder's generated files; with `--check` it names those that
    have drifted.

    `documents` gives the text that each file should hold by name; files of the pattern beyond those are removed.
    Returns 0 when the files are (now) as the code says, 1 when `--check` found others.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name the files that drifted")
    check = parser.parse_args(arguments).check
    drifted = _drifted(folder, pattern, documents())
    for file, text in drifted.items():
        if not check and text is None:
            (folder / file).unlink()
        elif not check:
            (folder / file).write_text(text or "", encoding="utf-8")
        done = "drifted" if check else "removed" if text is None else "written"
        sys.stdout.write(f"{done}: {module.replace('.', '/')}/{file}\n")
    if check and drifted:
        sys.stdout.write("Generated files are not what the code says; write them with: make schemas\n")
    return 1 if check and drifted else 0


def _drifted(folder: Path, pattern: str, wanted: Mapping[str, str]) -> dict[str, str | None]:
    """Text that each file that differs should hold; None for one that should not be there."""
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob(pattern)}
    return {name: wanted.get(name) for name in sorted(wanted.keys() | found) if wanted.get(name) != found.get(name)}
