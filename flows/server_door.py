"""Whether anything that speaks HTTP listens where a Prefect server is said to be."""

from __future__ import annotations

from contextlib import suppress
from http.client import HTTPException, InvalidURL
from urllib.error import URLError
from urllib.request import urlopen

from schemas.problems import Refused

SECONDS_TO_ANSWER = 20


def see_that_a_server_listens(address: str) -> None:
    """Raises Refused where something takes calls and doesn't speak HTTP, which Prefect would wait for in silence.

    Whatever else is the matter, Prefect finds out itself, and sooner.
    """
    here = "is this its address? Unset PREFECT_API_URL to run without one"
    try:
        with suppress(ValueError):
            urlopen(f"{address}/health", timeout=SECONDS_TO_ANSWER).close()  # noqa: S310 (the user's own address)
    except InvalidURL:
        raise Refused(f"PREFECT_API_URL: {address} is not an address", here) from None
    except (OSError, HTTPException) as error:
        # The handshake of https tells of a time that is over in another way than an answer over http.
        if not isinstance(error, URLError) or isinstance(error.reason, TimeoutError):
            what = f"what listens at {address} doesn't answer as a Prefect server does"
            raise Refused(f"PREFECT_API_URL: {what}", here) from None
