-- Where does a partner write to with its questions?
-- Grain: one row per region of the partners' feed. P26 [s7].
select region, support_address
from (
    values
    ('EMEA', 'ociemea@microsoft.com'),
    ('LATAM', 'ocilatam@microsoft.com'),
    ('APGC', 'ociapgc@microsoft.com'),
    ('JAPAN', 'ocijp@microsoft.com'),
    ('NA', 'ocina@microsoft.com')
) as addresses (region, support_address)
