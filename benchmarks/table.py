"""From measurements to the table: sums, medians, ratios, and how each grows with the size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from statistics import linear_regression, median

INTAKE = "intake, "
"""How the names of stages begin that are steps of the intake."""
FILES = "statement files"
AFTER_THE_FILES = (FILES, "the rest of it")
"""The stages of the resolution whose peak memory may be that of the statement files."""
PEERS = ("python_loop", "pandas_month", "pyspark_month")
HEADER = ("subscriptions", "what", "seconds", "from-to", "processor", "rows/s", "peak MiB", "ratio", "growth")


@dataclass(frozen=True)
class Measured:
    """One run of a part: its wall and processor seconds, the start included; its peak memory in bytes; its stages'."""

    wall: float
    processor: float
    peak: int
    seconds: dict[str, float]
    processors: dict[str, float]
    peaks: dict[str, int]


@dataclass
class Results:
    """What came out for one size: the runs of each part, and why one failed."""

    size: int
    rows: int
    rows_of_the_month: int
    measured: dict[str, list[Measured]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def of(self, part: str) -> list[Measured]:
        return self.measured.get(part, [])


@dataclass(frozen=True)
class Row:
    """A line of the table: `times` are the seconds of the repetitions, `processor` the median of those that the cores
    worked, `rows` were delivered, `peak` is in bytes.
    """

    size: int | None
    what: str
    times: tuple[float, ...] = ()
    rows: int | None = None
    peak: float | None = None
    processor: float | None = None
    ratio: str = ""
    growth: str = ""

    @property
    def seconds(self) -> float:
        return median(self.times)


# Lines


def rows_of(results: Results) -> list[Row]:
    """The lines of one size: what was measured, and what failed."""
    groups = (intake_rows, resolution_rows, month_rows, peer_rows)
    failures = [Row(results.size, f"{part}: {why}", ratio="failed") for part, why in results.failures.items()]
    return [row for group in groups for row in group(results)] + failures


def intake_rows(results: Results) -> list[Row]:
    runs = results.of("intake")
    floor = row_of(results, "bare pass over the CSV", results.of("csv_pass"))
    whole = row_of(results, "intake", runs, in_intake)
    return measured_only([against(floor, whole), *intake_stages(results, runs), floor])


def intake_stages(results: Results, runs: list[Measured]) -> list[Row]:
    rows = stage_rows(results, "", runs)
    return [row if in_intake(row.what) else replace(row, what=f"{row.what}, not counted") for row in rows]


def resolution_rows(results: Results) -> list[Row]:
    runs, floors = results.of("resolution"), results.of("resolution_floor")
    floor = row_of(results, "scan and copy", floors)
    whole = row_of(results, "resolution", runs, lambda stage: stage != FILES)
    files = row_of(results, FILES, runs, lambda stage: stage == FILES)
    stages = [row for row in stage_rows(results, "resolution, ", runs) if not row.what.endswith(FILES)]
    parts = [against(floor, whole), *stages, floor, *stage_rows(results, "", floors), against(whole, files)]
    return measured_only(parts)


def month_rows(results: Results) -> list[Row]:
    runs = results.of("month")
    scan = replace(row_of(results, "scan of the history", results.of("history")), rows=None)
    month = Results(results.size, results.rows_of_the_month, results.rows_of_the_month)
    whole = row_of(month, "next month", runs)
    intakes = row_of(month, "", runs, in_intake).times
    floor = Row(
        results.size, "its intake and the scan", tuple(sum(two) for two in zip(intakes, scan.times, strict=False))
    )
    return measured_only([against(floor, whole), *stage_rows(month, "next month, ", runs), floor, scan])


def peer_rows(results: Results) -> list[Row]:
    """Whole processes, the start of each included; what they are held against is dpor's working out without it."""
    working_out = row_of(results, "resolution", results.of("resolution"), lambda stage: stage != FILES)
    run = replace(process_row(results, "run"), what="whole run")
    peers = [process_row(results, part) for part in PEERS]
    return measured_only([run, *(against(working_out, peer, run) for peer in peers)])


def row_of(
    results: Results, what: str, runs: list[Measured], counts: Callable[[str], bool] = lambda stage: True
) -> Row:
    """The sum of the stages that count."""
    times = tuple(sum(taken for stage, taken in run.seconds.items() if counts(stage)) for run in runs)
    if not runs:
        return Row(results.size, what, times, results.rows)
    processor = median(sum(taken for stage, taken in run.processors.items() if counts(stage)) for run in runs)
    return Row(results.size, what, times, results.rows, median(peak_of(run, counts) for run in runs), processor)


def peak_of(run: Measured, counts: Callable[[str], bool]) -> int:
    """Up to the last stage that counts. What comes after the SQL says nothing of the SQL's own."""
    peaks = [peak for stage, peak in run.peaks.items() if counts(stage)]
    of_sql = [peak for stage, peak in run.peaks.items() if counts(stage) and stage not in AFTER_THE_FILES]
    return max(of_sql or peaks)


def stage_rows(results: Results, before: str, runs: list[Measured]) -> list[Row]:
    """A line per stage, named with what stands before it."""
    stages = runs[0].seconds if runs else {}
    return [
        Row(
            results.size,
            f"{before}{stage}",
            tuple(run.seconds[stage] for run in runs),
            peak=median(run.peaks[stage] for run in runs),
            processor=median(run.processors[stage] for run in runs),
        )
        for stage in stages
    ]


def process_row(results: Results, part: str) -> Row:
    runs = results.of(part)
    if not runs:
        return Row(results.size, part)
    peak, processor = median(run.peak for run in runs), median(run.processor for run in runs)
    return Row(results.size, part, tuple(run.wall for run in runs), results.rows, peak, processor)


def in_intake(stage: str) -> bool:
    return stage.startswith(INTAKE)


def against(floor: Row, row: Row, *others: Row) -> Row:
    """The row with how many times longer it takes than others that were measured."""
    ratios = [f"{row.seconds / one.seconds:.2f} x {one.what}" for one in (floor, *others) if one.times and row.times]
    return replace(row, ratio=", ".join(ratios))


def measured_only(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.times]


# Growth


def with_growth(rows: list[Row]) -> list[Row]:
    """The same lines; those of the largest size with the exponent k of N^k that fits the seconds of all sizes best."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.size and row.times:
            found.setdefault(row.what, {})[row.size] = row.seconds
    return [
        replace(row, growth=f"N^{exponent(by_size):.2f}")
        if len(by_size := found.get(row.what, {})) > 1 and row.size == max(by_size) and min(by_size.values()) > 0
        else row
        for row in rows
    ]


def exponent(by_size: dict[int, float]) -> float:
    """The slope of the logarithm of the seconds over that of the size, by least squares."""
    return linear_regression([math.log(size) for size in by_size], [math.log(took) for took in by_size.values()]).slope


# Text


def as_table(rows: list[Row]) -> str:
    """Markdown."""
    lines = [HEADER, ("--:", "---", "--:", "--:", "--:", "--:", "--:", "---", "---"), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.size:,}" if row.size else "",
        f"**{row.what}**" if row.ratio else row.what,
        f"{row.seconds:.2f}" if row.times else "",
        f"{min(row.times):.2f}-{max(row.times):.2f}" if row.times else "",
        f"{row.processor:.2f}" if row.processor is not None else "",
        f"{row.rows / row.seconds:,.0f}" if row.rows and row.times else "",
        f"{row.peak / 2**20:,.0f}" if row.peak else "",
        row.ratio,
        row.growth,
    )
