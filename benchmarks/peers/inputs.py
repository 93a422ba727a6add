"""What every peer is given: the policy's values, the calendar, and the Parquet files of accepted rows in a store."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DEFAULT_POLICY = Path(__file__).parents[2] / "schemas" / "default_policy.toml"


@dataclass(frozen=True)
class Policy:
    eligible_programs: list[str]
    incentives: list[str]
    fiscal_year_start_month: int
    first_period: str
    dpor_go_live: date
    osa_forms_accepted_until: date
    osa_recognised_until: date
    minimum_payment: Decimal


@dataclass(frozen=True)
class Period:
    """A month; its end day is the first of the next one, exclusive."""

    name: str
    first_day: date
    last_day: date
    end_day: date
    fiscal_year: str


def read_policy(file: Path | None) -> Policy:
    """The values of policy.toml, and the project's default for what it leaves out."""
    values: dict = {}
    for path in (DEFAULT_POLICY, file):
        if path is not None:
            for section in tomllib.loads(path.read_text(encoding="utf-8")).values():
                values |= section
    values["minimum_payment"] = Decimal(values["minimum_payment"])
    return Policy(**{name: values[name] for name in Policy.__dataclass_fields__})


def periods(policy: Policy, last: str) -> list[Period]:
    """Every period from the programme's first to `last`, in order."""
    found = []
    first_day = date.fromisoformat(policy.first_period + "-01")
    while (name := first_day.isoformat()[:7]) <= last:
        end_day = (first_day + timedelta(days=31)).replace(day=1)
        later_half = policy.fiscal_year_start_month > 1 and first_day.month >= policy.fiscal_year_start_month
        fiscal_year = f"FY{(first_day.year + later_half) % 100:02d}"
        found.append(Period(name, first_day, end_day - timedelta(days=1), end_day, fiscal_year))
        first_day = end_day
    return found


def files(store: Path, feed: str, last: str) -> list[Path]:
    """The files of a feed's accepted rows in all deliveries up to `last`."""
    return [path for path in sorted(store.glob(f"deliveries/*/{feed}.parquet")) if path.parent.name <= last]


def command_line(main: Callable[[Path, Path | None, str, Path], None], about: str | None) -> None:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("store", type=Path, help="a store that `dpor run` has left, as dpor.store")
    parser.add_argument("period", help="the statements' period, as 2015-09")
    parser.add_argument("out", type=Path, help="the folder for the database, month.duckdb")
    parser.add_argument("--policy", type=Path, help="policy.toml; without it the project's default holds")
    given = parser.parse_args()
    main(given.store, given.policy, given.period, given.out)
