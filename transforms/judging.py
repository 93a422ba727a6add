"""Judges a feed's rows without looking at each: in bounded memory, however many they are and were before.

Nearly every row is accepted, since its key is new and all that it refers to is known. Narrow scans tell which rows may
be otherwise, and only those are held, whole, against what was accepted before. A row's verdict depends on no row but
those of its key, so those of one key are always looked at together.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import xor

import polars as pl

from schemas.delivered import CLAIM, PARTNER
from schemas.feeds import PORTALS, REASONS, Feed
from transforms.verdicts import ACCEPTED, DUPLICATE, Known, verdicts

VERDICT = pl.Enum([ACCEPTED, DUPLICATE, *REASONS])
AT_ONCE = 1_000_000
"""This many rows are looked at together, or keys compared four times as many."""
FEW = 100_000


def judge(asking: pl.LazyFrame, before: pl.LazyFrame, feed: Feed, known: Known) -> pl.Series:
    """A verdict (VERDICT) for each row of `asking`, in its order; in as `verdicts`, but ordered by POSITION."""
    keys = asking.select(_hash(feed)).collect(engine="streaming")["hash"]
    verdict = pl.repeat(0, keys.len(), dtype=pl.UInt8, eager=True)  # by its place in VERDICT: ACCEPTED
    if keys.is_empty():
        return verdict.cat.to(VERDICT).alias("verdict")
    doubtful = _contested(keys, _may_collide(asking, before, feed)) | _lacking(asking, feed, known, keys.len())
    for mine in _shares(keys, int(doubtful.sum()) // AT_ONCE + 1):
        looked_at = (doubtful & mine).alias("looked_at")
        if not looked_at.any():
            continue
        rows = beside(asking.with_row_index("place"), looked_at).filter("looked_at").drop("looked_at").collect()
        judged = verdicts(rows, before, feed, known)
        verdict = verdict.scatter(judged["place"], judged["verdict"].cast(VERDICT).to_physical())
    return verdict.cat.to(VERDICT).alias("verdict")


def beside(rows: pl.LazyFrame, column: pl.Series) -> pl.LazyFrame:
    """The rows with one more column."""
    return pl.concat([rows, column.to_frame().lazy()], how="horizontal")


def _hash(feed: Feed) -> pl.Expr:
    """Equal keys have equal hashes; that different keys may have too only makes some rows doubtful for nothing."""
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(feed.key)]
    return reduce(xor, hashes).alias("hash")


def _shares(keys: pl.Series, shares: int) -> Iterator[pl.Series]:
    """Masks that share the keys out; equal ones go together."""
    return (keys % shares == share for share in range(shares))


def _may_collide(asking: pl.LazyFrame, before: pl.LazyFrame, feed: Feed) -> pl.LazyFrame:
    """The hashes of the keys accepted before that lie in the range of those asking, column by column.

    A month's seats are of other days than all before: then Parquet's statistics tell that nothing need be read.
    """
    # A range of texts is dear to find, and tells little where there are days or instants beside it.
    names = [name for name in feed.key if feed.columns[name].read_as != "text"] or feed.key
    ranges = asking.select(
        *(pl.min(name).name.suffix(" from") for name in names),
        *(pl.max(name).name.suffix(" to") for name in names),
    ).collect(engine="streaming")
    within = [
        pl.col(name).is_between(pl.lit(ranges[f"{name} from"].item()), pl.lit(ranges[f"{name} to"].item()))
        for name in names
    ]
    return before.filter(*within).select(_hash(feed))


def _contested(keys: pl.Series, before: pl.LazyFrame) -> pl.Series:
    """Which keys stand there twice, or did before."""
    contested = pl.repeat(False, keys.len(), dtype=pl.Boolean, eager=True)
    shares = keys.len() // (4 * AT_ONCE) + 1
    for share, is_mine in enumerate(_shares(keys, shares)):
        mine = keys.filter(is_mine)
        again = mine.filter(mine.is_duplicated()) if mine.n_unique() < mine.len() else mine.clear()
        earlier = (
            before.filter(pl.col("hash") % shares == share)
            .join(mine.to_frame().lazy(), on="hash", how="semi")
            .collect(engine="streaming")["hash"]
        )
        if again.len() or earlier.len():
            contested |= keys.is_in(pl.concat([again, earlier]).unique().implode())
    return contested


def _lacking(asking: pl.LazyFrame, feed: Feed, known: Known, height: int) -> pl.Series:
    """Which rows may lack what they refer to, or contradict it."""
    rows = asking.with_row_index("place")
    found = []

    def asked(there: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
        """What there is, cut down to what few rows ask for: cheaper than to hold all of it against them."""
        return there.join(asking.select(columns), on=columns, how="semi") if height <= FEW else there

    for reference in feed.refers_to:
        named = rows.filter(pl.col(reference.column) != "*") if reference is PARTNER else rows
        there = asked(known.of(reference), [reference.column])
        found.append(named.join(there, on=reference.column, how="anti"))
    if CLAIM in feed.refers_to:
        pair = ["claim_id", "mpn_id"]
        found.append(rows.join(asked(known.claims, pair), on=pair, how="anti"))
    if "portal" in feed.columns:
        due = pl.col("service").replace_strict(PORTALS, default=None, return_dtype=pl.String)
        subscriptions = asked(known.subscriptions, ["subscription_id"])
        found.append(rows.join(subscriptions, on="subscription_id").filter(due != pl.col("portal")))
    lacking = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for places in found:
        lacking = lacking.scatter(places.select("place").collect(engine="streaming")["place"], True)
    return lacking
