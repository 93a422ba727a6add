"""A run parted into shards comes to the same as one that isn't, whoever works them out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import worlds
from ledger.bench import Books, unlike

from flows.dpor import exit_code
from schemas.policy import default_policy
from transforms.books.store import Store
from transforms.books.stored import inputs_of
from transforms.database import shards

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return drafted(tmp_path_factory.mktemp("whole"))


def drafted(folder: Path, *options: str) -> Books:
    """A random world of 30 customers, drafted: forms that are contested, rows that wait, subscriptions that move."""
    books = Books(folder)
    worlds.write_deliveries(worlds.random_deliveries(11, 30, trouble=True), books.deliveries)
    books.does("run", "--max-quarantine", "1", *options)
    return books


@pytest.mark.parametrize("number", [1, 2, 16])
def test_shards_come_to_the_same_rows_and_statements(whole: Books, tmp_path: Path, number: int) -> None:
    assert len(whole.rows("select distinct customer_id from subscription_terms")) > 16
    assert unlike(drafted(tmp_path, "--shards", str(number)).everything(), whole.everything()) == []


def test_a_place_behind_a_url_is_used_and_left_as_it_was(whole: Books, tmp_path: Path) -> None:
    place = tmp_path / "bucket"
    place.mkdir()
    books = drafted(tmp_path / "books", "--shards", "2", "--place", f"file://{place}")
    assert unlike(books.everything(), whole.everything()) == []
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_place_that_can_not_be_used_is_refused_before_anything_is_read(tmp_path: Path, scheme: str) -> None:
    """So that nobody waits for the intake to be told of it."""
    books = Books(tmp_path)
    books.deliver("2015-03", partners="mpn_id\n L")
    place = tmp_path / "file/below"
    place.parent.touch()
    books.refuses(
        "run",
        "--shards",
        "2",
        "--place",
        f"{scheme}{place}",
        because=[f"--place {scheme}{place}: Not a directory", "make sure that the place"],
    )
    assert "Reading" not in books.complained


def test_a_customer_falls_into_one_shard_and_a_shard_knows_only_its_own(whole: Books, tmp_path: Path) -> None:
    accepted = {
        feed: [str(path) for path in paths]
        for feed, paths in inputs_of(Store(whole.database).deliveries()).accepted.items()
    }
    policy = default_policy().model_dump(mode="json")
    folders = [
        shards.work_out_shard(shards.Order(number, 3, "2016-02", "DRAFT", policy, accepted, str(tmp_path)))
        for number in range(3)
    ]
    customers = [set(pl.read_parquet(f"{folder}/subscription_terms.parquet")["customer_id"]) for folder in folders]
    assert all(customers)
    assert sum(map(len, customers)) == len(set.union(*customers))


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["--shards", "0"], "--shards 0", 2),
        (["--runner", "local", "--place", "there"], "go with --shards", 2),
        (["--shards", "2", "--place", "nowhere://a/b"], "--place nowhere://a/b: no file system for its scheme", 2),
        (["--shards", "2", "--place", "file:///"], "--place file:///: name a bucket or a folder", 2),
        (["--shards", "2", "--cluster", "tls://a:1"], "--cluster goes with", 2),
        (["--shards", "2", "--runner", "ray"], "name the cluster", 2),
        (["--shards", "2", "--runner", "dask", "--cluster", "tls://127.0.0.1:1"], "PREFECT_API_URL", 2),
        (["--shards", "2", "--period", "2015-03", "--as-known-on", "2015-04"], "--as-known-on", 2),
    ],
)
def test_options_that_do_not_go_together(
    options: list[str], said: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert exit_code(["run", *options, "--db", str(tmp_path / "dpor.duckdb"), "--out", str(tmp_path / "out")]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("runner", "cluster", "said"), [("ray", "127.0.0.1:1", "RAY_AUTH_MODE"), ("dask", "tcp://127.0.0.1:1", "tls://")]
)
def test_a_cluster_open_to_anybody_is_refused(
    runner: str, cluster: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    options = ["--shards", "2", "--runner", runner, "--cluster", cluster]
    assert exit_code(["run", *options, "--db", str(tmp_path / "dpor.duckdb"), "--out", str(tmp_path / "out")]) == 4
    assert said in capsys.readouterr().err
