"""Do the peers come to the same rows as dpor? `python -m benchmarks.check_peers` makes a world, runs all, and compares.

Exits with 1 where a row of any relation differs.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.generate import generate
from benchmarks.peers.outputs import KEYS, RESULTS, database_of

ROOT = Path(__file__).parents[1]
PEERS = ("python_loop", "pandas_month", "pyspark_month")
COMPARED = {  # what a peer publishes: its columns
    **{name: ", ".join(columns) for name, columns in RESULTS.items()},
    **dict.fromkeys(KEYS, "*"),
    **{f"current_{feed}": "*" for feed, key in KEYS.items() if key},
}


@dataclass(frozen=True)
class Comparison:
    """How a peer's rows of one relation compare with dpor's; `example` is one that only one of both has."""

    peer: str
    relation: str
    rows: int
    seconds: float
    different: int
    example: str


def run_quietly(command: list[str | Path]) -> None:
    """Raises RuntimeError with what the command says on stderr where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stderr}")


def run_dpor(deliveries: Path, folder: Path, period: str | None, program: str) -> tuple[Path, str]:
    """Runs dpor on the deliveries; gives its database and the period that it drafted."""
    database = folder / "dpor.duckdb"
    command = [program, "run", "--deliveries", deliveries, "--db", database, "--out", folder / "statements"]
    run_quietly([*command, "--max-quarantine", "1", *(["--period", period] if period else [])])
    with duckdb.connect(database, read_only=True) as con:
        [(drafted,)] = con.execute("select max(statement_period) from statements").fetchall()
    return database, drafted


def run_peer(peer: str, store: Path, policy: Path | None, period: str, out: Path) -> float:
    """Runs a peer in a process of its own; gives the seconds that it took, its start included."""
    command = [sys.executable, "-m", f"benchmarks.peers.{peer}", store, period, out]
    started = time.perf_counter()
    run_quietly([*command, *(["--policy", policy] if policy else [])])
    return time.perf_counter() - started


def compare(peer: str, found_in: Path, database: Path, seconds: float) -> list[Comparison]:
    """Every row of every relation, to the cent, and the types of its columns."""
    compared = []
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as dpor (read_only)")
        con.execute(f"attach '{found_in}' as peer (read_only)")
        named = con.execute("select table_name from information_schema.tables where table_catalog = 'peer'")
        known = {name for (name,) in named.fetchall()}
        for relation, columns in COMPARED.items():
            meant = f"select {columns} from dpor.{relation}"
            # What no file ever brought is no table of a peer, and an empty one of dpor.
            found = f"select {columns} from peer.{relation}" if relation in known else f"{meant} limit 0"
            rows = con.sql(found).count("*").fetchall()[0][0]
            one_sided = con.sql(
                f"select 'dpor' as only_by, * from ({meant} except all {found}) "
                f"union all select '{peer}', * from ({found} except all {meant}) order by all desc"
            )
            different = one_sided.count("*").fetchall()[0][0]
            example = " ".join(map(str, one_sided.limit(1).fetchall()[0])) if different else ""
            types = [con.sql(of).types for of in (meant, found)]
            if types[0] != types[1]:
                different, example = max(different, 1), f"columns of {types[1]} instead of {types[0]}"
            compared.append(Comparison(peer, relation, rows, seconds, different, example))
    return compared


def check(deliveries: Path, folder: Path, peers: list[str], period: str | None, program: str) -> list[Comparison]:
    """dpor and the peers on the same deliveries; `folder` is where their results go."""
    policy = deliveries / "policy.toml"
    database, drafted = run_dpor(deliveries, folder, period, program)
    compared = []
    for peer in peers:
        seconds = run_peer(
            peer, database.with_suffix(".store"), policy if policy.exists() else None, drafted, folder / peer
        )
        compared += compare(peer, database_of(folder / peer), database, seconds)
    return compared


def main() -> int:
    beside = Path(sys.executable).with_name("dpor")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=5_000, metavar="N", help="subscriptions of the world that is made")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--deliveries", type=Path, help="these deliveries, instead of a world that is made")
    parser.add_argument("--period", help="the statements' period; without it, the last delivery's")
    parser.add_argument("--peer", action="append", choices=PEERS, help="only this one; may be repeated")
    parser.add_argument("--dpor", default=beside if beside.exists() else "dpor", help="the program")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        deliveries = given.deliveries or folder / "deliveries"
        if given.deliveries is None:
            generate(given.size, deliveries, given.seed)
        compared = check(deliveries.resolve(), folder, given.peer or list(PEERS), given.period, str(given.dpor))
    finally:
        shutil.rmtree(folder)
    print(f"{'peer':<15}{'relation':<23}{'rows':>10}{'seconds':>9}  against dpor")
    for one in compared:
        outcome = f"{one.different} rows differ, as: {one.example}" if one.different else "the same"
        print(f"{one.peer:<15}{one.relation:<23}{one.rows:>10,}{one.seconds:>9.1f}  {outcome}")
    return 1 if any(one.different for one in compared) else 0


if __name__ == "__main__":
    sys.exit(main())
