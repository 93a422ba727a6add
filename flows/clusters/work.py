"""The shards of a run as tasks of a Prefect flow on Ray or Dask: each is done again where its worker dies.

Importing this module imports Prefect. The runners are the extra `cluster` of the package.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from transforms.database.shards import Order, work_out_shard

RETRIES = 3
RETRY_DELAY_SECONDS = 2


@task(
    name="shard",
    task_run_name="shard-{order.shard}",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_SECONDS,
    cache_policy=NO_CACHE,
)
def shard(order: Order) -> str:
    """Work one shard out, on whichever worker it falls."""
    return work_out_shard(order)


def on_ray(orders: Sequence[Order], cluster: str) -> list[str]:
    """Work the shards out on the Ray cluster at an address. Ray itself starts a shard again whose worker died."""
    from prefect_ray import RayTaskRunner

    return _worked_out(orders, RayTaskRunner(address=cluster))


def on_dask(orders: Sequence[Order], cluster: str) -> list[str]:
    """Work the shards out on the Dask cluster at a tls:// address. Dask itself starts one again whose worker died."""
    from distributed.security import Security
    from prefect_dask import DaskTaskRunner

    security = Security(require_encryption=True)  # the certificates are those of Dask's own configuration
    return _worked_out(orders, DaskTaskRunner(address=cluster, client_kwargs={"security": security}))


def _worked_out(orders: Sequence[Order], runner: Any) -> list[str]:
    @flow(name="shards", flow_run_name=f"{len(orders)}-shards", task_runner=runner, validate_parameters=False)
    def shards() -> list[str]:
        futures = [shard.submit(order) for order in orders]
        return [str(future.result()) for future in futures]

    return list(shards())
