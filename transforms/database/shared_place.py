"""Where shards are handed to workers and back: a folder that all share, or a URL, as of an object store."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from schemas.problems import Refused, UnusableInput

WHAT_TO_DO = "make sure that the place exists, and that this machine and every worker may read and write there"


class OutOfReach(OSError):
    """What is wrong with a place, as the file system behind it says; each has classes of its own for that."""


def place_of(place: str) -> str:
    """A place as every worker finds it. Raises UnusableInput for a URL that names none, or of an unknown scheme."""
    if "://" not in place:
        return str(Path(place).resolve())
    import fsspec  # type: ignore[import-untyped]  # only a sharded run needs it

    scheme, _, path = place.partition("://")
    try:
        fsspec.get_filesystem_class(scheme)
    except (ImportError, ValueError) as error:
        raise UnusableInput(
            f"--place {place}: no file system for its scheme is installed: for s3:// that is s3fs"
        ) from error
    if not path.strip("/"):
        raise UnusableInput(f"--place {place}: name a bucket or a folder, such as s3://bucket/path")
    return place


def see_that_it_can_be_used(place: str) -> None:
    """Write a file to a place, read it and take it away. Raises Refused where that can't be done."""
    folder = new_folder(place)
    try:
        make_folder(folder)
        with _telling(folder):
            files, path = _files_at(folder)
            files.pipe_file(f"{path}/there", b"")
            files.cat_file(f"{path}/there")
        clear(folder)
    except OutOfReach as error:
        raise Refused(f"--place {place}: {_in_words(error.__cause__)}", WHAT_TO_DO) from error


def new_folder(place: str) -> str:
    """A name at a place that nobody has used."""
    return f"{place.rstrip('/')}/dpor-shards-{uuid.uuid4().hex}"


def make_folder(folder: str) -> None:
    """Make a folder, where there are folders: an object store has none, and making one would make a missing bucket."""
    with _telling(folder):
        files, path = _files_at(folder)
        if path.startswith("/"):
            files.makedirs(path, exist_ok=True)


def put_file(path: Path, folder: str) -> str:
    """Copy a file to a folder; returns its URL."""
    make_folder(folder)
    with _telling(folder):
        files, target = _files_at(f"{folder}/{path.name}")
        files.put_file(str(path), target)
    return f"{folder}/{path.name}"


def clear(folder: str) -> None:
    """Take away a folder, if it is there."""
    with _telling(folder):
        files, path = _files_at(folder)
        if files.exists(path):
            files.rm(path, recursive=True)


@contextmanager
def reaching(con: duckdb.DuckDBPyConnection, place: str | None) -> Iterator[None]:
    """Let a connection read and write what lies at a place: behind a URL by the file system for its scheme."""
    if place is None or "://" not in place:
        yield
        return
    con.register_filesystem(_files_at(place)[0])
    try:
        yield
    except duckdb.Error as error:
        said = f"{error}".partition("\n\nLINE ")[0].strip()
        if type(error) is duckdb.Error and said.startswith("Traceback"):  # of Python, so of the file system
            raise OutOfReach(f"{place}: {said.splitlines()[-1].partition(': ')[2]}") from error
        raise


def _files_at(place: str) -> tuple[Any, str]:
    """The fsspec file system of a place (of s3, gs, abfs, ..., or the local one) and the path within it."""
    import fsspec

    files, path = fsspec.url_to_fs(place)
    return files, str(path)


@contextmanager
def _telling(place: str) -> Iterator[None]:
    """Raise whatever goes wrong at a place as OutOfReach: of what S3's file system raises, half is no OSError."""
    try:
        yield
    except Exception as error:
        raise OutOfReach(f"{place}: {_in_words(error)}") from error


def _in_words(error: BaseException | None) -> str:
    return getattr(error, "strerror", None) or f"{error}".strip() or type(error).__name__
