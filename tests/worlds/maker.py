"""Makes the rows of a world at random, and puts each into a delivery."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

from worlds.feeds import COLUMNS, KEEPS_FIRST, POLICY, REFERENCES, Deliveries, instant, months

SAME_PORTAL = {"O365": "CRMOL", "CRMOL": "O365", "INTUNE": "EMS", "EMS": "AADP", "AADP": "INTUNE"}
SECOND, DAYS, TICK = timedelta(seconds=1), timedelta(days=1), timedelta(microseconds=1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


HOT_DAYS = [date(2015, 3, 2), date(2015, 4, 30), date(2015, 5, 1), date(2015, 12, 31), date(2016, 1, 1)]
HOT_INSTANTS = [
    midnight(day) + shift for day in HOT_DAYS for shift in (-DAYS, -SECOND, -TICK, 0 * DAYS, TICK, SECOND, DAYS)
] + [
    datetime(2015, month, 1) + shift for month in (1, 2, 3, 4, 5, 6, 7, 8, 12) for shift in (-TICK, 0 * DAYS)
]  # fmt: skip
PLOTS = (  # F form, + ADD, - REMOVE; partner a, b or c; subscription 0 or 1; then what random histories seldom bring
    "Fa +b0 -b0 Fa +a0 +a1",  # refiled after a stop
    "Fa Fb +a0 -a0 Fb +b1",  # a refiled form contests one that was never stopped
    "Fa Fb Fc +c0 -c0 Fa Fb",
    "Fa +a0 -a0 +a0 +a1 +b0 +a0",  # exempt once, not again
    "Fa late +a0 +a1 -a0 +a0",  # exempt until forms are no longer recognised
    "Fa Fb late +b0 +a1",
)


class WorldMaker:
    """Makes rows and puts each into a delivery: at its natural time, or late, early, twice."""

    def __init__(self, seed: int, first: str, last: str, trouble: bool) -> None:
        self.random = Random(seed)
        self.periods = months(first, last)
        self.trouble = trouble
        self.deliveries: Deliveries = {period: defaultdict(list) for period in self.periods}
        self.delivered_in: dict[tuple[str, str], int] = {}  # feed and id -> the first delivery that brings it
        self.ids: set[str] = set()

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def new_id(self, *prefixes: str) -> str:
        """Short ids that sort otherwise as bytes than as numbers, words or in the order made."""
        while True:
            made = self.random.choice(prefixes) + str(self.random.randrange(self.random.choice((100, 10**6))))
            made += self.random.choice(("", "", ".a", "_B", "-b", str(self.random.randrange(1000))))
            if made not in self.ids:
                self.ids.add(made)
                return made

    def deliver(self, feed: str, row: dict[str, Any], natural: date, earliest: int = 0) -> int:
        """Puts a row into a delivery, not before what it refers to (but in trouble); returns the delivery's number."""
        period = natural.isoformat()[:7]
        at = sum(1 for earlier in self.periods if earlier < period)
        at += self.random.choice((0, 0, 0, 0, 0, 0, -1, 1, 1, 2, 5))
        if not (self.trouble and self.chance(0.5)):
            for column, feeds in REFERENCES.get(feed, {}).items():
                known_in = [self.delivered_in.get((one, row[column]), 0) for one in feeds]
                earliest = max(earliest, *known_in)
        at = min(max(at, earliest, 0), len(self.periods) - 1)
        text = {column: "" if value is None else str(value) for column, value in row.items()}
        self.deliveries[self.periods[at]][feed].append(text)
        key = (feed, text[next(iter(COLUMNS[feed]))])
        self.delivered_in[key] = min(at, self.delivered_in.get(key, at))
        if self.chance(0.04) and feed in KEEPS_FIRST:  # the same again, now or later
            again = self.random.randrange(at, len(self.periods))
            for column in text:
                if COLUMNS[feed][column] is instant:
                    text = text | {column: self.instant_text(instant(text[column]))}
            self.deliveries[self.periods[again]][feed].append(text)
        return at

    def instant_text(self, at: datetime) -> str:
        """An instant in UTC, written with `Z` or an offset, which may move its day and its month."""
        if self.chance(0.5):
            return at.isoformat() + "Z"
        minutes = self.random.choice((0, 60, 330, 720, -60, -480, -720))
        return at.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes))).isoformat()

    def day(self, first: date, last: date) -> date:
        return first + DAYS * self.random.randint(0, (last - first).days)

    def dense_instant(self) -> datetime:
        if self.chance(0.35):
            return self.random.choice(HOT_INSTANTS)
        first, last = self.random.choice(
            [(date(2014, 12, 1), date(2015, 7, 31)), *[(date(2015, 3, 1), date(2015, 5, 5))] * 4,
             (date(2015, 12, 15), date(2016, 1, 15))]
        )  # fmt: skip
        return midnight(self.day(first, last)) + SECOND * self.random.randrange(86400)

    # Who there is, and what is paid

    def make_partners(self) -> list[str]:
        start = date.fromisoformat(self.periods[0] + "-01")
        mpn_ids = [f"{self.random.choice((0, 0, 1, 4))}{self.random.randrange(10**6):06d}" for _ in range(12)]
        mpn_ids = list(dict.fromkeys(mpn_ids))[: self.random.randint(4, 8)]
        for number, mpn_id in enumerate(mpn_ids):
            row = {
                "mpn_id": mpn_id, "partner_name": f"Partner, {number}",
                "hq_mpn_id": self.random.choice((None, mpn_ids[0])),
                "region": self.random.choice(("EMEA", "LATAM", "APGC", "JAPAN", "NA")), "country": "DE",
                "ppc_name": f"Ünal \"{number}\"", "ppc_email": f"ppc{number}@example.com",
                "eligible_from": date(2014, 1, 1), "eligible_to": None,
            }  # fmt: skip
            at = self.deliver("partners", row, start)
            for _ in range(self.random.choice((0, 1, 2))):
                if self.chance(0.4):
                    row["eligible_from"] = self.random.choice((date(2014, 11, 30), date(2015, 3, 31), date(2015, 4, 1)))
                if self.chance(0.5):
                    choices = (None, date(2015, 4, 29), date(2015, 4, 30), date(2015, 6, 15), date(2016, 1, 30))
                    row["eligible_to"] = self.random.choice(choices)
                at = self.deliver("partners", row, self.day(start, date(2016, 1, 31)), at)
        return mpn_ids

    def make_rates(self) -> None:
        missing = (self.random.choice(POLICY["incentives"]), self.random.choice(POLICY["services"]))
        for incentive in POLICY["incentives"]:
            for service in POLICY["services"]:
                starts = [date(2014, 1, 1), date(2015, 3, 31), date(2015, 4, 1), date(2015, 7, 15), date(2016, 1, 1)]
                for valid_from in self.random.sample(starts, self.random.randint(1, 4)):
                    if (incentive, service) == missing:
                        continue
                    for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                        ends = [None, *[end - DAYS for end in (*starts, date(2015, 5, 31)) if end > valid_from]]
                        amount = self.random.choice(("0.125", "0.3333", "2", "1.0050", "0", "4.9999", "12.5"))
                        row = {"incentive": incentive, "service": service, "amount_per_seat": amount}
                        row |= {"valid_from": valid_from, "valid_to": self.random.choice(ends)}
                        self.deliver("rates", row, valid_from + DAYS * self.random.randrange(-60, 90))

    def make_caps(self, mpn_ids: list[str]) -> None:
        size = {"SUBSCRIPTION": 6000, "CUSTOMER": 9000, "SERVICE": 25000, "PARTNER": 60000}
        for fiscal_year in ("FY15", "FY16"):
            for scope, usual in size.items():
                services = ("*", *POLICY["services"]) if scope in ("SUBSCRIPTION", "SERVICE") else ("*",)
                for mpn_id in ("*", *mpn_ids):
                    for service in services:
                        if self.chance(0.7 if service != "*" else 0.5):
                            continue
                        for _ in range(self.random.choice((1, 1, 2))):
                            cents = self.random.choice((0, *[self.random.randrange(usual * 100) for _ in range(11)]))
                            amount = f"{cents // 100}.{cents % 100:02d}" if cents else "0"
                            row = {"mpn_id": mpn_id, "scope": scope, "service": service, "fiscal_year": fiscal_year}
                            row["amount"] = amount
                            self.deliver("caps", row, self.day(date(2014, 10, 1), date(2016, 2, 1)))

    # One customer's service group

    def make_subscription(self, customer_id: str, service: str, customers: list[str]) -> dict[str, Any]:
        chance = self.chance
        starts = (date(2014, 10, 31), date(2015, 2, 10), date(2015, 4, 1), date(2015, 4, 30), date(2015, 6, 2))
        ends = (date(2015, 3, 31), date(2015, 4, 15), date(2015, 4, 30), date(2015, 6, 29), date(2015, 12, 31))
        row: dict[str, Any] = {
            "subscription_id": self.new_id("s", "S", "0", "S-"), "customer_id": customer_id,
            "agreement_id": self.new_id("A"), "program": self.random.choice((*POLICY["eligible_programs"] * 2, "MOSA")),
            "service": service, "offer": self.random.choice(("E1", "E3", "Plan, \"P\"")),
            "start_date": self.random.choice(starts) if chance(0.3) else date(2014, 1, 1),
            "end_date": None,
        }  # fmt: skip
        if chance(0.3):
            row["end_date"] = self.random.choice([end for end in ends if end >= row["start_date"]])
        original = dict(row)
        at = self.deliver("subscriptions", row, max(row["start_date"], date(2014, 10, 1)))
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            what = self.random.choice(("program", "end", "end", "customer", "service"))
            if what == "program":
                row["program"] = self.random.choice(("EA", "EES", "MOSA"))
            elif what == "end":
                row["end_date"] = self.random.choice([None, *[end for end in ends if end >= row["start_date"]]])
            elif what == "customer":
                row["customer_id"] = self.random.choice(customers)
            else:
                row["service"] = SAME_PORTAL[row["service"]]
            at = self.deliver("subscriptions", row, self.day(date(2014, 12, 1), date(2016, 1, 31)), at)
        return original

    def make_seats(self, subscription: dict[str, Any]) -> None:
        seen = set()
        scale = self.random.choice((3, 30, 400))
        for period in self.periods:
            if self.chance(0.06):
                continue
            first = date.fromisoformat(period + "-01")
            for _ in range(self.random.choice((1, 1, 2))):
                shifts = (0, 9, 14, 27, 29, self.random.randrange(31))
                snapshot = first + DAYS * self.random.choice(shifts)
                for _ in range(self.random.choice((1, 1, 1, 2))):
                    exported = midnight(snapshot) + SECOND * self.random.randrange(3 * 86400)
                    if (snapshot, exported) in seen:
                        continue
                    seen.add((snapshot, exported))
                    purchased = self.random.randint(0, scale)
                    row = {"subscription_id": subscription["subscription_id"], "snapshot_date": snapshot}
                    row |= {"exported_at": self.instant_text(exported), "purchased_seats": purchased}
                    row["assigned_seats"] = self.random.choice((purchased, self.random.randint(0, purchased)))
                    self.deliver("assigned_seats", row, snapshot)

    def make_group(self, customer_id: str, service: str, customers: list[str], mpn_ids: list[str]) -> None:
        """A group's subscriptions and a few partners that fight for it, at a few instants that they share."""
        rivals = self.random.sample(mpn_ids, self.random.choice((2, 2, 3)))
        count = self.random.choice((1, 2, 2, 3))
        subscriptions = [self.make_subscription(customer_id, service, customers) for _ in range(count)]
        shared = [self.dense_instant() for _ in range(self.random.randint(2, 4))]
        for subscription in subscriptions:
            self.make_seats(subscription)
            if subscription["end_date"]:
                shared += [midnight(subscription["end_date"]) + shift for shift in (DAYS - TICK, DAYS)]
        if self.chance(0.5):
            self.play(self.random.choice(PLOTS), subscriptions, rivals)
            if self.chance(0.5):
                return
        for subscription in subscriptions:
            adder = rivals[0]
            for _ in range(self.random.choice((0, 1, 2, 3, 4, 6))):
                at = self.random.choice(shared) if self.chance(0.6) else self.dense_instant()
                action, mpn_id = self.random.choice(("ADD", "ADD", "REMOVE")), self.random.choice((adder, *rivals))
                self.make_event(subscription, action, mpn_id, at)
                adder = mpn_id
        early = [self.day(date(2014, 8, 1), date(2015, 3, 1)), self.day(date(2015, 3, 1), date(2015, 4, 30))]
        days = [*(at.date() for at in shared), *early, *early, date(2015, 4, 30), date(2015, 5, 1), date(2014, 10, 31)]
        for _ in range(self.random.choice((0, 1, 1, 2, 3, 4))):
            self.make_form(customer_id, service, self.random.choice(rivals), self.random.choice(days))

    def play(self, plot: str, subscriptions: list[dict[str, Any]], rivals: list[str]) -> None:
        at = midnight(self.day(date(2015, 3, 1), date(2015, 4, 12)))
        for step in plot.split():
            if step == "late":
                at = self.random.choice([hot for hot in HOT_INSTANTS if hot > datetime(2015, 12, 29)])
                continue
            mpn_id = rivals["abc".index(step[1]) % len(rivals)]
            if step[0] == "F":
                self.make_form(subscriptions[0]["customer_id"], subscriptions[0]["service"], mpn_id, at.date())
            else:
                subscription = subscriptions[int(step[2]) % len(subscriptions)]
                self.make_event(subscription, "ADD" if step[0] == "+" else "REMOVE", mpn_id, at)
            at += self.random.choice((0 * DAYS, TICK, SECOND, DAYS, DAYS, 3 * DAYS, 6 * DAYS, 6 * DAYS))

    def make_event(self, subscription: dict[str, Any], action: str, mpn_id: str, at: datetime) -> None:
        event = {"event_id": self.new_id("e", "E", "0", "_"), "occurred_at": self.instant_text(at)}
        event |= {"subscription_id": subscription["subscription_id"], "action": action, "mpn_id": mpn_id}
        event["portal"] = "OFFICE" if subscription["service"] in ("O365", "CRMOL") else "INTUNE"
        self.make_reviews(event["event_id"], mpn_id, at.date(), self.deliver("dpor_attachments", event, at.date()))

    def make_form(self, customer_id: str, service: str, mpn_id: str, day: date) -> None:
        form: dict[str, Any] = {"form_id": self.new_id("f", "F", "0", "_"), "received_on": day}
        form |= {"customer_id": customer_id, "service": service, "mpn_id": mpn_id}
        self.make_reviews(form["form_id"], mpn_id, day, self.deliver("osa_forms", form, day))

    def make_reviews(self, claim_id: str, mpn_id: str, day: date, claim_delivered: int) -> None:
        """None, one or several reviews, some replaced later; on claims that will be rejected or duplicates as well."""
        earliest = 0 if self.trouble and self.chance(0.5) else claim_delivered
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 3))):
            requested = day + DAYS * self.random.choice((0, 5, 5, 40))
            row: dict[str, Any] = {"poe_id": self.new_id("p", "P", "0"), "claim_id": claim_id, "mpn_id": mpn_id}
            at = earliest
            for _ in range(self.random.choice((1, 1, 2, 3))):
                outcome = self.random.choice(("PASS", "PASS", "FAIL", None))
                requested += DAYS * self.random.choice((0, 0, 0, 35))
                decided = requested + DAYS * self.random.randrange(60) if outcome else None
                row |= {"requested_on": requested, "decided_on": decided, "outcome": outcome}
                at = self.deliver("poe_reviews", row, decided or requested, at)
