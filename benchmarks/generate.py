"""Made up deliveries of any size, the same bytes for the same arguments: `python -m benchmarks.generate N FOLDER`.

N subscriptions over the months from 2014-10, so that DPOR goes live in the sixth. Written by columns, month by month.
The world is skewed as real ones are: few partners and customers have most of the seats.

What only comes to light later is kept in `World.later` until its month: late events, decisions of reviews, corrections.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks.made_up.claims import events_feed, forms_feed
from benchmarks.made_up.names import first_day
from benchmarks.made_up.reference import caps_feed, customers_feed, partners_feed, rates_feed, subscriptions_feed
from benchmarks.made_up.seats import seats_files
from benchmarks.made_up.world import World, make_world


def deliver(world: World, month: int) -> dict[str, list[pl.DataFrame]]:
    """What a month's delivery brings, a list of files a feed. Months must be asked for in order."""
    delivery = {
        "partners": [partners_feed(world, month)],
        "customers": [customers_feed(world, month)],
        "subscriptions": [subscriptions_feed(world, month)],
        "rates": [rates_feed(month)],
        "caps": [caps_feed(world, month)],
        "assigned_seats": seats_files(world, month),
        "osa_forms": [forms_feed(world, month)],
        "dpor_attachments": [events_feed(world, month)],
    }
    for feed in ("subscriptions", "osa_forms", "dpor_attachments", "poe_reviews"):
        frames = [*delivery.get(feed, []), *world.later.pop((month, feed), [])]
        filled = [frame for frame in frames if len(frame)]
        delivery[feed] = [pl.concat(filled)] if filled else []
    return delivery


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        # A row is spoilt by a comma that nobody quoted.
        quotes = "never" if path.name.startswith("assigned_seats") else "necessary"
        frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", quote_style=quotes)


def generate(
    size: int, folder: Path, seed: int = 7, months: int = 12, file_format: str = "csv", partners: int | None = None
) -> int:
    """Writes the deliveries of `size` subscriptions into `folder`, which has none yet; gives the number of rows."""
    world = make_world(size, seed, months, file_format == "csv", partners)
    written = 0
    for month in range(months):
        target = folder / f"{first_day(month):%Y-%m}"
        target.mkdir(parents=True)
        for feed, frames in deliver(world, month).items():
            filled = [frame for frame in frames if len(frame)]
            for number, frame in enumerate(filled, 1):
                name = feed if len(filled) == 1 else f"{feed}-{number:02d}"
                write(frame, target / f"{name}.{file_format}")
                written += len(frame)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, metavar="N", help="subscriptions")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the monthly folders go")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--partners", type=int, default=None, help="N/500, at least 20, if not given")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    given = parser.parse_args()
    rows = generate(given.size, given.folder, given.seed, given.months, given.format, given.partners)
    print(f"{rows:,} rows in {given.months} deliveries: {given.folder}")


if __name__ == "__main__":
    main()
