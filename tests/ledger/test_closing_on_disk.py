"""What a closing posts is on the disk before it counts, whatever the disk or its file system does."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from ledger.bench import Books, deliver_four_months

pytestmark = pytest.mark.slow


def test_a_closing_and_what_it_seals_are_on_the_disk_before_it_counts(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_four_months(books)
    books.does("run", "--through", "2015-02", "--close")
    books.does("run", "--period", "2015-03")
    posted = books.database.with_suffix(".store") / "closed" / "2015-03"
    before, after = set(), set()

    def noted(descriptor: int) -> None:
        (after if posted.exists() else before).add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", noted)
        books.does("close", "--period", "2015-03")
    store = posted.parents[1]
    march = store / "deliveries" / "2015-03"
    assert {str(path) for path in (*march.iterdir(), march, march.parent, store)} <= before
    assert {path.name for path in posted.iterdir()} <= {Path(path).name for path in before}
    assert not any("2015-02" in path for path in before)
    assert {str(posted.parent), str(books.database.with_suffix(".journal.jsonl")), str(store.parent)} <= after


@pytest.mark.parametrize("command", [["close", "--period", "2015-05"], ["run", "--through", "2015-05", "--close"]])
def test_a_disk_that_fails_after_the_posting_asks_nobody_to_close_again(
    closed: Books, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def failing(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "1100001.csv")

    with monkeypatch.context() as broken:
        broken.setattr("flows.month.steps.put_in_place", failing)
        assert closed.dpor(*command) == 4
    assert "dpor: 1100001.csv: No space left on device\ndpor: 2015-05 is closed; make room" in closed.complained
    assert "same command again" not in closed.complained
    closed.does("verify")
    assert "restored from the store: what a run was publishing when it was cut off" in closed.complained


@pytest.mark.parametrize("answer", [errno.EINVAL, errno.EACCES])
def test_a_file_system_that_does_not_bring_to_the_disk_what_is_opened_to_be_read_holds_no_closing_up(
    books: Books, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    def fails(_: int) -> None:
        raise OSError(answer, os.strerror(answer))

    deliver_four_months(books)
    monkeypatch.setattr(os, "fsync", fails)
    books.does("run", "--through", "2015-02", "--close")
