"""prefect.yaml on a real Prefect server: deployed, given by a form, run by a worker, told by artifacts and states."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.dpor import exit_code
from flows.month.steps import MONTHLY_RUN
from transforms.files.holding import held_alone

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
PATIENCE = 180


class Server:
    """A Prefect server of its own, with the deployment of prefect.yaml, asked as a browser asks it."""

    def __init__(self, folder: Path) -> None:
        from prefect.client.base import PrefectHttpxSyncClient  # seconds that every collection of tests would wait

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # Prefect's own client asks again when the server's database is locked for a moment: then it answers 503.
        address = f"http://127.0.0.1:{port}/api"
        self.api = PrefectHttpxSyncClient(base_url=address, timeout=60, raise_on_all_errors=False)
        self.environment = {
            **os.environ,
            "PREFECT_API_URL": address,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_LOGGING_TO_CONSOLE_LEVEL": "WARNING",
        }
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=folder)

    def wait(self) -> None:
        for _ in range(PATIENCE):
            try:
                if self.api.get("/health").status_code == 200:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text()
            time.sleep(1)
        raise TimeoutError(self.log.read_text())

    def prefect(self, *arguments: str) -> str:
        command = [PREFECT, *arguments]
        done = subprocess.run(command, env=self.environment, cwd=HOME, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deployment(self) -> dict[str, Any]:
        return dict(self.api.get("/deployments/name/monthly-run/monthly").raise_for_status().json())

    def asked(self, **parameters: Any) -> httpx.Response:
        """Give the deployment's form, as a person does who presses Run."""
        asks = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        return self.api.post(f"/deployments/{self.deployment()['id']}/create_flow_run", json=asks)

    def worked(self, **parameters: Any) -> dict[str, Any]:
        """Ask for a run, have a worker do what is due, and return the run as the server has it."""
        identity = self.asked(**parameters).raise_for_status().json()["id"]
        self.prefect("worker", "start", "--pool", "dpor", "--run-once")
        for _ in range(PATIENCE):
            run = dict(self.api.get(f"/flow_runs/{identity}").raise_for_status().json())
            if run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return run
            time.sleep(1)
        raise TimeoutError(str(run["state"]))

    def planned(self) -> list[str]:
        """When the server is going to run the deployment by its schedule, once it has planned that."""
        asks = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        for _ in range(PATIENCE):
            runs = self.api.post("/flow_runs/filter", json=asks).raise_for_status().json()
            if planned := sorted(run["expected_start_time"] for run in runs if run["auto_scheduled"]):
                return planned
            time.sleep(1)
        raise TimeoutError(self.log.read_text())

    def artifacts(self, run: dict[str, Any]) -> dict[str, Any]:
        asks = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
        found = self.api.post("/artifacts/filter", json=asks).raise_for_status().json()
        return {artifact["key"]: artifact["data"] for artifact in found}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    try:
        started.wait()
        started.prefect("work-pool", "create", "dpor", "--type", "process")
        started.prefect("--no-prompt", "deploy", "--name", "monthly")
        yield started
    finally:
        started.api.close()
        started.process.terminate()
        started.process.wait()


def place(folder: Path, deliveries: Path = HOME / "data/sample") -> dict[str, str]:
    return {"deliveries": str(deliveries), "db": str(folder / "dpor.duckdb"), "out": str(folder / "statements")}


def test_it_is_scheduled_monthly_in_utc_and_runs_one_at_a_time(server: Server) -> None:
    deployment = server.deployment()
    (schedule,) = deployment["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("0 6 3 * *", "UTC")
    assert schedule["active"]
    limit = deployment["global_concurrency_limit"] or {"limit": deployment["concurrency_limit"]}
    assert limit["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


def test_the_server_plans_the_mornings_of_the_next_thirds(server: Server) -> None:
    assert [when for when in server.planned() if when[7:19] != "-03T06:00:00"] == []


def test_its_form_explains_every_field_and_takes_nothing_unusable(server: Server, tmp_path: Path) -> None:
    fields = server.deployment()["parameter_openapi_schema"]["properties"]
    assert [name for name, field in fields.items() if len(field.get("description", "")) < 20] == []
    assert list(fields)[:3] == ["period", "close", "formats"]
    for wrong in ({"period": "March"}, {"formats": ["docx"]}, {"max_quarantine": 2}, {"shards": 0}):
        assert server.asked(**place(tmp_path), **wrong).status_code in (409, 422), wrong
    assert not any(tmp_path.iterdir())


def test_a_run_is_named_says_what_it_came_to_and_leaves_its_totals(server: Server, tmp_path: Path) -> None:
    run = server.worked(period="2014-10", formats=["csv", "pdf"], **place(tmp_path))
    assert (run["name"], run["state"]["type"]) == ("monthly-run-2014-10", "COMPLETED"), run["state"]
    assert run["state"]["message"] == "Draft of 2014-10: 1,096.00 USD to 3 partners"
    assert (tmp_path / "statements/2014-10/1100001.pdf").exists()
    asks = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}
    logged = [log["message"] for log in server.api.post("/logs/filter", json=asks).raise_for_status().json()]
    assert "86 accepted, 0 duplicate, 1 set aside, 0 released from earlier deliveries" in logged
    asks = {"task_runs": {"flow_run_id": {"any_": [run["id"]]}}}
    done = [one["name"] for one in server.api.post("/task_runs/filter", json=asks).raise_for_status().json()]
    assert sorted(done) == sorted(step.says for step in MONTHLY_RUN)
    left = server.artifacts(run)
    assert "1,096.00  to 3 partners" in left["summary"]
    assert (tmp_path / "statements/2014-10/summary.html").as_uri() in left["summary"]
    assert '"rows": 1' in left["set-aside"].replace("'", '"')
    assert "bad_type" in left["set-aside"]
    assert left["control-totals"].count('"holds": "True"') == 5


def test_a_run_waits_for_a_command_that_has_the_store(server: Server, tmp_path: Path) -> None:
    places = place(tmp_path)
    assert exit_code(["run", "--period", "2014-10", *(f"--{name}={where}" for name, where in places.items())]) == 0
    begun = datetime.now(UTC)

    def has_it_for_a_while() -> None:
        with held_alone(tmp_path / "dpor.store", "dpor status"):
            held.set()
            time.sleep(20)

    held = threading.Event()
    other = threading.Thread(target=has_it_for_a_while)
    other.start()
    held.wait()
    run = server.worked(period="2014-10", **places)
    other.join()
    assert run["state"]["name"] == "Completed", run["state"]["message"]
    assert datetime.fromisoformat(run["end_time"]) - begun > timedelta(seconds=20)


def test_a_run_with_too_much_set_aside_fails_for_just_that(server: Server, tmp_path: Path) -> None:
    deliveries = shutil.copytree(HOME / "data/sample/2014-10", tmp_path / "in/2014-10").parent
    seats = deliveries / "2014-10/assigned_seats.csv"
    header, *rows = seats.read_text(encoding="utf-8").splitlines()
    broken = [",".join([*row.split(",")[:-1], "many"]) for row in rows]
    seats.write_text("\n".join([header, *(broken * 3)]) + "\n", encoding="utf-8")
    run = server.worked(**place(tmp_path, deliveries))
    assert (run["name"], run["state"]["type"]) == ("monthly-run-latest", "FAILED")
    assert run["state"]["name"] == "Too much quarantined"
    assert "rows would be set aside, more than 5%" in run["state"]["message"]
    assert "bad_type" in server.artifacts(run)["set-aside"]
    assert not (tmp_path / "statements").exists()


def test_what_is_refused_is_named_and_closing_says_so_in_its_name(server: Server, tmp_path: Path) -> None:
    closed = server.worked(period="2014-10", close=True, **place(tmp_path))
    assert closed["name"] == "monthly-run-2014-10-close"
    assert closed["state"]["message"].startswith("Closed statements of 2014-10")
    again = server.worked(period="2014-10", **place(tmp_path))
    assert (again["state"]["type"], again["state"]["name"]) == ("FAILED", "Refused")
    assert "closed for good" in again["state"]["message"]
