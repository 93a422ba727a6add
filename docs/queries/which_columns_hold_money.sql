-- Which columns of a relation hold money, and what does each mean?
--
-- On the sample, after `dpor run --through 2015-06 --close`:
-- earned | DECIMAL(18,2) | What the period's PAYABLE lines earned.
-- cap_reduction | DECIMAL(18,2) | What the caps took off them.
-- adjustments | DECIMAL(18,2) | The differences on earlier periods' lines (P22).
-- (7 rows)
select column_name, data_type, comment
from dictionary
where relation = 'statements' and data_type like 'DECIMAL%'
order by position;
