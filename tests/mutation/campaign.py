"""Mutates the SQL and says which mutants no test catches, and of those, which nobody has explained.

`PYTHONPATH=.:tests python -m mutation.campaign --record /tmp/record caps earnings`, by folders of `sql/`; all, if none
is named.

The tests run once, on the SQL as it is, and each world that they work out is kept (`recording`); a record is made
where there is none. A mutant is then tried on one relation of each kept world, in milliseconds, until it differs and
the twin or an invariant says so (`worlds_kept`). Where it differs and neither does, the world's own test is run on it,
in a process that has imported everything. A file that makes no relation of a run is tried by the tests that read it.
What `survivors.toml` explains is tried on the worlds with a twin and by the relation's own tests only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from mutation import trying
from mutation.mutants import Mutant, mutants
from mutation.recording import record
from mutation.worlds_kept import COMPARED, ORDER, Record, following, opened

from transforms.database.connections import connect

HOME = Path(__file__).resolve().parents[2]
SQL = HOME / "sql"
SURVIVORS = Path(__file__).parent / "survivors.toml"
FOLDERS = (
    *("inputs", "current", "resolution", "earnings", "caps", "ledger", "adjustments", "statements", "closing"),
    *("notifications", "payments", "reconcile", "explain", "page", "shards", "checks"),
)

RECORDED = {
    "policy": ("tests/exhaustive/test_every_sequence.py::test_the_twin_agrees_and_every_law_holds", "tests/policy"),
    "ledger": (
        *("tests/ledger/test_causes.py", "tests/ledger/test_causes_of_rules.py", "tests/ledger/test_whose_cause.py"),
        "tests/ledger/test_causes_of_subscriptions.py",
        *("tests/ledger/test_closing.py", "tests/ledger/test_months_in_order.py", "tests/ledger/test_closed_months.py"),
        *("tests/ledger/test_payments.py", "tests/ledger/test_reconcile.py", "tests/ledger/test_notifications.py"),
        *("tests/ledger/test_documents.py", "tests/flows/test_asking.py", "tests/flows/test_sample.py"),
        "tests/intake/test_waiting.py",
    ),
    "more": (
        "tests/ledger/test_proofs_before.py",
        "tests/ledger/notify",
        *("tests/flows/test_explain.py", "tests/flows/test_shards.py"),
        "tests/relations",
    ),
}
"""The tests whose worlds are kept, in three records. A later one is looked at for what the earlier did not catch."""

FIRST = {
    "earnings": ("test_p17", "test_p18"),
    "caps": ("test_p20",),
    "adjustments": ("test_closed_months", "test_causes"),
    "ledger": ("test_closed_months", "test_causes"),
    "statements": ("test_documents", "test_p21"),
    "notifications": ("test_p26", "test_notifications"),
    "payments": ("test_payments",),
    "reconcile": ("test_reconcile", "test_payments"),
    "current": ("test_twin",),
}
"""Whose tests are asked first about a folder's mutants, after those with a twin: they are likeliest to catch them."""

FOR_FILES = ("statements/balances",)
"""Relations that only statement files are made of: no other relation shows what becomes of them."""

ALONE, TOGETHER = 3, 60
"""How many tests are tried on a mutant each alone, then how many more in one go."""


@dataclass
class Trial:
    """A mutant that is not caught yet, and the tests that have not noticed it."""

    mutant: Mutant
    differs_for: list[str] = field(default_factory=list)
    tried: int = 0
    by: str = ""


def tried_on_worlds(file: str, trials: Sequence[Trial], kept: Record) -> None:
    """Try the mutants of one relation on world after world, and by its own tests.

    Worlds with a twin come first, if the relation has any part in what a twin is compared with.
    """
    folder, name = file.split("/")
    shows_in = {name, *(later for _, later in following(folder, name))}
    twins = [test for test, relations in COMPARED.items() if shows_in & relations.keys()]
    rank = [*twins, *FIRST.get(folder, ())]
    worlds = sorted(kept.worlds, key=lambda world: next((at for at, one in enumerate(rank) if one in world[1]), 99))
    direct = kept.direct_readers(file)
    own = [test for test in direct if test.startswith("tests/relations")] or direct[:TOGETHER]
    con = connect(Path("/tmp"))  # noqa: S108
    con.execute("set threads = 1")
    for path, owner in worlds:
        waiting = [trial for trial in trials if not trial.by]
        if not owner.startswith(tuple(twins)):
            for trial in waiting if own else ():
                run(trial, own, kept)
            own = []
            waiting = [trial for trial in waiting if not trial.by and (file, trial.mutant.name) not in explained()]
        if not waiting:
            break
        with opened(path, owner, con) as world:
            if not world.makes(folder, name):
                continue
            for trial in waiting:
                by = world.caught_by(folder, name, trial.mutant.text)
                if by:
                    trial.by = f"{by}: {owner}"
                elif by is not None and not world.compared:
                    trial.differs_for += [test for test in kept.tests_of(owner) if test not in trial.differs_for]
        for trial in waiting:
            if not trial.by and trial.tried < min(len(trial.differs_for), ALONE):
                run(trial, trial.differs_for[trial.tried : trial.tried + 1], kept)
                trial.tried += 1
    con.close()


def run(trial: Trial, tests: Sequence[str], kept: Record) -> None:
    change = partial(trying.put_in_sql, trial.mutant.path.relative_to(SQL), trial.mutant.text)
    if trying.fails(change, tests, sum(kept.seconds[test] for test in tests)):
        trial.by = tests[0] if len(tests) == 1 else f"one of {len(tests)} tests"


def tried_by_readers(file: str, trials: Sequence[Trial], kept: Record) -> None:
    """Try the mutants of a file that isn't a relation of a run by the tests that read it."""
    firsts = FIRST.get(file.split("/")[0], ())
    tests = kept.readers(file)
    tests.sort(key=lambda test: next((n for n, first in enumerate(firsts) if first in test), len(firsts)))
    own = [test for test in tests if test.startswith("tests/relations")]
    others = [test for test in tests if test not in own][:TOGETHER]
    for trial in trials:
        for some in (own,) if (file, trial.mutant.name) in explained() else (own, others):
            if some and not trial.by:
                run(trial, some, kept)
                trial.tried += len(some)
        trial.differs_for = tests


def campaign(files: Iterable[tuple[str, Sequence[Mutant]]], kept: Record) -> list[Trial]:
    """Try every mutant; the trials, caught or not."""
    found: list[Trial] = []
    for file, changed in files:
        trials = [Trial(mutant) for mutant in changed]
        began = time.monotonic()
        if tuple(file.split("/")) in ORDER and file not in FOR_FILES:
            tried_on_worlds(file, trials, kept)
            for trial in trials:
                rest = trial.differs_for[trial.tried : trial.tried + TOGETHER]
                if not trial.by and rest and (file, trial.mutant.name) not in explained():
                    run(trial, rest, kept)
                    trial.tried += len(rest)
        else:
            tried_by_readers(file, trials, kept)
        found += trials
        left = [trial for trial in trials if not trial.by]
        print(
            f"{file}: {len(trials) - len(left)} of {len(trials)} caught, {time.monotonic() - began:.0f} s", flush=True
        )
        for trial in left:
            print(f"    {trial.mutant.name}    ({trial.tried} of {len(trial.differs_for)} tests tried)", flush=True)
    return found


@cache
def explained() -> dict[tuple[str, str], str]:
    """Why a mutant can't be caught, by file and name."""
    entries = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    return {(entry["file"], entry["mutant"]): entry["why"] for entry in entries}


def told(found: Sequence[Trial], seconds: float) -> int:
    """Print the figures by folder, and what is left; returns how many survivors nobody has explained."""
    known = explained()
    alive = [trial.mutant for trial in found if not trial.by]
    unexplained = [mutant for mutant in alive if (mutant.file, mutant.name) not in known]
    print(f"\n{'folder':<16}{'mutants':>8}{'caught':>8}{'explained':>11}{'survived':>10}")
    for folder in [*dict.fromkeys(trial.mutant.path.parent.name for trial in found), ""]:
        tried, living, left = (
            sum(folder in ("", mutant.path.parent.name) for mutant in some)
            for some in ([trial.mutant for trial in found], alive, unexplained)
        )
        print(f"{folder or 'all':<16}{tried:>8}{tried - living:>8}{living - left:>11}{left:>10}")
    by = Counter(trial.by.split(":")[0] if "::" in trial.by else "a test" for trial in found if trial.by)
    print(f"caught by {dict(by)}, in {seconds:.0f} s")
    for mutant in unexplained:
        print(f"unexplained: {mutant}")
    caught = {(trial.mutant.file, trial.mutant.name) for trial in found if trial.by}
    for file, name in caught & known.keys():
        print(f"explained, but caught: {file}: {name}")
    return len(unexplained)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", default=list(FOLDERS))
    parser.add_argument("--record", type=Path, default=None, help="where worlds are kept for the next time")
    parser.add_argument("--quick", action="store_true", help="only by the worlds with a twin")
    parser.add_argument("--file", default="", help="one file only, as caps/cap_cuts")
    parser.add_argument("--only", default="", help="mutants whose name contains this")
    asked = parser.parse_args(arguments)
    os.chdir(HOME)
    began = time.monotonic()
    folders = [asked.file.split("/")[0]] if asked.file else asked.folders
    files = {f"{folder}/{path.stem}": path for folder in folders for path in sorted((SQL / folder).glob("*.sql"))}
    chosen = [file for file in files if asked.file in ("", file)]
    with TemporaryDirectory() as name:
        place = asked.record or Path(name)
        trying.start()
        for part, tests in RECORDED.items():
            if not (place / part / "record.json").exists():
                shutil.rmtree(place / part, ignore_errors=True)
                trying.aside(record, place / part, tests)
        print(f"recorded in {time.monotonic() - began:.0f} s", flush=True)
        kept = Record([place / part for part in RECORDED])
        if asked.quick:
            kept.worlds[:] = [(path, owner) for path, owner in kept.worlds if owner.startswith(tuple(COMPARED))]
            kept.read.clear()
        found = campaign(
            ((file, [one for one in mutants(files[file]) if asked.only in one.name]) for file in chosen), kept
        )
    return 1 if told(found, time.monotonic() - began) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
