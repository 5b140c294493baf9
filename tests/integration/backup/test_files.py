"""Writing of backup files: errors of the disk are told as such, and nobody else's files are touched."""

import errno
import os
from pathlib import Path

import pytest

from services.backup.files import PARTIAL, emerging
from services.errors import DaybookError


async def test_a_server_that_does_not_answer_is_not_taken_for_the_disk(tmp_path: Path) -> None:
    for error in (TimeoutError(), ConnectionResetError(errno.ECONNRESET, "reset")):
        with pytest.raises(type(error)), emerging(tmp_path / "backup"):
            raise error
    full = OSError(errno.ENOSPC, "No space left on device", "journal.txt.gz")
    with pytest.raises(DaybookError, match="cannot be written: No space left"), emerging(tmp_path / "backup"):
        raise full
    assert list(tmp_path.iterdir()) == []


async def test_a_link_where_it_is_to_be_made_is_not_followed(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").touch()
    (tmp_path / f"backup{PARTIAL}").symlink_to(there)
    with pytest.raises(DaybookError, match="is a link"), emerging(tmp_path / "backup"):
        pytest.fail("it was followed")
    assert [each.name for each in there.iterdir()] == ["kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
async def test_another_users_directory_is_left_alone(tmp_path: Path) -> None:
    partial = tmp_path / f"backup{PARTIAL}"
    partial.mkdir()
    (partial / "kept").touch()
    os.chown(partial, 65534, 65534)
    with pytest.raises(DaybookError, match="another user's directory"), emerging(tmp_path / "backup"):
        pytest.fail("it was used")
    assert [each.name for each in partial.iterdir()] == ["kept"]
