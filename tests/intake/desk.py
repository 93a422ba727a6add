"""The intake's bench: deliveries dropped into a folder and taken in, in this process, and what became of their rows.

Most tests go as far as `dpor run` has stored the rows and shows those that count; a test that asks for more runs `dpor`
whole. A test writes of each row only what matters to it; GOOD fills the rest, so that a row without a word is accepted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.dpor import exit_code
from flows.month.steps import MONTHLY_RUN, take_in
from flows.month.walking import this_run, walk
from transforms.books.store import Store
from transforms.books.stored import inputs_of
from transforms.database.connections import new_database
from transforms.database.warehouse import import_inputs, work_out

Row = dict[str, str]

GOOD: dict[str, Row] = {
    "partners": {
        "mpn_id": "0000001", "partner_name": "Litware", "hq_mpn_id": "", "region": "NA", "country": "US",
        "ppc_name": "Lia", "ppc_email": "lia@example.com", "eligible_from": "2014-01-01", "eligible_to": "",
    },
    "customers": {
        "customer_id": "contoso", "organization_name": "Contoso Ltd", "country": "US", "address": "1 Main St",
        "phone": "555-0100",
    },
    "rates": {
        "incentive": "DEPLOY", "service": "O365", "amount_per_seat": "1.5", "valid_from": "2014-01-01", "valid_to": "",
    },
    "subscriptions": {
        "subscription_id": "e3", "customer_id": "contoso", "agreement_id": "ea-1", "program": "EA", "service": "O365",
        "offer": "E3", "start_date": "2014-01-01", "end_date": "",
    },
    "caps": {"mpn_id": "*", "scope": "PARTNER", "service": "*", "fiscal_year": "FY15", "amount": "1000"},
    "osa_forms": {
        "form_id": "f1", "received_on": "2015-03-01", "customer_id": "contoso", "service": "O365", "mpn_id": "0000001",
    },
    "dpor_attachments": {
        "event_id": "d1", "occurred_at": "2015-03-10T12:00:00Z", "subscription_id": "e3", "action": "ADD",
        "mpn_id": "0000001", "portal": "OFFICE",
    },
    "assigned_seats": {
        "subscription_id": "e3", "snapshot_date": "2015-03-31", "exported_at": "2015-03-31T12:00:00Z",
        "purchased_seats": "100", "assigned_seats": "50",
    },
    "poe_reviews": {
        "poe_id": "p1", "claim_id": "f1", "mpn_id": "0000001", "requested_on": "2015-03-20", "decided_on": "",
        "outcome": "",
    },
}  # fmt: skip

MASTER_DATA: dict[str, list[Row]] = {
    "partners": [{}, {"mpn_id": "0000002", "partner_name": "Relecloud"}],
    "customers": [{}],
    "subscriptions": [{}, {"subscription_id": "i1", "service": "INTUNE"}],
    "osa_forms": [{}],
}
"""Two partners, contoso with e3 (O365) and i1 (INTUNE), and the form f1 of 0000001: what most rows refer to."""


def filled(feed: str, rows: Iterable[Mapping[str, str]]) -> list[Row]:
    return [{**GOOD[feed], **row} for row in rows]


def csv_of(feed: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(GOOD[feed]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(filled(feed, rows))
    return text.getvalue().encode()


UP_TO_THE_STORE = MONTHLY_RUN[: [step.does for step in MONTHLY_RUN].index(take_in) + 1]


class Desk:
    """One delivery folder, one database, one folder of statements."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.deliveries = folder / "deliveries"
        self.database = folder / "dpor.duckdb"
        self.statements = folder / "statements"
        self._output = output
        self.said = ""
        self.deliveries.mkdir()

    def deliver(self, period: str, **feeds: Iterable[Mapping[str, str]]) -> None:
        """Write `<feed>.csv` of rows into a delivery; an empty delivery where no feed is given."""
        (self.deliveries / period).mkdir(exist_ok=True)
        for feed, rows in feeds.items():
            self.file(period, f"{feed}.csv", csv_of(feed, rows))

    def file(self, period: str, name: str, content: bytes) -> Path:
        path = self.deliveries / period / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def dpor(self, command: str, *arguments: str) -> int:
        """The exit code; what was printed, on stdout and stderr, is in `said`."""
        out = [] if command == "check" else ["--out", str(self.statements)]
        try:
            code = exit_code(
                [command, "--db", str(self.database), "--deliveries", str(self.deliveries), *out, *arguments]
            )
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.said = "".join(self._output.readouterr())
        return code

    def take_in(self, period: str | None = None) -> None:
        """Do the steps of a run up to the storing, whatever share is set aside, and show what is stored."""
        store = Store(self.database)
        with store.locked("run"):
            this = this_run(store, self.deliveries, self.statements, period, max_quarantine=1)
            walk(UP_TO_THE_STORE, this)
            this.new_database.unlink(missing_ok=True)
            with new_database(this.new_database, store.aside) as con:
                import_inputs(con, inputs_of(this.stored), this.policy, this.month)
                work_out(con, ["current"])
            this.new_database.replace(self.database)

    def run(self, *arguments: str) -> None:
        """Run whole, whatever share is set aside, and expect no problem."""
        code = self.dpor("run", "--max-quarantine", "1", *arguments)
        assert code == 0, self.said

    def problems(self) -> list[str]:
        """What was said on lines of their own as problems, the program's name taken off."""
        return [line.removeprefix("dpor: ") for line in self.said.splitlines() if line.startswith("dpor: ")]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(query).fetchall()

    def set_aside(self) -> list[str]:
        """A line per row set aside: delivery/file row: reason column, and the delivery that released it."""
        found = self.rows(
            "select delivery, file, row_number, reason, column_name, released_by from quarantine"
            " order by delivery, file, row_number"
        )
        return [
            f"{delivery}/{file} {row}: {reason} {column or '-'}" + (f", released by {by}" if by else "")
            for delivery, file, row, reason, column, by in found
        ]

    def counts(self) -> list[str]:
        """A line per file: delivery/file: read = accepted + duplicates + quarantined."""
        found = self.rows(
            "select delivery, file, rows_read, accepted, duplicates, quarantined from intake_log"
            " order by delivery, file"
        )
        return [f"{delivery}/{file}: {read} = {a} + {d} + {q}" for delivery, file, read, a, d, q in found]

    def counting(self, feed: str, columns: str) -> list[tuple[Any, ...]]:
        """Of a feed that replaces: these columns of the versions that count today."""
        return self.rows(f"select {columns} from current_{feed} order by all")

    def store(self) -> dict[str, bytes]:
        """Every file of the store with its content, hidden ones aside."""
        root = self.database.with_suffix(".store")
        files = (path for path in root.rglob("*") if path.is_file())
        named = {str(path.relative_to(root)): path for path in files}
        return {name: path.read_bytes() for name, path in named.items() if not name.startswith(".")}

    def delivered_in_store(self) -> list[str]:
        return sorted({name.split("/")[1] for name in self.store() if name.startswith("deliveries/")})


def as_text(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    return [" ".join("-" if value is None else str(value) for value in row) for row in rows]
