"""The key is made whole or not at all: whoever kills the process that makes it finds a key that works, or none."""

import asyncio
import signal
import stat
import sys
from pathlib import Path

import pytest

from services.errors import DaybookError, NotConfigured
from services.notary import key
from services.settings import Settings

MAKE = """
import os, signal, sys
from pathlib import Path
from services.notary import key
from services.settings import Settings

call, left = sys.argv[2], int(sys.argv[3])
real = getattr(os, call)

def fatal(*words, **named):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*words, **named)

setattr(os, call, fatal)
key.make(Settings(data=Path(sys.argv[1])))
"""


async def dies(data: Path, call: str, left: int) -> None:
    """Makes a key in a process that is killed at a system call, after so many of the same name."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MAKE, str(data), call, str(left))
    assert await process.wait() == -signal.SIGKILL, f"it does not call {call} so often"


@pytest.mark.parametrize(
    ("call", "left", "made"),
    [("fsync", 0, False), ("link", 0, False), ("fsync", 1, True), ("fsync", 2, True), ("replace", 0, True)],
)
async def test_a_key_whose_making_was_cut_short_is_whole_or_not_there(
    tmp_path: Path, call: str, left: int, made: bool
) -> None:
    settings = Settings(data=tmp_path)
    await dies(tmp_path, call, left)
    assert key.key_path(settings).exists() == made
    if made:
        assert key.load_public(settings) == key.load(settings).own.public
        with pytest.raises(DaybookError, match="nothing is overwritten"):
            key.make(settings)
    else:
        with pytest.raises(NotConfigured):
            key.load_public(settings)
    key.ensure(settings)
    assert key.public_path(settings).read_text() == f"{key.load(settings).own.public}\n"
    modes = [stat.S_IMODE(path(settings).stat().st_mode) for path in (key.key_path, key.public_path)]
    assert modes == [0o600, 0o644]


def test_nothing_is_left_beside_the_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    key.make(settings)
    with pytest.raises(DaybookError):
        key.make(settings)
    assert {each.name for each in key.key_path(settings).parent.iterdir()} == {"key", "key.pub"}
