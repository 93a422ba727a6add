"""Parquet files in which Arrow noted types that Polars can't follow, or takes for others than Parquet's own."""

from __future__ import annotations

import zlib
from base64 import b64decode
from pathlib import Path

import pytest

from transforms.reading import Column, FileReading

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
    path = tmp_path / "x[1].parquet"
    path.write_bytes(zlib.decompress(b64decode(written)))
    blocks = FileReading(path, [Column("a", kind)], label="d/f").blocks()  # type: ignore[arg-type]
    assert [value for block in blocks for value in block["a"].to_list()] == expected
    assert capfd.readouterr().err == ""
