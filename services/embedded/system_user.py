"""System user as whom PostgreSQL runs: ourselves or, as PostgreSQL refuses to run as root, a system user of its own.

That user gets the right to pass through (o+x: not to list, not to read) those directories that it cannot pass yet.
"""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from services.embedded.process import User
from services.errors import ServerFailed

NAME = "pgserver"
_READABLE = stat.S_IROTH | stat.S_IXOTH


def who_we_are() -> str:
    """Our name on this machine, by which PostgreSQL lets us in. Raises ServerFailed when we have none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise ServerFailed(
            f"The user id {os.geteuid()} has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd, "
            "run Daybook as another user, or set DAYBOOK_NATS_URL and DAYBOOK_DATABASE_URL."
        ) from None


def server_user() -> User | None:
    """User that runs the servers: for root the system user, made when there is none; otherwise None, ourselves. Raises
    ServerFailed."""
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
            found = pwd.getpwnam(NAME)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise ServerFailed(
                f"PostgreSQL does not run as root, and the system user {NAME} cannot be made ({error}). Make it, or "
                "run Daybook as an ordinary user."
            ) from error
    return User(found.pw_name, found.pw_uid, found.pw_gid)


def open_the_way(path: Path) -> list[Path]:
    """Lets every user pass through to `path`, and nothing more; gives the directories opened. Raises ServerFailed."""
    opened = []
    for each in path.parents:
        mode = each.stat().st_mode
        if not mode & stat.S_IXOTH:
            try:
                each.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            except OSError as error:
                raise ServerFailed(
                    f"PostgreSQL runs as the user {NAME}, which cannot pass through {each} ({error.strerror}). Use "
                    "another data directory, or run Daybook as an ordinary user."
                ) from error
            opened.append(each)
    return opened


def make_readable(installation: Path, program: Path) -> None:
    """Lets every user run and read installed programs, where an install under a strict umask did not."""
    if program.stat().st_mode & _READABLE == _READABLE:
        return
    for each in (installation, *installation.rglob("*")):
        if not each.is_symlink():
            mode = stat.S_IMODE(each.stat().st_mode)
            each.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def hand_over(directory: Path, user: User | None, *, shared_parent: bool = False) -> None:
    """Makes a directory that only the server's user can enter.

    Below a directory of ours its owner is put right, with all that is in it. Where others can write beside it
    (`shared_parent`) another's is refused: ServerFailed.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    uid = user.uid if user else os.geteuid()
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or (shared_parent and found.st_uid not in (uid, os.geteuid())):
        raise ServerFailed(f"{directory} belongs to somebody else; remove it, or use another data directory.")
    if user is not None and found.st_uid != uid:
        for each in (*directory.rglob("*"), directory):
            os.chown(each, user.uid, user.gid, follow_symlinks=False)
    directory.chmod(0o700)
