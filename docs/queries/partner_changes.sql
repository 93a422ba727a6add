-- Which subscriptions changed hands in the last three months, from whom to whom?
-- A month without a partner of record is a change too. The first month of the programme or of a subscription is not.
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- 2015-06 | Coho Vineyard | coho-vineyard-ems | - | 1800001 | HELD | poe_pending
-- 2015-05 | Coho Vineyard | coho-vineyard-ems | 1800001 | - | UNASSIGNED | dpor_removed
-- 2015-05 | Wingtip Toys | wingtip-intune | 1100001 | 1200001 | PAYABLE | -
-- (10 rows)
select period, organization_name, subscription_id, mpn_before, mpn_id, status, reason
from (
    select
        *, lag(mpn_id) over months as mpn_before, lag(period) over months as previous
    from por_resolution
    window months as (partition by subscription_id order by period)
)
inner join current_customers using (customer_id)
inner join periods using (period)
inner join policy on true
where previous is not null and mpn_id is distinct from mpn_before and month_no > run_month_no - 3
order by period desc, subscription_id;
