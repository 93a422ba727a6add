-- Why can an earlier line differ from what was posted, and in which order is it asked?
-- Grain: one row per cause. The models of adjustments name causes by these numbers.
select cause_no, cause
from (
    values
    (1, 'first_billed'),
    (2, 'por_changed'),
    (3, 'poe_passed'),
    (4, 'poe_failed'),
    (5, 'poe_pending'),
    (6, 'seats_changed'),
    (7, 'rate_changed'),
    (8, 'eligibility_changed'),
    (9, 'subscription_changed'),
    (10, 'cap_changed'),
    (11, 'cap_reallocated'),
    (12, 'policy_changed'),
    (13, 'software_changed')
) as listed (cause_no, cause)
