"""What a run leaves on the Prefect server for its operator: control totals, rows set aside, where the files are.

Importing this module imports Prefect. Nothing of a customer goes there: counts, amounts, reasons and paths only.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.month.run import Run
from transforms.answers.control_totals import control_totals
from transforms.database.connections import reading


def leave_artifacts(run: Run) -> None:
    """Leave the totals of a published run, what was set aside on the way, and where its files are."""
    with reading(run.store.database) as con:
        totals = control_totals(con, run.month).facts["control_totals"]
    create_table_artifact(
        [{name: str(value) for name, value in row.items()} for row in totals],
        key="control-totals",
        description=f"{run.month}: each total with its two sides, which must agree",
    )
    leave_set_aside(run)
    folder = (run.out / run.month).resolve()
    files = {
        "Finance's page": folder / "summary.html",
        "Statements": folder,
        "Database": run.store.database.resolve(),
        **({"Rows to send back": folder / "rejected"} if run.summary.set_aside else {}),
    }
    links = "\n".join(f"- {what}: [`{path}`]({path.as_uri()})" for what, path in files.items())
    create_markdown_artifact(
        f"```\n{run.summary.as_text()}```\n\n{links}\n",
        key="summary",
        description=f"{run.month}: what finance signs, and where the files are",
    )


def leave_set_aside(run: Run) -> None:
    """Leave how many rows the deliveries of this run set aside, and why; also where that stopped the run."""
    kept = [path for path in run.quarantined if path.exists()]
    counts = {(taken.period, reason): count for taken in run.taken for reason, count in taken.reasons.items()}
    if kept:
        by_reason = pl.scan_parquet(kept, glob=False).group_by("delivery", "reason").len().collect(engine="streaming")
        counts |= {(period, reason): count for period, reason, count in by_reason.rows()}
    rows: list[dict[str, Any]] = [
        {"delivery": period, "reason": reason, "rows": count} for (period, reason), count in sorted(counts.items())
    ]
    nothing = "nothing was set aside" if run.taken else "no delivery was new"
    create_table_artifact(
        rows or [{"delivery": "-", "reason": nothing, "rows": 0}],
        key="set-aside",
        description="Rows of the deliveries just taken in that could not be used, by delivery and reason;"
        " the relation `quarantine` lists each, and those of earlier runs",
    )
