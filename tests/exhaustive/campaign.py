"""Takes every history of so many events, part by part, and notes what came of each part.

    PYTHONPATH=.:tests python -m exhaustive.campaign --events 4 --notes notes.json [--budget MINUTES] [--part K/N]

Each part is worked out by the SQL as customers of one world, in two files a feed and an order of rows of its own, and
is compared with the twin, which takes each history alone. So whatever part, order, file or neighbour would change is
found. Then every law is asked. What a partner is paid hangs on nothing but where it is partner of record and when: so
the first history of each such course is worked out again with its seats, rates and caps, and so is one history in a
thousand; these are compared with the twin in full.

With --whole, sequences that tell another's history in other words are taken too. With --twice, each history is worked
out with its seats, rates and caps, and each part once more, in another order and with every second history an event
shorter: nothing of the others may change. Parts that are noted aren't taken again, unless the SQL, the twin or the
campaign is another.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from exhaustive.alone import Alone
from exhaustive.bench import EVERY_STAGE, WHO_IS_PARTNER, worked_out
from exhaustive.compared import said_of, sums, unlike
from exhaustive.in_full import compared_in_full, paid_to_each
from exhaustive.laws import LAWS, LAWS_OF_LINES, broken
from exhaustive.sequences import PARTNERS, History, count, histories, orders

from transforms.database import warehouse

HOME = Path(__file__).resolve().parents[2]
ORDERS_A_PART = 2_000
IN_FULL_ONE_OF = 997

Course = tuple[str, tuple[Any, ...]]
"""A partner, and whether the two subscriptions pay it, or wait to, at each turn: all that its lines are made from."""
Courses = list[Course]
"""That of A, and that of B."""


@dataclass
class Found:
    """What came of a part: how many histories, which disagree, which laws are broken, and what it took."""

    histories: int = 0
    in_full: int = 0
    disagree: list[str] = field(default_factory=list)
    broken: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0


class Campaign:
    """All histories of a length, in parts. `paid` has each course met so far with a sum over its lines."""

    def __init__(self, length: int, folder: Path, *, whole: bool = False, twice: bool = False) -> None:
        self.length, self.folder, self.whole, self.twice = length, folder, whole, twice
        self.orders = orders(length, whole=whole)
        self.parts = range(-(-self.orders.height // ORDERS_A_PART))
        self.paid: dict[Course, str | None] = {}

    def part(self, number: int) -> pl.DataFrame:
        return histories(self.orders[number * ORDERS_A_PART : (number + 1) * ORDERS_A_PART], whole=self.whole)

    def take(self, number: int) -> Found:
        """Work a part out, compare it with the twin, ask every law of it."""
        started = time.process_time()
        taken = self.part(number)
        found = Found(taken.height)
        alone = Alone()
        said = said_of(taken, alone)
        courses = courses_of_resolutions(alone)
        chosen = self.chosen(taken, said, courses)
        found.in_full = chosen.height
        in_full = compared_in_full(chosen, self.folder)
        found.disagree += self.told(in_full.unlike)
        found.broken |= {law: self.told(customers) for law, customers in in_full.broken.items()}
        resolution_of = dict(said.select("customer_id", "resolution").iter_rows())
        for customer, paid in in_full.paid.items():
            for course, own in zip(courses[resolution_of[customer]], paid, strict=True):
                self.paid.setdefault(course, own)

        stages, laws = (EVERY_STAGE, LAWS | LAWS_OF_LINES) if self.twice else (WHO_IS_PARTNER, LAWS)
        with worked_out(taken, self.folder, stages, arrival=number) as con:
            found.disagree += self.told(unlike(con, said, alone, self.folder))
            found.broken |= {law: self.told(customers) for law, customers in broken(con, laws).items()}
            before = sums(con, self.folder, lines=True) if self.twice else None
        if before is not None:
            expected = {number: tuple([self.paid[course] for course in pair]) for number, pair in courses.items()}
            paid = paid_to_each(before)
            found.disagree += self.told(c for c, own in paid.items() if own != expected[resolution_of[c]])
            changed = self.told(changed_by_others(taken, before, self.folder, arrival=number + 1))
            found.broken |= {"what others do, and the order of arrival, change nothing": changed} if changed else {}
        found.seconds = round(time.process_time() - started, 1)
        return found

    def chosen(self, taken: pl.DataFrame, said: pl.DataFrame, courses: dict[int, Courses]) -> pl.DataFrame:
        """The first history of each course that wasn't met before, and one in a thousand whatever its course."""
        met, new = set(self.paid), []
        firsts = said.unique("resolution", keep="first", maintain_order=True)
        for customer, resolution in firsts.select("customer_id", "resolution").iter_rows():
            if not met.issuperset(courses[resolution]):
                met.update(courses[resolution])
                new.append(int(customer))
        return taken.filter(pl.col("number").is_in(new) | (pl.col("number") % IN_FULL_ONE_OF == 0))

    def told(self, customers: Any) -> list[str]:
        """The first few, as one reads them."""
        few = [str(customer) for _, customer in zip(range(5), customers, strict=False)]
        return [f"{one}: {History(self.length, int(one))}" if one.isdigit() else one for one in few]


def courses_of_resolutions(alone: Alone) -> dict[int, Courses]:
    """By number of the twin's answer, the courses of both partners in it."""
    earning = ("PAYABLE", "HELD")
    of_standing = {
        number: {
            mpn_id: tuple([row[0] if row[0] in earning and row[2] == mpn_id else None for row in standing])
            for mpn_id in PARTNERS.values()
        }
        for standing, number in alone.standings.items()
    }
    return {
        number: [(mpn_id, tuple([of_standing[one][mpn_id] for one in resolution])) for mpn_id in PARTNERS.values()]
        for resolution, number in alone.resolutions.items()
    }


def changed_by_others(
    taken: pl.DataFrame, before: pl.DataFrame, folder: Path, *, arrival: int, **caps: Any
) -> list[str]:
    """The customers of even number whose sums change when those of odd number lack their last event."""
    even = pl.col("number") % 2 == 0
    last = taken.columns[(taken.width - 1) // 2]
    shorter = taken.with_columns(pl.when(even).then(last).alias(last))
    with worked_out(shorter, folder, arrival=arrival, **caps) as con:
        after = sums(con, folder, lines=True)
    kept = taken.filter(even).select(pl.col("number").cast(pl.String).alias("customer_id"))
    lost = kept.join(before, on="customer_id").join(after, on=before.columns, how="anti", nulls_equal=True)
    return lost["customer_id"].to_list()


def fingerprint() -> str:
    """Of everything that a part's outcome hangs on."""
    sql = [path for stage in EVERY_STAGE for path in sorted((warehouse.SQL / stage).glob("*.sql"))]
    twin = sorted((HOME / "tests/twin").glob("*.py"))
    tests = [*twin, *sorted(Path(__file__).parent.glob("[!t]*.py"))]
    return sha256(b"".join(path.read_bytes() for path in (*sql, *tests))).hexdigest()


def noted(notes: Path | None, what: dict[str, Any]) -> dict[str, Any]:
    """The parts that these notes have of the same campaign on the same code."""
    if notes is None or not notes.exists():
        return {}
    kept = json.loads(notes.read_text(encoding="utf-8"))
    if {name: kept.get(name) for name in what} == what:
        return dict(kept["parts"])
    print(f"{notes}: of another campaign, or of other code; begun anew")
    return {}


def figures(length: int, parts: dict[str, Any], of: int) -> str:
    taken, in_full, seconds = (
        sum(part[name] for part in parts.values()) for name in ("histories", "in_full", "seconds")
    )
    disagree, laws = (sum(len(part[name]) for part in parts.values()) for name in ("disagree", "broken"))
    return (
        f"{length} events: {len(parts)} of {of} parts, {taken:,} histories for {count(length):,} sequences, "
        f"{in_full:,} of them in full; {disagree} disagree, {laws} laws broken; {seconds / 60:.1f} minutes of one core"
    )


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="exhaustive.campaign", description=__doc__.split("\n")[0])
    asked.add_argument("--events", type=int, default=4, help="how long the histories are")
    asked.add_argument("--whole", action="store_true", help="take those too that tell another's history in other words")
    asked.add_argument("--twice", action="store_true", help="with what each is paid, and again with other neighbours")
    asked.add_argument("--notes", type=Path, help="a JSON file that says which parts are done")
    asked.add_argument("--budget", type=float, default=float("inf"), help="minutes after which no part is begun")
    asked.add_argument("--part", default="1/1", help="K/N: of every N parts the Kth")
    given = asked.parse_args(arguments)
    started = time.monotonic()
    share, shares = (int(number) for number in given.part.split("/"))
    what = {"events": given.events, "whole": given.whole, "twice": given.twice, "of": fingerprint()}
    parts = noted(given.notes, what)
    with TemporaryDirectory() as folder:
        campaign = Campaign(given.events, Path(folder), whole=given.whole, twice=given.twice)
        for number in campaign.parts[share - 1 :: shares]:
            if str(number) in parts or time.monotonic() - started > given.budget * 60:
                continue
            found = parts[str(number)] = vars(campaign.take(number))
            print(f"part {number}: {found}", flush=True)
            if given.notes:
                given.notes.write_text(json.dumps({**what, "parts": parts}, indent=1), encoding="utf-8")
        print(figures(given.events, parts, len(campaign.parts)))
    return 1 if any(part["disagree"] or part["broken"] for part in parts.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
