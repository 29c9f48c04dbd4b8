-- What the questions' SQL stands on: a campaign is a contact on its first day, by post, e-mail or at the till after its
-- type; a coupon that came back is a redemption. Nothing after `now` is seen. Times are local, days begin at midnight.

create view contact as
select c.household_id, d.start_date::timestamp as moment, 'campaign_' || c.campaign_id as offer,
       case d.campaign_type when 'Type A' then 'mail' when 'Type B' then 'email' else 'till' end as channel,
       lower(replace(d.campaign_type, ' ', '_')) as topic
from campaigns c join campaign_descriptions d using (campaign_id)
where d.start_date::timestamp <= getvariable('local');

create view redemption as
select household_id, redemption_date::timestamp as moment, 'campaign_' || campaign_id as offer
from coupon_redemptions where redemption_date::timestamp <= getvariable('local');

create view purchase as
select t.household_id, t.transaction_timestamp at time zone 'America/New_York' as moment, p.product_category as category,
       t.sales_value as spend
from transactions_sample t left join products p using (product_id)
where t.transaction_timestamp <= getvariable('now');

create view customer as
select household_id from demographics union select household_id from contact union select household_id from redemption;

-- Messages: what came by one channel at one time is one.
create view message as select distinct household_id, moment, channel from contact;
