-- What is missing where a subscription isn't paid, as its partner reads it?
-- Grain: one row per reason.
-- P13, P16 to P18.
select reason, missing
from (
    values
    ('poe_pending', 'A proof of execution that passes: send it to the address of your region'),
    ('poe_failed', 'A proof of execution that passes: the latest one failed'),
    ('partner_not_eligible', 'Your eligibility on the last day of the period'),
    ('osa_superseded_by_dpor', 'A DPOR of your own: another partner''s DPOR stopped the form for the whole service'),
    ('osa_recognition_ended', 'A DPOR: forms are no longer recognised'),
    ('dpor_removed', 'A DPOR: the customer removed the one that was attached'),
    (
        'no_por',
        'A DPOR; or, while forms are recognised, a proof that passes, where yours failed and another partner''s DPOR hasn''t '
        || 'stopped your form'
    ),
    ('program_not_eligible', 'An agreement of a program that earns'),
    ('no_seats', 'A snapshot of assigned seats dated within the period and the subscription''s term'),
    ('no_rate', 'A rate on the last day of the period, for a service that the programme lists')
) as listed (reason, missing)
