"""What `dpor check`, `dpor status` and `dpor statement` print: small texts off the store and the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.problems import UnusableInput, UserProblem
from transforms.admission import Taken
from transforms.store import Store
from transforms.survey import survey
from transforms.warehouse import sql

MOST_SHOWN = 50


def intake_overview(taken: Sequence[Taken], set_aside: pl.DataFrame) -> str:
    """What new deliveries would come to, and the rows that would be set aside (without their content)."""
    if not taken:
        return "Nothing new: every delivery is in as it lies in the folder."
    said = [
        f"{t.period}  {t.rows_read:,} rows: {t.accepted:,} accepted, {t.duplicates:,} duplicates, {t.quarantined:,} set aside,"
        f" {t.released:,} released from earlier deliveries"
        for t in taken
    ]
    rows = set_aside.select("delivery", "file", "row_number", "reason", "column_name", "detail").rows()
    if rows:
        said += ["", "Would be set aside:"]
    for delivery, file, row_number, reason, column, detail in rows[:MOST_SHOWN]:
        where = f", {column}" if column else ""
        said.append(f"  {delivery}/{file} row {row_number}: {reason}{where}{f': {detail}' if detail else ''}")
    if len(rows) > MOST_SHOWN:
        said.append(f"  and {len(rows) - MOST_SHOWN:,} more")
    return "\n".join([*said, "", "Nothing was stored. `dpor run` takes these deliveries in."])


def status_overview(store: Store, deliveries_folder: Path) -> str:
    """Which deliveries are in, what was drafted last, and what to do next."""
    stored = store.deliveries()
    said = [f"Store     {store.root}/  {len(stored)} deliveries in"]
    said += [
        f"  {delivery.period}  {sum(f['rows'] for f in delivery.manifest['files'].values()):,} rows kept"
        for delivery in stored
    ]
    drafted = store.drafted()
    said.append(f"Database  {store.database}  {'draft of ' + drafted['period'] if drafted else 'not made yet'}")
    try:
        waiting = [d.period for d in survey(deliveries_folder, None) if not _is_in(d, stored)]
    except UserProblem as problem:
        return "\n".join(
            [*said, f"Folder    {deliveries_folder}/ can't be used:", *(f"  {p}" for p in problem.problems)]
        )
    said.append(
        f"Folder    {deliveries_folder}/  {', '.join(waiting) + ' new or changed' if waiting else 'nothing new'}"
    )
    if waiting:
        said.append(f"Next      dpor check, then dpor run --period {waiting[0]}")
    elif drafted is None or (stored and drafted["period"] < stored[-1].period):
        said.append(f"Next      dpor run --period {stored[-1].period}")
    else:
        said.append(f"Next      nothing to take in; dpor run drafts {drafted['period']} again")
    return "\n".join(said)


def statement_on_terminal(con: duckdb.DuckDBPyConnection, mpn_id: str, period: str) -> str:
    """One statement: its sums, then its items. Raises UnusableInput where there is none."""
    found = _rows(
        con,
        "select * from statements where mpn_id = $mpn_id and statement_period = $period",
        mpn_id=mpn_id,
        period=period,
    )
    if not found:
        periods = con.execute("select distinct statement_period from statements order by 1").fetchall()
        has = ", ".join(row[0] for row in periods) or "none"
        raise UnusableInput(f"{mpn_id} has no statement for {period}: the database holds statements of {has}")
    statement = found[0]
    names = con.execute("select partner_name from current_partners where mpn_id = $1", [mpn_id]).fetchone() or ("",)
    currency = con.execute("select currency from policy").fetchone() or ("",)
    sums = [
        ("Opening balance", statement["opening_balance"]),
        ("Earned", statement["earned"]),
        ("Cap reduction", -statement["cap_reduction"]),
        ("Adjustments", statement["adjustments"]),
        ("Payment", statement["payment"]),
        ("Carried forward", statement["closing_balance"]),
        ("Held", statement["held"]),
    ]
    said = [f"{mpn_id} {names[0]}, {period}, {statement['state']}, amounts in {currency[0]}", ""]
    said += [f"{what:<16}{amount + 0:>18,.2f}" for what, amount in sums]
    items = _rows(con, f"from ({sql('statements', 'line_items')}) where mpn_id = $mpn_id", mpn_id=mpn_id)
    if items:
        said += [
            "",
            f"{'Payment Type':<16}{'Period':<9}{'Subscription':<26}{'Incentive':<13}{'Seats':>9}{'Earned':>15}{'Paid':>15}  Reason",
        ]
    for item in items:
        seats = "" if item["Assigned Seats"] is None else f"{item['Assigned Seats']:,}"
        earned = "" if item["Earned"] is None else f"{item['Earned']:,.2f}"
        said.append(
            f"{item['Payment Type']:<16}{item['Report Period']:<9}{item['Subscription ID'] or '':<26}{item['Incentive'] or '':<13}"
            f"{seats:>9}{earned:>15}{item['Paid']:>15,.2f}  {item['Reason'] or ''}".rstrip()
        )
    return "\n".join(said)


def _is_in(delivery: Any, stored: Sequence[Any]) -> bool:
    return any(
        s.period == delivery.period and s.manifest["delivered"]["files"] == {f.name: f.sha256 for f in delivery.files}
        for s in stored
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str, **values: str) -> list[dict[str, Any]]:
    cursor = con.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
