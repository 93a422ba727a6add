"""Control totals of a period: what went into it, and what came out."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb

from schemas.policy import span
from schemas.problems import UnusableInput
from transforms.answers.answer import Answer, told
from transforms.database.warehouse import sql


def control_totals(con: duckdb.DuckDBPyConnection, period: str) -> Answer:
    """Each control total with its figures and a tick; stands where all hold. Raises UnusableInput without any."""
    periods = [of for (of,) in con.execute(sql("reconcile", "periods")).fetchall()]
    if period not in periods:
        has = span(periods)
        raise UnusableInput(f"{period}: no statements to reconcile: the database holds those of {has}")
    ((state, currency, as_known_on),) = con.execute(sql("reconcile", "state"), {"period": period}).fetchall()
    rows = con.execute(sql("reconcile", "control_totals"), {"period": period}).fetchall()
    lines = [f"{period}, {told(state, as_known_on)}, amounts in {currency}", ""]
    lines += [
        f"{'✓' if one == other else '✗'} {total:<53}{figure(one, is_money):>18}"
        f" {'=' if one == other else '≠'} {figure(other, is_money):>18}   {figures(made_of)}"
        for total, one, other, made_of, is_money in rows
    ]
    holds = all(one == other for _, one, other, *_ in rows)
    totals = [
        {
            "total": total,
            "one_side": one if is_money else int(one),
            "other_side": other if is_money else int(other),
            "made_of": made_of,
            "holds": one == other,
        }
        for total, one, other, made_of, is_money in rows
    ]
    return Answer("\n".join(lines), {"period": period, "state": state, "control_totals": totals}, holds)


def figure(value: Decimal | None, is_money: bool = True) -> str:
    """With thousands separated: an amount with its cents, a count without."""
    if value is None:
        return "nothing"
    return f"{value:,.2f}" if is_money else f"{value:,.0f}"


def figures(text: str) -> str:
    """The figures within a text, with thousands separated."""
    return re.sub(r"\d{4,}", lambda digits: f"{int(digits[0]):,}", text)
