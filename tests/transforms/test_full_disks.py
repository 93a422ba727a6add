"""A full disk is told by the folder in which to make room, whoever runs into it: Python, Polars or DuckDB."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from polars.exceptions import ComputeError

from transforms.books.store import Store
from transforms.database.connections import reading
from transforms.files.full_disks import naming_what_is_full
from transforms.files.replacing import copy_beside, put_in_place_of

FULL = os.strerror(errno.ENOSPC)
INVALIDATED = (
    'IO Error: Checkpoint failed for database "published". The database has been invalidated. Original error: '
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(f"{FULL} (os error 28)"), errno.ENOSPC),
        (OSError(errno.ENOSPC, FULL), errno.ENOSPC),
        (OSError(errno.EDQUOT, "over quota", "{folder}/aside/files/1100001.pdf"), errno.EDQUOT),
        (ComputeError(f"parquet: File out of specification: underlying IO error: {FULL} (os error 28)"), errno.ENOSPC),
        (duckdb.IOException(f'Could not write file "x.store/.aside/new.duckdb": {FULL}'), errno.ENOSPC),
        (duckdb.IOException(f'{INVALIDATED}Could not write file "x": {FULL}'), errno.ENOSPC),
        (duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size"), errno.ENOSPC),
        (ComputeError(f"{os.strerror(errno.EDQUOT)} (os error 122)"), errno.EDQUOT),
        (ComputeError(f"parquet: underlying IO error: {os.strerror(errno.EFBIG)} (os error 27)"), errno.EFBIG),
    ],
)
def test_the_folder_is_named(tmp_path: Path, error: Exception, code: int) -> None:
    if isinstance(error, OSError) and error.filename:
        error.filename = error.filename.format(folder=tmp_path)
    with pytest.raises(OSError, match=os.strerror(code)) as caught, naming_what_is_full(tmp_path, tmp_path / "aside"):
        raise error
    assert (caught.value.errno, caught.value.strerror, caught.value.filename) == (
        code,
        os.strerror(code),
        str(tmp_path),
    )


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, FULL, "statements/2015-03"),
        OSError(errno.EACCES, "Permission denied"),
        OSError("of no number"),
        ComputeError("no column"),
        duckdb.BinderException("no column"),
        ValueError(FULL),
    ],
)
def test_what_is_named_already_or_something_else_stays_as_it_is(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as caught, naming_what_is_full(tmp_path, tmp_path / "aside"):
        raise error
    assert caught.value is error


def test_a_half_made_database_that_is_given_up_is_told_by_the_cause(tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException) as caught, naming_what_is_full(tmp_path, tmp_path / "aside"):
        raise duckdb.IOException(f'{INVALIDATED}Could not write file "x": Input/output error')
    assert str(caught.value) == 'Could not write file "x": Input/output error'


@pytest.mark.parametrize("at", ["open", "mkdir"])
def test_so_it_is_where_the_store_is_only_taken_hold_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, FULL)

    monkeypatch.setattr(Path, at, full)
    with pytest.raises(OSError, match=FULL) as caught, Store(tmp_path / "x.duckdb").locked("run"):
        pass
    assert caught.value.filename == str(tmp_path)


def test_a_copy_from_another_disk_follows_no_link_that_lies_where_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made").write_text("statement", encoding="utf-8")
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    copy_beside(tmp_path / "1100001.csv").symlink_to(tmp_path / "notes")
    replace = Path.replace

    def another_disk(self: Path, target: Path) -> Path:
        if self.name == "made":
            raise OSError(errno.EXDEV, "", str(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", another_disk)
    put_in_place_of(tmp_path / "made", tmp_path / "1100001.csv")
    assert (tmp_path / "1100001.csv").read_text(encoding="utf-8") == "statement"
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "1100001.csv").is_symlink()


def test_statements_on_a_full_disk_name_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another disk they are copied: what Python names then is the file that is copied."""

    def another_disk(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "", str(self))

    def full(source: object, target: object) -> None:
        raise OSError(errno.ENOSPC, FULL)

    monkeypatch.setattr(Path, "replace", another_disk)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    (tmp_path / "out").mkdir()
    with pytest.raises(OSError, match=FULL) as caught, Store(tmp_path / "x.duckdb").locked("run"):
        (made := tmp_path / "x.store/.aside/1100001.pdf").touch()
        put_in_place_of(made, tmp_path / "out/1100001.pdf")
    assert caught.value.filename == f"{tmp_path}/out"


@pytest.mark.parametrize(
    "said", ['Could not write file "{spill}/duckdb_temp_storage": ' + FULL, "max_temp_directory_size"]
)
def test_a_question_that_finds_no_room_to_spill_to_names_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    duckdb.connect(str(tmp_path / "x.duckdb")).close()
    with pytest.raises(OSError, match=FULL) as caught, reading(tmp_path / "x.duckdb") as con:
        ((spill,),) = con.execute("select current_setting('temp_directory')").fetchall()
        raise duckdb.IOException(said.format(spill=spill))
    assert caught.value.filename == str(tmp_path)
