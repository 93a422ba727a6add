"""The programme's parameters: data beside the deliveries (`policy.toml`), never literals in code."""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from schemas.problems import UnusableInput
from schemas.set_wrongly import said_plainly
from schemas.toml_file import NotToml, read_toml

PERIOD_FORM = r"^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])$"

AMOUNT_FORM = r"[0-9]+(\.[0-9]{1,2})?"

WORD_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
CURRENCY_FORM = r"^[A-Z]{3}$"
FORMS = {
    PERIOD_FORM: "a period is written as 2014-10",
    WORD_FORM: "a name has 1 to 64 of A-Z, a-z, 0-9, dot, hyphen and underscore, and begins with a letter or digit",
    CURRENCY_FORM: "a currency is written as USD",
}
"""What a value of each form is to be."""

Period = Annotated[str, StringConstraints(pattern=PERIOD_FORM)]
Word = Annotated[str, StringConstraints(pattern=WORD_FORM)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Program(_Section):
    """What earns: services, programs and incentives by name, and the month in which a fiscal year starts."""

    services: tuple[Word, ...] = Field(min_length=1)
    eligible_programs: tuple[str, ...] = Field(min_length=1)
    incentives: tuple[Word, ...] = Field(min_length=1)
    fiscal_year_start_month: int = Field(ge=1, le=12, strict=True)

    @field_validator("services", "eligible_programs", "incentives")
    @classmethod
    def _each_named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """A spreadsheet sums an incentive's lines by its name, and takes deploy for DEPLOY."""
        again = [name for place, name in enumerate(names) if name.lower() in {one.lower() for one in names[:place]}]
        if again:
            raise ValueError(f"named twice, apart from capital letters: {', '.join(dict.fromkeys(again))}")
        return names


def _as_it_is_written(value: Any) -> Any:
    """A day as TOML or a text writes it: Pydantic would take seconds since 1970 too, and the day of an instant."""
    if type(value) is dt.date or (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
        return value
    raise ValueError("a day is written as 2015-03-02")


Day = Annotated[dt.date, BeforeValidator(_as_it_is_written)]


class Dates(_Section):
    """The first period, and days in UTC: the first of DPOR; the last, inclusive, of forms accepted and recognised."""

    first_period: Period
    dpor_go_live: Day
    osa_forms_accepted_until: Day
    osa_recognised_until: Day


class Payment(_Section):
    """The currency of all amounts, and the least amount that is paid (P23)."""

    currency: Annotated[str, StringConstraints(pattern=CURRENCY_FORM)]
    minimum_payment: Decimal = Field(ge=0, max_digits=18, decimal_places=2)

    @field_validator("minimum_payment", mode="before")
    @classmethod
    def _written_as_text(cls, value: Any) -> Any:
        if isinstance(value, float):
            raise ValueError('an amount is written in quotes, as in "200.00": a bare 200.00 is a binary float')
        if isinstance(value, str) and not re.fullmatch(AMOUNT_FORM, value):
            raise ValueError('an amount is written in digits, as in "200.00"')
        return value


class Policy(_Section):
    """Who earns, from when to when, and what is paid at least. Dates are days in UTC, amounts in `payment.currency`."""

    program: Program
    dates: Dates
    payment: Payment


def load_policy(path: Path) -> Policy:
    """The policy in `path`, each key that it leaves out from the project's default; the default if there is no such
    file.

    Raises UnusableInput with a line for every key that is unknown or has a value of the wrong form.
    """
    if not os.path.lexists(path):
        return default_policy()
    if path.is_symlink() or not path.is_file():
        raise UnusableInput(f"{path.name}: not a file: deliver the file itself, or none for the default policy")
    try:
        written = read_toml(path)
    except NotToml as error:
        raise UnusableInput(f"{path.name}: {error}") from None
    sections: dict[str, Any] = dict(_default_sections())
    for name, section in written.items():
        known = sections.get(name, {})
        sections[name] = {**known, **section} if isinstance(section, dict) else section
    try:
        return Policy.model_validate(sections)
    except ValidationError as error:
        keys = {*_default_sections(), *(key for section in _default_sections().values() for key in section)}
        raise UnusableInput(
            *(f"{path.name}: {'.'.join(map(str, e['loc']))}: {said_plainly(e, keys, FORMS)}" for e in error.errors())
        ) from None


def following(period: str) -> str:
    """The period after one: 2015-01 after 2014-12."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12}-{month % 12 + 1:02}"


def span(periods: Sequence[str]) -> str:
    """Periods in order, those that follow each other as `2014-10 to 2014-12`."""
    runs: list[list[str]] = []
    for period in periods:
        if runs and following(runs[-1][-1]) == period:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs) or "none"


@cache
def default_policy() -> Policy:
    """The project's own policy: the values of the deck and of Microsoft's announcements."""
    return Policy.model_validate(_default_sections())


def _default_sections() -> dict[str, Any]:
    return tomllib.loads(files("schemas").joinpath("default_policy.toml").read_text(encoding="utf-8"))
