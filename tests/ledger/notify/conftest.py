"""Books whose closed month has messages, and a mailbox that takes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.bench import Books
from ledger.mailbox import Mailbox, serving
from ledger.notify.messages import FEEDS

from schemas.settings import KEYS, PASSWORD


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("told"))
    books.deliver("2015-03", **FEEDS)
    books.does("run", "--through", "2015-03", "--close")
    books.deliver("2015-04")
    books.does("run")
    return books


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*KEYS.values(), PASSWORD, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def books(told: Books, tmp_path: Path) -> Books:
    return told.copied(tmp_path / "books")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as box:
        yield box
