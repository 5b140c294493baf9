"""Run as a script: become a program that does not outlive who started it.

`python -I -S parent_death_signal.py SIGNAL PARENT UID GID PROGRAM ARGUMENT…` asks the kernel to send SIGNAL to this
process when PARENT ends (Linux; elsewhere the next `up` finds what was left), takes on UID and GID unless they are -1,
and is replaced by the program: same process id, no process in between.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(signal: int, parent: int, uid: int, gid: int, *command: str) -> None:
    """Never returns. The signal is set after the change of user, which would clear it."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("who started this process is gone")
    try:
        os.execv(command[0], command)  # noqa: S606 - the program is ours
    except OSError as error:
        sys.exit(f"cannot run {command[0]} as user {os.geteuid()}: {error.strerror}")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:5]), *sys.argv[5:])  # type: ignore[arg-type]
