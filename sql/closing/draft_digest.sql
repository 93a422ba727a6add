-- Does a draft say what it said before? Two drafts with the same statements and lines, to the cent, have the same digest.
-- Grain: one row. Without rows a part is 0, and not null, which would make the whole null. DuckDB's hash may change with its
-- version: then the draft is made anew, which is the safe side.
select
    format(
        '{} statements {}, {} lines {}',
        (select count(*) from drafted_statements),
        (
            select coalesce(
                bit_xor(hash(mpn_id, earned, cap_reduction, adjustments, held, opening_balance, payment, closing_balance)), 0
            )
            from drafted_statements
        ),
        (select count(*) from statement_lines, policy where statement_period = run_period),
        (
            select coalesce(bit_xor(hash(kind, period, subscription_id, incentive, mpn_id, amount, cause)), 0)
            from statement_lines, policy
            where statement_period = run_period
        )
    ) as digest
