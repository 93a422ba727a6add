"""A run carried out: through Prefect where a server is named, else plainly; what the server answers, in words."""

from __future__ import annotations

import os
from dataclasses import asdict
from traceback import clear_frames

from flows.month.restoring import bring_back
from flows.month.run import Run
from flows.month.steps import CLOSING_RUN, MONTHLY_RUN
from flows.month.walking import say_what_was_lost, walk
from flows.server_door import see_that_a_server_listens
from schemas.problems import Refused


def carry_out(this: Run) -> Run:
    """Walk a run's steps: as Prefect's tasks where a server is named, else plainly."""
    if server := os.environ.get("PREFECT_API_URL"):
        return _through_prefect(this, server)
    with this.store.locked("run"):
        say_what_was_lost(bring_back(this.store, this.out))
        walk(CLOSING_RUN if this.closes else MONTHLY_RUN, this)
    return this


def _through_prefect(this: Run, server: str) -> Run:
    """The run as the flow has done it. Raises Refused where the server can't be used."""
    see_that_a_server_listens(without_login(server))
    from flows.monthly_run import monthly_run  # importing Prefect takes seconds that a person need not wait

    parted = {} if this.sharding is None else asdict(this.sharding)
    try:
        done: Run = monthly_run(
            period=this.period,
            close=this.closes,
            formats=list(this.formats) if this.formats else None,
            max_quarantine=this.max_quarantine,
            deliveries=this.deliveries_folder,
            db=this.store.database,
            out=this.out,
            **parted,
        )
    except BaseException as error:
        _let_go(error)
        if isinstance(error, Exception) and (refused := _refused_for(error, without_login(server))):
            raise refused from error
        raise
    return done


def _let_go(error: BaseException) -> None:
    """Free what the frames of an error hold: Prefect keeps it, and DuckDB tells at the end what was never freed."""
    told: BaseException | None = error
    while told:
        clear_frames(told.__traceback__)
        told = told.__context__


def _refused_for(error: Exception, server: str) -> Refused | None:
    """What is wrong with the server, if that is what the error tells."""
    where = f"PREFECT_API_URL: the Prefect server at {server}"
    if getattr(getattr(error, "response", None), "status_code", None) in (401, 403):
        return Refused(
            f"{where} asks for a login",
            "put its user and password into PREFECT_API_AUTH_STRING, as user:password",
        )
    if "Failed to reach API" in str(error):
        return Refused(
            f"{where} doesn't answer",
            "start it with `prefect server start`, or unset PREFECT_API_URL to run without one",
        )
    if type(error).__module__.partition(".")[0] == "httpx":  # by which Prefect talks to its server
        return Refused(
            f"{where} has stopped answering",
            "the run may have gone on without it: `dpor status` says what is published",
        )
    return None


def without_login(address: str) -> str:
    """The address without a user's name and password, which nobody is to read."""
    scheme, sign, rest = address.rpartition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{sign}{place.rpartition('@')[2]}{slash}{path}"
