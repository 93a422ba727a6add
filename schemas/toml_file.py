"""A TOML file that somebody wrote by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class NotToml(Exception):
    """The file isn't TOML; says where it stops being so."""


def read_toml(path: Path) -> dict[str, Any]:
    """What a file says, whether or not it begins with a byte order mark. Raises NotToml."""
    try:
        return tomllib.loads(path.read_bytes().decode().removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # a ValueError too: other bytes than UTF-8, a number without end
        raise NotToml(f"not a TOML file: {error}") from None
