-- What the questions' SQL stands on: the raw files by their names, seen as of `now`. Nothing here knows the language:
-- an event is seen when it is not after `now`, and a day in New York begins at its first moment there.
-- Amounts are exact: cents as DECIMAL, and the same in whole millionths of a dollar (`micros`).

create view purchase as
select t.household_id, t.transaction_timestamp as bought_at, t.transaction_timestamp at time zone getvariable('zone') as local, t.product_id, t.basket_id, t.store_id,
       t.quantity::bigint as quantity,
       t.sales_value::decimal(18, 6) as spend, (t.sales_value::decimal(18, 6) * 1000000)::hugeint as micros,
       t.retail_disc as card_saving,
       t.coupon_disc::decimal(18, 6) as coupon_saving, t.coupon_match_disc::decimal(18, 6) as match_saving, t.week,
       p.manufacturer_id as maker, p.department, p.brand, p.product_category as category, p.product_type as kind,
       p.package_size as size,
       -- The order of a household's events: by time, then by the fields as they are declared.
       row_number() over (partition by t.household_id order by t.transaction_timestamp, t.product_id, t.basket_id,
         t.store_id, t.quantity, t.sales_value, t.retail_disc, t.coupon_disc, t.coupon_match_disc, t.week) as place
from transactions_sample t left join products p using (product_id)
where t.transaction_timestamp <= getvariable('now');

create view contact as
select c.household_id, c.campaign_id, d.campaign_type as kind, d.start_date as sent, d.start_date as starts,
       d.end_date as ends, d.start_date::timestamp at time zone getvariable('zone') as moment,
       row_number() over (partition by c.household_id order by d.start_date, c.campaign_id) as place
from campaigns c join campaign_descriptions d using (campaign_id)
where d.start_date::timestamp at time zone getvariable('zone') <= getvariable('now');

create view redemption as
select r.household_id, r.coupon_upc, r.campaign_id, r.redemption_date as redeemed, d.campaign_type as kind,
       d.start_date as starts, d.end_date as ends,
       r.redemption_date::timestamp at time zone getvariable('zone') as moment,
       row_number() over (partition by r.household_id order by r.redemption_date, r.coupon_upc, r.campaign_id) as place
from coupon_redemptions r join campaign_descriptions d using (campaign_id)
where r.redemption_date::timestamp at time zone getvariable('zone') <= getvariable('now');

-- A household is there once something is known of it: its survey, or an event that is not after `now`.
create view customer as
select household_id, age, income, home_ownership as home, marital_status, household_size as persons,
       household_comp as composition, kids_count as kids
from (select household_id from demographics union select household_id from purchase
      union select household_id from contact union select household_id from redemption)
left join demographics using (household_id);
