"""What Ray's answers at its door mean; on real clusters `tests/cluster/` asks the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flows.clusters import door
from schemas.problems import Refused


@pytest.mark.parametrize(
    ("stranger", "we", "says"),
    [
        (True, True, "accepts clients without a token"),
        (None, True, "doesn't say in 300 seconds whether it lets just anybody in"),
        (False, False, "doesn't let us in with this token"),
        (False, None, "doesn't let us in with this token"),
    ],
)
def test_only_a_cluster_that_turns_strangers_away_and_lets_us_in_is_used(
    monkeypatch: pytest.MonkeyPatch, stranger: bool | None, we: bool | None, says: str
) -> None:
    def asked(_cluster: str, environment: Mapping[str, str], _seconds: float) -> bool | None:
        return we if environment.get("RAY_AUTH_TOKEN") == "ours" else stranger

    monkeypatch.setenv("RAY_AUTH_TOKEN", "ours")
    monkeypatch.setattr(door, "_is_let_in", asked)
    with pytest.raises(Refused, match=says):
        door.see_that_ray_lets_us_in("ray.example:6379")
    stranger, we = False, True
    door.see_that_ray_lets_us_in("ray.example:6379")
