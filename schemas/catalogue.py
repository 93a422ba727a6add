"""Every relation of the database and of the ledger by its name: the models of the feeds, relations and analysis."""

from __future__ import annotations

import pandera.polars as pa

from schemas.analysis import (
    CapUsage,
    Dictionary,
    PorHistory,
    ProofAgeing,
    Remedies,
    StatementChanges,
    UnpaidSeats,
)
from schemas.feeds import FEEDS
from schemas.intake import (
    CurrentProvenance,
    IntakeLog,
    Provenance,
    Quarantine,
)
from schemas.payment import (
    CapAmounts,
    CapCuts,
    CountedSeats,
    EarnedLines,
    EarnedTotals,
    EarningSeats,
    HqRollup,
    IncentiveLines,
    MissingSeats,
    Notifications,
    PeriodRates,
    PostedStates,
    StatementLines,
    Statements,
)
from schemas.resolution import (
    Claims,
    DporClaims,
    DporProofs,
    OsaClaims,
    Periods,
    Policy,
    PorResolution,
    PorSpans,
    SubscriptionTerms,
)


def _with(schema: pa.DataFrameSchema, provenance: type[pa.DataFrameModel], comment: str) -> pa.DataFrameSchema:
    whole = schema.add_columns(provenance.to_schema().columns)
    whole.description = comment
    return whole


def _one_line(model: type[pa.DataFrameModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _published(model: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    schema = model.to_schema()
    schema.description = _one_line(model)
    return schema


def _of_each_version(model: type[pa.DataFrameModel]) -> str:
    """What a model says of itself, with the grain of a table that keeps every version of a row."""
    what, grain = _one_line(model).split("One row per ")
    return f"{what}One row per accepted version of each {grain}"


ACCEPTED: dict[str, pa.DataFrameSchema] = {
    name: _with(
        feed.model.to_schema(),
        Provenance,
        f"{_of_each_version(feed.model) if feed.replaces else _one_line(feed.model)} Each with where it came from.",
    )
    for name, feed in FEEDS.items()
}
"""The accepted rows of every feed, under the feed's name."""

CURRENT: dict[str, pa.DataFrameSchema] = {
    f"current_{name}": _with(
        feed.model.to_schema(),
        CurrentProvenance,
        f"{_one_line(feed.model)} The version accepted last, which counts today.",
    )
    for name, feed in FEEDS.items()
    if feed.replaces
}
"""The versions that count today, of the feeds whose later deliveries replace."""

ANALYSIS: dict[str, pa.DataFrameSchema] = {
    "por_history": _published(PorHistory),
    "statement_changes": _published(StatementChanges),
    "unpaid_seats": _published(UnpaidSeats),
    "cap_usage": _published(CapUsage),
    "proof_ageing": _published(ProofAgeing),
}
"""What analysts ask most, each a view: what it costs is paid when it is asked."""

PUBLISHED: dict[str, pa.DataFrameSchema] = {
    **ACCEPTED,
    **CURRENT,
    "quarantine": _published(Quarantine),
    "intake_log": _published(IntakeLog),
    "policy": _published(Policy),
    "periods": _published(Periods),
    "subscription_terms": _published(SubscriptionTerms),
    "dpor_claims": _published(DporClaims),
    "dpor_proofs": _published(DporProofs),
    "osa_claims": _published(OsaClaims),
    "claims": _published(Claims),
    "por_spans": _published(PorSpans),
    "por_resolution": _published(PorResolution),
    "counted_seats": _published(CountedSeats),
    "earning_seats": _published(EarningSeats),
    "missing_seats": _published(MissingSeats),
    "period_rates": _published(PeriodRates),
    "earned_lines": _published(EarnedLines),
    "earned_totals": _published(EarnedTotals),
    "cap_amounts": _published(CapAmounts),
    "cap_cuts": _published(CapCuts),
    "incentive_lines": _published(IncentiveLines),
    "statement_lines": _published(StatementLines),
    "statements": _published(Statements),
    "hq_rollup": _published(HqRollup),
    "notifications": _published(Notifications),
    "remedies": _published(Remedies),
    "dictionary": _published(Dictionary),
    **ANALYSIS,
}
"""Every relation of the database.

A relation that the SQL works out and that is not here is a working table of the run.
"""

VIEWS = frozenset({*CURRENT, *ANALYSIS, "por_resolution", "earned_lines", "incentive_lines", "hq_rollup"})
"""Those that the database looks up anew each time they are asked.

The widest relations are views on narrower ones: to write them out would take longer than all the work before.
"""

POSTED: dict[str, pa.DataFrameSchema] = {
    "posted_statements": _published(Statements),
    "posted_lines": _published(StatementLines),
    "posted_states": _published(PostedStates),
    "posted_rates": _published(PeriodRates),
    "posted_caps": CURRENT["current_caps"],
    "posted_notifications": _published(Notifications),
}
"""What closing a period writes to the store, and every later run reads: rates and caps of the last closing only."""
