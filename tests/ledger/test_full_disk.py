"""A full disk is refused and told by where to make room, be it the books', the outbox's or that of what is said."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from ledger.bench import Books, unlike

from flows.dpor import exit_code

pytestmark = pytest.mark.slow

TAKES_NOTHING = Path("/dev/full")


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A file system of its own at `folder`, where this machine allows it."""
    folder.mkdir(parents=True)
    mount = shutil.which("mount")
    made = [str(mount), "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if mount is None or subprocess.run(made, capture_output=True, check=False).returncode:
        pytest.skip("mounting a file system is not allowed here")
    try:
        yield
    finally:
        subprocess.run([str(shutil.which("umount")), "-l", str(folder)], check=True)


def fill(disk: Path, free: int) -> None:
    """Fill a disk up to some kilobytes."""
    left = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - free * 1024)))


@pytest.mark.parametrize("free", [0, 40, 200, 1500])
def test_a_full_disk_is_refused_and_what_was_published_stands(three_closed: Books, tmp_path: Path, free: int) -> None:
    size = sum(-(-path.stat().st_size // 4096) * 4 + 4 for path in three_closed.folder.rglob("*"))
    with small_disk(tmp_path / "disk", size + 400 + free):
        books = three_closed.copied(tmp_path / "disk" / "books")
        books.deliver("2015-05", assigned_seats="subscription_id snapshot_date assigned_seats\n f1 2015-05-31 4")
        before = books.everything()
        fill(tmp_path / "disk", free)
        code = books.dpor("run", "--period", "2015-05")
        assert code == 4, books.complained
        assert "make room" in books.complained
        assert f"dpor: {books.folder}: No space left on device" in books.complained
        assert "Traceback" not in books.complained
        (tmp_path / "disk" / "filler").unlink()
        now = books.everything()
        kept = [name for name in unlike(before, now) if not name.startswith("store/deliveries/2015-05")]
        assert kept == []


def test_messages_on_a_full_disk_are_told_by_the_folder_that_they_go_to(closed: Books, tmp_path: Path) -> None:
    outbox = tmp_path / "disk" / "outbox"
    notify = ("notify", "--period", "2015-03", "--out", str(outbox))
    with small_disk(outbox.parent, 400):
        fill(outbox.parent, 0)
        closed.refuses(*notify, because=[f"dpor: {outbox}: No space left on device", "make room"])
        assert str(closed.folder) not in closed.complained.replace(str(outbox), "")
        (outbox.parent / "filler").unlink()
        closed.does(*notify)


@pytest.mark.skipif(not TAKES_NOTHING.exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "command", [("status",), ("verify",), ("run", "--period", "2015-05"), ("run", "--help"), ("completion", "bash")]
)
def test_a_result_that_finds_no_room_is_told_by_stdout_and_not_by_a_folder(
    closed: Books, command: tuple[str, ...]
) -> None:
    complained = io.StringIO()
    with TAKES_NOTHING.open("w") as full, redirect_stdout(full), redirect_stderr(complained):
        code = exit_code([*command] if command[0] == "completion" else closed.arguments(*command))
    told = [line for line in complained.getvalue().splitlines() if "No space left" in line]
    assert (code, told) == (4, ["dpor: stdout: No space left on device"])


@pytest.mark.skipif(not TAKES_NOTHING.exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("command", "code"), [(("close", "--period", "2015-05"), 0), (("run", "--period", "2015-04"), 4)]
)
def test_progress_that_finds_no_room_keeps_nothing_from_its_end(
    closed: Books, command: tuple[str, ...], code: int
) -> None:
    with TAKES_NOTHING.open("w") as full, redirect_stderr(full), redirect_stdout(io.StringIO()):
        assert exit_code(closed.arguments(*command)) == code
