"""Shards through an object store, spoken to as S3 is: the same rows, nothing left there, and its faults in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from cluster.machines import address_of, buckets, drafted, free_port, serve_s3
from ledger.bench import Books, unlike

from flows.month import sharding

pytest.importorskip("s3fs")
pytest.importorskip("moto")


@pytest.fixture(autouse=True)
def without_prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody remembers what another test said of the store."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    yield
    fsspec.get_filesystem_class("s3").clear_instance_cache()


def test_two_shards_come_to_the_same_and_nothing_is_left(whole: Books, tmp_path: Path, object_store: str) -> None:
    books = drafted(tmp_path, "--shards", "2", "--place", f"{object_store}/a/b")
    assert unlike(books.everything(), whole.everything()) == []
    assert buckets().find(object_store) == []


def refuses_the_place(folder: Path, place: str, because: str) -> None:
    """Before anything is read, once."""
    books = drafted(folder, customers=3)
    before = books.everything()
    books.refuses("run", "--shards", "2", "--place", place, because=[f"--place {place}: ", because])
    assert "Reading" not in books.complained
    assert unlike(books.everything(), before) == []


def test_a_bucket_that_is_not_there_is_refused_and_not_made(tmp_path: Path, object_store: str) -> None:
    refuses_the_place(tmp_path, "s3://incentive/a", because="The specified bucket does not exist")
    assert buckets().ls("") == ["incentives"]


def test_a_store_without_credentials_is_refused(
    tmp_path: Path, object_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    refuses_the_place(tmp_path, object_store, because="Unable to locate credentials")


def test_a_store_that_nobody_answers_for_is_refused(
    tmp_path: Path, object_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    refuses_the_place(tmp_path, object_store, because="Could not connect")


@pytest.mark.parametrize("after", ["bring", "put_together"], ids=["before the shards", "after the shards"])
@pytest.mark.parametrize("clears", [True, False], ids=["and stays away", "and is back to be cleared"])
def test_a_store_that_goes_away_on_the_way_changes_nothing(
    tmp_path: Path, object_store: str, monkeypatch: pytest.MonkeyPatch, after: str, clears: bool
) -> None:
    """The clearing's fault is told, or, where there is none, what DuckDB says of the file system."""
    if not clears:
        monkeypatch.setattr(sharding, "clear", lambda _place: None)
    books = drafted(tmp_path, customers=3)
    server = serve_s3()
    monkeypatch.setenv("AWS_ENDPOINT_URL", address_of(server))
    step = getattr(sharding, after)

    def last(*given: Any) -> Any:
        came_to = step(*given)
        server.stop()
        return came_to

    monkeypatch.setattr(sharding, after, last)
    place = f"{object_store}/{after}"
    books.refuses("run", "--shards", "2", "--place", place, because=[f"dpor: {place}", "Could not connect", "exists"])
    monkeypatch.undo()
    buckets().rm(place, recursive=True)
