"""The clock of one running process, moved: the time of day that it reads is ahead or behind by so many seconds.

A Go program reads the clock by a function that the kernel maps into each process (the vDSO), so no library can come
between. Here that function is overwritten, in that process alone: it asks the kernel and adds so many seconds to the
time of day; the monotonic clock stays as it is. Linux on x86-64, for who may write to the process's memory.
"""

import asyncio
import ctypes
import os
import platform
import signal
import struct
import subprocess
import sys
from pathlib import Path

_FUNCTION = b"__vdso_clock_gettime"
_DYNAMIC_SYMBOLS = 11
_CODE = bytes.fromhex(
    "b8e4000000"  # mov eax, 228: clock_gettime
    "0f05"  # syscall
    "85ff"  # test edi, edi: which clock? 0 is the time of day
    "750d"  # jne to the ret
    "48b9"  # mov rcx, the seconds that follow
)
_ADD = bytes.fromhex("48010ec3")  # add [rsi], rcx; ret
_TRIES = 1000


async def move_clock(pid: int, seconds: int) -> None:
    """From now on the process reads a time of day so many seconds off. Raises OSError."""
    first, last = _vdso(pid)
    for _ in range(_TRIES):
        os.kill(pid, signal.SIGSTOP)
        try:
            counters = _counters(pid)
            if counters and not any(first <= each < last for each in counters):
                _overwrite(pid, first + _offset(), _CODE + struct.pack("<q", seconds) + _ADD)
                return
        finally:
            os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.001)
    raise OSError(f"the process {pid} is always reading the clock")


def _overwrite(pid: int, at: int, code: bytes) -> None:
    with Path(f"/proc/{pid}/mem").open("r+b", buffering=0) as memory:
        memory.seek(at)
        memory.write(code)


def impossible() -> str:
    """Reason why no clock can be moved here; empty when it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "clocks are moved on Linux on x86-64 only"
    reader = "import sys, time\nfor _ in sys.stdin: print(int(time.time()), flush=True)"
    with subprocess.Popen([sys.executable, "-c", reader], stdin=-1, stdout=-1, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(b"\n")
            before = int(process.stdout.readline())
            asyncio.run(move_clock(process.pid, 10_000))
            process.stdin.write(b"\n")
            moved = int(process.stdout.readline()) - before
        except OSError as error:
            return str(error)
        finally:
            process.kill()
    return "" if moved >= 10_000 else "a process reads the clock by another way"


def _vdso(pid: int) -> tuple[int, int]:
    """Addresses at which the kernel's functions are mapped."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if line.endswith("[vdso]"):
            first, last = line.split()[0].split("-")
            return int(first, 16), int(last, 16)
    raise OSError(f"the process {pid} has no vDSO")


def _counters(pid: int) -> list[int]:
    """Position in the program of each of its threads; none when one of them has not stopped yet."""
    found = []
    for each in Path(f"/proc/{pid}/task").iterdir():
        words = (each / "syscall").read_text().split()
        if words[0] == "running":
            return []
        found.append(int(words[-1], 16))
    return found


def _offset() -> int:
    """Offset of the function: the kernel maps the same ELF image into us."""
    first, last = _vdso(os.getpid())
    image = ctypes.string_at(first, last - first)
    table, (size, count) = struct.unpack_from("<Q", image, 40)[0], struct.unpack_from("<HH", image, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", image, table + number * size) for number in range(count)]
    for section in sections:
        if section[1] == _DYNAMIC_SYMBOLS:
            names = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 24):
                name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", image, at)
                if image[names + name :].partition(b"\0")[0] == _FUNCTION:
                    return int(value)
    raise OSError("the vDSO has no such function")
