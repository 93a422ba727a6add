"""Why this partner, or nobody: one resolution with every claim that mattered and the rule that decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from schemas.one_line import one_line
from schemas.problems import UnusableInput
from schemas.words import CAP_SCOPES, CAUSES
from transforms.answers.answer import Answer, places_of, told
from transforms.database.warehouse import dicts, sql

Row = dict[str, Any]

VERDICTS = {
    "program_not_eligible": "the subscription's program, {program}, does not earn (P16 line 1)",
    "poe_failed": "its proof of execution failed, and nobody else is paid instead (P16 line 2)",
    "partner_not_eligible": "the partner is eligible {eligible}, not on {last_day} (P16 line 3)",
    "poe_pending": "its proof of execution is not there yet; a PASS releases the amount (P16 line 4, P13)",
    None: "its claim stands and its proof is passed or not required (P16 line 5)",
    "osa_superseded_by_dpor": "another partner's DPOR stopped the form's claim for the whole service, for good"
    " (P9, P16 line 6)",
    "osa_recognition_ended": "partners attached by form had to go digital by {recognised_until} (P16 line 7)",
    "dpor_removed": "a DPOR was attached to this subscription and has ended; forms from before it no longer cover it"
    " (P10, P16 line 9)",
    "no_por": "no form without a failed proof covers it, and no DPOR was attached (P16 line 10)",
}
DECISIONS = {
    "dpor_not_available": "rejected: before DPOR went live (P2)",
    "program_not_eligible": "rejected: the subscription's program does not earn (P2)",
    "subscription_ended": "rejected: after the subscription's last day (P2)",
    "nothing_to_remove": "rejected: that partner was not attached (P4)",
    "osa_method_closed": "rejected: forms were no longer accepted (P7)",
    "dpor_attached": "rejected: a DPOR was attached in the service (P7)",
}
ENDS = {
    "replaced_by_dpor": "ended {when}: the next DPOR replaced it (P3)",
    "removed_by_customer": "ended {when}: the customer removed it (P4)",
    "stopped_by_dpor": "stopped {when} by another partner's DPOR, {stopped_by} (P9)",
}


def explain(con: duckdb.DuckDBPyConnection, subscription: str, period: str) -> Answer:
    """The answer, a line per fact. Raises UnusableInput for a subscription or period that nothing is known of."""
    asked = {"subscription": subscription, "period": period}
    found = dicts(con, sql("explain", "resolution"), asked)
    on_statements = dicts(con, sql("explain", "on_statements"), {**asked, "causes": list(CAUSES)})
    set_aside = dicts(con, sql("explain", "set_aside"), asked)
    ((recognised_until, as_known_on),) = con.execute("select osa_recognised_until, as_known_on from policy").fetchall()
    if not found:
        return _unresolved(_unknown(con, subscription, period), set_aside, on_statements, as_known_on)
    resolution = found[0]
    history = dicts(con, sql("explain", "history"), asked)
    resolution["decider"] = _decider(resolution, history)
    reviews = dicts(con, sql("explain", "reviews"), {"subscription": subscription})
    lines = _lines(con, asked)
    of_service = {"period": period, "service": resolution["service"]}
    no_rate = (
        [row["incentive"] for row in dicts(con, sql("explain", "incentives_without_rate"), of_service)] if lines else []
    )
    text = "\n".join(
        [
            *_verdict(resolution, str(recognised_until)),
            "",
            f"What happened in {resolution['customer_id']}'s {resolution['service']} up to the end of {period}:",
            *(
                text
                for claim in history
                for text in _claim(claim, resolution, [review for review in reviews if _is_of(review, claim)])
            ),
            *([] if history else ["  nothing: no form and no DPOR"]),
            "",
            *_money(resolution, lines),
            *(f"  {incentive}: no rate is valid on the last day (P18)" for incentive in no_rate),
            *_set_aside(set_aside),
            *_billed(on_statements, as_known_on),
        ]
    )
    decider = dict(zip(("source", "claim_id"), resolution.pop("decider") or (None, None), strict=True))
    facts = {
        "resolution": resolution,
        "decided_by": decider,
        "history": history,
        "reviews": reviews,
        "lines": lines,
        "no_rate": no_rate,
        "set_aside": set_aside,
        "on_statements": on_statements,
    }
    return Answer(text, facts)


def _unresolved(unknown: str, set_aside: list[Row], on_statements: list[Row], as_known_on: str | None) -> Answer:
    """The answer where nothing was decided, and why: it may have been billed, and have another term since.

    Raises UnusableInput where nothing of it stands on statements either.
    """
    if not on_statements:
        raise UnusableInput(f"{unknown}; set aside: {', '.join(places_of(set_aside))}" if set_aside else unknown)
    said = [f"{unknown}: nobody earns on it.", *_set_aside(set_aside), *_billed(on_statements, as_known_on)]
    return Answer(
        "\n".join(said),
        {"resolution": None, "unknown": unknown, "set_aside": set_aside, "on_statements": on_statements},
    )


def _lines(con: duckdb.DuckDBPyConnection, asked: Row) -> list[Row]:
    """What was earned and paid, an incentive each, with what the caps of each scope cut."""
    lines = dicts(con, sql("explain", "lines"), asked)
    cuts = dicts(con, sql("explain", "cuts"), {**asked, "scopes": list(CAP_SCOPES)})
    for line in lines:
        line["cuts"] = [
            {"scope": cut["scope"], "cut": cut["cut"]} for cut in cuts if cut["incentive"] == line["incentive"]
        ]
    return lines


def _is_of(review: Row, claim: Row) -> bool:
    """Whether it is the claim's: an id alone may be a form's and an event's."""
    return all(review[name] == claim[name] for name in ("source", "claim_id", "mpn_id"))


def _decider(resolution: Row, history: list[Row]) -> tuple[str, str] | None:
    """The claim that decides, by source and id: the partner of record's, or the one whose end leaves nobody."""
    if resolution["claim_id"]:
        return resolution["basis"], resolution["claim_id"]
    attached = [claim for claim in history if claim["decision"] == "ATTACHED"]
    match resolution["reason"]:
        case "osa_superseded_by_dpor" | "osa_recognition_ended":
            ended = [c for c in attached if c["source"] == "OSA" and c["review_outcome"] != "FAIL"]
        case "dpor_removed":
            ended = [c for c in attached if c["subscription_id"] == resolution["subscription_id"]]
        case _:
            ended = []
    return (ended[-1]["source"], ended[-1]["claim_id"]) if ended else None


def _verdict(resolution: Row, recognised_until: str) -> list[str]:
    who = "nobody"
    if resolution["mpn_id"]:
        partner = f"{resolution['mpn_id']} {one_line(resolution['partner_name'])}"
        who = f"{partner}, by {resolution['basis']} claim {resolution['claim_id']}"
    until = f" to {resolution['eligible_to']}" if resolution["eligible_to"] else ""
    because = VERDICTS[resolution["reason"]]
    if resolution["basis"] == "OSA":  # P16's line 8 has forms fare as DPORs in its lines 3 to 5
        because = because.replace("(P16 line ", "(P16 line 8, as line ")
    because = because.format(
        program=one_line(resolution["program"]),
        last_day=resolution["last_day"],
        eligible=f"from {resolution['eligible_from']}{until}",
        recognised_until=recognised_until,
    )
    reason = f", {resolution['reason']}" if resolution["reason"] else ""
    return [
        f"{resolution['subscription_id']} in {resolution['period']}: {resolution['status']}{reason}",
        f"  partner of record  {who}",
        f"  because            {because}",
    ]


def _claim(claim: Row, resolution: Row, reviews: list[Row]) -> list[str]:
    what = "form" if claim["source"] == "OSA" else f"DPOR {claim['action']} on {claim['subscription_id']}"
    when = _when(claim["received_at"], day_only=claim["source"] == "OSA")
    here = claim["subscription_id"] in (None, resolution["subscription_id"])
    decides = " <- decides" if (claim["source"], claim["claim_id"]) == resolution["decider"] else ""
    said = [f"  {when}  {what} {claim['claim_id']}, {claim['mpn_id']} {one_line(claim['partner_name'])}{decides}"]
    said += [f"      {fact}" for fact in _facts(claim, reviews)]
    if not here and claim["decision"] == "ATTACHED":
        said.append("      on another subscription: it attaches nobody here")
    return said


def _facts(claim: Row, reviews: list[Row]) -> list[str]:
    match claim["decision"]:
        case "REJECTED":
            return [DECISIONS[claim["decision_reason"]]]
        case "DUPLICATE":
            return [
                f"a duplicate: the same partner was already attached ({'P3' if claim['source'] == 'DPOR' else 'P8'})"
            ]
        case "DETACHED":
            return ["ends that partner's claim (P4)"]
    facts = ["attached"]
    if claim["contested_from"]:
        facts.append(
            f"contested from {claim['contested_from']}: another partner's form; both are asked for a proof (P11, P15)"
        )
    facts.append(_proof(claim))
    facts += [
        f"review {review['poe_id']} of {review['requested_on']}: {review['outcome'] or 'no outcome yet'}"
        for review in reviews
    ]
    if claim["end_reason"]:
        facts.append(ENDS[claim["end_reason"]].format(when=_when(claim["ended_at"]), stopped_by=claim["stopped_by"]))
    return facts


def _proof(claim: Row) -> str:
    match claim["poe_status"]:
        case "PASS":
            return "proof of execution: passed (P13)"
        case "FAIL":
            return "proof of execution: failed, for the claim's whole life unless a later review says otherwise (P13)"
        case "PENDING":
            return f"proof of execution: pending (P13, {'P14' if claim['source'] == 'DPOR' else 'P15'})"
    if claim["exempted_by"]:
        return f"no proof asked for: the partner of form {claim['exempted_by']} went digital (P14)"
    return "no proof asked for: the form is not contested (P15)"


def _money(resolution: Row, lines: list[Row]) -> list[str]:
    if resolution["status"] not in ("PAYABLE", "HELD"):
        return ["Earns nothing."]
    if not lines:
        if resolution["seats_are_missing"]:
            return ["Earns nothing: no seats were counted within the period and the term (P17)."]
        return ["Earns nothing: no rate is valid for the service on the last day, or the policy doesn't list it (P18)."]
    said = [f"Earns on {lines[0]['assigned_seats']:,} assigned seats (P17):"]
    for line in lines:
        paid = "held" if resolution["status"] == "HELD" else f"pays {line['payable']:,.2f}"
        cuts = ", ".join(f"{cut['scope']} cap took {cut['cut']:,.2f}" for cut in line["cuts"])
        cut = f" ({cuts}: P20)" if cuts else ""
        said.append(
            f"  {line['incentive']}: {line['amount_per_seat']} a seat = {line['earned']:,.2f} (P18), {paid}{cut}"
        )
    return said


def _set_aside(rows: list[Row]) -> list[str]:
    """What isn't counted, though it may be meant: who has such a row corrected changes the answer."""
    return ["", "Set aside, so not counted:", *(f"  {place}" for place in places_of(rows))] if rows else []


def _billed(on_statements: list[Row], as_known_on: str | None) -> list[str]:
    """What stands on statements: of a closed month it may be something else than what is known now."""
    said = ["", f"That is as known {f'on {as_known_on}' if as_known_on else 'now'}. On statements so far:"]
    for row in on_statements:
        cause = f", {row['cause']}" if row["cause"] else ""
        where = f"{row['statement_period']}, {told(row['state'], row['as_known_on'])}, {row['mpn_id']}"
        said.append(f"  {where}: {row['amount']:,.2f} ({row['kind']}{cause})")
    return said if on_statements else []


def _when(at: datetime, *, day_only: bool = False) -> str:
    return f"{at:%Y-%m-%d}" if day_only else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _unknown(con: duckdb.DuckDBPyConnection, subscription: str, period: str) -> str:
    asked = {"subscription": subscription}
    ((first_period, last_period, as_known_on, start, end, meant),) = con.execute(
        sql("explain", "terms"), asked
    ).fetchall()
    if start is None:
        return f"{subscription}: no such subscription in the database{f': did you mean {meant}?' if meant else ''}"
    if period < first_period:
        return f"{period}: before the programme's first period, {first_period}"
    if period > last_period:
        knows = f"{period}: the database covers {first_period} to {last_period}"
        return f"{knows}, as known on {as_known_on}" if as_known_on else f"{knows}; `dpor status` names the next run"
    term = f"{start} to {end}" if end else f"from {start}, open-ended"
    return f"{subscription}: its term, {term}, does not overlap {period}"
