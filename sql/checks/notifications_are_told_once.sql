-- Guards against a partner told the same thing twice, or told what is another's (P26).
-- Returns each id that two messages have, each cause told twice (a proof may be asked for and decided again), each proof of
-- which the run tells what was told last, and each message that doesn't go to its claim's partner.
with
told_twice as (
    select min(kind) as kind, min(claim_id) as claim_id, count(*) as times
    from notifications
    group by notification_id
    having count(*) > 1
    union all
    select kind, claim_id, count(*)
    from notifications
    where kind not in ('POE_REQUESTED', 'POE_RESULT')
    group by kind, source, claim_id
    having count(*) > 1
    union all
    select 'POE', claim_id, count(*)
    from notifications
    where kind in ('POE_REQUESTED', 'POE_RESULT')
    group by source, claim_id, period
    having count(*) > 1
),

proofs as (
    select
        kind, claim_id, period, coalesce(outcome, 'PENDING') as told,
        lag(told) over (partition by source, claim_id order by period) as told_before
    from notifications
    where kind in ('POE_REQUESTED', 'POE_RESULT')
),

told_another as (
    select told.kind, told.claim_id, 1 as times
    from notifications as told
    left join claims using (source, claim_id)
    where told.mpn_id is distinct from claims.mpn_id
)

select kind, claim_id, times
from told_twice
union all
select kind, claim_id, times
from told_another
union all
select kind, claim_id, 2
from proofs
inner join policy on period = run_period
where told = told_before
