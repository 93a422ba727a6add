"""Finance's page: one HTML file a period that opens from disk and needs nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from schemas.counts import count_of, named
from transforms.answers.control_totals import figure, figures
from transforms.database.published import InvariantBroken
from transforms.database.warehouse import dicts, sql
from transforms.statements.summary import Summary

HERE = Path(__file__).parent
DIMENSIONS = ("REGION", "SERVICE", "INCENTIVE")
CHART = 150
"""The height of the highest bar, in the chart's own units; widths of bars go to 100."""

Row = dict[str, Any]


def write_page(con: duckdb.DuckDBPyConnection, summary: Summary, path: Path, formats: Sequence[str]) -> None:
    """Write the page of the run's period. `formats` are those that each partner's row links to.

    Raises InvariantBroken where a part doesn't come to its total.
    """
    relations = ("period_totals", "adjustments_by_cause", "holds_by_age", "caps_about_to_bind", "statements_on_page")
    parts = {name: dicts(con, sql("page", name)) for name in relations}
    amounts = dicts(con, sql("page", "amounts_by"))
    by = {dimension: [row for row in amounts if row["dimension"] == dimension] for dimension in DIMENSIONS}
    controls = dicts(con, sql("reconcile", "control_totals"), {"period": summary.period})
    _see_that_it_adds_up(summary.totals, parts, by, controls)
    before = [row for row in parts["period_totals"] if row["period"] == summary.totals["period_before"]]
    _scale(parts["period_totals"], "paid", CHART)
    for rows in by.values():
        _scale(rows, "amount", 100)
    page = _template().render(
        totals=summary.totals,
        due=summary.due,
        cannot_close=summary.cannot_close,
        read=summary.read,
        set_aside=summary.set_aside,
        missing_rates=summary.missing_rates,
        missing_caps=summary.missing_caps,
        before=before[0] if before else None,
        by=by,
        controls=controls,
        formats=formats,
        **parts,
    )
    path.write_text(page, encoding="utf-8")


def _see_that_it_adds_up(
    totals: Row, parts: dict[str, list[Row]], by: dict[str, list[Row]], controls: list[Row]
) -> None:
    lines = totals["earned"] - totals["capped"] + totals["adjustments"]
    come_to = {
        "statements": (_sum(parts["statements_on_page"], "paid"), totals["paid"]),
        "adjustments by cause": (_sum(parts["adjustments_by_cause"], "amount"), totals["adjustments"]),
        "holds by age": (_sum(parts["holds_by_age"], "amount"), totals["held"]),
        "payments by region": (_sum(by["REGION"], "amount"), totals["paid"]),
        "lines by service": (_sum(by["SERVICE"], "amount"), lines),
        "lines by incentive": (_sum(by["INCENTIVE"], "amount"), lines),
        **{row["total"]: (row["one_side"], row["other_side"]) for row in controls},
    }
    broken = [f"{what}: {one} is not {other}" for what, (one, other) in come_to.items() if one != other]
    if broken:
        raise InvariantBroken(broken)


def _sum(rows: list[Row], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def _scale(rows: list[Row], name: str, full: int) -> None:
    """Give each row the length of its bar: the largest amount has the full one, a negative one none."""
    most = max((row[name] for row in rows), default=Decimal(0))
    for row in rows:
        row["bar"] = int(max(row[name], 0) * full / most) if most > 0 else 0


@cache
def _template() -> Template:
    """The template with its style and script within, and what a browser may run pinned to just these."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["money"] = lambda amount: f"{amount + 0:,.2f}"
    environment.filters["count_of"] = count_of
    environment.filters["named"] = named
    environment.filters["figure"] = figure
    environment.filters["figures"] = figures
    environment.filters["cents"] = lambda amount: int(amount * 100)
    for name in ("style.css", "script.js"):
        text = (HERE / name).read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        place = name.partition(".")[0]
        environment.globals[place] = Markup(text)  # noqa: S704  our own file
        environment.globals[f"{place}_hash"] = f"sha256-{digest}"
    return environment.get_template("summary.html.j2")
