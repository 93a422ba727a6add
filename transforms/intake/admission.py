"""Takes deliveries in one after the other: writes what becomes of each one's rows, and remembers it for the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from schemas.catalogue import PUBLISHED
from schemas.feeds import FEEDS, Feed
from transforms.intake.judging import VERDICT, beside, judge
from transforms.intake.staged import POSITION, SET_ASIDE, Part, Staged
from transforms.intake.verdicts import ACCEPTED, DUPLICATE, WAITS, Known, column_at_fault, still_lacking
from transforms.reading.survey import Delivery

WAITING = "waiting-"
ROWS_A_GROUP = 122_880
"""How Parquet is parted in the store. Left to itself, Polars parts it by how many threads it has (P25)."""
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

    def admit(self, delivery: Delivery, staged: Staged, folder: Path) -> Taken:
        """Write one delivery's accepted rows, those that wait, its quarantine and its intake log to `folder`."""
        taken = Taken(delivery.period)
        known_before = self._known()
        set_aside = [_empty("quarantine", "released_by").lazy()]
        by_file = []
        for feed in FEEDS.values():
            parts = staged.of(delivery.period, feed)
            waiting = self._still_waiting(feed, known_before)
            if not parts and waiting.is_empty():
                continue
            fresh = [part.usable().select(*feed.columns, *POSITION) for part in parts]
            asking = pl.concat([waiting.lazy(), *fresh])
            verdict = judge(asking, _scan(self._accepted[feed.name], feed), feed, self._known())
            taken.released += int((verdict.head(waiting.height) == ACCEPTED).sum())
            self._keep_accepted(asking, verdict, feed, delivery.period, folder)
            if parts:
                new = verdict.slice(waiting.height)
                refused = [_refused(part, reason, feed) for part, reason in _by_part(parts, new)]
                self._keep_waiting(refused, feed, folder)
                for part, rows in zip(parts, refused, strict=True):
                    set_aside += _set_aside(part, rows, feed)
                by_file.append(_counted(pl.concat(fresh), new))
        _write(pl.concat(set_aside), folder / "quarantine.parquet")
        quarantine = pl.scan_parquet(folder / "quarantine.parquet", glob=False)
        log = _intake_log(delivery, staged, by_file, quarantine)
        _write(log.lazy(), folder / "intake_log.parquet")
        taken.rows_read, taken.accepted, taken.duplicates, taken.quarantined = log.select(
            pl.sum("rows_read", "accepted", "duplicates", "quarantined")
        ).row(0)
        reasons = quarantine.group_by("reason").len().collect(engine="streaming")
        taken.reasons.update(dict(reasons.rows()))
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

    def _keep_accepted(self, asking: pl.LazyFrame, verdict: pl.Series, feed: Feed, period: str, folder: Path) -> None:
        is_accepted = verdict == ACCEPTED
        if not is_accepted.any():
            return
        rows = asking if is_accepted.all() else beside(asking, is_accepted).filter(is_accepted.name)
        path = folder / f"{feed.name}.parquet"
        rows = rows.select(*feed.columns, *POSITION, accepted_in=pl.lit(period))
        # The same few words in every row: written as categories, they cost a third of what they do as text.
        _write(rows.with_columns(pl.col("delivery", "file", "accepted_in").cast(pl.Categorical)), path)
        self._accepted[feed.name].append(path)

    def _keep_waiting(self, refused: Sequence[pl.LazyFrame | None], feed: Feed, folder: Path) -> None:
        found = [rows.filter(pl.col("reason").is_in(WAITS)) for rows in refused if rows is not None]
        if found and pl.concat(found).head(1).collect().height:
            path = folder / f"{WAITING}{feed.name}.parquet"
            _write(pl.concat(found).select(*feed.columns, *POSITION), path)
            self._waiting[feed.name].append(path)

    def _known(self) -> Known:
        """What is known by now; nothing is read before it is asked for."""
        rows = {name: _scan(self._accepted[name], feed) for name, feed in FEEDS.items()}
        return Known(
            partners=rows["partners"].select("mpn_id"),
            customers=rows["customers"].select("customer_id"),
            subscriptions=rows["subscriptions"].select("subscription_id", "service", *POSITION),
            claims=pl.concat(
                [
                    rows["osa_forms"].select("mpn_id", claim_id="form_id"),
                    rows["dpor_attachments"].select("mpn_id", claim_id="event_id"),
                ]
            ),
        )


def _scan(paths: Sequence[Path], feed: Feed) -> pl.LazyFrame:
    """The feed's columns and POSITION of Parquet files of ours; an empty frame where there are none."""
    position = {"delivery": pl.String(), "file": pl.String(), "row_number": pl.Int64()}
    schema = {**feed.dtypes, **position}
    if not paths:
        return pl.LazyFrame(schema=schema)
    as_text = pl.ScanCastOptions(categorical_to_string="allow")
    return pl.scan_parquet(list(paths), schema=schema, cast_options=as_text, extra_columns="ignore", glob=False)


def _by_part(parts: Sequence[Part], verdict: pl.Series) -> Iterator[tuple[Part, pl.Series]]:
    """Each part with the verdicts on its rows."""
    start = 0
    for part in parts:
        yield part, verdict.slice(start, part.height)
        start += part.height


def _refused(part: Part, verdict: pl.Series, feed: Feed) -> pl.LazyFrame | None:
    """The rows of a part that can't stand beside the rest, if any: the feed's columns and SET_ASIDE."""
    is_refused = verdict > DUPLICATE  # in the order of VERDICT
    if not is_refused.any():
        return None
    rows = part.as_came(is_refused).with_columns(reason=verdict.filter(is_refused).cast(pl.String))
    rows = rows.with_columns(column_name=column_at_fault(feed), detail=pl.lit(None, pl.String))
    return _beside(part, "refused", rows.select(*feed.columns, *SET_ASIDE))


def _set_aside(part: Part, refused: pl.LazyFrame | None, feed: Feed) -> Iterator[pl.LazyFrame]:
    """The quarantine rows of a part, in order: what its own form ruled out, and what can't stand beside the rest."""
    found = [] if refused is None else [refused.select(SET_ASIDE)]
    if part.set_aside:
        found.append(pl.scan_ipc(part.set_aside, glob=False))
    if len(found) > 1:
        found = [_beside(part, "quarantine", pl.concat(found).sort("file", "row_number").collect())]
    columns = _empty("quarantine", "released_by").columns
    return (rows.with_columns(feed=pl.lit(feed.name)).select(columns) for rows in found)


def _beside(part: Part, what: str, rows: pl.DataFrame) -> pl.LazyFrame:
    """Rows of a part kept in a file, since those of all parts at once may be more than memory holds."""
    path = part.rows.with_name(f"{part.rows.stem}-{what}.arrow")
    rows.write_ipc(path)
    return pl.scan_ipc(path, glob=False)


def _write(rows: pl.LazyFrame, path: Path) -> None:
    # Zstandard's first level is quicker to write and to read than its third, which is the default, and no larger here.
    rows.sink_parquet(path, compression_level=1, row_group_size=ROWS_A_GROUP)


def _counted(fresh: pl.LazyFrame, verdict: pl.Series) -> pl.DataFrame:
    """How many rows of each file got which verdict."""
    rows = beside(fresh.select("file"), verdict)
    return rows.group_by("file", "verdict").agg(rows=pl.len()).collect(engine="streaming")


def _intake_log(
    delivery: Delivery, staged: Staged, by_file: Sequence[pl.DataFrame], quarantine: pl.LazyFrame
) -> pl.DataFrame:
    """One row per file of the delivery, in the order of their names."""
    judged = pl.concat([pl.DataFrame(schema={"file": pl.String, "verdict": VERDICT, "rows": pl.UInt32}), *by_file])
    counts = judged.group_by("file").agg(
        accepted=pl.col("rows").filter(pl.col("verdict") == ACCEPTED).sum(),
        duplicates=pl.col("rows").filter(pl.col("verdict") == DUPLICATE).sum(),
    )
    aside = quarantine.group_by("file").agg(quarantined=pl.len()).collect(engine="streaming")
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
