"""A working directory from which nothing may be imported: it holds a module of every name that Daybook could import."""

import sys
from importlib import metadata
from pathlib import Path

_PACKAGES = ("services", "contracts", "projections", "deploy")
_RAISES = "raise SystemExit(f'{__name__} was imported from the working directory')\n"


def hostile_directory(path: Path) -> Path:
    """Makes it: packages with our names, a file for each module of Python and of all that is installed."""
    path.mkdir()
    for name in _PACKAGES:
        (path / name).mkdir()
        (path / name / "__init__.py").write_text(_RAISES)
    installed = {name for name in metadata.packages_distributions() if name.isidentifier()}
    for name in (set(sys.stdlib_module_names) | installed) - set(_PACKAGES):
        (path / f"{name}.py").write_text(_RAISES)
    return path
