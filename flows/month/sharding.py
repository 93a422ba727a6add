"""Whether a run is parted into shards of customers, and who works them out.

`local` works them out one after the other on this machine, each on all cores: it takes less memory than the whole at
once. `ray` and `dask` give them to the workers of a cluster, through Prefect's task runners.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from flows.month.run import Run
from schemas.problems import Refused, UnusableInput
from transforms.database.shards import Order, Sharding, bring, put_together, work_out_shard
from transforms.database.shared_place import clear, new_folder, place_of, see_that_it_can_be_used
from transforms.database.warehouse import Inputs

MOST_SHARDS = 10_000


def sharding_of(shards: int | None, runner: str, cluster: str | None, place: str | None) -> Sharding | None:
    """How a run is parted; None where it isn't.

    Raises UnusableInput, and Refused for a cluster that may be open or a place that can't be used.
    """
    if shards is None:
        if runner != "local" or cluster or place:
            raise UnusableInput("--runner, --cluster and --place go with --shards N")
        return None
    if not 1 <= shards <= MOST_SHARDS:
        raise UnusableInput(f"--shards {shards}: not a whole number from 1 to {MOST_SHARDS:,}")
    if runner not in RUNNERS:
        raise UnusableInput(f"--runner {runner}: none of {', '.join(RUNNERS)}")
    if runner == "local" and cluster:
        raise UnusableInput("--cluster goes with --runner ray or dask: local shards are worked out here")
    if runner != "local":
        see_that_a_cluster_can_be_used(runner, cluster)
    if place is not None:
        place = place_of(place)
        see_that_it_can_be_used(place)
    return Sharding(shards, runner, cluster, place)


def see_that_a_cluster_can_be_used(runner: str, cluster: str | None) -> None:
    """Raises UnusableInput where address, Prefect server or extra is missing, Refused without token or TLS."""
    if not cluster:
        raise UnusableInput(f"--runner {runner}: name the cluster with --cluster ADDRESS")
    if not os.environ.get("PREFECT_API_URL"):
        raise UnusableInput(
            f"--runner {runner}: goes through Prefect: set PREFECT_API_URL to a server that the workers can reach too"
        )
    if runner == "ray" and os.environ.get("RAY_AUTH_MODE") != "token":
        raise Refused(
            "--runner ray: RAY_AUTH_MODE is not token: anyone who reaches a cluster without tokens can run anything"
            " on it",
            "start the cluster and this command with RAY_AUTH_MODE=token and the same RAY_AUTH_TOKEN",
        )
    if runner == "dask" and not cluster.startswith("tls://"):
        raise Refused(
            f"--runner dask: {cluster} is not tls://: anyone who reaches a cluster without certificates can run"
            " anything on it",
            "start the scheduler and its workers with TLS, and name the certificates in DASK_DISTRIBUTED__COMM__TLS__*",
        )
    if not find_spec(f"prefect_{runner}"):
        install = "pip install -e '.[cluster]' in the project's folder, here and on the workers"
        raise UnusableInput(f"--runner {runner}: not installed: {install}")


@contextmanager
def worked_out_in_shards(run: Run, inputs: Inputs) -> Iterator[dict[str, list[str]]]:
    """What the shards have worked out, as Parquet files by relation; nothing where the run isn't parted.

    The files are in a folder of this run's own at the place that the workers share; it is taken away at the end.
    """
    if run.sharding is None:
        yield {}
        return
    place = new_folder(run.sharding.place or str(run.beside.resolve()))
    policy = run.policy.model_dump(mode="json")
    try:
        accepted = bring(inputs.accepted, place)
        orders = [
            Order(number, run.sharding.shards, run.month, run.state, policy, accepted, place)
            for number in range(run.sharding.shards)
        ]
        yield put_together(RUNNERS[run.sharding.runner](orders, run.sharding.cluster))
    finally:
        clear(place)


def here(orders: Sequence[Order], _cluster: str | None) -> list[str]:
    """Work the shards out one after the other, each on all cores."""
    return [work_out_shard(order, spills_in=None if "://" in order.place else order.place) for order in orders]


def on_ray(orders: Sequence[Order], cluster: str | None) -> list[str]:
    """Work the shards out on a Ray cluster."""
    from flows.clusters.work import on_ray

    return on_ray(orders, str(cluster))


def on_dask(orders: Sequence[Order], cluster: str | None) -> list[str]:
    """Work the shards out on a Dask cluster."""
    from flows.clusters.work import on_dask

    return on_dask(orders, str(cluster))


RUNNERS: dict[str, Callable[[Sequence[Order], str | None], list[str]]] = {
    "local": here,
    "ray": on_ray,
    "dask": on_dask,
}
