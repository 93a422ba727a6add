-- Which version of a customer counts? The one delivered last.
-- Grain: one row per customer.
select customer_id, organization_name, country, address, phone, delivery, file, row_number
from customers
qualify row_number() over (partition by customer_id order by delivery desc, file desc, row_number desc) = 1
