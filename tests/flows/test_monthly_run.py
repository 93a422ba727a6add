"""Through Prefect and plainly, the same steps in the same order come to the same."""

from __future__ import annotations

import errno
import os
import weakref
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from at_a_terminal import SAMPLE
from polars.exceptions import ComputeError

pytestmark = pytest.mark.slow

NO_SPACE = f"sink_parquet: {os.strerror(errno.ENOSPC)}"


@pytest.fixture(scope="module", autouse=True)
def prefect_server() -> object:
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


def test_the_flow_walks_the_written_list_of_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import monthly_run as flow_module
    from flows.month import steps
    from flows.month.run import Run
    from flows.month.walking import walk
    from transforms.books.store import Store

    walked: list[str] = []

    def noted(step: steps.Step) -> steps.Step:
        def does(run: Run) -> str:
            walked.append(step.says)
            return step.does(run)

        return steps.Step(step.says, does)

    monkeypatch.setattr(flow_module, "MONTHLY_RUN", tuple(noted(step) for step in steps.MONTHLY_RUN))
    flow_module.monthly_run(deliveries=SAMPLE, db=tmp_path / "prefect.duckdb", out=tmp_path / "a")
    by_the_flow, walked[:] = list(walked), []

    store = Store(tmp_path / "plain.duckdb")
    with store.locked("run"):
        walk(tuple(noted(step) for step in steps.MONTHLY_RUN), Run(SAMPLE, store, tmp_path / "b"))

    assert by_the_flow == walked == [step.says for step in steps.MONTHLY_RUN]
    for name in (path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.csv")):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert _statements(tmp_path / "prefect.duckdb") == _statements(tmp_path / "plain.duckdb")


def test_only_faults_of_disk_and_network_are_tried_again() -> None:
    from prefect.states import Failed, exception_to_failed_state

    from flows.monthly_run import failed_on_io
    from schemas.problems import UnusableInput

    async def state_of(error: Exception) -> Failed:
        return await exception_to_failed_state(error)

    import asyncio

    caused = RuntimeError("a step broke off")
    caused.__cause__ = OSError("disk")
    full = duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size exceeded")
    for error in (OSError("disk"), caused, duckdb.IOException("Could not write"), full, ComputeError(NO_SPACE)):
        assert failed_on_io(None, None, asyncio.run(state_of(error))) is True, error
    for error in (UnusableInput("header"), duckdb.BinderException("no column"), ComputeError("no column")):
        assert failed_on_io(None, None, asyncio.run(state_of(error))) is False, error


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"out": "in"}, "within the deliveries"),
        ({"out": "in/2015-01"}, "within the deliveries"),
        ({"out": "file"}, "a file: name a folder"),
        ({"db": "in"}, "a folder: name the database's file"),
        ({"db": "dpor.store"}, "the name of a store"),
        ({"formats": ["docx"]}, "name any of csv, xlsx, pdf"),
        ({"max_quarantine": 5.0}, "a share lies between 0 and 1"),
    ],
)
def test_what_dpor_run_refuses_the_flow_refuses_too(tmp_path: Path, asked: dict[str, Any], says: str) -> None:
    from flows.monthly_run import monthly_run

    (tmp_path / "in").mkdir()
    (tmp_path / "file").touch()
    places = {"deliveries": "in", "db": "dpor.duckdb", "out": "statements"}
    given = {**places, **asked}
    state = monthly_run(**{**given, **{name: tmp_path / given[name] for name in places}}, return_state=True)
    assert (state.name, says in state.message) == ("Unusable input", True), state
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "in"]


def test_what_cannot_be_now_is_refused_in_that_state(tmp_path: Path) -> None:
    from flows.monthly_run import monthly_run
    from transforms.books.store import Store

    place = {"deliveries": SAMPLE, "db": tmp_path / "dpor.duckdb", "out": tmp_path / "out"}
    state = monthly_run(period="2014-12", close=True, **place, return_state=True)
    assert (state.name, "periods close in order, and 2014-10" in state.message) == ("Refused", True), state
    with Store(place["db"]).locked("verify"):
        state = monthly_run(period="2014-10", **place, return_state=True)
    assert (state.name, "busy: `verify`" in state.message) == ("Refused", True), state


def test_a_command_in_a_state_names_the_books_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads it on the server is in no folder in particular: without places, it would begin other books there."""
    from flows.monthly_run import monthly_run

    monkeypatch.chdir(tmp_path)
    state = monthly_run(period="2014-12", close=True, deliveries=SAMPLE, db="dpor.duckdb", out="out", return_state=True)
    where = f"--db {tmp_path}/dpor.duckdb --deliveries {SAMPLE} --out {tmp_path}/out"
    for command in ("run --period 2014-10", "close --period 2014-10", "run --through 2014-12 --close"):
        assert f"`dpor {command} {where}`" in state.message, state.message


def test_a_disk_that_fails_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the state would tell as of a bug, in the words of an exception, of which nobody knows what to do."""
    from flows import monthly_run as flow_module
    from flows.month import steps

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    monkeypatch.setattr(flow_module, "RETRIES", 0)
    monkeypatch.setattr(steps, "put_in_place", full)
    place = {"deliveries": SAMPLE, "db": tmp_path / "dpor.duckdb", "out": tmp_path / "out"}
    state = flow_module.monthly_run(period="2014-10", **place, return_state=True)
    assert state.name == "Refused", state
    assert "1100001.csv: No space left on device\n" in state.message
    assert "; make room or give permission, then run the same command again" in state.message


def test_a_disk_that_fails_after_the_posting_leaves_the_period_closed_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the state would tell of a fault only, and the same run again would be refused: closed for good."""
    from flows import monthly_run as flow_module
    from flows.month import steps

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    monkeypatch.setattr(flow_module, "RETRIES", 0)
    place = {"deliveries": SAMPLE, "db": tmp_path / "dpor.duckdb", "out": tmp_path / "out"}
    with monkeypatch.context() as at_publishing:
        at_publishing.setattr(steps, "put_in_place", full)
        state = flow_module.monthly_run(period="2014-10", close=True, **place, return_state=True)
    assert (state.name, "2014-10 is closed; make room" in state.message) == ("Refused", True), state
    state = flow_module.monthly_run(period="2014-11", **place, return_state=True)
    assert state.name == "Completed", state
    assert (tmp_path / "out/2014-10/summary.txt").read_text(encoding="utf-8").startswith("Closed statements of 2014-10")


def test_several_periods_are_closed_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program holds the store for all of them, each of which is a run of its own on the server."""
    from prefect.settings import PREFECT_API_URL

    from flows.dpor import exit_code

    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value() or "")
    place = ["--deliveries", str(SAMPLE), "--db", str(tmp_path / "dpor.duckdb"), "--out", str(tmp_path / "out")]
    assert exit_code(["run", "--through", "2014-11", "--close", *place]) == 0
    with duckdb.connect(str(tmp_path / "dpor.duckdb"), read_only=True) as con:
        closed = con.execute("select distinct statement_period, state from statements order by 1").fetchall()
    assert closed == [("2014-10", "CLOSED"), ("2014-11", "CLOSED")]


def test_ctrl_c_or_a_cancelling_in_a_query_is_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import monthly_run as flow_module
    from flows.month import steps

    def interrupted(_run: object) -> str:
        raise RuntimeError("Query interrupted")  # as DuckDB says it

    monkeypatch.setattr(flow_module, "MONTHLY_RUN", (steps.Step("Asking", interrupted),))
    with pytest.raises(KeyboardInterrupt):
        flow_module.monthly_run(deliveries=SAMPLE, db=tmp_path / "dpor.duckdb", out=tmp_path / "out")


def test_what_a_run_that_broke_off_held_is_freed_though_prefect_keeps_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else DuckDB tells at the end, on a hundred lines, which connections and types it couldn't free."""
    from flows import monthly_run as flow_module
    from flows.dpor import exit_code

    kept: list[Exception] = []
    held: list[weakref.ref[set[str]]] = []

    def breaks_off(**_given: object) -> None:
        connection = {"a connection"}
        held.append(weakref.ref(connection))
        kept.append(RuntimeError("no relation"))
        raise kept[0]

    monkeypatch.setattr(flow_module, "monthly_run", breaks_off)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    places = ["--deliveries", str(SAMPLE), "--db", f"{tmp_path}/dpor.duckdb", "--out", f"{tmp_path}/out"]
    assert exit_code(["run", *places]) == 1
    assert "RuntimeError: no relation" in capsys.readouterr().err
    assert [one() for one in held] == [None]


def test_formats_are_taken_each_once_and_in_their_own_order(tmp_path: Path) -> None:
    from flows.monthly_run import monthly_run

    place = {"deliveries": SAMPLE, "db": tmp_path / "dpor.duckdb", "out": tmp_path / "out"}
    run = monthly_run(period="2014-10", formats=["pdf", "csv", "pdf"], **place)
    assert run.store.formats("2014-10") == ("csv", "pdf")


def test_artifacts_say_where_no_delivery_was_new_and_paths_letter_by_letter(tmp_path: Path) -> None:
    from prefect.artifacts import Artifact

    from flows.monthly_run import monthly_run

    told = []
    for _ in range(2):
        monthly_run(period="2014-10", deliveries=SAMPLE, db=tmp_path / "dpor.duckdb", out=tmp_path / "_out_")
        told.append((Artifact.get("set-aside") or Artifact()).data)
    assert ["bad_type" in told[0], "no delivery was new" in told[1]] == [True, True], told
    links = (Artifact.get("summary") or Artifact()).data
    assert f"[`{tmp_path}/_out_/2014-10/summary.html`](file://" in links, "as Markdown, `_out_` would be slanted"


def _statements(database: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute("from statements order by all").fetchall()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx.ConnectError("All connection attempts failed"), "has stopped answering"),
        (RuntimeError("Failed to reach API at http://127.0.0.1:9/api/"), "doesn't answer"),
        (
            httpx.HTTPStatusError("401", request=httpx.Request("GET", "http://x"), response=httpx.Response(401)),
            "asks for a login",
        ),
    ],
)
def test_a_server_that_does_not_answer_is_refused_in_words(
    error: Exception, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows import monthly_run as flow_module
    from flows.dpor import exit_code

    def gone(**_given: object) -> None:
        raise error

    monkeypatch.setattr(flow_module, "monthly_run", gone)
    monkeypatch.setenv("PREFECT_API_URL", "http://op:hunter2@127.0.0.1:9/api")
    places = ["--deliveries", str(SAMPLE), "--db", f"{tmp_path}/dpor.duckdb", "--out", f"{tmp_path}/out"]
    assert exit_code(["run", *places]) == 4
    said = capsys.readouterr().err
    assert f"dpor: PREFECT_API_URL: the Prefect server at http://127.0.0.1:9/api {says}" in said
    assert "Traceback" not in said
    assert "hunter2" not in said
