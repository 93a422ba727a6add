"""Do the peers pay the same cents as dpor? `python -m benchmarks.check_peers` makes a world, runs all, and compares.

Exits with 1 where a statement or a line differs.
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

ROOT = Path(__file__).parents[1]
PEERS = ("python_loop", "pandas_month", "pyspark_month")
COMPARED = {  # what a peer writes: its columns, in the order shown
    "statements": "mpn_id, earned, cap_reduction, adjustments, held, payment, closing_balance",
    "incentive_lines": "period, subscription_id, incentive, mpn_id, service, status, assigned_seats, amount_per_seat, "
    "earned, payable",
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


def compare(peer: str, out: Path, database: Path, period: str, seconds: float) -> list[Comparison]:
    """Every row of both relations, to the cent."""
    compared = []
    with duckdb.connect(database, read_only=True) as con:
        for relation, columns in COMPARED.items():
            written = out / f"{relation}.parquet"  # Spark writes a folder
            files = str(written / "*.parquet" if written.is_dir() else written)
            meant = f"select {columns} from {relation}"
            if relation == "statements":
                meant += f" where statement_period = '{period}'"
            found = f"select {columns} from read_parquet('{files}')"
            rows = con.sql(found).count("*").fetchall()[0][0]
            one_sided = con.sql(
                f"select 'dpor' as only_by, * from ({meant} except all {found}) "
                f"union all select '{peer}', * from ({found} except all {meant}) order by all desc"
            ).fetchall()
            example = " ".join(map(str, one_sided[0])) if one_sided else ""
            compared.append(Comparison(peer, relation, rows, seconds, len(one_sided), example))
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
        compared += compare(peer, folder / peer, database, drafted, seconds)
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
    print(f"{'peer':<15}{'relation':<17}{'rows':>10}{'seconds':>9}  against dpor")
    for one in compared:
        outcome = f"{one.different} rows differ, as: {one.example}" if one.different else "the same to the cent"
        print(f"{one.peer:<15}{one.relation:<17}{one.rows:>10,}{one.seconds:>9.1f}  {outcome}")
    return 1 if any(one.different for one in compared) else 0


if __name__ == "__main__":
    sys.exit(main())
