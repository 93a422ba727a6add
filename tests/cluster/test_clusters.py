"""Real clusters of two workers on this machine, behind a token or certificates: the same rows, also if a worker dies.

They need the extra `cluster` (requirements-cluster.txt) and openssl; without it they are left out.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import worlds
from ledger.bench import Books, unlike

pytest.importorskip("prefect_ray")
pytest.importorskip("prefect_dask")
import psutil

BIN = Path(sys.executable).parent
TOKEN = "a-token-of-this-test-0123456789abcdef"  # noqa: S105


@pytest.fixture(scope="module", autouse=True)
def prefect_server() -> Iterator[None]:
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Books:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL")
        return drafted(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        address = ray_head()
        yield ["--runner", "ray", "--cluster", address]
        subprocess.run([BIN / "ray", "stop", "-f"], capture_output=True, check=False)


@pytest.fixture(scope="module")
def dask_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    folder = tmp_path_factory.mktemp("dask")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make_certificate(key, certificate)
    with pytest.MonkeyPatch.context() as patch:
        for role in ("SCHEDULER", "WORKER", "CLIENT"):
            patch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT", str(certificate))
            patch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY", str(key))
        patch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", str(certificate))
        refresh_dask()
        address = f"tls://127.0.0.1:{free_port()}"
        started = [
            dask_scheduler(address),
            subprocess.Popen(
                [BIN / "dask", "worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard",
                 "--local-directory", folder],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ),
        ]  # fmt: skip
        wait_until_it_listens(address)
        yield ["--runner", "dask", "--cluster", address]
        for process in reversed(started):
            process.terminate()
            process.wait(30)
    refresh_dask()


def make_certificate(key: Path, certificate: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=dask",
         "-keyout", key, "-out", certificate],
        capture_output=True, check=True,
    )  # fmt: skip


def dask_scheduler(address: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [BIN / "dask", "scheduler", "--protocol", "tls", "--host", address, "--no-dashboard"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_until_it_listens(address: str) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 1):
            return
        time.sleep(0.2)
    raise TimeoutError(address)


def refresh_dask() -> None:
    import dask

    dask.config.refresh()


def ray_head() -> str:
    address = f"127.0.0.1:{free_port()}"
    subprocess.run(
        [BIN / "ray", "start", "--head", "--port", address.rpartition(":")[2], "--node-ip-address", "127.0.0.1",
         "--num-cpus", "2", "--include-dashboard", "false", "--disable-usage-stats"],
        capture_output=True, check=True,
    )  # fmt: skip
    return address


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def drafted(folder: Path, *options: str) -> Books:
    books = Books(folder)
    worlds.write_deliveries(worlds.random_deliveries(11, 30, trouble=True), books.deliveries)
    books.does("run", "--max-quarantine", "1", *options)
    return books


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
    monkeypatch.setattr("flows.cluster_door.VERSION", "9.9.9")
    assert refusal(tmp_path, *dask_cluster[1::2]) == "each worker needs dpor 9.9.9"


def test_a_dask_cluster_without_workers_is_refused(
    tmp_path: Path, dask_cluster: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.cluster_door.SECONDS_FOR_A_WORKER", 1)
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
