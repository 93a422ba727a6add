-- Guards against a file written elsewhere: statements are named by their MPN ID, which a changed store may hold in any form.
-- Returns each MPN ID with a statement that isn't seven digits.
select distinct mpn_id
from statements
where not regexp_full_match(mpn_id, '[0-9]{7}')
