-- Guards against a partner paid for a subscription whose partner of record it is not (P16).
-- Returns each line without a PAYABLE or HELD resolution of the same partner and status.
select line.period, line.subscription_id, line.incentive, line.mpn_id, line.status
from incentive_lines as line
left join por_resolution as por
    on line.period = por.period and line.subscription_id = por.subscription_id
    and line.mpn_id = por.mpn_id and line.status = por.status
where por.period is null
