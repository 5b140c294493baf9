"""Names of time zones in which a ledger may cut days.

Python reads zones from the system's files before the package `tzdata`, and PostgreSQL from files of its own. Names such
as `right/UTC` or `localtime` are there on some machines alone, and mean other things on others. So a ledger takes
names from the list of the IANA database alone, as the package `tzdata` has it, spelt as they are spelt there.
"""

from functools import cache
from importlib import resources

_PLACEHOLDER = "Factory"
"""A name of the IANA list for machines whose zone nobody has set."""


@cache
def names() -> frozenset[str]:
    """All names that are accepted."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(listed) - {_PLACEHOLDER}


def refused(name: str) -> str | None:
    """Reason why a name is refused; None for one that is accepted."""
    if name in names():
        return None
    reason = _reason(name)
    return f"{name[:80]!a} is not accepted as a time zone{reason}; write a name such as Asia/Shanghai"


def _reason(name: str) -> str:
    folder, _, rest = name.partition("/")
    if folder == "right":
        return f": it counts leap seconds, which PostgreSQL does not{_instead(rest)}"
    if folder == "posix":
        return f": it is a copy that only some machines have{_instead(rest)}"
    if name in ("localtime", "posixrules"):
        return ": it means another zone on every machine"
    if name == _PLACEHOLDER:
        return ": it stands for a zone that nobody has set"
    alike = sorted(each for each in names() if each.lower() == name.lower())
    if alike:
        return f": it is spelt {alike[0]}"
    return ": the IANA database does not list it"


def _instead(name: str) -> str:
    return f" (its name without that is {name})" if name in names() else ""
