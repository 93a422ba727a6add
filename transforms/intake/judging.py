"""Judges a feed's rows without looking at each: in bounded memory, however many they are and were before.

Nearly every row is accepted, since its key is new and all that it refers to is known. Narrow scans tell which rows may
be otherwise, and only those are held, whole, against what was accepted before. A row's verdict depends on no row but
those of its key, so those of one key are always looked at together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import xor

import polars as pl

from schemas.delivered import CLAIM, PARTNER
from schemas.feeds import PORTALS, REASONS, Feed
from transforms.intake.verdicts import ACCEPTED, DUPLICATE, Known, of_the_same_days, verdicts

VERDICT = pl.Enum([ACCEPTED, DUPLICATE, *REASONS])
AT_ONCE = 1_000_000
"""This many rows are looked at together, or keys compared four times as many."""
FEW = 50_000
"""Up to this many rows are all looked at: that is quicker than telling which are doubtful."""


def judge(asking: pl.LazyFrame, before: pl.LazyFrame, feed: Feed, known: Known) -> pl.Series:
    """A verdict (VERDICT) for each row of `asking`, in its order, which is that of POSITION; else as `verdicts`."""
    asking = asking.with_row_index("place")
    few = asking.head(FEW + 1).collect()
    if few.height <= FEW:
        return _by_place(few.height, [verdicts(few, before, feed, known)])
    keys = asking.select(_hash(feed)).collect(engine="streaming")["hash"]
    doubtful = _doubtful(asking, keys, before, feed, known)
    return _by_place(keys.len(), (verdicts(rows, before, feed, known) for rows in doubtful))


def _by_place(height: int, judged: Iterable[pl.DataFrame]) -> pl.Series:
    verdict = pl.repeat(0, height, dtype=pl.UInt8, eager=True)  # by its place in VERDICT: ACCEPTED
    for rows in judged:
        verdict = verdict.scatter(rows["place"], rows["verdict"].cast(VERDICT).to_physical())
    return verdict.cat.to(VERDICT).alias("verdict")


def _doubtful(
    asking: pl.LazyFrame, keys: pl.Series, before: pl.LazyFrame, feed: Feed, known: Known
) -> Iterator[pl.DataFrame]:
    """The rows that may be otherwise than accepted, in shares; those of one key go together."""
    doubtful = _twice(keys) | _there_before(asking, keys, before, feed) | _lacking(asking, keys, feed, known)
    for mine in _shares(keys, int(doubtful.sum()) // AT_ONCE + 1):
        looked_at = (doubtful & mine).alias("looked_at")
        if looked_at.any():
            yield beside(asking, looked_at).filter("looked_at").drop("looked_at").collect()


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


def _twice(keys: pl.Series) -> pl.Series:
    """Which keys are there twice."""
    twice = _none(keys)
    for is_mine in _shares(keys, _at_once(keys)):
        mine = keys.filter(is_mine).sort()
        again = mine.filter(mine == mine.shift())
        if again.len():
            twice |= keys.is_in(again.unique().implode())
    return twice


def _there_before(asking: pl.LazyFrame, keys: pl.Series, before: pl.LazyFrame, feed: Feed) -> pl.Series:
    """Which rows have a key that was accepted before, and perhaps others beside them."""
    there = _none(keys)
    earlier = of_the_same_days(before, asking, feed)
    if days := feed.days_of_key:
        # All but the late ones of a month's seats are of days that no row before has.
        of_days = earlier.select(days).unique()
        late = asking.join(of_days, on=days, how="semi").select("place").collect(engine="streaming")["place"]
        if late.len() <= FEW:
            return there.scatter(late, True)
    shares = _at_once(keys)
    for share, is_mine in enumerate(_shares(keys, shares)):
        found = (
            earlier.select(_hash(feed))
            .filter(pl.col("hash") % shares == share)
            .join(keys.filter(is_mine).to_frame().lazy(), on="hash", how="semi")
            .collect(engine="streaming")["hash"]
        )
        if found.len():
            there |= keys.is_in(found.unique().implode())
    return there


def _at_once(keys: pl.Series) -> int:
    """In how many shares keys are compared."""
    return keys.len() // (4 * AT_ONCE) + 1


def _none(keys: pl.Series) -> pl.Series:
    return pl.repeat(False, keys.len(), dtype=pl.Boolean, eager=True)


def _lacking(rows: pl.LazyFrame, keys: pl.Series, feed: Feed, known: Known) -> pl.Series:
    """Which rows may lack what they refer to, or contradict it."""
    found = []
    for reference in feed.refers_to:
        named = rows.filter(pl.col(reference.column) != "*") if reference is PARTNER else rows
        found.append(named.join(known.of(reference), on=reference.column, how="anti"))
    if CLAIM in feed.refers_to:
        found.append(rows.join(known.claims, on=["claim_id", "mpn_id"], how="anti"))
    if "portal" in feed.columns:
        due = pl.col("service").replace_strict(PORTALS, default=None, return_dtype=pl.String)
        found.append(rows.join(known.subscriptions, on="subscription_id").filter(due != pl.col("portal")))
    lacking = _none(keys)
    for places in found:
        lacking = lacking.scatter(places.select("place").collect(engine="streaming")["place"], True)
    return lacking
