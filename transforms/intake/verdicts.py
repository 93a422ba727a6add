"""What becomes of a feed's rows beside all that was accepted before. Pure: frames in, a verdict a row out.

Rows are taken in the order (delivery, file, row_number). Keys and contents are compared typed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.delivered import CLAIM, PARTNER, Reference
from schemas.feeds import PORTALS, Feed
from transforms.intake.staged import POSITION

ACCEPTED, DUPLICATE = "accepted", "duplicate"
FEW_DAYS = 1_000
"""Up to this many days or instants are looked for one by one."""
WAITS = ["unknown_subscription", "unknown_customer", "unknown_partner", "unknown_claim"]


@dataclass(frozen=True)
class Known:
    """What rows may refer to: every version accepted so far.

    Partners have mpn_id, customers customer_id, subscriptions subscription_id, service and POSITION, claims claim_id
    and mpn_id.
    """

    partners: pl.LazyFrame
    customers: pl.LazyFrame
    subscriptions: pl.LazyFrame
    claims: pl.LazyFrame

    def of(self, reference: Reference) -> pl.LazyFrame:
        """What a reference's column may say."""
        rows: pl.LazyFrame = getattr(self, reference.feed)
        return rows.select(reference.column)

    def services(self, asked: pl.DataFrame) -> pl.DataFrame:
        """The service of each subscription that is asked for; of one that changed its service, the last counts."""
        # Unlike a join, a filter by one column decodes the others only of the rows that it lets pass.
        versions = self.subscriptions.filter(
            pl.col("subscription_id").is_in(asked["subscription_id"].unique().implode())
        )
        latest = versions.collect().sort(POSITION).unique("subscription_id", keep="last", maintain_order=True)
        return latest.select("subscription_id", "service")


def verdicts(asking: pl.DataFrame, before: pl.LazyFrame, feed: Feed, known: Known) -> pl.DataFrame:
    """Judge the rows of one feed that ask to be accepted.

    In: `asking`, the feed's columns and POSITION, each row once, new rows and ones that still wait; `before`, the
    feed's rows accepted so far, with POSITION. Out: `asking` in the order of POSITION, with `verdict`: accepted,
    duplicate, or the reason for which it can't be used.
    """
    offered = _held_against_known(asking.sort(POSITION), feed, known)
    judged = _replacing(offered, before, feed) if feed.replaces else _standing(offered, before, feed)
    return judged.select(*asking.columns, "verdict")


def column_at_fault(feed: Feed) -> pl.Expr:
    """The column that a `reason` blames, null if there is none."""
    at_fault = {
        "wrong_portal": "portal",
        "conflicting_duplicate": feed.key[-1],
        "claim_partner_mismatch": "mpn_id",
        **{reference.reason: reference.column for reference in feed.refers_to},
    }
    return pl.col("reason").replace_strict(at_fault, default=None, return_dtype=pl.String)


def still_lacking(waiting: pl.DataFrame, feed: Feed, known: Known) -> pl.DataFrame:
    """Of rows set aside to wait, those that refer to something still unknown."""
    return _held_against_known(waiting, feed, known).filter(pl.col("lacks").is_in(WAITS)).select(waiting.columns)


def _held_against_known(asking: pl.DataFrame, feed: Feed, known: Known) -> pl.DataFrame:
    """Add `lacks`, the first reference unknown or, of a review, not its claim's partner; and `in_wrong_portal`."""
    rows = asking
    lacks = pl.lit(None, pl.String)
    for reference in reversed(feed.refers_to):
        is_known = f"{reference.column} is known"
        found = _asked(known.of(reference), rows).with_columns(pl.lit(value=True).alias(is_known))
        rows = rows.join(found, on=reference.column, how="left", maintain_order="left")
        refers_to_all = pl.col(reference.column) == "*" if reference is PARTNER else pl.lit(value=False)
        lacks = pl.when(pl.col(is_known).is_null() & ~refers_to_all).then(pl.lit(reference.reason)).otherwise(lacks)
    if CLAIM in feed.refers_to:
        own = _asked(known.claims, rows).with_columns(is_its_partners=pl.lit(value=True))
        rows = rows.join(own, on=["claim_id", "mpn_id"], how="left", maintain_order="left")
        mismatch = pl.when(pl.col("is_its_partners").is_null()).then(pl.lit("claim_partner_mismatch"))
        lacks = pl.coalesce(lacks, mismatch)
    in_wrong_portal = pl.lit(value=False)
    if "portal" in feed.columns:
        rows = rows.join(known.services(rows), on="subscription_id", how="left", maintain_order="left")
        due = pl.col("service").replace_strict(PORTALS, default=None, return_dtype=pl.String)
        in_wrong_portal = (due != pl.col("portal")).fill_null(value=False)
    return rows.select(*asking.columns, lacks=lacks, in_wrong_portal=in_wrong_portal)


def _asked(known: pl.LazyFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Of all that is known, each different one that the rows refer to."""
    columns = known.collect_schema().names()
    return rows.lazy().select(columns).unique().join(known, on=columns, how="semi").collect()


def _standing(offered: pl.DataFrame, before: pl.LazyFrame, feed: Feed) -> pl.DataFrame:
    """The first row of a key stands for good: an identical one is a duplicate, one with other content a conflict.

    A row that waits has not been accepted, so it is no first row.
    """
    key = list(feed.key)
    content = [name for name in feed.columns if name not in feed.key]
    numbered = offered.with_row_index("turn")
    earlier = _of_the_same_keys(before, numbered, feed)
    acceptable = numbered.filter(pl.col("lacks").is_null() & ~pl.col("in_wrong_portal"))
    first_now = acceptable.join(earlier, on=key, how="anti").unique(key, keep="first", maintain_order=True)
    first = pl.concat(
        [
            earlier.select(*key, *content, turn=pl.lit(-1, pl.Int64)),
            first_now.select(*key, *content, turn=pl.col("turn").cast(pl.Int64)),
        ]
    ).with_columns(taken=pl.lit(value=True))
    beside = numbered.join(first, on=key, how="left", suffix="_first", maintain_order="left")
    comes_later = pl.col("taken").fill_null(value=False) & (pl.col("turn_first") < pl.col("turn"))
    return beside.with_columns(
        verdict=pl.when(comes_later & _same(content, "_first"))
        .then(pl.lit(DUPLICATE))
        .when("in_wrong_portal")
        .then(pl.lit("wrong_portal"))
        .when(comes_later)
        .then(pl.lit("conflicting_duplicate"))
        .otherwise(pl.col("lacks").fill_null(ACCEPTED))
    )


def _replacing(offered: pl.DataFrame, before: pl.LazyFrame, feed: Feed) -> pl.DataFrame:
    """A later row of a key replaces: one identical to the version that counts when it is taken is a duplicate.

    What had to wait while a later version was accepted is held against that one, all others against the one before,
    be it a version that still waits: of what is delivered A, B, A, the last A counts, also once B is released. A row
    that can never count, such as a review of another partner than its claim's, doesn't come between two versions.
    """
    key = list(feed.key)
    content = [name for name in feed.columns if name not in feed.key]
    counting = _of_the_same_keys(before, offered, feed).sort(POSITION).unique(key, keep="last", maintain_order=True)
    asking = offered.with_row_index("asked")
    columns = [*key, *content, *POSITION, "asked"]
    may_count = asking.filter(pl.col("lacks").is_null() | pl.col("lacks").is_in(WAITS))
    versions = (
        pl.concat([counting.with_columns(asked=pl.lit(None, pl.UInt32)).select(columns), may_count.select(columns)])
        .sort([*key, *POSITION])
        .with_row_index("turn")
    )
    counts_at = versions.filter(pl.col("asked").is_null()).select(*key, *content, counts_at="turn")
    is_first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in key)
    overtaken = (pl.col("turn") < pl.col("counts_at")).fill_null(value=False)
    judged = (
        versions.with_columns(pl.col(content).shift(1).name.suffix("_before"), is_first=is_first)
        .join(counts_at, on=key, how="left", suffix="_counting")
        .filter(pl.col("asked").is_not_null())
        .select(
            "asked",
            is_same=pl.when(overtaken)
            .then(_same(content, "_counting"))
            .otherwise(~pl.col("is_first") & _same(content, "_before")),
        )
    )
    return asking.join(judged, on="asked", how="left", maintain_order="left").with_columns(
        verdict=pl.when(pl.col("lacks").is_not_null())
        .then("lacks")
        .when("is_same")
        .then(pl.lit(DUPLICATE))
        .otherwise(pl.lit(ACCEPTED))
    )


def of_the_same_days(before: pl.LazyFrame, offered: pl.LazyFrame, feed: Feed) -> pl.LazyFrame:
    """The rows accepted before whose keys can be among those offered, by the key's days and instants.

    A month's exports and snapshots are of few of them, and Parquet's statistics tell of most row groups that they hold
    none, so that they aren't read. Where they are many, or there is only text, the range of each column must do.
    """
    # A range of texts is dear to find, and tells little where there are days or instants beside it.
    names = feed.days_of_key or feed.key
    lowest, highest, many = pl.collect_all(
        offered.select(found(*names)) for found in (pl.min, pl.max, lambda *all_of: pl.col(*all_of).n_unique())
    )
    ranges = [pl.col(name).is_between(pl.lit(lowest[name].item()), pl.lit(highest[name].item())) for name in names]
    few = [name for name in feed.days_of_key if many[name].item() <= FEW_DAYS]
    among = [pl.col(name).is_in(offered.select(pl.col(name).unique()).collect()[name].implode()) for name in few]
    return before.filter(*ranges, *among)


def _of_the_same_keys(before: pl.LazyFrame, offered: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """The rows accepted before whose keys are offered again."""
    keys = offered.lazy().select(feed.key)
    there = of_the_same_days(before, keys, feed)
    name = feed.key[0]  # a filter for the reason that `services` has
    there = there.filter(pl.col(name).is_in(offered[name].unique().implode()))
    return there.join(keys.unique(), on=feed.key, how="semi").select(*feed.columns, *POSITION).collect()


def _same(content: list[str], suffix: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}{suffix}")) for name in content)
