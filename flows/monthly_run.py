"""The monthly run as a Prefect flow: the same steps in the same order, each a task that a server tracks.

Importing this module imports Prefect. Nothing is sent home: analytics are off unless whoever runs it turned them on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.restoring import bring_back
from flows.run import Run
from flows.steps import CLOSING_RUN, MONTHLY_RUN, Step
from transforms.shards import Sharding
from transforms.store import Store

RETRIES = 2
RETRY_DELAY_SECONDS = 5


def run_name() -> str:
    """What the run is called on the server."""
    return f"monthly-run-{flow_run.parameters.get('period') or 'latest'}"


@flow(name="monthly-run", flow_run_name=run_name, validate_parameters=False)
def monthly_run(
    period: str | None = None,
    max_quarantine: float = 0.05,
    db: Path = Path("dpor.duckdb"),
    deliveries: Path = Path("data/sample"),
    out: Path = Path("statements"),
    close: bool = False,
    sharding: Sharding | None = None,
    formats: tuple[str, ...] | None = None,
) -> Run:
    """Take in what is new and draft a period's statements, as `dpor run` does.

    Without a period, the last delivery's. With `close`, post the period for good, as `dpor run --through` does.
    """
    run = Run(Path(deliveries), Store(Path(db)), Path(out), period, max_quarantine, sharding, formats)
    run.closes = close
    with run.store.locked("run"):
        bring_back(run.store, run.out)
        for step in CLOSING_RUN if close else MONTHLY_RUN:
            as_task(step, run)()
    return run


def as_task(step: Step, run: Run) -> Any:
    """The step as a task, tried again after a fault of disk or network and after nothing else.

    The run isn't the task's parameter, since Prefect looks through every parameter, frames and all.
    """

    def do() -> str:
        return step.does(run)

    return task(
        name=step.says,
        retries=RETRIES,
        retry_delay_seconds=RETRY_DELAY_SECONDS,
        retry_condition_fn=failed_on_io,
        cache_policy=NO_CACHE,
    )(do)


def failed_on_io(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a task's state is a fault of disk or network."""
    try:
        state.result()
    except Exception as error:
        return isinstance(error, OSError) or isinstance(error.__cause__, OSError)
    return False
