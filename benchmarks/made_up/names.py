"""The made up world's words, its calendar, and how numbers become ids."""

from __future__ import annotations

import calendar
from datetime import date

import numpy as np
import polars as pl

FIRST_YEAR, FIRST_MONTH = 2014, 10
GO_LIVE = 5  # 2015-03, counted from the first month
LAST_FORMS = 6  # 2015-04
OPEN = 999  # the end month of a term without end

SERVICES = ("O365", "CRMOL", "INTUNE", "EMS", "AADP")
SERVICE_SHARES = (0.50, 0.15, 0.12, 0.15, 0.08)
PORTALS = ("OFFICE", "OFFICE", "INTUNE", "INTUNE", "INTUNE")
PROGRAMS = ("EA", "CASA", "EES", "OPEN", "MPSA")
PROGRAM_SHARES = (0.58, 0.22, 0.15, 0.03, 0.02)  # the last two, 5%, don't earn
OFFERS = ("E1", "E3", "K1", "P1", "P2")
REGIONS = ("EMEA", "LATAM", "APGC", "JAPAN", "NA")
COUNTRIES = ("DE", "BR", "AU", "JP", "US")
RATES = {"DEPLOY": "0.8500", "MANAGE": "0.4525", "ACCELERATOR": "0.1975"}

SEATS_A_FILE = 1_000_000
BAD_SHARE = 0.001

Ints = np.ndarray
Generator = np.random.Generator


def first_day(month: int) -> date:
    year, month0 = divmod(FIRST_YEAR * 12 + FIRST_MONTH - 1 + month, 12)
    return date(year, month0 + 1, 1)


def last_day(month: int) -> date:
    day = first_day(month)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def month_of(days: Ints) -> Ints:
    """Days since 1970 as months counted from the first."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months - ((FIRST_YEAR - 1970) * 12 + FIRST_MONTH - 1)


def dates(days: Ints | int) -> pl.Series:
    return pl.Series(np.asarray(days, dtype=np.int32)).cast(pl.Date)


def scattered(numbers: Ints, digits: int) -> pl.Series:
    """Numbers as digits, out of order: a number of n digits, times one that is prime to 10, modulo 10^n."""
    factor = {10: 2_654_435_761, 7: 7_368_787}[digits]
    return pl.Series((numbers.astype(np.int64) + 1) * factor % 10**digits).cast(pl.String).str.zfill(digits)


def ids(prefix: str, numbers: Ints) -> pl.Series:
    return prefix + scattered(numbers, 10)


def mpn_ids(partners: Ints) -> pl.Series:
    return scattered(partners, 7)


def numbered(month: int, size: int) -> Ints:
    """Numbers for what a month brings, of their own in every month."""
    return month * 200_000_000 + np.arange(size)


def chosen(values: tuple[str, ...], indexes: Ints) -> pl.Series:
    return pl.Series(values).gather(indexes)
