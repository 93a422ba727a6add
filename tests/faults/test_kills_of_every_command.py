"""A slice of the campaign of kills: each command once or twice; and that what it looks for, it finds."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from faults.killed import Point, killed_at
from faults.kills import Figures, Theatre, theatre, torn
from faults.scenes import SCENES, Scene

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def where() -> Iterator[Theatre]:
    with theatre() as made:
        yield made


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_is_lost(where: Theatre, scene: Scene) -> None:
    figures = Figures()
    stage = where.rehearsed(scene)
    kills = sum(where.disturb(stage, Random(round_), figures, 2) for round_ in range(2))
    assert kills + figures.late > 0
    assert figures.lost == []


def test_a_kill_before_the_posting_leaves_the_draft_and_what_is_torn_is_seen(where: Theatre) -> None:
    scene = next(scene for scene in SCENES if scene.name == "close")
    stage = where.rehearsed(scene)
    books = where.set(scene)
    assert killed_at(books.arguments(*scene.words(books)), Point(change=1)) == (-9, "before and between")
    assert torn(books, stage.good) == []
    statement = books.statements / "2015-03" / "1100001.csv"
    statement.write_bytes(statement.read_bytes()[:-1])
    assert torn(books, stage.good) == ["statements/2015-03/1100001.csv"]
    books.database.unlink()
    assert "dpor.duckdb, gone" in torn(books, stage.good)
