"""Takes deliveries in one after the other: writes what becomes of each one's rows, and remembers it for the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from schemas.catalogue import PUBLISHED
from schemas.feeds import FEEDS, Feed
from transforms.staging import Staged
from transforms.survey import Delivery
from transforms.verdicts import ACCEPTED, DUPLICATE, POSITION, WAITS, Known, still_lacking, verdicts

WAITING = "waiting-"
OUT_OF_SCOPE = "service_out_of_scope"
"""Set aside by rule, not by mistake: doesn't count against `--max-quarantine`."""


@dataclass
class Taken:
    """What one delivery came to, in rows. `released` waited since earlier deliveries and is accepted by this one."""

    period: str
    rows_read: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    released: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """Rows set aside that count against `--max-quarantine`."""
        return self.quarantined - self.reasons[OUT_OF_SCOPE]


class Admission:
    """Knows the Parquet files of all rows accepted before, and of all that were set aside to wait, by feed."""

    def __init__(self, accepted: Mapping[str, Sequence[Path]], waiting: Mapping[str, Sequence[Path]]) -> None:
        self._accepted = {name: list(accepted.get(name, ())) for name in FEEDS}
        self._waiting = {name: list(waiting.get(name, ())) for name in FEEDS}
        self._known = Known()
        for name in FEEDS:
            self._learn(FEEDS[name])

    def admit(self, delivery: Delivery, staged: Staged, folder: Path) -> Taken:
        """Write one delivery's accepted rows, those that wait, its quarantine and its intake log to `folder`."""
        taken = Taken(delivery.period)
        known_before = replace(self._known)
        set_aside = []
        by_file = []
        for feed in FEEDS.values():
            parts = staged.of(delivery.period, feed.name)
            waiting = self._still_waiting(feed, known_before)
            if not parts and waiting.is_empty():
                continue
            fresh = _scan(parts, feed)
            asking = fresh.filter(pl.col("reason").is_null()).select(*feed.columns, *POSITION).collect()
            judged = verdicts(pl.concat([waiting, asking]), _scan(self._accepted[feed.name], feed), feed, self._known)
            taken.released += self._keep_accepted(judged, feed, delivery.period, folder)
            if parts:
                new = judged.filter(pl.col("delivery") == delivery.period)
                self._keep_waiting(new, feed, folder)
                set_aside.append(_set_aside(fresh, new, feed))
                by_file.append(new.select("file", "verdict"))
        quarantine = pl.concat([_empty("quarantine", "released_by"), *set_aside])
        log = _intake_log(delivery, staged, by_file, quarantine)
        quarantine.write_parquet(folder / "quarantine.parquet")
        log.write_parquet(folder / "intake_log.parquet")
        taken.rows_read, taken.accepted, taken.duplicates, taken.quarantined = log.select(
            pl.sum("rows_read", "accepted", "duplicates", "quarantined")
        ).row(0)
        taken.reasons.update(quarantine["reason"])
        if log.filter(pl.col("rows_read") != pl.sum_horizontal("accepted", "duplicates", "quarantined")).height:
            raise AssertionError(f"{delivery.period}: rows were lost between reading and judging: {taken}")
        return taken

    def moved(self, folder: Path, now: Path) -> None:
        """What `admit` wrote to `folder` has been renamed into place."""
        for files in (*self._accepted.values(), *self._waiting.values()):
            files[:] = [now / path.name if path.parent == folder else path for path in files]

    def _still_waiting(self, feed: Feed, known_before: Known) -> pl.DataFrame:
        """The rows that lacked something when the delivery came; what had all, yet wasn't accepted, never will be."""
        waiting = _scan(self._waiting[feed.name], feed).select(*feed.columns, *POSITION).collect()
        return waiting if waiting.is_empty() else still_lacking(waiting, feed, known_before)

    def _keep_accepted(self, judged: pl.DataFrame, feed: Feed, period: str, folder: Path) -> int:
        """Returns how many of the rows accepted had waited since an earlier delivery."""
        rows = judged.filter(pl.col("verdict") == ACCEPTED).select(*feed.columns, *POSITION, accepted_in=pl.lit(period))
        if rows.height:
            path = folder / f"{feed.name}.parquet"
            rows.write_parquet(path)
            self._accepted[feed.name].append(path)
            self._learn(feed)
        return rows.filter(pl.col("delivery") != period).height

    def _keep_waiting(self, new: pl.DataFrame, feed: Feed, folder: Path) -> None:
        rows = new.filter(pl.col("verdict").is_in(WAITS)).select(*feed.columns, *POSITION)
        if rows.height:
            path = folder / f"{WAITING}{feed.name}.parquet"
            rows.write_parquet(path)
            self._waiting[feed.name].append(path)

    def _learn(self, feed: Feed) -> None:
        """Look again at what the feed makes known; of a subscription that changed its service, the last counts."""
        rows = _scan(self._accepted[feed.name], feed)
        match feed.name:
            case "partners":
                self._known.partners = rows.select("mpn_id").unique().collect()
            case "customers":
                self._known.customers = rows.select("customer_id").unique().collect()
            case "subscriptions":
                latest = rows.select("subscription_id", "service", *POSITION).sort(POSITION)
                self._known.subscriptions = (
                    latest.unique("subscription_id", keep="last", maintain_order=True).drop(POSITION).collect()
                )
            case "osa_forms" | "dpor_attachments":
                forms = _scan(self._accepted["osa_forms"], FEEDS["osa_forms"])
                events = _scan(self._accepted["dpor_attachments"], FEEDS["dpor_attachments"])
                self._known.claims = pl.concat(
                    [forms.select("mpn_id", claim_id="form_id"), events.select("mpn_id", claim_id="event_id")]
                ).collect()


def _scan(paths: Sequence[Path], feed: Feed) -> pl.LazyFrame:
    """The rows of Parquet files of ours; an empty frame of the feed's columns and POSITION where there are none."""
    if paths:
        return pl.scan_parquet(list(paths), glob=False)
    return pl.LazyFrame(
        schema={
            **feed.dtypes,
            **dict.fromkeys(("delivery", "file"), pl.String),
            "row_number": pl.Int64,
            **dict.fromkeys(("reason", "column_name", "detail", "raw"), pl.String),
        }
    )


def _set_aside(fresh: pl.LazyFrame, judged: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """The quarantine rows of one feed: what its own form ruled out, and what can't stand beside the rest."""
    unusable = fresh.filter(pl.col("reason").is_not_null())
    refused = (
        fresh.select(*POSITION, "detail", "raw")
        .join(judged.lazy().filter(~pl.col("verdict").is_in([ACCEPTED, DUPLICATE])), on=POSITION, how="inner")
        .rename({"verdict": "reason"})
    )
    columns = ["delivery", "file", "row_number", "column_name", "reason", "detail", "raw"]
    rows = pl.concat([unusable.select(columns), refused.select(columns)]).with_columns(feed=pl.lit(feed.name)).collect()
    return rows.select(_empty("quarantine", "released_by").columns).sort("file", "row_number")


def _intake_log(
    delivery: Delivery, staged: Staged, by_file: Sequence[pl.DataFrame], quarantine: pl.DataFrame
) -> pl.DataFrame:
    """One row a file of the delivery, in the order of their names."""
    judged = pl.concat([pl.DataFrame(schema={"file": pl.String, "verdict": pl.String}), *by_file])
    counts = judged.group_by("file").agg(
        accepted=(pl.col("verdict") == ACCEPTED).sum(), duplicates=(pl.col("verdict") == DUPLICATE).sum()
    )
    aside = quarantine.group_by("file").agg(quarantined=pl.len())
    files = pl.DataFrame(
        [
            (delivery.period, file.feed, file.name, file.sha256, staged.rows_read[delivery.period, file.name])
            for file in delivery.files
        ],
        schema={**dict.fromkeys(("delivery", "feed", "file", "sha256"), pl.String), "rows_read": pl.Int64},
        orient="row",
    )
    return (
        files.join(counts, on="file", how="left", maintain_order="left")
        .join(aside, on="file", how="left", maintain_order="left")
        .with_columns(pl.col("accepted", "duplicates", "quarantined").cast(pl.Int64).fill_null(0))
    )


def _empty(relation: str, *without: str) -> pl.DataFrame:
    """A frame without rows of a published relation's columns."""
    columns = PUBLISHED[relation].columns
    return pl.DataFrame(schema={name: column.dtype.type for name, column in columns.items() if name not in without})
