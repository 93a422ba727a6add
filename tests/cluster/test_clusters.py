"""Real clusters of two workers on this machine, behind a token or certificates: the same rows, also if a worker dies.

They need the extra `cluster` (tests/cluster/requirements.txt) and openssl; without it they are left out.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
import worlds
from cluster.machines import (
    BIN,
    TOKEN,
    buckets,
    dask_scheduler,
    drafted,
    free_port,
    make_certificate,
    ray_head,
    refresh_dask,
    wait_until_it_listens,
)
from ledger.bench import Books, unlike

pytest.importorskip("prefect_ray")
pytest.importorskip("prefect_dask")
pytest.importorskip("moto")
import psutil

pytestmark = pytest.mark.usefixtures("prefect_server")


def workers_of(runner: str) -> list[psutil.Process]:
    """The processes that work shards out: Ray's bear the task's name, Dask's are the children of a nanny."""
    if runner == "ray":
        return [process for process in psutil.process_iter() if process.name() == "ray::shard"]
    nannies = [p for p in psutil.process_iter(["cmdline"]) if {"worker", "--nworkers"} <= set(p.info["cmdline"] or [])]
    return [child for nanny in nannies for child in nanny.children() if "spawn_main" in " ".join(child.cmdline())]


def kill_a_worker(runner: str, place: Path, killed: list[int]) -> None:
    """As soon as a shard is being worked out, kill every worker but those that haven't begun."""
    for _ in range(20_000):
        if list(place.glob("dpor-shards-*/*-of-*")):
            for process in workers_of(runner):
                process.send_signal(signal.SIGKILL)
                killed.append(process.pid)
            return
        time.sleep(0.005)


@pytest.mark.parametrize("runner", ["ray", "dask"])
def test_two_shards_on_a_cluster_come_to_the_same(
    whole: Books, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    cluster = request.getfixturevalue(f"{runner}_cluster")
    books = drafted(tmp_path, "--shards", "2", *cluster)
    assert unlike(books.everything(), whole.everything()) == []


@pytest.mark.parametrize("runner", ["ray", "dask"])
def test_so_they_do_through_an_object_store(
    whole: Books, tmp_path: Path, runner: str, object_store: str, request: pytest.FixtureRequest
) -> None:
    cluster = request.getfixturevalue(f"{runner}_cluster")
    books = drafted(tmp_path, "--shards", "2", *cluster, "--place", f"{object_store}/{runner}")
    assert unlike(books.everything(), whole.everything()) == []
    assert buckets().find(object_store) == []


@pytest.mark.parametrize("runner", ["ray", "dask"])
def test_a_shard_whose_worker_is_killed_is_done_again(
    whole: Books, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    cluster = request.getfixturevalue(f"{runner}_cluster")
    place, killed = tmp_path / "place", list[int]()
    killer = threading.Thread(target=kill_a_worker, args=(runner, place, killed), daemon=True)
    killer.start()
    books = drafted(tmp_path / "books", "--shards", "2", *cluster, "--place", str(place))
    killer.join(10)
    assert killed != []
    assert unlike(books.everything(), whole.everything()) == []
    assert list(place.iterdir()) == []


def test_a_cluster_that_is_not_there_is_refused_before_the_run(tmp_path: Path, ray_cluster: list[str]) -> None:
    assert refusal(tmp_path, "ray", f"127.0.0.1:{free_port()}") == "can't be reached"


def test_another_token_than_the_clusters_is_refused(
    tmp_path: Path, ray_cluster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN[::-1])
    assert refusal(tmp_path, *ray_cluster[1::2]) == "doesn't let us in with this token"


def test_no_token_is_refused(tmp_path: Path, ray_cluster: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert refusal(tmp_path, *ray_cluster[1::2]) == "--runner ray: no token"


def test_no_certificates_and_others_than_the_clusters_are_refused(
    tmp_path: Path, dask_cluster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    make_certificate(tmp_path / "key.pem", certificate)
    for name, value in (("CA_FILE", certificate), ("CLIENT__CERT", certificate), ("CLIENT__KEY", tmp_path / "key.pem")):
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(value))
    refresh_dask()
    assert refusal(tmp_path, *dask_cluster[1::2]) == "doesn't let us in with these certificates"
    for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"):
        monkeypatch.delenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}")
    refresh_dask()
    assert refusal(tmp_path, *dask_cluster[1::2]) == "--runner dask: no certificates"
    monkeypatch.undo()
    refresh_dask()


def test_workers_that_have_another_version_are_named(
    tmp_path: Path, dask_cluster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.clusters.door.VERSION", "9.9.9")
    assert refusal(tmp_path, *dask_cluster[1::2]) == "each worker needs dpor 9.9.9"


def test_a_dask_cluster_without_workers_is_refused(
    tmp_path: Path, dask_cluster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.clusters.door.SECONDS_FOR_A_WORKER", 1)
    address = f"tls://127.0.0.1:{free_port()}"
    scheduler = dask_scheduler(address)
    try:
        wait_until_it_listens(address)
        assert refusal(tmp_path, "dask", address) == "has no worker"
    finally:
        scheduler.terminate()
        scheduler.wait(30)


WORDS = (
    *("can't be reached", "--runner ray: no token", "doesn't let us in with this token"),
    *(
        "--runner dask: no certificates",
        "doesn't let us in with these certificates",
        "has no worker",
        "each worker needs dpor 9.9.9",
    ),
)


def refusal(folder: Path, runner: str, cluster: str) -> str:
    """With which of the words a run is refused, once, before anything is read."""
    books = Books(folder)
    worlds.write_deliveries(worlds.random_deliveries(11, 3), books.deliveries)
    assert books.dpor("run", "--shards", "2", "--runner", runner, "--cluster", cluster) == 4
    assert not (folder / "dpor.duckdb").exists()
    (said,) = (words for words in WORDS if words in books.complained)
    return said


def test_a_ray_cluster_that_lets_anybody_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    address = ray_head()
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    books = Books(tmp_path)
    worlds.write_deliveries(worlds.random_deliveries(11, 3), books.deliveries)
    try:
        books.refuses("run", "--shards", "2", "--runner", "ray", "--cluster", address, because=["without a token"])
    finally:
        subprocess.run([BIN / "ray", "stop", "-f"], capture_output=True, check=False)
