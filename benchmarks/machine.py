"""What it was measured on: the processor, the memory, the versions."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
OF_THE_PEERS = """
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("pandas", "pyarrow", "pyspark")))
"""


def machine(peers_python: Path | None) -> str:
    """Lines of Markdown."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    lines = [
        f"- {cores} cores of {processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()};"
        f" load {load:.1f} in the last quarter of an hour",
        f"- dpor {version('dpor')} at {said_by(['git', 'describe', '--always', '--dirty'])}, {versions()}",
    ]
    if peers_python:
        lines.append(f"- the peers: {said_by([peers_python, '-c', OF_THE_PEERS])}")
    return "\n".join(lines) + "\n"


def versions() -> str:
    """Of what the deliveries and the stores are made with."""
    names = ("polars", "duckdb", "pandera", "numpy")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def processor() -> str:
    """Its name, where Linux tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def said_by(command: list[str | Path]) -> str:
    """What a command says, or that it says nothing."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
