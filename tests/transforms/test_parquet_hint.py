"""Parquet files in which Arrow noted types that Polars can't follow, or takes for others than Parquet's own."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from io import BufferedReader
from pathlib import Path

import pytest

from schemas.columns import Form, ReadAs
from schemas.problems import UnusableInput
from transforms.reading.delivered_file import FileReading
from transforms.reading.parquet_trial import Trial, tried

INSTANTS_AT_0530 = (
    "eNpFUcFKw0AQnYQYCnpR3JCFPeSSoJBWI+pBPDhbqpZaWheK9BhKSBW0MVUDfoN/IPgNfoKf5uwmxge7M7yZ92bYnaJKGLCYxTFzKHGZKwDApuNY8L23"
    "+bmzAXBRZV8UmcPjE/Dd9WKZPabMJiK0fSsNd28+tkUMGp7DBRcRCGoOXeBUZkR6ylNRZyhoBJDwfN/lETi6X3lO1PEUcOFvoVKTu7Pa3v+xDjSOcyTc"
    "Yo0RYoUyx0vEHPumhFIijnXSRxwa4j8SBvqaNdlM60h/rX2Mr2yccTAynbJqRdjq5bLxpznzdk5NmdWuzHLvmEwextWfEvygSMvn1+yluyiKblqWqyp4"
    "y8r1/eopODrtHfYSLvRzzy2AKf3EL2+FVqg="
)
DAYS_AS_DATE64 = (
    "eNpFkM9Kw0AQxidrWHrosRN2YQ+5JFBoq/XfIXhwtkQMKtZA8RxKSAW1MdX2KXwHH9XZNLQf7O7HzHw/lplTPkXAAQ5G6LORKA0ACD4n3u8tAPp6dAVK"
    "bpar8qNAASgiobwi6j++81Dga6NNDAaFjiRo7iAXgyRI4l5mmMgBuBlKHQsH5YYf94IEtFF9yvPn12RPVn/eqdMFOb3QXg9EO7IV3RFVNKvamrVET87M"
    "iLK2cHxZqbsWnVu4HOfvHafl2o5MadZO2uoQokPerjpeevwKEaiwLpqvn/J7vKzrcdE06124LZvN2/ozPL+enE2m2rjtXXoAc17sP/j6SXw="
)
"""Two files of two rows and the column `a`, as pyarrow 26 wrote them; packed."""

TWICE = (
    "eNp9ks1Kw0AQxyehhoK9KO6SwB56aVBoa1NQUOJhtlStprYGRHpMS0kVtDVVC30AT76Br+DBs0/nzqYfoLVDkp39z2//+5U2hh4DJpgoMlMlFrME"
    "AJj0GvC1u/mxvQFK54yvAAz19dZWqyzjBAdgW+PeoP8QMQtYpmDaRlTYCd63RBEoWI6kbgEC8afHTUc4vgtCGRUscNRQpkQuuXSzDcFocSb4e5bj"
    "6mmJzM3IriZ97rsXS1IZrmffjJUw/za46WZVA46wcxiGrdvjdFf2p7lPcRSjimtM4xJxgjLGU8QYa7qEUiI2KakhNrSwbDEtySFlAc6tahWy1mND"
    "Ld4seVykHfK/mhLa+cV3/uWVv+rUKatr35jWe07rnhfTqF9qSE5m6EIncTDbT5Ommu8rlfRRnOnDmKLXum+SwQnY+VGUPL30n0u90agUJclwkn/t"
    "J+O74WO+eliulD3HV3efPiDV6bfVb/oDPHV++w=="
)
ALIKE = (
    "eNp9ksFKw0AQhiehBsFeFDcksIdeEhTa2hQUlHiYLVVrU9sGRHpMS2kVtDVVC30AT76Br+DBs0/nziZNQYJDkp3959s/s5v0MPQYMM54mekyMZjB"
    "AUCnW4Pvg53PvS2QusnMHECTT+/fap0V7OAYLGMxmo4fI2YAKzi6pUXOfvCxy8tAwYokDR0IeDYT6czUbW77LnBp5Bhgy6VMiqYwhbvd4oya08E/"
    "NGxXvZbIYkoOFembvnu9IaVhHisy9l3Lhc0fzdTdbTmAza0ihmH37izZlfWlH1GcTlBGH5NoIy5RTPACcYINVUIhEDuUNBBbStiMmJTEjLIA11aN"
    "GlmrtaESbzc8Zmmf/G9WhA7+8IM8fpC2KidNyprKd0L9XlHf62ISzbaCxDJFM53EabqfDr1qva9EUkdxqQ5jhV73oUMG52CV5lH8/Dp+qYzm80oU"
    "x7Nl6W0cL+5nT6X6SbVW9WxffvvkAiFPvyd/01++zn6z"
)
EMPTY = (
    "eNplUdtqwkAQnSwSfMiju2QhD3kxUFBbA5YSFDobUpDeNC8lj1FCKqQ1jbUp/kM/o3/RD+nndHdTtNKBZc+cOZwzMDOMhxRoh3Z6lEhgUtMBAKKe"
    "8XEJIDmLWv+HQFt8PALb3Cwfs6eUtoCSLrGNtGvdFFLQdIviS2JGuMN7HjiU8K4JXKqoJFnAAq89dagKITA+Mbmnzf8qF1rpM98Tx0olBFYw4rVZ"
    "AdyxLYzj+4eg2cf+Nk5VjXKUNcemrhFrFDleIeYY6hEKgXirQIg41cThx194se/vdtJUtZGINKmtI9yXgmKl0G4mpe+owqRJgqJucqLDPiJsQpJD"
    "Hu5hMm9WF0f+kwnYbplWL9vstb8sy35aVevafcuqzWr97Prng7PBkPfkndSpPg2AmTzxDzZvX90="
)
"""Files of one row and such an `a`: with `b` twice; with `b` and `B`; and with a `b` of no type, all null."""


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        (INSTANTS_AT_0530, "instant", ["2015-03-31T20:00:00.000000Z", "2015-04-01T00:00:00.000000Z"]),
        (DAYS_AS_DATE64, "date", ["2015-03-31", None]),
    ],
    ids=["a zone of no whole hours", "a day held as milliseconds"],
)
def test_the_types_are_parquets_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], written: str, kind: str, expected: list[str | None]
) -> None:
    assert [row["a"] for row in rows(tmp_path, written, {"a": Form(kind)})] == expected  # type: ignore[arg-type]
    assert capfd.readouterr().err == ""


def test_a_file_that_polars_panics_of_for_its_zone_is_read_all_the_same(tmp_path: Path) -> None:
    expected = ["2015-03-31T20:00:00.000000Z", "2015-04-01T00:00:00.000000Z"]
    read = rows(tmp_path, INSTANTS_AT_0530, {"a": Form("instant")}, panics="is broken")
    assert [row["a"] for row in read] == expected
    assert tried([(tmp_path / "x[1].parquet", ["a"])]) == Trial(panicking={0: (None, 0)})


def test_a_file_that_polars_panics_of_for_another_reason_is_not_read_by_it_again(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="^d/f: is broken$"):
        rows(tmp_path, DAYS_AS_DATE64, {"a": Form("date")}, panics="is broken")


@pytest.mark.parametrize(
    ("written", "problem"),
    [(TWICE, "the column `b` appears 2 times"), (ALIKE, "`B` found, `b` expected")],
)
def test_the_names_are_those_of_the_file(tmp_path: Path, written: str, problem: str) -> None:
    with pytest.raises(UnusableInput, match=problem):
        rows(tmp_path, written, {"a": Form("instant"), "b": Form("text")})


@pytest.mark.parametrize("kind", ["text", "date", "instant", "integer"])
def test_a_column_that_holds_nothing_fits_every_kind(tmp_path: Path, kind: ReadAs) -> None:
    (row,) = rows(tmp_path, EMPTY, {"a": Form("date"), "b": Form(kind)})
    assert (row["a"], row["b"]) == ("2015-03-31", None)


@pytest.mark.parametrize("damaged", ["!", "\u00e9", "="])
def test_a_note_that_is_damaged_makes_the_file_unusable(tmp_path: Path, damaged: str) -> None:
    whole = zlib.decompress(b64decode(DAYS_AS_DATE64))
    place = whole.rindex(b"ARROW:schema") + 40
    byte = damaged.encode()
    broken = whole[:place] + byte + whole[place + len(byte) :]
    with pytest.raises(UnusableInput, match=r"^d/f: is not a complete Parquet file"):
        rows(tmp_path, b64encode(zlib.compress(broken)), {"a": Form("date")})


def test_what_is_read_is_the_file_that_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another takes its name in between."""
    another = tmp_path / "another.parquet"
    another.write_bytes(zlib.decompress(b64decode(EMPTY)))
    opened = FileReading._opened

    def replaced(self: FileReading) -> BufferedReader:
        file = opened(self)
        another.replace(self.path)
        return file

    monkeypatch.setattr(FileReading, "_opened", replaced)
    assert len(rows(tmp_path, DAYS_AS_DATE64, {"a": Form("date")})) == 2


def rows(
    folder: Path, written: str | bytes, columns: dict[str, Form], panics: str | None = None
) -> list[dict[str, str | None]]:
    path = folder / "x[1].parquet"
    path.write_bytes(zlib.decompress(b64decode(written)))
    return [
        row for block in FileReading(path, columns, label="d/f", panics=panics).blocks() for row in block.to_dicts()
    ]
