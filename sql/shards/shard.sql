-- Which part of the customers is worked out here?
-- Grain: one row.
select $number::ubigint as number, $of::ubigint as parts
