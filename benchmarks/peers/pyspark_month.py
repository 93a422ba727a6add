"""The month in PySpark on two cores: `python -m benchmarks.peers.pyspark_month STORE PERIOD OUT`. Needs Java 17."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

from benchmarks.peers.inputs import Policy, command_line, files, periods, read_policy

VERSION = "delivery string, file string, row_number bigint"
FEEDS = {  # the columns that are needed, and the key of those feeds whose later rows replace
    "subscriptions": (
        "subscription_id string, customer_id string, service string, program string, start_date date, end_date date",
        ["subscription_id"],
    ),
    "partners": ("mpn_id string, eligible_from date, eligible_to date", ["mpn_id"]),
    "rates": (
        "incentive string, service string, valid_from date, valid_to date, amount_per_seat decimal(18, 4)",
        ["incentive", "service", "valid_from"],
    ),
    "caps": (
        "mpn_id string, scope string, service string, fiscal_year string, amount decimal(18, 2)",
        ["mpn_id", "scope", "service", "fiscal_year"],
    ),
    "poe_reviews": (
        "poe_id string, claim_id string, mpn_id string, requested_on date, outcome string",
        ["poe_id"],
    ),
    "osa_forms": ("form_id string, received_on date, customer_id string, service string, mpn_id string", []),
    "dpor_attachments": (
        "event_id string, occurred_at timestamp_ntz, subscription_id string, action string, mpn_id string",
        [],
    ),
    "assigned_seats": (
        "subscription_id string, snapshot_date date, exported_at timestamp_ntz, assigned_seats int",
        [],
    ),
}
BUCKETS = {"SUBSCRIPTION": "subscription_id", "CUSTOMER": "customer_id", "SERVICE": "service", "PARTNER": "mpn_id"}

TERMS = """
    select subscription_id, customer_id, service, start_date, coalesce(end_date, date '9999-12-31') as end_date,
        array_contains(split(:eligible_programs, '\n'), program) as earns
    from subscriptions
"""

REVIEWS = """
    select claim_id, mpn_id, max_by(coalesce(outcome, 'PENDING'), struct(requested_on, poe_id)) as outcome
    from poe_reviews
    group by claim_id, mpn_id
"""

# P1 to P5. A run is an ADD and all that follows up to the next; the first REMOVE of its partner ends it.
DPOR_CLAIMS = """
    with heard as (
        select event_id, occurred_at, subscription_id, customer_id, service, action, mpn_id,
            count_if(action = 'ADD') over (
                partition by subscription_id order by occurred_at, event_id rows unbounded preceding
            ) as run
        from dpor_attachments
        inner join terms using (subscription_id)
        where earns and cast(occurred_at as date) >= :dpor_go_live
            and not (action = 'ADD' and cast(occurred_at as date) > end_date)
    ),
    attached as (
        select *, first_value(mpn_id) over (partition by subscription_id, run order by occurred_at, event_id) as added
        from heard
        where run > 0
    ),
    adds as (
        select subscription_id, customer_id, service, run, added as mpn_id,
            max(event_id) filter (where action = 'ADD') as claim_id,
            max(occurred_at) filter (where action = 'ADD') as started_at,
            min(occurred_at) filter (where action = 'REMOVE' and mpn_id = added) as removed_at
        from attached
        group by subscription_id, customer_id, service, run, added
    ),
    turns as (
        select *,
            mpn_id is distinct from lag(mpn_id) over in_order or lag(removed_at) over in_order is not null as begins
        from adds
        window in_order as (partition by subscription_id order by run)
    ),
    numbered as (
        select *, count_if(begins) over (partition by subscription_id order by run rows unbounded preceding) as claim_no
        from turns
    ),
    claims as (
        select subscription_id, customer_id, service, mpn_id, claim_no, min_by(claim_id, run) as claim_id,
            min_by(started_at, run) as started_at, max(removed_at) as removed_at
        from numbered
        group by subscription_id, customer_id, service, mpn_id, claim_no
    )
    select subscription_id, customer_id, service, mpn_id, claim_id, started_at, cast(started_at as date) as day,
        cast(coalesce(removed_at, lead(started_at) over in_order) as date) as end_day,
        cast(lag(started_at) over in_order as date) as previous_day
    from claims
    window in_order as (partition by subscription_id order by claim_no)
"""

# P6 to P9.
FORMS = """
    with heard as (
        select form_id as claim_id, received_on, customer_id, service, mpn_id
        from osa_forms
        where received_on <= :osa_forms_accepted_until and not exists (
            select 1 from dpor_claims as dpor
            where dpor.customer_id = osa_forms.customer_id and dpor.service = osa_forms.service
                and dpor.day <= osa_forms.received_on and coalesce(dpor.end_day > osa_forms.received_on, true)
        )
    ),
    ordered as (
        select *, lag(mpn_id) over in_order as previous_mpn_id, lag(received_on) over in_order as previous_on
        from heard
        window in_order as (partition by customer_id, service order by received_on, claim_id)
    ),
    attached as (
        select * from ordered
        where previous_mpn_id is distinct from mpn_id or exists (
            select 1 from dpor_claims as dpor
            where dpor.customer_id = ordered.customer_id and dpor.service = ordered.service
                and dpor.mpn_id <> ordered.mpn_id
                and dpor.day > ordered.previous_on and dpor.day <= ordered.received_on
        )
    )
    select form.claim_id, form.received_on, form.customer_id, form.service, form.mpn_id,
        min(struct(dpor.started_at, dpor.claim_id)) filter (where dpor.claim_id is not null) as stop
    from attached as form
    left join dpor_claims as dpor
        on dpor.customer_id = form.customer_id and dpor.service = form.service
        and dpor.mpn_id <> form.mpn_id and dpor.day > form.received_on
    group by form.claim_id, form.received_on, form.customer_id, form.service, form.mpn_id
"""

# P11, P13, P15.
OSA_CLAIMS = """
    with contests as (
        select explode(array(earlier.claim_id, later.claim_id)) as claim_id, later.received_on as begins_on
        from forms as earlier
        inner join forms as later using (customer_id, service)
        where earlier.mpn_id <> later.mpn_id
            and struct(earlier.received_on, earlier.claim_id) < struct(later.received_on, later.claim_id)
            and (earlier.stop is null or cast(earlier.stop.started_at as date) > later.received_on)
    ),
    first_contests as (
        select claim_id, min(begins_on) as contested_from from contests group by claim_id
    )
    select forms.*, contested_from, outcome
    from forms
    left join first_contests using (claim_id)
    left join reviews using (claim_id, mpn_id)
"""

# P12 to P14.
PROVEN_CLAIMS = """
    with met as (
        select dpor.claim_id,
            max_by(
                form.mpn_id = dpor.mpn_id
                and (form.stop is null or form.stop > struct(dpor.started_at, dpor.claim_id))
                and (dpor.previous_day is null or dpor.previous_day <= form.received_on)
                and dpor.day <= :osa_recognised_until
                and coalesce(form.outcome = 'PASS', form.contested_from is null or form.contested_from >= dpor.day),
                struct(form.received_on, form.claim_id)
            ) as exempt
        from dpor_claims as dpor
        inner join osa_claims as form using (customer_id, service)
        where form.received_on < dpor.day and form.outcome is distinct from 'FAIL'
        group by dpor.claim_id
    )
    select dpor.*, case when exempt then 'NOT_REQUIRED' else coalesce(outcome, 'PENDING') end as proof
    from dpor_claims as dpor
    left join met using (claim_id)
    left join reviews using (claim_id, mpn_id)
"""

# P10, P12, P15, P16: who is PAYABLE or HELD at each period's end.
EARNERS = """
    with latest_dpor as (
        select period, subscription_id, max_by(struct(claim.*), struct(started_at, claim_id)) as dpor
        from proven_claims as claim
        inner join periods on claim.day < periods.end_day
        group by period, subscription_id
    ),
    latest_osa as (
        select period, customer_id, service, max_by(struct(claim.*), struct(received_on, claim_id)) as form
        from osa_claims as claim
        inner join periods on claim.received_on < periods.end_day
        where outcome is distinct from 'FAIL'
        group by period, customer_id, service
    ),
    standing as (
        select periods.*, subscription_id, customer_id, service,
            case
                when dpor.day is not null and coalesce(dpor.end_day >= periods.end_day, true)
                    then struct(dpor.mpn_id as mpn_id, dpor.proof as proof)
                when last_day <= :osa_recognised_until
                    and (dpor.day is null or dpor.day <= form.received_on)
                    and (form.stop is null or cast(form.stop.started_at as date) >= periods.end_day)
                    then struct(
                        form.mpn_id as mpn_id,
                        coalesce(
                            form.outcome,
                            case when form.contested_from < periods.end_day then 'PENDING' else 'NOT_REQUIRED' end
                        ) as proof
                    )
            end as record
        from terms
        inner join periods on start_date <= last_day and end_date >= first_day
        left join latest_dpor using (period, subscription_id)
        left join latest_osa using (period, customer_id, service)
        where earns and (dpor is not null or form is not null)
    )
    select period, fiscal_year, last_day, subscription_id, customer_id, service, mpn_id,
        case when record.proof = 'PENDING' then 'HELD' else 'PAYABLE' end as status
    from standing
    inner join partners on record.mpn_id = partners.mpn_id
        and last_day >= eligible_from and (eligible_to is null or last_day <= eligible_to)
    where record.proof <> 'FAIL'
"""

# P17, P18. Spark's round is half up.
LINES = """
    with seats as (
        select subscription_id, period, max_by(assigned_seats, struct(snapshot_date, exported_at)) as assigned_seats
        from assigned_seats
        inner join terms using (subscription_id)
        inner join periods on trunc(snapshot_date, 'MM') = first_day
        where snapshot_date between start_date and end_date
        group by all
    ),
    period_rates as (
        select period, service, incentive, max_by(amount_per_seat, valid_from) as amount_per_seat
        from periods
        inner join rates on valid_from <= last_day and (valid_to is null or last_day <= valid_to)
        group by all
    )
    select /*+ broadcast(period_rates) */ period, fiscal_year, subscription_id, customer_id, incentive, mpn_id, service,
        status, assigned_seats, amount_per_seat,
        cast(round(assigned_seats * amount_per_seat, 2) as decimal(18, 2)) as earned
    from earners
    inner join seats using (period, subscription_id)
    inner join period_rates using (period, service)
"""

# P20: a row that names the partner comes first, then one that names the service.
CAP_AMOUNTS = """
    select partners.mpn_id, named.service, named.fiscal_year, scope,
        min_by(amount, struct(caps.mpn_id = '*', caps.service = '*')) as cap
    from partners
    cross join (select distinct service, fiscal_year from terms cross join periods) as named
    inner join caps on caps.fiscal_year = named.fiscal_year
        and caps.mpn_id in (partners.mpn_id, '*') and caps.service in (named.service, '*')
    group by all
"""

# P21 to P23, with nothing closed before.
STATEMENTS = """
    with amounts as (
        select mpn_id,
            coalesce(sum(earned) filter (where status = 'PAYABLE' and period = :period), 0) as earned,
            coalesce(sum(earned - payable) filter (where status = 'PAYABLE' and period = :period), 0) as cap_reduction,
            coalesce(sum(payable) filter (where period < :period), 0) as adjustments,
            coalesce(sum(earned) filter (where status = 'HELD'), 0) as held
        from lines
        group by mpn_id
    ),
    due as (
        select *, earned - cap_reduction + adjustments as due from amounts
    )
    select mpn_id, cast(earned as decimal(18, 2)) as earned, cast(cap_reduction as decimal(18, 2)) as cap_reduction,
        cast(adjustments as decimal(18, 2)) as adjustments, cast(held as decimal(18, 2)) as held,
        cast(if(due > 0 and due >= :minimum_payment, due, 0) as decimal(18, 2)) as payment,
        cast(if(due > 0 and due >= :minimum_payment, 0, due) as decimal(18, 2)) as closing_balance
    from due
    order by mpn_id
"""


def read(spark: SparkSession, store: Path, feed: str, last: str) -> DataFrame:
    """The accepted rows of a feed; where later ones replace, the last version of each."""
    columns, key = FEEDS[feed]
    schema = f"{columns}, {VERSION}" if key else columns
    paths = [str(path) for path in files(store, feed, last)]
    frame = spark.read.schema(schema).parquet(*paths) if paths else spark.createDataFrame([], schema)
    if not key:
        return frame
    latest = Window.partitionBy(*key).orderBy(f.desc("delivery"), f.desc("file"), f.desc("row_number"))
    frame = frame.withColumn("version", f.row_number().over(latest)).where("version = 1")
    return frame.drop("version", "delivery", "file", "row_number")


def apply_caps(lines: DataFrame, cap_amounts: DataFrame) -> DataFrame:
    """P19, P20: adds what each line pays."""
    key = ["mpn_id", "service", "fiscal_year"]
    paid = lines.where("status = 'PAYABLE'").withColumn("payable", f.col("earned"))
    for scope, bucket in BUCKETS.items():
        in_order = Window.partitionBy("fiscal_year", "mpn_id", bucket).orderBy("period", "subscription_id", "incentive")
        in_order = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
        caps = cap_amounts.where(f.col("scope") == scope).select(*key, "cap")
        so_far, cap = f.sum("payable").over(in_order), f.col("cap")
        passed = f.least(so_far, cap) - f.least(so_far - f.col("payable"), cap)
        passed = f.when(cap.isNull(), f.col("payable")).otherwise(passed)
        paid = (
            paid.join(f.broadcast(caps), key, "left").withColumn("payable", passed.cast("decimal(18, 2)")).drop("cap")
        )
    held = lines.where("status = 'HELD'").withColumn("payable", f.lit(Decimal("0.00")).cast("decimal(18, 2)"))
    return paid.unionByName(held).drop("fiscal_year", "customer_id")


def work_out(spark: SparkSession, store: Path, policy: Policy, period: str, out: Path) -> None:
    def keep(name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)

    def ask(question: str, **values: str | date | Decimal) -> DataFrame:
        return spark.sql(question, values)

    def ask_once(name: str, question: str, **values: str | date | Decimal) -> None:
        """For what is used several times. A cache isn't found again for a plan with CTEs, a checkpoint is."""
        keep(name, ask(question, **values).localCheckpoint())

    for feed in FEEDS:
        keep(feed, read(spark, store, feed, period))
    months = ", ".join(
        f"('{one.name}', date '{one.first_day}', date '{one.last_day}', date '{one.end_day}', '{one.fiscal_year}')"
        for one in periods(policy, period)
    )
    keep("periods", ask(f"from values {months} as (period, first_day, last_day, end_day, fiscal_year)"))
    ask_once("terms", TERMS, eligible_programs="\n".join(policy.eligible_programs))
    ask_once("reviews", REVIEWS)
    ask_once("dpor_claims", DPOR_CLAIMS, dpor_go_live=policy.dpor_go_live)
    ask_once("forms", FORMS, osa_forms_accepted_until=policy.osa_forms_accepted_until)
    ask_once("osa_claims", OSA_CLAIMS)
    keep("proven_claims", ask(PROVEN_CLAIMS, osa_recognised_until=policy.osa_recognised_until))
    keep("earners", ask(EARNERS, osa_recognised_until=policy.osa_recognised_until))
    ask_once("lines", LINES)
    ask_once("cap_amounts", CAP_AMOUNTS)
    lines = apply_caps(spark.table("lines"), spark.table("cap_amounts"))
    lines.write.mode("overwrite").parquet(str(out / "incentive_lines.parquet"))
    keep("lines", spark.read.parquet(str(out / "incentive_lines.parquet")))
    statements = ask(STATEMENTS, period=period, minimum_payment=policy.minimum_payment)
    statements.coalesce(1).write.mode("overwrite").parquet(str(out / "statements.parquet"))


def main(store: Path, policy_file: Path | None, period: str, out: Path) -> None:
    settings = {
        "spark.driver.memory": "8g",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    spark = SparkSession.builder.master("local[2]").appName("month").config(map=settings).getOrCreate()
    try:
        work_out(spark, store, read_policy(policy_file), period, out)
    finally:
        spark.stop()


if __name__ == "__main__":
    command_line(main, __doc__)
