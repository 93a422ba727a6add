"""SIGKILLs, spread over commands and their steps: the last good state stands, the command again mends it.

`PYTHONPATH=.:tests python -m faults.campaign --kills 1000` prints a table. A kill comes at an instant of a step, told
in the processor's time, so that a busy machine changes nothing; or exactly before a change of a name in the file
system, which is what commits. Commands are forked from a process that has imported everything. Some kills come to
books that were killed already and not mended yet.
"""

from __future__ import annotations

import email
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

import duckdb
from faults.killed import Point, in_a_process, killed_at
from faults.scenes import CLOCKED, SCENES, Scene, beginnings, write_settings
from ledger.bench import SERVER, SETTLED, Books
from ledger.mailbox import Mailbox, serving

FEWEST_SECONDS = 0.002

# What is looked at


@cache
def rows_of(_digest: str, path: Path) -> str:
    """A hash of every row of every relation of a database, by the hash of its bytes."""
    found = sha256()
    with duckdb.connect(str(path), read_only=True) as con:
        for (name,) in con.execute("select table_name from information_schema.tables order by 1").fetchall():
            found.update(f"{name} {con.execute(SETTLED.format(name)).fetchall()}".encode())
    return found.hexdigest()


def state(books: Books, *, hidden: bool = False) -> dict[str, str]:
    """Each file of the books by its content: its bytes; of a database its rows. Deliveries are left out, and clocks."""
    found = {}
    for path in books.folder.rglob("*"):
        name = path.relative_to(books.folder)
        is_hidden = any(part.startswith(".") for part in name.parts)
        if not path.is_file() or name.parts[0] == "deliveries" or name.name in (*CLOCKED, "dpor.toml"):
            continue
        if is_hidden and not hidden:
            continue
        digest = sha256(path.read_bytes()).hexdigest()
        found[name.as_posix()] = rows_of(digest, path) if path.suffix == ".duckdb" and not is_hidden else digest
    return found


def torn(books: Books, good: Sequence[dict[str, str]]) -> list[str]:
    """What of the books is of no good state: a file that is neither's; a closing, or a database, that is gone."""
    now = state(books)
    wrong = [name for name, content in now.items() if content not in [one.get(name) for one in good] and name != NOTE]
    kept = [name for name in good[0] if name.startswith("dpor.store/closed/") or name.endswith(".duckdb")]
    return wrong + [f"{name}, gone" for name in kept if name not in now]


NOTE = "dpor.published.json"
"""It says `complete: false` while something is being published, which is of no state: it is sealed, and must open."""


@dataclass
class Stage:
    """A scene with what it comes to when nothing happens."""

    scene: Scene
    begins: Books
    good: list[dict[str, str]]
    left: dict[str, str]
    journal: list[str]
    steps: list[tuple[int, float]]
    changes: int
    mails: list[str]


@dataclass
class Figures:
    """What came of the kills of one scene."""

    steps: Counter[str] = field(default_factory=Counter)
    changes: int = 0
    again: int = 0
    late: int = 0
    repeated: int = 0
    lost: list[str] = field(default_factory=list)


class Theatre:
    """Where scenes are played: a folder, the books that they begin with, and a mail server."""

    def __init__(self, folder: Path, mailbox: Mailbox) -> None:
        self.folder = folder
        self.mailbox = mailbox
        self.beginnings = beginnings(folder / "beginnings")
        self.known: dict[str, dict[str, str]] = {}

    def set(self, scene: Scene) -> Books:
        """New books for a scene, in a folder of always the same name: its path is in no file, but let it be so."""
        shutil.rmtree(self.folder / "books", ignore_errors=True)
        books = self.beginnings[scene.begins].copied(self.folder / "books")
        write_settings(books, self.mailbox.port)
        scene.happens(books)
        self.mailbox.got.clear()
        return books

    def left(self, scene: Scene) -> dict[str, str]:
        """What a scene leaves when nothing happens."""
        if scene.name not in self.known:
            books = self.set(scene)
            books.does(*scene.words(books))
            self.known[scene.name] = state(books, hidden=True)
        return self.known[scene.name]

    def rehearsed(self, scene: Scene) -> Stage:
        """Play a scene undisturbed: in this process for what it leaves, in one of its own for how long it takes."""
        books = self.set(scene)
        before = state(books)
        good = [before, state(self.beginnings[scene.begins])]
        if scene.name == "run --through --close":
            books.does("run", "--through", "2015-02", "--close")
            good.append(state(books))
        books.does(*scene.words(books))
        left, journal, mails = state(books, hidden=True), noted(books), self.mails()
        good.append(state(books))
        books = self.set(scene)
        here, there = SERVER.Pipe(duplex=False)
        process = SERVER.Process(target=in_a_process, args=(books.arguments(*scene.words(books)), 0, there))
        process.start()
        there.close()
        marks = []
        with here, suppress(EOFError):
            while True:
                marks.append(here.recv())
        process.join()
        if process.exitcode != 0:
            raise AssertionError(f"{scene.name}: exit {process.exitcode}")
        (*steps, (changes, end)) = marks
        ends = [at for _, at in steps[1:]] + [end]
        spans = [(n, to - at) for n, ((_, at), to) in enumerate(zip(steps, ends, strict=True))]
        long_enough = [(n, span) for n, span in spans if span > FEWEST_SECONDS]
        return Stage(scene, self.beginnings[scene.begins], good, left, journal, long_enough, changes, mails)

    def mails(self) -> list[str]:
        return [str(email.message_from_bytes(content)["Message-ID"]) for _, content in self.mailbox.got]

    def disturb(self, stage: Stage, random: Random, figures: Figures, most: int) -> int:
        """Play a scene and kill it up to three times; then the command once more. Returns how many kills there were."""
        scene = stage.scene
        books = self.set(scene)
        kills, history = 0, []
        wanted = min(most, random.choice((1, 1, 2, 3)))
        while kills < wanted:
            if stage.changes and random.random() < 0.5:
                point = Point(change=random.randint(1, stage.changes))
            else:
                step, span = random.choice(stage.steps)
                point = Point(step=step, seconds=random.uniform(0, span))
            code, at = killed_at(books.arguments(*scene.words(books)), point)
            history.append(f"{point} in {at}: {code}")
            if code != -signal.SIGKILL:
                figures.late += 1
                if code not in (0, 4):
                    figures.lost.append(f"{scene.name}: exit {code} after {history}")
                break
            figures.again += kills > 0
            kills += 1
            figures.steps[at] += 1
            figures.changes += point.change > 0
            figures.lost += [f"{scene.name}: {what} after {history}" for what in torn(books, stage.good)]
        if random.random() < 0.25:
            books.does("status")
        code = books.dpor(*scene.words(books))
        told_closed = code == 4 and scene.command[0] == "close" and "closed for good" in books.complained
        if code and not told_closed:
            figures.lost.append(f"{scene.name}: then exit {code} after {history}: {books.complained}")
        after = state(books, hidden=True)
        names = sorted({*after, *stage.left})
        unlike = [name for name in names if after.get(name) != stage.left.get(name)]
        figures.lost += [f"{scene.name}: {name} in the end after {history}" for name in unlike]
        if noted(books) != stage.journal:
            figures.lost.append(f"{scene.name}: {noted(books)} in the journal of closings after {history}")
        got = self.mails()
        figures.repeated += len(got) - len(set(got))
        if set(got) != set(stage.mails) or len(got) - len(set(got)) > kills:
            figures.lost.append(f"{scene.name}: {len(got)} mails after {history}")
        return kills


def noted(books: Books) -> list[str]:
    """Which closings are in the journal."""
    path = books.folder / "dpor.journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.split('"', 4)[3] for line in lines if line.endswith("}")]


@contextmanager
def theatre() -> Iterator[Theatre]:
    with tempfile.TemporaryDirectory() as name, serving(Mailbox()) as mailbox:
        yield Theatre(Path(name), mailbox)


def campaign(
    kills: int, seed: int, scenes: Sequence[Scene] = SCENES, seconds: float = float("inf")
) -> dict[str, Figures]:
    """That many kills, scene by scene in turn, so that each gets as many; or as many as fit into some seconds.

    Ctrl-C ends it early, with what it came to until then.
    """
    figures = {scene.name: Figures() for scene in scenes}
    until = time.monotonic() + seconds
    with theatre() as where:
        stages = {scene.name: where.rehearsed(scene) for scene in scenes}
        random = Random(seed)
        with suppress(KeyboardInterrupt):
            while kills > 0:
                for name, stage in stages.items():
                    if kills <= 0 or time.monotonic() > until:
                        return figures
                    known = len(figures[name].lost)
                    kills -= where.disturb(stage, random, figures[name], kills)
                    for line in figures[name].lost[known:]:
                        print(line, file=sys.stderr, flush=True)
    return figures


HEAD = f"{'command':30} {'kills':>5} {'exact':>5} {'again':>5} {'losses':>6}  steps in which they came"


def row(name: str, of: Figures) -> str:
    steps = ", ".join(f"{step}: {count}" for step, count in of.steps.items())
    more = f"; {of.repeated} mails twice" if of.repeated else ""
    return f"{name:30} {of.steps.total():5} {of.changes:5} {of.again:5} {len(of.lost):6}  {steps}{more}"
