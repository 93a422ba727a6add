"""What tests of the program share: the sample, and a command asked of one database."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.dpor import exit_code

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


def ask(folder: Path, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = exit_code([*command, "--db", f"{folder}/dpor.duckdb"])
    said = capsys.readouterr()
    return code, said.out, said.err
