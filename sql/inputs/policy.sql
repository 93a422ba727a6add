-- Which rules does the run apply? The values of policy.toml, and the run's own period.
-- Grain: one row.
select
    $run_period::varchar as run_period,
    $run_state::varchar as run_state,
    $run_inputs::varchar as run_inputs,
    $as_known_on::varchar as as_known_on,
    ($run_period || '-01')::date as run_first_day,
    (($run_period || '-01')::date + interval 1 month)::date as run_end_day,
    (year(($run_period || '-01')::date) * 12 + month(($run_period || '-01')::date))::integer as run_month_no,
    strftime(($run_period || '-01')::date - interval 1 month, '%Y-%m') as period_before,
    ($first_period || '-01')::date as program_first_day,
    (year(($first_period || '-01')::date) * 12 + month(($first_period || '-01')::date))::integer as program_first_month_no,
    $dpor_go_live::date as dpor_go_live,
    $osa_forms_accepted_until::date as osa_forms_accepted_until,
    $osa_recognised_until::date as osa_recognised_until,
    $services::varchar[] as services,
    $eligible_programs::varchar[] as eligible_programs,
    $incentives::varchar[] as incentives,
    $fiscal_year_start_month::integer as fiscal_year_start_month,
    $currency::varchar as currency,
    $minimum_payment::decimal(18, 2) as minimum_payment
