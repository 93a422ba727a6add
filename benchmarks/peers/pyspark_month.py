"""The month in PySpark on two cores: `python -m benchmarks.peers.pyspark_month STORE PERIOD OUT`. Needs Java 17."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

from benchmarks.peers.inputs import Policy, command_line, files, periods, read_policy
from benchmarks.peers.outputs import RESULTS, publish
from benchmarks.peers.pyspark_questions import (
    CAP_AMOUNTS,
    CHECKS,
    CLAIMS,
    DPOR_CLAIMS,
    EVENTS,
    FORM_DECISIONS,
    FORMS,
    LINES,
    MISSING_SEATS,
    OSA_CLAIMS,
    POR_RESOLUTION,
    PROVEN_CLAIMS,
    REVIEWS,
    RUNS,
    SEATS,
    STATEMENT_LINES,
    STATEMENTS,
    TERMS,
)

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

    def write(name: str, frame: DataFrame) -> None:
        """For what is published; what comes after reads it from there."""
        frame.write.mode("overwrite").parquet(str(results[name]))
        keep(name, spark.read.parquet(str(results[name])))

    results = {name: out / "results" / name for name in RESULTS}
    for feed in FEEDS:
        keep(feed, read(spark, store, feed, period))
    months = periods(policy, period)
    rows = ", ".join(
        f"('{one.name}', date '{one.first_day}', date '{one.last_day}', date '{one.end_day}', '{one.fiscal_year}')"
        for one in months
    )
    keep("periods", ask(f"from values {rows} as (period, first_day, last_day, end_day, fiscal_year)"))
    ask_once("terms", TERMS, eligible_programs="\n".join(policy.eligible_programs))
    ask_once("reviews", REVIEWS)
    ask_once("events", EVENTS, dpor_go_live=policy.dpor_go_live)
    ask_once("runs", RUNS)
    ask_once("dpor_claims", DPOR_CLAIMS)
    ask_once("form_decisions", FORM_DECISIONS, osa_forms_accepted_until=policy.osa_forms_accepted_until)
    ask_once("forms", FORMS)
    ask_once("osa_claims", OSA_CLAIMS)
    ask_once("proven_claims", PROVEN_CLAIMS, osa_recognised_until=policy.osa_recognised_until)
    write("claims", ask(CLAIMS, end_day=months[-1].end_day))
    write("por_resolution", ask(POR_RESOLUTION, osa_recognised_until=policy.osa_recognised_until))
    ask_once("seats", SEATS)
    write("missing_seats", ask(MISSING_SEATS))
    ask_once("lines", LINES)
    ask_once("cap_amounts", CAP_AMOUNTS)
    write("incentive_lines", apply_caps(spark.table("lines"), spark.table("cap_amounts")))
    write("statement_lines", ask(STATEMENT_LINES, period=period))
    write("statements", ask(STATEMENTS, period=period, minimum_payment=policy.minimum_payment))
    for broken, question in CHECKS.items():
        if bad := ask(question).take(3):
            raise ValueError(f"{broken}: {bad}")
    publish(out, store, period, results)


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
