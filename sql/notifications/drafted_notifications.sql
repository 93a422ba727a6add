-- What would closing the run's period tell, and to whom? Everything that is known now and was not told before.
-- Grain: one row per message. A proof may be asked for and decided more than once: nth counts, and all else is told once ever.
-- P26. Nothing that came with a delivery can add a line, or end one: what isn't printable becomes a space.
with
notices as (
    from attachment_notices
    union all
    from end_notices
    union all
    from refusal_notices
    union all
    from proof_notices
),

told as (
    select kind, source, claim_id, count(*) as times
    from posted_notifications
    group by kind, source, claim_id
),

news as (
    select kind, source, claim_id, mpn_id, outcome, subject, lines, coalesce(times, 0) + 1 as nth
    from notices
    left join told using (kind, source, claim_id)
    where times is null or kind in ('POE_REQUESTED', 'POE_RESULT')
),

written as (
    select
        kind, source, claim_id, mpn_id, ppc_email, outcome, nth, subject,
        [format('Dear {},', ppc_name), ''] || lines || [
            '',
            format('Your MPN ID:  {}', mpn_id),
            format('Questions:    {}', support_address)
        ] as lines
    from news
    left join current_partners using (mpn_id)
    left join support_addresses using (region)
),

drafted_notifications as (
    select
        format('{}-{}-{}', kind, claim_id, left(sha256(concat_ws(' ', kind, source, claim_id, nth)), 16)) as notification_id,
        kind,
        mpn_id,
        ppc_email as email,
        claim_id,
        regexp_replace(subject, '[\p{C}\p{Zl}\p{Zp}]', ' ', 'g') as subject,
        -- A line that is null makes the body null, which its model refuses: none is dropped in silence.
        list_reduce(
            list_transform(lines, lambda line: regexp_replace(line, '[\p{C}\p{Zl}\p{Zp}]', ' ', 'g')),
            lambda above, line: above || chr(10) || line
        ) || chr(10) as body,
        run_period as period,
        source,
        outcome
    from written, policy
)

select * from drafted_notifications
