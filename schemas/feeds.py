"""The nine feeds as the intake sees them, in the order of admission, and why a row of theirs may be set aside."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.columns import Form
from schemas.delivered import (
    AssignedSeats,
    Caps,
    Customers,
    DporAttachments,
    OsaForms,
    Partners,
    PoeReviews,
    Rates,
    Reference,
    Subscriptions,
)
from schemas.policy import Policy

PORTALS = {"O365": "OFFICE", "CRMOL": "OFFICE", "INTUNE": "INTUNE", "EMS": "INTUNE", "AADP": "INTUNE"}
"""Where the customer attaches a partner, by service [s8]."""


REASONS = (
    "missing_value",
    "bad_type",
    "out_of_range",
    "bad_value",
    "service_out_of_scope",
    "wrong_portal",
    "assigned_exceeds_purchased",
    "inverted_dates",
    "malformed_row",
    "conflicting_duplicate",
    "unknown_subscription",
    "unknown_customer",
    "unknown_partner",
    "unknown_claim",
    "claim_partner_mismatch",
)
"""Why a row is set aside; the first that fits names it."""


@dataclass(frozen=True)
class Feed:
    """One feed as the intake sees it, read off its model."""

    name: str
    model: type[pa.DataFrameModel]
    key: tuple[str, ...]
    replaces: bool
    refers_to: tuple[Reference, ...]
    listed: dict[str, tuple[str, str]]
    both_or_neither: tuple[str, ...]
    """Columns that are null together, or not at all."""

    @cached_property
    def columns(self) -> dict[str, Form]:
        """Each column's form, in the model's order."""
        return {name: c.metadata["form"] for name, c in self.model.to_schema().columns.items()}

    @cached_property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Each column's Polars type, in the model's order."""
        return {name: c.dtype.type for name, c in self.model.to_schema().columns.items()}

    @cached_property
    def expected(self) -> dict[str, str]:
        """What is expected where a row is set aside, by `reason column`, for whoever delivered something else."""
        found = {f"bad_type {name}": form.words for name, form in self.columns.items() if form.words}
        for name, column in self.model.to_schema().columns.items():
            said = {what: value for check in column.checks for what, value in (check.statistics or {}).items()}
            if "allowed_values" in said:
                found[f"bad_value {name}"] = f"one of {', '.join(said['allowed_values'])}"
            if "max_value" in said:
                scale = self.columns[name].scale
                decimals = f" with at most {scale} decimals" if scale else ""
                found[f"out_of_range {name}"] = f"{said['min_value']} to {said['max_value']}{decimals}"
        return {where: f"{words} is expected" for where, words in found.items()}

    @cached_property
    def days_of_key(self) -> list[str]:
        """The columns of the key that are days or instants."""
        return [name for name in self.key if self.columns[name].read_as in ("date", "instant")]

    def schema(self, policy: Policy) -> pa.DataFrameSchema:
        """The model with what the policy lists added: services and incentives are data."""
        schema = deepcopy(self.model.to_schema())
        for name, (listing, reason) in self.listed.items():
            values = [*getattr(policy.program, listing), *(["*"] if self.name == "caps" else [])]
            schema.columns[name].checks.append(pa.Check.isin(values, name=reason))
        return schema


def _feed(name: str, model: type[pa.DataFrameModel]) -> Feed:
    said: dict[str, Any] = model.Config.metadata or {}
    return Feed(
        name,
        model,
        said["key"],
        said["replaces"],
        said["refers_to"],
        said.get("listed", {}),
        said.get("both_or_neither", ()),
    )


FEEDS: dict[str, Feed] = {
    feed.name: feed
    for feed in (
        _feed("partners", Partners),
        _feed("customers", Customers),
        _feed("rates", Rates),
        _feed("subscriptions", Subscriptions),
        _feed("caps", Caps),
        _feed("osa_forms", OsaForms),
        _feed("dpor_attachments", DporAttachments),
        _feed("assigned_seats", AssignedSeats),
        _feed("poe_reviews", PoeReviews),
    )
}
"""In the order of admission: each feed after those that it refers to, so a chain of waiting rows needs one pass."""
