"""What `dpor status` calls new is what a run would take in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ledger.bench import Books

from schemas.policy import default_policy


def status(books: Books) -> Any:
    books.does("status", "--json")
    return json.loads(books.said)


def listed(books: Books, *services: str) -> None:
    """Have the policy beside the deliveries list these services."""
    (books.deliveries / "policy.toml").write_text(f"[program]\nservices = {json.dumps(services)}\n", encoding="utf-8")


def test_a_service_that_the_policy_now_lists_makes_open_deliveries_new_and_sealed_ones_not(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.deliver("2015-02", partners="mpn_id\n L")
    books.deliver("2015-03", partners="mpn_id\n R")
    books.does("run", "--through", "2015-02", "--close")
    books.does("run")
    assert status(books)["new"] == []
    listed(books, *default_policy().program.services, "AZURE")
    told = status(books)
    assert told["new"] == ["2015-03"]
    assert told["next"].startswith("dpor check --period 2015-03")
    books.does("check", "--json")
    assert [delivery["period"] for delivery in json.loads(books.said)["deliveries"]] == ["2015-03"]
