"""The monthly run as a Prefect flow: the same steps in the same order, each a task that a server tracks.

Importing this module imports Prefect. Nothing is sent home: analytics are off unless whoever runs it turned them on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from flows.artifacts import leave_artifacts, leave_set_aside
from flows.clusters.door import see_that_it_lets_us_in
from flows.command_line.machine import is_fault_of_disk, is_interruption, refused_for
from flows.command_line.options import DB, DELIVERIES, MAX_QUARANTINE, OUT
from flows.command_line.suggested import with_places
from flows.month.closing import saying_what_is_closed
from flows.month.restoring import bring_back
from flows.month.run import Run
from flows.month.sharding import sharding_of
from flows.month.steps import CLOSING_RUN, MONTHLY_RUN, Step
from flows.month.walking import check_share, this_run
from schemas.policy import PERIOD_FORM
from schemas.problems import Refused, TooMuchQuarantined, UserProblem
from transforms.books.store import Store
from transforms.statements.documents import formats_of

RETRIES = 2
RETRY_DELAY_SECONDS = 5
SECONDS_FOR_OTHERS = 600

Period = Annotated[str | None, Field(pattern=PERIOD_FORM)]
Share = Annotated[float, Field(ge=0, le=1)]
Formats = list[Literal["csv", "xlsx", "pdf"]] | None
Shards = Annotated[int | None, Field(ge=1)]


def run_name() -> str:
    """What the run is called on the server."""
    asked = flow_run.parameters
    return f"monthly-run-{asked.get('period') or 'latest'}{'-close' if asked.get('close') else ''}"


@flow(name="monthly-run", flow_run_name=run_name, validate_parameters=False)
def monthly_run(
    period: Period = None,
    close: bool = False,
    formats: Formats = None,
    max_quarantine: Share = MAX_QUARANTINE,
    deliveries: Path = DELIVERIES,
    db: Path = DB,
    out: Path = OUT,
    shards: Shards = None,
    runner: Literal["local", "ray", "dask"] = "local",
    cluster: str | None = None,
    place: str | None = None,
) -> Any:
    """Take in new deliveries and draft a period's statements, as `dpor run` does; returns the Run.

    What a form or a schedule gives, the server checks too. A problem that a person can mend ends the run in a state
    that is named for it.

    Args:
        period: The period, such as 2015-03. None: the last delivery's.
        close: Post the period for good, as `dpor run --through` does. It must be the next to close.
        formats: The statements' formats. None: those of the period's last run, else CSV.
        max_quarantine: The share of a delivery's rows that may be set aside before the run stops.
        deliveries: The folder of deliveries, one sub-folder per month.
        db: The database; the store, its system of record, is beside it.
        out: The folder for statements, one sub-folder per period.
        shards: Split the customers into this many parts, each worked out by itself. None: all at once.
        runner: Where the shards are worked out: on this machine, one after the other, or on a cluster.
        cluster: The cluster's address: Ray's head node, or tls://HOST:PORT of Dask's scheduler.
        place: Where the workers read and write: a folder that they all share, or a URL.
    """
    try:
        check_share(max_quarantine)
        sharding = sharding_of(shards, runner, cluster, place)
        if sharding and sharding.cluster:
            get_run_logger().info("Checking access to the cluster")
            see_that_it_lets_us_in(sharding.runner, sharding.cluster)
        wanted = formats_of(",".join(formats)) if formats else None
        run = this_run(Store(Path(db)), Path(deliveries), Path(out), period, max_quarantine, sharding, wanted)
        run.closes = close
        with saying_what_is_closed(run):
            walk_as_tasks(CLOSING_RUN if close else MONTHLY_RUN, run)
    except Exception as error:
        problem = error if isinstance(error, UserProblem) else refused_for(error)
        if problem is None:
            raise
        said = typed_anywhere(str(problem), Path(db), Path(deliveries), Path(out))
        return Failed(name=in_words(problem), message=said, data=problem)
    leave_artifacts(run)
    return Completed(message=run.summary.headline(), data=run)


def walk_as_tasks(steps: Sequence[Step], run: Run) -> None:
    """Do the steps one after the other, each a task; leave what was set aside where that is too much.

    A deployment's run, which nobody sits before, waits for a command that has the store just then.
    """
    with run.store.locked("run", patience=SECONDS_FOR_OTHERS if deployment.id else 0):
        for line in bring_back(run.store, run.out):
            get_run_logger().warning(typed_anywhere(line, run.store.database, run.deliveries_folder, run.out))
        try:
            for step in steps:
                as_task(step, run)()
        except TooMuchQuarantined:
            leave_set_aside(run)
            raise


def typed_anywhere(text: str, db: Path, deliveries: Path, out: Path) -> str:
    """The text, its commands with the run's whole places: who reads it on the server may be in any folder."""
    places = {"--db": db, "--deliveries": deliveries, "--out": out}
    return with_places(text, {name: str(place.absolute()) for name, place in places.items()})


def in_words(problem: UserProblem) -> str:
    """The problem's kind as the name of a state: TooMuchQuarantined is `Too much quarantined`, a busy store Refused."""
    kind = Refused if isinstance(problem, Refused) else type(problem)
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f" {letter[0].lower()}", kind.__name__)


def as_task(step: Step, run: Run) -> Any:
    """The step as a task, tried again after a fault of disk or network and after nothing else.

    The run isn't the task's parameter, since Prefect looks through every parameter, frames and all.
    """

    def do() -> str:
        try:
            came_to = step.does(run)
        except Exception as error:
            if is_interruption(error):  # else Prefect takes it for a bug
                raise KeyboardInterrupt from None
            raise
        get_run_logger().info(came_to)
        return came_to

    return task(
        name=step.says,
        task_run_name=step.says,
        retries=RETRIES,
        retry_delay_seconds=RETRY_DELAY_SECONDS,
        retry_condition_fn=failed_on_io,
        cache_policy=NO_CACHE,
    )(do)


def failed_on_io(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a task's state is a fault of disk or network, which Python says by one class, or was caused by one."""
    try:
        state.result()
    except Exception as error:
        return any(isinstance(one, Exception) and is_fault_of_disk(one) for one in (error, error.__cause__))
    return False
