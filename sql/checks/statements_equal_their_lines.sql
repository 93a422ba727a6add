-- Guards against a statement that says another sum than its lines, or lines without a statement (P21, P22).
-- Returns each partner and kind for which they differ.
with
from_lines as (
    select statement_period, mpn_id, kind, sum(amount) as amount
    from statement_lines
    group by statement_period, mpn_id, kind
),

from_statements as (
    select statement_period, mpn_id, 'CURRENT' as kind, earned - cap_reduction as amount
    from statements
    union all
    select statement_period, mpn_id, 'ADJUSTMENT' as kind, adjustments as amount
    from statements
)

select statement_period, mpn_id, kind, from_lines.amount as in_lines, from_statements.amount as in_statements
from from_statements
full join from_lines using (statement_period, mpn_id, kind)
where from_statements.mpn_id is null or coalesce(from_lines.amount, 0) <> from_statements.amount
