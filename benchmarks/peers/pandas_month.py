"""The month in pandas, by whole columns: `python -m benchmarks.peers.pandas_month STORE PERIOD OUT`.

Subscriptions and partners are numbered in the order of their IDs, so that large tables are joined and sorted by
numbers. Money is counted in whole cents, rates in ten-thousandths of a dollar. What is open ends FOR_EVER.
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

VERSION = ["delivery", "file", "row_number"]
GROUP = ["customer_id", "service"]
BUCKETS = {"SUBSCRIPTION": "sub", "CUSTOMER": "customer_id", "SERVICE": "service", "PARTNER": "mpn"}
FOR_EVER = pd.Timestamp("2200-01-01")
MONEY = pa.decimal128(18, 2)


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


def dpor_claims(events: pd.DataFrame, subscriptions: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """P1 to P5: from when to when a partner was attached to a subscription, in that order."""
    events = events.merge(subscriptions, on="subscription_id").rename(columns={"event_id": "claim_id"})
    events["day"] = events["occurred_at"].dt.normalize()
    is_add = events["action"] == "ADD"
    heard = (events["day"] >= pd.Timestamp(policy.dpor_go_live)) & events["earns"]
    events = events[heard & ~(is_add & (events["day"] > events["end_date"]))].sort_values(
        ["sub", "occurred_at", "claim_id"]
    )

    # A run is an ADD and all that follows up to the next. The first REMOVE of its partner ends it.
    is_add = events["action"] == "ADD"
    events["run"] = is_add.groupby(events["sub"]).cumsum()
    events["attached"] = events["mpn_id"].where(is_add).groupby([events["sub"], events["run"]]).transform("first")
    removes = events[~is_add & (events["mpn_id"] == events["attached"])].drop_duplicates(["sub", "run"])
    removes = removes[["sub", "run", "occurred_at"]].rename(columns={"occurred_at": "ended_at"})
    adds = events[is_add].merge(removes, on=["sub", "run"], how="left")
    before = adds.groupby("sub")[["mpn_id", "ended_at"]].shift()
    begins = (adds["mpn_id"] != before["mpn_id"]) | before["ended_at"].notna()
    removed_at = adds.groupby([adds["sub"], begins.groupby(adds["sub"]).cumsum()])["ended_at"].transform("first")

    claims = adds[begins].assign(ended_at=removed_at[begins])
    by_subscription = claims.groupby("sub")
    replaced_at = by_subscription["occurred_at"].shift(-1)
    claims["end_day"] = claims["ended_at"].fillna(replaced_at).dt.normalize().fillna(FOR_EVER)
    claims["previous_day"] = by_subscription["day"].shift()
    return claims[["claim_id", "mpn_id", "sub", "group", "occurred_at", "day", "end_day", "previous_day"]]


def osa_claims(forms: pd.DataFrame, dpor: pd.DataFrame, reviews: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """P6 to P9, P11, P15: the attached forms in the order of their groups, what stopped and what contested them."""
    beside = dpor[["group", "claim_id", "mpn_id", "occurred_at", "day", "end_day"]]
    forms = forms[forms["received_on"] <= pd.Timestamp(policy.osa_forms_accepted_until)]
    met = forms.merge(beside, on="group", suffixes=("", "_dpor"))
    refused = met[(met["day"] <= met["received_on"]) & (met["end_day"] > met["received_on"])]
    forms = forms[~forms["form_id"].isin(refused["form_id"])].sort_values(["group", "received_on", "form_id"])

    before = forms.groupby("group")[["mpn_id", "received_on"]].shift()
    forms["previous_on"] = before["received_on"]
    again = forms[forms["mpn_id"] == before["mpn_id"]]
    met = again.merge(beside, on="group", suffixes=("", "_dpor"))
    met = met[(met["day"] > met["previous_on"]) & (met["day"] <= met["received_on"])]
    stopped = met.loc[met["mpn_id"] != met["mpn_id_dpor"], "form_id"]
    forms = forms.drop(again.index[~again["form_id"].isin(stopped)])
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
    return forms.merge(reviews, left_on=["form_id", "mpn_id"], right_on=["claim_id", "mpn_id"], how="left")


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


# Resolution, earnings and caps


def earners(
    period: Period,
    subscriptions: pd.DataFrame,
    dpor: pd.DataFrame,
    osa: pd.DataFrame,
    partners: pd.DataFrame,
    policy: Policy,
) -> pd.DataFrame:
    """P10, P12, P15, P16: the subscriptions that are PAYABLE or HELD at the period's end, and for whom."""
    first, last, end = map(pd.Timestamp, (period.first_day, period.last_day, period.end_day))
    live = subscriptions["earns"] & (subscriptions["start_date"] <= last) & (subscriptions["end_date"] >= first)
    claims = dpor[dpor["day"] < end].drop_duplicates("sub", keep="last").set_index("sub")
    forms = osa[(osa["received_on"] < end) & (osa["outcome"] != "FAIL")].drop_duplicates("group", keep="last")
    forms = forms.rename(columns={"mpn_id": "osa_mpn_id"}).set_index("group")
    forms = forms[["osa_mpn_id", "received_on", "stopped_at", "contested_from", "outcome"]]
    found = subscriptions[live].join(claims[["mpn_id", "day", "end_day", "proof"]], on="sub")
    found = found.join(forms, on="group")

    attached = found["end_day"] >= end
    covered = found["received_on"].notna() & ~(found["day"] > found["received_on"])
    by_form = ~attached & covered & (found["stopped_at"] >= end) & (last <= pd.Timestamp(policy.osa_recognised_until))
    contested = found["contested_from"] < end
    osa_proof = found["outcome"].fillna(contested.map({True: "PENDING", False: "NOT_REQUIRED"}))
    found["mpn_id"] = found["mpn_id"].where(attached, found["osa_mpn_id"])
    found["proof"] = found["proof"].where(attached, osa_proof)
    found = found[(attached | by_form) & (found["proof"] != "FAIL")].merge(partners, on="mpn_id")
    found = found[(found["eligible_from"] <= last) & (found["eligible_to"] >= last)]
    status = (found["proof"] == "PENDING").map({True: "HELD", False: "PAYABLE"})
    return found[["sub", "mpn", "customer_id", "service"]].assign(status=status)


def earned_lines(store: Path, policy: Policy, months: list[Period], partners: pd.DataFrame) -> pd.DataFrame:
    """P16 to P18: a line an earning subscription, period and incentive, in the order in which they use caps up."""
    last = months[-1].name
    columns = ["customer_id", "service", "program", "start_date", "end_date"]
    subscriptions = current(store, "subscriptions", last, ["subscription_id"], columns)
    subscriptions["sub"] = subscriptions.index
    subscriptions["group"] = subscriptions.groupby(GROUP).ngroup()
    subscriptions["earns"] = subscriptions["program"].isin(policy.eligible_programs)
    reviews = latest_reviews(store, last)
    events = read(
        store, "dpor_attachments", last, ["event_id", "occurred_at", "subscription_id", "action", "mpn_id"]
    ).astype({"occurred_at": "datetime64[us]"})
    forms = read(store, "osa_forms", last, ["form_id", "received_on", *GROUP, "mpn_id"])
    forms = forms.merge(subscriptions[[*GROUP, "group"]].drop_duplicates(), on=GROUP)
    dpor = dpor_claims(events, subscriptions, policy)
    osa = osa_claims(forms, dpor, reviews, policy)
    dpor["proof"] = proofs(dpor, osa, reviews, policy)
    seats = counted_seats(store, last, subscriptions)
    rates = current(store, "rates", last, ["incentive", "service", "valid_from"], ["valid_to", "amount_per_seat"])
    rates["rate"] = (rates.pop("amount_per_seat") * 10_000).astype("int64")

    lines = []
    for period in months:
        day = pd.Timestamp(period.last_day)
        valid = rates[(rates["valid_from"] <= day) & (rates["valid_to"] >= day)]
        valid = valid.drop_duplicates(["incentive", "service"], keep="last")[["incentive", "service", "rate"]]
        month_seats = seats[seats["month"] == day.year * 12 + day.month]
        found = earners(period, subscriptions, dpor, osa, partners, policy).merge(month_seats, on="sub")
        found = found.merge(valid, on="service").sort_values(["sub", "incentive"])
        lines.append(found.assign(period=period.name, fiscal_year=period.fiscal_year))
    found = pd.concat(lines, ignore_index=True)
    found["earned"] = (found["assigned_seats"].astype("int64") * found["rate"] + 50) // 100
    found["subscription_id"] = subscriptions["subscription_id"].take(found["sub"]).array
    found["mpn_id"] = partners["mpn_id"].take(found["mpn"]).array
    return found


def apply_caps(lines: pd.DataFrame, caps: pd.DataFrame) -> pd.Series:
    """P19, P20: what each line pays, in cents."""
    lines = lines[lines["status"] == "PAYABLE"]
    key = ["mpn_id", "service", "fiscal_year"]
    payees = lines[[*key, "mpn"]].drop_duplicates(key)
    paid = lines["earned"].copy()
    for scope, bucket in BUCKETS.items():
        amounts = caps[caps["scope"] == scope].set_index(key)["cents"]
        cap = pd.Series(np.nan, payees.index)
        for named in ([], ["service"], ["mpn_id"], ["mpn_id", "service"]):  # from the exact row to the most general
            wanted = pd.MultiIndex.from_frame(payees[key].assign(**dict.fromkeys(named, "*")))
            cap = cap.fillna(pd.Series(amounts.reindex(wanted).array, payees.index))
        capped = lines[list({*key, "mpn", bucket})].assign(brought=paid, line=lines.index)
        capped = capped.merge(payees.assign(cap=cap).dropna()[[*key, "cap"]].astype({"cap": "int64"}), on=key)
        so_far = capped.groupby(list({"fiscal_year", "mpn", bucket}), sort=False)["brought"].cumsum()
        passed = np.minimum(so_far, capped["cap"]) - np.minimum(so_far - capped["brought"], capped["cap"])
        paid.loc[capped["line"]] = passed.array
    return paid


# Statements


def main(store: Path, policy_file: Path | None, period: str, out: Path) -> None:
    policy = read_policy(policy_file)
    partners = current(store, "partners", period, ["mpn_id"], ["eligible_from", "eligible_to"])
    partners["mpn"] = partners.index
    lines = earned_lines(store, policy, periods(policy, period), partners)
    caps = current(store, "caps", period, ["mpn_id", "scope", "service", "fiscal_year"], ["amount"])
    caps["cents"] = (caps["amount"] * 100).astype("int64")
    lines["payable"] = apply_caps(lines, caps).reindex(lines.index, fill_value=0)

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
    is_paid = (due > 0) & (due >= int(policy.minimum_payment * 100))  # P23
    statements["payment"] = due.where(is_paid, 0)
    statements["closing_balance"] = due.where(~is_paid, 0)

    out.mkdir(parents=True, exist_ok=True)
    write(statements.reset_index(), out / "statements.parquet")
    lines = lines.rename(columns={"rate": "amount_per_seat"})
    columns = ["period", "subscription_id", "incentive", "mpn_id", "service", "status", "assigned_seats"]
    write(lines[[*columns, "amount_per_seat", "earned", "payable"]], out / "incentive_lines.parquet")


def write(frame: pd.DataFrame, path: Path) -> None:
    """Turns cents and ten-thousandths into dollars."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for position, column in enumerate(table.schema):
        if column.type == pa.int64():
            digits = 4 if column.name == "amount_per_seat" else 2
            whole = table.column(position).cast(pa.decimal128(19, 0))
            dollars = pc.multiply(whole, pa.scalar(Decimal(1).scaleb(-digits))).cast(pa.decimal128(18, digits))
            table = table.set_column(position, column.name, dollars)
    pq.write_table(table, path)


if __name__ == "__main__":
    command_line(main, __doc__)
