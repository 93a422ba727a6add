"""Before Prefect is asked: whether what PREFECT_API_URL names can be a server of it at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from flows import server_door
from flows.server_door import see_that_a_server_listens
from schemas.problems import Refused


@contextmanager
def listening(says: bytes | None) -> Iterator[str]:
    """An address at which each caller is told so much and hung up on; None holds the line and says nothing."""
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as beside:

        def take_calls() -> None:
            with suppress(OSError):
                while True:
                    call, _ = listener.accept()
                    held.append(call)
                    if says is not None:
                        call.recv(1_000)
                        call.sendall(says)
                        call.close()

        beside.submit(take_calls)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("says", [None, b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_what_listens_and_is_no_server_is_refused(says: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_door, "SECONDS_TO_ANSWER", 0.2)
    with listening(says) as address, pytest.raises(Refused, match="doesn't answer as a Prefect server does"):
        see_that_a_server_listens(address)


@pytest.mark.parametrize("says", [b"HTTP/1.1 200 OK\r\n\r\ntrue", b"HTTP/1.1 401 Unauthorized\r\n\r\n"])
def test_what_speaks_http_is_for_prefect_to_ask(says: bytes) -> None:
    with listening(says) as address:
        see_that_a_server_listens(address)


def test_what_takes_calls_and_never_shakes_hands_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_door, "SECONDS_TO_ANSWER", 0.2)
    with listening(None) as address, pytest.raises(Refused, match="doesn't answer as a Prefect server does"):
        see_that_a_server_listens(address.replace("http:", "https:"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:42x0/api", "http://127.0.0.1 :4200/api"])
def test_what_is_no_address_is_called_that(address: str) -> None:
    with pytest.raises(Refused, match="is not an address"):
        see_that_a_server_listens(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api", "no address"])
def test_where_nothing_listens_prefect_says_so(address: str) -> None:
    see_that_a_server_listens(address)
