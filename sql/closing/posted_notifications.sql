-- What does closing the period tell partners?
-- Grain: one row per message. P26.
select notification_id, kind, mpn_id, email, claim_id, subject, body, period, source, outcome
from notifications
where period = (select run_period from policy)
order by notification_id
