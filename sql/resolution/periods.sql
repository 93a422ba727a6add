-- Which months does the run look at? Every one from the programme's first to the run's own.
-- Grain: one row per period. A period is half-open: first_day <= t and t < end_day, midnights in UTC.
-- P20: the fiscal year is named for the year that it ends in.
with
months as (
    select
        begins::date as first_day,
        (begins + interval 1 month)::date as end_day,
        year(begins)
        + case when fiscal_year_start_month > 1 and month(begins) >= fiscal_year_start_month then 1 else 0 end as ends_in
    from
        policy,
        unnest(generate_series(program_first_day::timestamp, run_first_day::timestamp, interval 1 month)) as series (begins)
),

periods as (
    select
        strftime(first_day, '%Y-%m') as period,
        (year(first_day) * 12 + month(first_day))::integer as month_no,
        first_day,
        end_day - 1 as last_day,
        end_day,
        'FY' || lpad((ends_in % 100)::varchar, 2, '0') as fiscal_year
    from months
)

select * from periods
