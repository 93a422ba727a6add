"""Who finds the store held: a question is waited for a little, whoever changes something is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from filelock import FileLock

from transforms.files import holding
from transforms.files.holding import HOLDER, LOCK, LOOKING, StoreBusy, held_alone


@contextmanager
def held_beside(held: AbstractContextManager[object]) -> Iterator[Event]:
    """Somebody else holds the store until the event is set."""
    holds, ends = Event(), Event()

    def hold() -> None:
        with held:
            holds.set()
            ends.wait(30)

    other = Thread(target=hold)
    other.start()
    assert holds.wait(30)
    try:
        yield ends
    finally:
        ends.set()
        other.join()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dpor.store" / "deliveries").mkdir(parents=True)
    return tmp_path / "dpor.store"


def test_a_link_in_the_place_of_the_holders_name_leads_to_no_file_that_is_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    (root / HOLDER).symlink_to(tmp_path / "notes")
    with held_alone(root, "run"):
        assert "`run`" in (root / HOLDER).read_text(encoding="utf-8")
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


def of_a_question(root: Path) -> AbstractContextManager[object]:
    return held_alone(root, LOOKING)


def without_a_name(root: Path) -> AbstractContextManager[object]:
    return FileLock(root / LOCK)


@pytest.mark.parametrize("held", [of_a_question, without_a_name])
def test_a_question_is_waited_for(root: Path, held: object, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = holding._wait_for_who_only_looks
    with held_beside(held(root)) as ends:  # type: ignore[operator]

        def ended_first(*given: object) -> None:
            ends.set()
            wait(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(holding, "_wait_for_who_only_looks", ended_first)
        with held_alone(root, "notify"):
            assert ends.is_set()


@pytest.mark.parametrize(("held", "command"), [("run", "notify"), ("run", LOOKING), (LOOKING, LOOKING)])
def test_nobody_else_is_waited_for_and_a_question_waits_for_nobody(root: Path, held: str, command: str) -> None:
    with held_beside(held_alone(root, held)), pytest.raises(StoreBusy, match=f"`{held}`"), held_alone(root, command):
        pytest.fail("two held it")


@pytest.mark.parametrize("held", [of_a_question, without_a_name])
def test_a_question_that_takes_long_is_not_waited_out(
    root: Path, held: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "SECONDS_FOR_A_QUESTION", 0.1)
    monkeypatch.setattr(holding, "SECONDS_FOR_A_NAME", 0.1)
    with held_beside(held(root)), pytest.raises(StoreBusy), held_alone(root, "run"):  # type: ignore[operator]
        pytest.fail("two held it")
