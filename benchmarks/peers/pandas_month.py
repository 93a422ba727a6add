"""The month in pandas, by whole columns: `python -m benchmarks.peers.pandas_month STORE PERIOD OUT`.

Subscriptions and partners are numbered in the order of their IDs, so that large tables are joined and sorted by
numbers. Money is counted in whole cents, rates in ten-thousandths of a dollar, until they are published. What is open
ends FOR_EVER.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.peers.inputs import Period, Policy, command_line, files, periods, read_policy
from benchmarks.peers.outputs import RESULTS, publish

VERSION = ["delivery", "file", "row_number"]
GROUP = ["customer_id", "service"]
BUCKETS = {"SUBSCRIPTION": "sub", "CUSTOMER": "customer_id", "SERVICE": "service", "PARTNER": "mpn"}
FOR_EVER = pd.Timestamp("2200-01-01")

# P2, in its order; None where an event is heard.
REFUSALS = pd.Series(["dpor_not_available", "program_not_eligible", "subscription_ended", None])

# P16: the lines of its table, those of a DPOR and a form taken together.
ANSWERS = pd.DataFrame(
    [
        ("INELIGIBLE", "program_not_eligible"),
        ("DENIED", "poe_failed"),
        ("INELIGIBLE", "partner_not_eligible"),
        ("HELD", "poe_pending"),
        ("PAYABLE", None),
        ("UNASSIGNED", "osa_superseded_by_dpor"),
        ("UNASSIGNED", "osa_recognition_ended"),
        ("UNASSIGNED", "dpor_removed"),
        ("UNASSIGNED", "no_por"),
    ],
    columns=["status", "reason"],
)


# Reading


def read(store: Path, feed: str, last: str, columns: list[str]) -> pd.DataFrame:
    """The accepted rows of a feed, days as timestamps."""
    tables = [pq.read_table(path, columns=columns) for path in files(store, feed, last)]
    frame = pa.concat_tables(tables).to_pandas(date_as_object=False) if tables else pd.DataFrame(columns=columns)
    ends = frame.columns.intersection(["end_date", "eligible_to", "valid_to"])
    return frame.assign(**{end: pd.to_datetime(frame[end]).fillna(FOR_EVER) for end in ends})


def current(store: Path, feed: str, last: str, key: list[str], columns: list[str]) -> pd.DataFrame:
    """The last version of each row, in the order of its key."""
    versions = read(store, feed, last, [*VERSION, *key, *columns]).sort_values([*key, *VERSION])
    return versions.drop_duplicates(key, keep="last", ignore_index=True).drop(columns=VERSION)


def latest_reviews(store: Path, last: str) -> pd.DataFrame:
    """P13: the outcome of each claim's latest review."""
    columns = ["claim_id", "mpn_id", "requested_on", "outcome"]
    reviews = current(store, "poe_reviews", last, ["poe_id"], columns).sort_values(["requested_on", "poe_id"])
    reviews = reviews.drop_duplicates(["claim_id", "mpn_id"], keep="last")
    return reviews.assign(outcome=reviews["outcome"].fillna("PENDING"))[["claim_id", "mpn_id", "outcome"]]


def counted_seats(store: Path, last: str, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """P17: by subscription and month, the seats of the latest snapshot and export within the term."""
    columns = ["subscription_id", "snapshot_date", "exported_at", "assigned_seats"]
    seats = read(store, "assigned_seats", last, columns)
    seats["sub"] = pd.Index(subscriptions["subscription_id"]).get_indexer(seats.pop("subscription_id"))
    day = seats["snapshot_date"]
    first, end = (subscriptions[name].to_numpy()[seats["sub"]] for name in ("start_date", "end_date"))
    seats = seats[(day >= first) & (day <= end)].sort_values(["sub", "snapshot_date", "exported_at"])
    seats["month"] = seats["snapshot_date"].dt.year * 12 + seats["snapshot_date"].dt.month
    return seats.drop_duplicates(["sub", "month"], keep="last")[["sub", "month", "assigned_seats"]]


# Claims


def decide_events(
    events: pd.DataFrame, subscriptions: pd.DataFrame, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """P1 to P5: what each event did, and from when to when a partner was attached to a subscription, in that order."""
    events = events.merge(subscriptions, on="subscription_id").rename(columns={"event_id": "claim_id"})
    events = events.sort_values(["sub", "occurred_at", "claim_id"], ignore_index=True)
    events["day"] = events["occurred_at"].dt.normalize()
    early, is_add = events["day"] < pd.Timestamp(policy.dpor_go_live), events["action"] == "ADD"
    refused = np.select([early, ~events["earns"], is_add & (events["day"] > events["end_date"])], [0, 1, 2], 3)
    events["decision"], events["decision_reason"] = "REJECTED", REFUSALS.take(refused).array
    heard = events[refused == 3].drop(columns=["decision", "decision_reason"])

    # A run is an ADD and all that follows up to the next. The first REMOVE of its partner ends it.
    is_add = heard["action"] == "ADD"
    heard["run"] = is_add.groupby(heard["sub"]).cumsum()
    heard["attached"] = heard["mpn_id"].where(is_add).groupby([heard["sub"], heard["run"]]).transform("first")
    removes = heard[~is_add & (heard["mpn_id"] == heard["attached"])].drop_duplicates(["sub", "run"])
    ends = removes.set_index(["sub", "run"])["occurred_at"].rename("removed_at")
    adds = heard[is_add].join(ends, on=["sub", "run"])
    before = adds.groupby("sub")[["mpn_id", "removed_at"]].shift()
    begins = (adds["mpn_id"] != before["mpn_id"]) | before["removed_at"].notna()
    events.loc[removes.index, "decision"] = "DETACHED"
    events.loc[adds.index[begins], "decision"] = "ATTACHED"
    events.loc[adds.index[~begins], ["decision", "decision_reason"]] = ["DUPLICATE", "already_attached"]
    events.loc[heard.index[~is_add].difference(removes.index), "decision_reason"] = "nothing_to_remove"

    claim_numbers = begins.groupby(adds["sub"]).cumsum()
    removed_at = adds.groupby([adds["sub"], claim_numbers])["removed_at"].transform("first")
    claims = adds[begins].assign(removed_at=removed_at[begins])
    by_subscription = claims.groupby("sub")
    claims["ended_at"] = claims["removed_at"].fillna(by_subscription["occurred_at"].shift(-1))
    claims["end_reason"] = claims["removed_at"].notna().map({True: "removed_by_customer", False: "replaced_by_dpor"})
    claims["end_reason"] = claims["end_reason"].where(claims["ended_at"].notna())
    claims["end_day"] = claims["ended_at"].dt.normalize().fillna(FOR_EVER)
    claims["previous_day"] = by_subscription["day"].shift()
    columns = ["claim_id", "mpn_id", "sub", "group", "occurred_at", "day", "ended_at", "end_reason", "end_day"]
    return events, claims[[*columns, "previous_day"]]


def decide_forms(forms: pd.DataFrame, dpor: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """P6 to P8: what each form did, in the order of their groups."""
    beside = dpor[["group", "mpn_id", "day", "end_day"]]
    forms = forms.sort_values(["group", "received_on", "claim_id"], ignore_index=True)
    met = forms.merge(beside, on="group", suffixes=("", "_dpor"))
    met = met[(met["day"] <= met["received_on"]) & (met["end_day"] > met["received_on"])]
    late = forms["received_on"] > pd.Timestamp(policy.osa_forms_accepted_until)
    beaten = forms["claim_id"].isin(met["claim_id"])
    refused = np.select([late, beaten], [0, 1], 2)
    forms["decision_reason"] = pd.Series(["osa_method_closed", "dpor_attached", None]).take(refused).array
    forms["decision"] = pd.Series(["REJECTED", "REJECTED", "ATTACHED"]).take(refused).array

    heard = forms[refused == 2]
    before = heard.groupby("group")[["mpn_id", "received_on"]].shift()
    again = heard[heard["mpn_id"] == before["mpn_id"]].assign(previous_on=before["received_on"])
    met = again.merge(beside, on="group", suffixes=("", "_dpor"))
    met = met[(met["day"] > met["previous_on"]) & (met["day"] <= met["received_on"])]
    stopped = met.loc[met["mpn_id"] != met["mpn_id_dpor"], "claim_id"]
    duplicates = again.index[~again["claim_id"].isin(stopped)]
    forms.loc[duplicates, ["decision", "decision_reason"]] = ["DUPLICATE", "already_attached"]
    return forms


def osa_claims(forms: pd.DataFrame, dpor: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """P9, P11, P15: the attached forms in the order of their groups, what stopped and what contested them."""
    beside = dpor[["group", "claim_id", "mpn_id", "occurred_at", "day"]]
    forms = forms[forms["decision"] == "ATTACHED"].rename(columns={"claim_id": "form_id"})
    forms["order"] = np.arange(len(forms))
    met = forms.merge(beside, on="group", suffixes=("", "_dpor"))
    met = met[(met["mpn_id"] != met["mpn_id_dpor"]) & (met["day"] > met["received_on"])]
    stops = met.sort_values(["occurred_at", "claim_id"]).drop_duplicates("form_id").set_index("form_id")
    forms["stopped_at"] = forms["form_id"].map(stops["occurred_at"]).fillna(FOR_EVER)
    forms["stopped_by"] = forms["form_id"].map(stops["claim_id"]).fillna("")

    several = forms[forms["group"].duplicated(keep=False)]
    pairs = several.merge(several, on="group", suffixes=("", "_later"))
    pairs = pairs[(pairs["order"] < pairs["order_later"]) & (pairs["mpn_id"] != pairs["mpn_id_later"])]
    pairs = pairs[pairs["stopped_at"].dt.normalize() > pairs["received_on_later"]]
    contests = pd.concat([pairs.set_index(name)["received_on_later"] for name in ("form_id", "form_id_later")])
    contested_from = contests.groupby(level=0).min()
    forms["contested_from"] = forms["form_id"].map(contested_from).fillna(FOR_EVER)
    forms = forms.rename(columns={"form_id": "osa_claim_id"})
    return forms.merge(reviews.rename(columns={"claim_id": "osa_claim_id"}), on=["osa_claim_id", "mpn_id"], how="left")


def proofs_by_form(forms: pd.DataFrame, end: pd.Timestamp) -> pd.Series:
    """P13, P15: the proof of each form just before a day."""
    return forms["outcome"].fillna((forms["contested_from"] < end).map({True: "PENDING", False: "NOT_REQUIRED"}))


def proofs(dpor: pd.DataFrame, osa: pd.DataFrame, reviews: pd.DataFrame, policy: Policy) -> pd.Series:
    """P13, P14: the proof of each DPOR claim."""
    met = dpor.merge(osa[osa["outcome"] != "FAIL"], on="group", suffixes=("", "_osa"))
    met = met[met["received_on"] < met["day"]].sort_values("order").drop_duplicates("claim_id", keep="last")
    standing = (met["stopped_at"] > met["occurred_at"]) | (
        (met["stopped_at"] == met["occurred_at"]) & (met["stopped_by"] > met["claim_id"])
    )
    covered = met["previous_day"].isna() | (met["previous_day"] <= met["received_on"])
    proven = (met["outcome"] == "PASS") | (met["outcome"].isna() & (met["contested_from"] >= met["day"]))
    in_time = met["day"] <= pd.Timestamp(policy.osa_recognised_until)
    exempt = met.loc[(met["mpn_id"] == met["mpn_id_osa"]) & standing & covered & proven & in_time, "claim_id"]
    reviewed = dpor.merge(reviews, on=["claim_id", "mpn_id"], how="left")["outcome"].fillna("PENDING")
    return reviewed.set_axis(dpor.index).mask(dpor["claim_id"].isin(exempt), "NOT_REQUIRED")


def all_claims(
    events: pd.DataFrame, forms: pd.DataFrame, dpor: pd.DataFrame, osa: pd.DataFrame, end: pd.Timestamp
) -> pd.DataFrame:
    """What became of every form and event, as it stands at the end of the run's period."""
    attached = dpor[["claim_id", "proof", "ended_at", "end_reason"]]
    by_event = events.rename(columns={"occurred_at": "received_at"}).merge(attached, on="claim_id", how="left")
    stood = osa[["osa_claim_id"]].rename(columns={"osa_claim_id": "claim_id"})
    stood = stood.assign(proof=proofs_by_form(osa, end), ended_at=osa["stopped_at"], end_reason="stopped_by_dpor")
    by_form = forms.rename(columns={"received_on": "received_at"}).merge(stood, on="claim_id", how="left")
    claims = pd.concat([by_event.assign(source="DPOR"), by_form.assign(source="OSA")], ignore_index=True)
    over = claims["ended_at"] < end
    ends = {name: claims[name].where(over) for name in ("ended_at", "end_reason")}
    return claims.rename(columns={"proof": "poe_status"}).assign(**ends)


# Resolution, earnings and caps


def resolution(
    period: Period,
    subscriptions: pd.DataFrame,
    dpor: pd.DataFrame,
    osa: pd.DataFrame,
    partners: pd.DataFrame,
    policy: Policy,
) -> pd.DataFrame:
    """P10, P12, P15, P16: who is partner of record at the period's end, a row per subscription whose term overlaps."""
    first, last, end = map(pd.Timestamp, (period.first_day, period.last_day, period.end_day))
    live = (subscriptions["start_date"] <= last) & (subscriptions["end_date"] >= first)
    claims = dpor[dpor["day"] < end].drop_duplicates("sub", keep="last").set_index("sub")
    forms = osa[(osa["received_on"] < end) & (osa["outcome"] != "FAIL")].drop_duplicates("group", keep="last")
    forms = forms.assign(osa_proof=proofs_by_form(forms, end)).rename(columns={"mpn_id": "osa_mpn_id"})
    forms = forms.set_index("group")[["osa_claim_id", "osa_mpn_id", "received_on", "stopped_at", "osa_proof"]]
    found = subscriptions[live].join(claims[["claim_id", "mpn_id", "day", "end_day", "proof"]], on="sub")
    found = found.join(forms, on="group")

    earns, begun, attached = found["earns"], found["day"].notna(), found["end_day"] >= end
    covered = found["received_on"].notna() & ~(found["day"] > found["received_on"])
    stopped = found["stopped_at"] < end
    named = attached | (covered & ~stopped & (last <= pd.Timestamp(policy.osa_recognised_until)))
    for name in ("mpn_id", "claim_id", "proof"):
        found[name] = found[name].where(attached, found[f"osa_{name}"]).where(named & earns)
    found["basis"] = attached.map({True: "DPOR", False: "OSA"}).where(named & earns)
    eligible = partners.loc[(partners["eligible_from"] <= last) & (partners["eligible_to"] >= last), "mpn_id"]
    lines = [~earns, found["proof"] == "FAIL", named & ~found["mpn_id"].isin(eligible), found["proof"] == "PENDING"]
    answers = ANSWERS.take(np.select([*lines, named, covered & stopped, covered, begun], range(8), 8))
    found[["status", "reason"]] = answers.set_index(found.index)
    columns = ["sub", "subscription_id", *GROUP, "mpn_id", "basis", "status", "reason", "claim_id"]
    return found[columns].assign(period=period.name)


def earned_and_missing(
    resolved: pd.DataFrame, seats: pd.DataFrame, rates: pd.DataFrame, period: Period
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """P17, P18: a line per earning subscription and incentive of one period; and where seats are missing."""
    day = pd.Timestamp(period.last_day)
    valid = rates[(rates["valid_from"] <= day) & (rates["valid_to"] >= day)]
    valid = valid.drop_duplicates(["incentive", "service"], keep="last")[["incentive", "service", "rate"]]
    columns = ["period", "sub", "subscription_id", *GROUP, "mpn_id", "status"]
    earning = resolved.loc[resolved["status"].isin(["PAYABLE", "HELD"]), columns]
    found = earning.merge(seats[seats["month"] == day.year * 12 + day.month], on="sub", how="left")
    missing = found["assigned_seats"].isna()
    lines = found[~missing].astype({"assigned_seats": "int32"}).merge(valid, on="service")
    lines["earned"] = (lines["assigned_seats"].astype("int64") * lines["rate"] + 50) // 100
    return lines.sort_values(["sub", "incentive"]).assign(fiscal_year=period.fiscal_year), found[missing]


def cap_amounts(payees: pd.DataFrame, caps: pd.DataFrame, scope: str) -> pd.DataFrame:
    """P20: those of partners, services and fiscal years that a row limits, from the exact row to the most general."""
    key = ["mpn_id", "service", "fiscal_year"]
    amounts = caps[caps["scope"] == scope].set_index(key)["cents"]
    cap = pd.Series(np.nan, payees.index)
    for named in ([], ["service"], ["mpn_id"], ["mpn_id", "service"]):
        wanted = pd.MultiIndex.from_frame(payees[key].assign(**dict.fromkeys(named, "*")))
        cap = cap.fillna(pd.Series(amounts.reindex(wanted).array, payees.index))
    return payees.assign(cap=cap).dropna()[[*key, "cap"]].astype({"cap": "int64"})


def apply_caps(lines: pd.DataFrame, caps: pd.DataFrame) -> pd.Series:
    """P19, P20: what each line pays, in cents."""
    paying = lines[lines["status"] == "PAYABLE"]
    key = ["mpn_id", "service", "fiscal_year"]
    payees = paying[key].drop_duplicates()
    paid = paying["earned"].copy()
    for scope, bucket in BUCKETS.items():
        capped = paying[list({*key, "mpn", bucket})].assign(brought=paid, line=paying.index)
        capped = capped.merge(cap_amounts(payees, caps, scope), on=key)
        so_far = capped.groupby(list({"fiscal_year", "mpn", bucket}), sort=False)["brought"].cumsum()
        passed = np.minimum(so_far, capped["cap"]) - np.minimum(so_far - capped["brought"], capped["cap"])
        paid.loc[capped["line"]] = passed.array
    return paid.reindex(lines.index, fill_value=0)


# Statements


def billed(lines: pd.DataFrame, period: str) -> pd.DataFrame:
    """P22, with nothing closed before: all lines of the period, and of earlier ones what pays anything."""
    now = lines["period"] == period
    items = lines[(lines["status"] == "PAYABLE") & (now | (lines["payable"] != 0))].rename(
        columns={"payable": "amount"}
    )
    now = items["period"] == period
    kind = now.map({True: "CURRENT", False: "ADJUSTMENT"})
    return items.assign(statement_period=period, kind=kind, cause=now.map({True: None, False: "first_billed"}))


def stated(lines: pd.DataFrame, period: str, minimum_payment: Decimal) -> pd.DataFrame:
    """P21 to P23."""
    payable, now = lines["status"] == "PAYABLE", lines["period"] == period
    amounts = pd.DataFrame(
        {
            "earned": lines["earned"].where(payable & now, 0),
            "cap_reduction": (lines["earned"] - lines["payable"]).where(payable & now, 0),
            "adjustments": lines["payable"].where(~now, 0),
            "held": lines["earned"].where(~payable, 0),
        }
    )
    statements = amounts.groupby(lines["mpn_id"]).sum()
    due = statements["earned"] - statements["cap_reduction"] + statements["adjustments"]
    is_paid = (due > 0) & (due >= int(minimum_payment * 100))
    statements = statements.assign(
        opening_balance=0, payment=due.where(is_paid, 0), closing_balance=due.where(~is_paid, 0)
    )
    return statements.reset_index().assign(statement_period=period, state="DRAFT")


def check(results: dict[str, pd.DataFrame], caps: pd.DataFrame) -> None:
    """Raises ValueError where control sums differ."""
    statements = results["statements"].set_index("mpn_id")
    current = statements["earned"] - statements["cap_reduction"]
    due = statements["opening_balance"] + current + statements["adjustments"]
    if (due != statements["payment"] + statements["closing_balance"]).any():
        raise ValueError("a statement's sides differ")
    sums = results["statement_lines"].groupby(["kind", "mpn_id"])["amount"].sum()
    meant = pd.concat({"CURRENT": current, "ADJUSTMENT": statements["adjustments"]}, names=["kind"])
    if sums.sub(meant, fill_value=0).any():
        raise ValueError("a statement isn't the sum of its lines")
    lines = results["incentive_lines"]
    for scope, bucket in BUCKETS.items():
        keys = list(dict.fromkeys(["fiscal_year", "mpn", bucket]))
        named = {name: (name, "first") for name in ("mpn_id", "service", "fiscal_year") if name not in keys}
        paid = lines.groupby(keys, as_index=False).agg(paid=("payable", "sum"), **named)
        limits = cap_amounts(paid[["mpn_id", "service", "fiscal_year"]].drop_duplicates(), caps, scope)
        limited = paid.merge(limits, on=["mpn_id", "service", "fiscal_year"])
        if (limited["paid"] > limited["cap"]).any():
            raise ValueError(f"more than a cap of {scope}")
    if results["por_resolution"].duplicated(["period", "sub"]).any():
        raise ValueError("a subscription has two partners of record in one period")


def main(store: Path, policy_file: Path | None, period: str, out: Path) -> None:
    policy = read_policy(policy_file)
    months = periods(policy, period)
    end = pd.Timestamp(months[-1].end_day)
    partners = current(store, "partners", period, ["mpn_id"], ["eligible_from", "eligible_to"])
    rates = current(store, "rates", period, ["incentive", "service", "valid_from"], ["valid_to", "amount_per_seat"])
    rates["rate"] = (rates["amount_per_seat"] * 10_000).astype("int64")
    caps = current(store, "caps", period, ["mpn_id", "scope", "service", "fiscal_year"], ["amount"])
    caps["cents"] = (caps["amount"] * 100).astype("int64")
    columns = [*GROUP, "program", "start_date", "end_date"]
    subscriptions = current(store, "subscriptions", period, ["subscription_id"], columns)
    forms = read(store, "osa_forms", period, ["form_id", "received_on", *GROUP, "mpn_id"])
    forms = forms.rename(columns={"form_id": "claim_id"})
    groups = pd.concat([subscriptions[GROUP], forms[GROUP]]).groupby(GROUP).ngroup().array
    subscriptions["sub"], subscriptions["group"] = subscriptions.index, groups[: len(subscriptions)]
    subscriptions["earns"] = subscriptions["program"].isin(policy.eligible_programs)
    forms["group"] = groups[len(subscriptions) :]
    columns = ["event_id", "occurred_at", "subscription_id", "action", "mpn_id"]
    events = read(store, "dpor_attachments", period, columns).astype({"occurred_at": "datetime64[us]"})
    reviews = latest_reviews(store, period)

    events, dpor = decide_events(events, subscriptions, policy)
    forms = decide_forms(forms, dpor, policy)
    osa = osa_claims(forms, dpor, reviews)
    dpor["proof"] = proofs(dpor, osa, reviews, policy)
    results = {"claims": all_claims(events, forms, dpor, osa, end)}

    seats = counted_seats(store, period, subscriptions)
    resolved = [resolution(month, subscriptions, dpor, osa, partners, policy) for month in months]
    both = [earned_and_missing(rows, seats, rates, month) for rows, month in zip(resolved, months, strict=True)]
    lines = pd.concat([earned for earned, _ in both], ignore_index=True)
    lines["mpn"] = pd.Index(partners["mpn_id"]).get_indexer(lines["mpn_id"])
    lines["payable"] = apply_caps(lines, caps)
    results |= {
        "por_resolution": pd.concat(resolved, ignore_index=True),
        "missing_seats": pd.concat([missing for _, missing in both]),
        "incentive_lines": lines.rename(columns={"rate": "amount_per_seat"}),
        "statement_lines": billed(lines, period),
        "statements": stated(lines, period, policy.minimum_payment),
    }
    check(results, caps)
    publish(out, store, period, {name: as_table(frame, RESULTS[name]) for name, frame in results.items()})


def as_table(frame: pd.DataFrame, columns: dict[str, pa.DataType]) -> pa.Table:
    """Turns cents and ten-thousandths into dollars."""
    table = {}
    for name, dtype in columns.items():
        column = pa.array(frame[name], from_pandas=True)
        if pa.types.is_decimal(dtype):
            unit = pa.scalar(Decimal(1).scaleb(-dtype.scale))
            column = pc.multiply(column.cast(pa.decimal128(19, 0)), unit)
        table[name] = column.cast(dtype)
    return pa.table(table)


if __name__ == "__main__":
    command_line(main, __doc__)
