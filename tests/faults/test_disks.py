"""Every command on a full disk, on one that can only be read, and as somebody who may write nothing: refused or served.

What was published stands; once there is room and permission, the command ends as if nothing had happened.
"""

from __future__ import annotations

import codecs
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from faults.kills import Theatre, state, theatre
from faults.scenes import SCENES, Scene
from ledger.bench import SERVER

pytestmark = pytest.mark.slow

NOBODY = 65534
ONLY_READ = ("check", "status", "statement", "explain", "reconcile", "verify")
"""Commands that are of use to who may write nothing, as an analyst or an auditor."""


def mounted(*words: str) -> None:
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, *words], capture_output=True, check=False).returncode:
        pytest.skip("mounting a file system is not allowed here")


def unmounted(folder: Path) -> None:
    subprocess.run([str(shutil.which("umount")), "-l", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[Callable[[], None]]:
    """The books on a disk without a free byte."""
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    size = sum(-(-path.stat().st_size // 4096) * 4 + 8 for path in folder.rglob("*")) + 64
    mounted("-t", "tmpfs", "-o", f"size={size + 20_000}k", "tmpfs", str(folder))
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    filler = folder / ".filler"
    left = os.statvfs(folder)
    filler.write_bytes(bytes(left.f_bavail * left.f_frsize))
    try:
        yield filler.unlink
    finally:
        unmounted(folder)
        shutil.rmtree(kept)


@contextmanager
def read_only(folder: Path) -> Iterator[Callable[[], None]]:
    """The books on a file system that is mounted to be read."""
    mounted("--bind", str(folder), str(folder))
    mounted("-o", "remount,bind,ro", str(folder))
    try:
        yield lambda: mounted("-o", "remount,bind,rw", str(folder))
    finally:
        unmounted(folder)


@pytest.fixture(scope="module")
def where() -> Iterator[Theatre]:
    with theatre() as made:
        yield made


@pytest.mark.parametrize("fault", [full, read_only])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_no_room_and_no_permission(
    where: Theatre, scene: Scene, fault: Callable[[Path], AbstractContextManager[Callable[[], None]]]
) -> None:
    wanted = where.left(scene)
    books = where.set(scene)
    with fault(books.folder) as mended:
        before = state(books)
        code = books.dpor(*scene.words(books))
        said = books.complained
        after = state(books)
        mended()
        refused_or_served(code, said)
        assert {name: content for name, content in before.items() if after.get(name) != content} == {}
        assert code == 0 or fault is full or scene.name not in ONLY_READ, said
        books.does(*scene.words(books))
        assert state(books, hidden=True) == wanted


def refused_or_served(code: int, said: str) -> None:
    assert "Traceback" not in said
    assert code in (0, 4), f"exit {code}: {said}"
    assert code == 0 or "make room or give permission" in said, said


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_who_may_write_nothing(where: Theatre, scene: Scene) -> None:
    if os.getuid():
        pytest.skip("becoming somebody else is not allowed here")
    wanted = where.left(scene)
    books = where.set(scene)
    for folder in (books.folder, *books.folder.parents):
        if folder.stat().st_mode & 0o5 != 0o5 and folder.is_relative_to(where.folder):
            folder.chmod(0o755)
    said = where.folder / "said"
    said.touch()
    said.chmod(0o666)
    before = state(books)
    process = SERVER.Process(target=as_nobody, args=(books.arguments(*scene.words(books)), str(said)))
    process.start()
    process.join()
    refused_or_served(process.exitcode or 0, said.read_text(encoding="utf-8"))
    assert process.exitcode == 0 or scene.name not in ONLY_READ
    assert state(books) == before
    books.does(*scene.words(books))
    assert state(books, hidden=True) == wanted


def as_nobody(arguments: list[str], said: str) -> None:
    from flows.dpor import exit_code
    from schemas.policy import default_policy

    # What Python loads only then may lie where nobody can read.
    default_policy()
    codecs.lookup("unicode-escape")
    with open(said, "w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        code = exit_code(arguments)
    os._exit(code)
