"""What clusters on this machine are made of: Ray's head, Dask's scheduler and workers, certificates, a store of S3."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import worlds
from ledger.bench import Books

BIN = Path(sys.executable).parent
TOKEN = "a-token-of-this-test-0123456789abcdef"  # noqa: S105
BUCKET = "incentives"


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


def serve_s3() -> Any:
    """A server that speaks as S3 does; all in this process have the same buckets."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    return server


def address_of(server: Any) -> str:
    return "http://{}:{}".format(*server.get_host_and_port())


def buckets() -> Any:
    """The file system of S3 as it is now, whatever was seen of it before."""
    import s3fs

    return s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)


def drafted(folder: Path, *options: str, customers: int = 30) -> Books:
    books = Books(folder)
    worlds.write_deliveries(worlds.random_deliveries(11, customers, trouble=True), books.deliveries)
    books.does("run", "--max-quarantine", "1", *options)
    return books
