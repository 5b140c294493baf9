"""`python -m tests.docstrings` names docstrings that hide their subject: they begin with a noun or a verb instead."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("contracts", "deploy", "projections", "services", "tests")
_HIDDEN = re.compile(r"(What|Whether|Who|Whoever|How|Which|Where|Is|Are|Those|The same|Such)\b")


def hidden(path: Path) -> Iterator[tuple[int, str]]:
    """Line and first words of each docstring of a module, class or function that begins so.

    The docstring of a row class is the comment of its table, which readers of SQL know: it is left as it is.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(node, ast.ClassDef) and any(each.arg == "table" for each in node.keywords):
                continue
            text = ast.get_docstring(node)
            if text and _HIDDEN.match(text):
                yield node.body[0].lineno, text.splitlines()[0][:60]


def main() -> int:
    """0 when there is none."""
    found = 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, text in hidden(path):
                found += 1
                sys.stdout.write(f"{path.relative_to(ROOT)}:{line}: begins with its subject hidden: {text}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
