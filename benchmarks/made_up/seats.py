"""What a month's exports of assigned seats hold, late and again ones too, and which rows of them are spoilt."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from benchmarks.made_up.names import (
    BAD_SHARE,
    OPEN,
    SEATS_A_FILE,
    Generator,
    Ints,
    dates,
    day_number,
    first_day,
    ids,
    last_day,
)
from benchmarks.made_up.world import World


def seats(world: World, month: int, rows: Ints, of_month: int, chance: Generator) -> pl.DataFrame:
    """The counts of `of_month`, exported with the delivery of `month`; of a term's last month on its last day."""
    days = np.minimum(
        day_number(last_day(of_month)), np.where(world.end_month[rows] < OPEN, world.end_day[rows], 99_999)
    )
    purchased = world.purchased[rows] + world.purchased[rows] * of_month // 50
    used = (world.usage[rows] + 0.015 * of_month + 0.05 * chance.random(len(rows))).clip(0, 1)
    exported_at = datetime.combine(last_day(month) + timedelta(days=1), datetime.min.time()) + timedelta(hours=4)
    return pl.DataFrame(
        {
            "subscription_id": ids("sub-", rows),
            "snapshot_date": dates(days),
            "exported_at": pl.repeat(exported_at, len(rows), dtype=pl.Datetime("us"), eager=True).dt.replace_time_zone(
                "UTC"
            ),
            "purchased_seats": purchased,
            "assigned_seats": (purchased * used).astype(np.int64),
        }
    )


def seats_files(world: World, month: int) -> list[pl.DataFrame]:
    """The month's counts; some counts of the middle of the month; some of the two months before, exported again."""
    chance = world.chance(month, 6)
    luck = chance.random(world.size)
    live = (world.start_month <= month) & (world.end_month >= month)
    frames = []
    rows = np.flatnonzero(live & (luck > 0.001))
    for part in np.array_split(rows, max(1, -(-len(rows) // SEATS_A_FILE))):
        frame = seats(world, month, part, month, chance)
        middle = pl.lit(first_day(month) + timedelta(days=14))
        earlier = frame.filter(pl.Series(chance.random(len(part)) < 0.01) & (pl.col("snapshot_date") > middle))
        frames.append(pl.concat([frame, earlier.with_columns(snapshot_date=middle)]))
    again = []
    for back, share in ((1, 0.01), (2, 0.003)):
        if month >= back:
            counted = (world.start_month <= month - back) & (world.end_month >= month - back)
            part = np.flatnonzero(counted & (chance.random(world.size) < share))
            again.append(seats(world, month, part, month - back, chance))
    return [spoil(world, frame, chance) for frame in ([*frames, pl.concat(again)] if again else frames)]


def spoil(world: World, frame: pl.DataFrame, chance: Generator) -> pl.DataFrame:
    """Spoils a few rows, each in one of several ways; repeats a few, some of them with other content."""
    doubled = frame.head(-(-len(frame) // 5000))
    altered = frame.tail(-(-len(frame) // 10_000)).with_columns(assigned_seats=pl.lit(0, pl.Int64))
    frame = pl.concat([frame, doubled, altered])
    way = pl.Series((chance.random(len(frame)) / BAD_SHARE * 6).clip(0, 6).astype(np.int64))
    frame = frame.with_columns(
        subscription_id=pl.when(way == 0)
        .then(pl.lit("nobody-") + pl.col("subscription_id"))
        .otherwise("subscription_id"),
        snapshot_date=pl.when(way == 1).then(pl.lit(date(1999, 12, 31))).otherwise("snapshot_date"),
        assigned_seats=pl.when(way == 2).then(pl.col("purchased_seats") + 1).when(way != 3).then("assigned_seats"),
    )
    if not world.csv:
        return frame
    text = pl.col("assigned_seats").cast(pl.String)
    return frame.with_columns(
        assigned_seats=pl.when(way == 4).then(text + ".0").when(way == 5).then(text + ",000").otherwise(text)
    )
