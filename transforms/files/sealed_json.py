"""JSON files that carry the hash of their own content, so that a single changed byte is found."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from schemas.problems import Refused


def write_sealed(path: Path, said: dict[str, Any]) -> None:
    """Write JSON that carries the hash of its own content: the same bytes for the same content."""
    path.write_bytes(_sealed(said))


def read_sealed(path: Path) -> dict[str, Any]:
    """The content of what `write_sealed` wrote. Raises Refused if a single byte differs, or if it can't be read."""
    if not path.is_file():  # whoever reads a named pipe waits for ever
        raise Refused(f"{path}: missing or damaged: put it back from a backup")
    try:
        written = path.read_bytes()
        said: dict[str, Any] = json.loads(written)
        said.pop("sha256")
    except OSError as error:
        raise Refused(f"{path}: can't be read: {error.strerror}") from error
    except (ValueError, KeyError, AttributeError, RecursionError):
        raise Refused(f"{path}: missing or damaged: put it back from a backup") from None
    if written != _sealed(said):
        raise Refused(f"{path}: changed: put it back from a backup")
    return said


def sealed_hash(said: dict[str, Any]) -> str:
    """The SHA-256 of the file that `write_sealed` makes of it, and `read_sealed` read it from."""
    return hashlib.sha256(_sealed(said)).hexdigest()


def _sealed(said: dict[str, Any]) -> bytes:
    content = json.dumps(said, sort_keys=True, ensure_ascii=False)
    whole = {**said, "sha256": hashlib.sha256(content.encode()).hexdigest()}
    return (json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
