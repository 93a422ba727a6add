-- What was decided for one subscription and period?
-- Grain: one row, if the subscription's term overlaps the period.
select
    por.period, por.subscription_id, por.customer_id, por.service, por.mpn_id, partner_name, por.basis, por.status, por.reason,
    por.claim_id, program, start_date, end_date, first_day, last_day, end_day, eligible_from, eligible_to,
    (por.period, por.subscription_id) in (select period, subscription_id from missing_seats) as seats_are_missing
from por_resolution as por
inner join periods using (period)
inner join current_subscriptions as subscription using (subscription_id)
left join current_partners as partner on por.mpn_id = partner.mpn_id
where por.subscription_id = $subscription and por.period = $period
