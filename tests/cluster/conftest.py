"""The clusters and the object store of the tests, each started once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from cluster.machines import (
    BIN,
    BUCKET,
    TOKEN,
    address_of,
    buckets,
    dask_scheduler,
    drafted,
    free_port,
    make_certificate,
    ray_head,
    refresh_dask,
    serve_s3,
    wait_until_it_listens,
)
from ledger.bench import Books


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())
        yield


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Books:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        return drafted(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """A bucket of S3, there before the clusters are: their workers find it by their environment."""
    server = serve_s3()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", address_of(server))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "of-this-test")
        buckets().mkdir(BUCKET)
        yield f"s3://{BUCKET}"
    server.stop()


@pytest.fixture(scope="session")
def ray_cluster(object_store: str) -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        address = ray_head()
        yield ["--runner", "ray", "--cluster", address]
        subprocess.run([BIN / "ray", "stop", "-f"], capture_output=True, check=False)


@pytest.fixture(scope="session")
def dask_cluster(object_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
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
