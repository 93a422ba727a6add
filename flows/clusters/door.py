"""Whether a cluster can be reached, lets this command in, and nobody who comes without token or certificate.

All of it is tried before a run begins: Prefect, Ray and Dask would try for minutes, and tell it in hundreds of lines.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from schemas.problems import Refused
from transforms.version import VERSION

SECONDS_TO_ANSWER = 5
SECONDS_TO_LET_IN = 60
SECONDS_TO_TURN_AWAY = 300
SECONDS_FOR_A_WORKER = 30

KNOCK = "import ray, sys; ray.init(sys.argv[1], logging_level='critical', log_to_driver=False)"
"""What whoever comes to a Ray cluster does first; it ends with an error where the door is shut."""

CERTIFICATES = (
    "name the certificates in DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and"
    " DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
)


def see_that_it_lets_us_in(runner: str, cluster: str) -> None:
    """Raises Refused with what is wrong with the cluster, or with what this command shows at its door."""
    see_that_it_answers(cluster)
    if runner == "ray":
        see_that_ray_lets_us_in(cluster)
    if runner == "dask":
        see_that_dask_lets_us_in(cluster)


def see_that_it_answers(cluster: str) -> None:
    """Raises Refused where nothing listens at the address, as far as that names a host and a port."""
    host, _, port = cluster.rpartition("://")[2].rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        here = "is it running, and is this its address?"
        raise Refused(f"--cluster {cluster}: can't be reached: {error}", here) from None


def see_that_ray_lets_us_in(cluster: str) -> None:
    """Raises Refused where a Ray cluster lets in somebody without a token, which it doesn't tell itself, or not us.

    Both are tried by processes of their own, since a process keeps the token it began with.
    """
    named = (os.environ.get("RAY_AUTH_TOKEN"), os.environ.get("RAY_AUTH_TOKEN_PATH"))
    if not any(named) and not Path("~/.ray/auth_token").expanduser().is_file():
        raise Refused("--runner ray: no token", "put the cluster's into RAY_AUTH_TOKEN")
    ours = {"RAY_USAGE_STATS_ENABLED": "0", **os.environ}
    stranger = {name: value for name, value in ours.items() if not name.startswith("RAY_AUTH")}
    with ThreadPoolExecutor(2) as beside:
        of_a_stranger = beside.submit(
            _is_let_in, cluster, stranger | {"RAY_AUTH_MODE": "disabled"}, SECONDS_TO_TURN_AWAY
        )
        of_ours = beside.submit(_is_let_in, cluster, ours, SECONDS_TO_LET_IN)
        if of_a_stranger.result() is None:
            raise Refused(
                f"--cluster {cluster}: doesn't say in {SECONDS_TO_TURN_AWAY} seconds whether it lets just anybody in",
                "run again when it is less busy",
            )
        if of_a_stranger.result():
            raise Refused(
                f"--cluster {cluster}: accepts clients without a token",
                "start its head and workers with RAY_AUTH_MODE=token and RAY_AUTH_TOKEN",
            )
        if not of_ours.result():
            raise Refused(
                f"--cluster {cluster}: doesn't let us in with this token, or isn't a Ray cluster",
                "use the token that its head was started with",
            )


def _is_let_in(cluster: str, environment: Mapping[str, str], seconds: float) -> bool | None:
    """Whether Ray lets in who has this environment; None where it doesn't say in so many seconds."""
    try:
        tried = subprocess.run(  # noqa: S603 (our own interpreter and words)
            [sys.executable, "-P", "-c", KNOCK, cluster],
            env=environment,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return None
    return tried.returncode == 0


def see_that_dask_lets_us_in(cluster: str) -> None:
    """Raises Refused where a Dask scheduler can't be spoken to with our certificates, or has no worker that can work.

    A worker that lacks this program ends at the first shard that it is given, and the run would wait for ever.
    """
    from importlib.metadata import version

    from distributed import Client
    from distributed.security import Security

    security = Security(require_encryption=True)  # the certificates are those of Dask's own configuration
    try:
        spoken = security.get_connection_args("client").get("ssl_context")
    except OSError as error:
        raise Refused(f"--runner dask: its certificates can't be read: {error}", CERTIFICATES) from None
    if spoken is None:
        raise Refused("--runner dask: no certificates", CERTIFICATES)
    try:
        with Client(cluster, security=security, timeout=SECONDS_TO_LET_IN, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
            found = client.run(version, "dpor", on_error="return")
    except TimeoutError:
        raise Refused(f"--cluster {cluster}: has no worker", "start one with `dask worker`, then run again") from None
    except OSError as error:
        raise Refused(
            f"--cluster {cluster}: doesn't let us in with these certificates: {error}", CERTIFICATES
        ) from None
    unlike = {worker: said for worker, said in found.items() if said != VERSION}
    if unlike:
        has = {worker: "no dpor" if isinstance(said, Exception) else f"dpor {said}" for worker, said in unlike.items()}
        raise Refused(
            *(f"{worker}: has {what}" for worker, what in has.items()),
            f"each worker needs dpor {VERSION}: pip install -r requirements-cluster.txt -e '.[cluster]'",
        )
