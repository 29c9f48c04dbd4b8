-- What the questions' SQL stands on: a row of the interaction history is an offer shown to a customer. The earlier of its
-- two times is when it was shown, the later one when an answer came; `NoResponse` is none. The rows without a channel tell
-- what became of customers and are left out. Nothing after `now` is seen. Times are local.

create view history as
select CustomerID as person_id, lower(pyName) as offer, lower(pyChannel) as channel,
       date_trunc('milliseconds', least(pxDecisionTime, pxOutcomeTime)) as shown_at,
       date_trunc('milliseconds', greatest(pxDecisionTime, pxOutcomeTime)) as answered_at,
       date_trunc('milliseconds', pxDecisionTime) as decided_at, pyPropensity as propensity,
       case pyOutcome when 'Accept' then 'accepted' when 'Accepted' then 'accepted' when 'Clicked' then 'clicked'
         when 'Rejected' then 'rejected' end as outcome,
       case when pyName like '%Gold' then 'gold' when pyName like '%Personal' then 'personal' else 'world' end as level
from interaction_history where pyChannel <> '';

create view contact as
select person_id, offer, channel, level, shown_at at time zone 'America/New_York' as moment, shown_at,
       decided_at at time zone 'America/New_York' as decided
from history where shown_at <= getvariable('now');

create view response as
select person_id, offer, channel, outcome, answered_at at time zone 'America/New_York' as moment, answered_at
from history where outcome is not null and answered_at <= getvariable('now');

create view customer as select distinct CustomerID as person_id from interaction_history;

-- Messages: what came by one channel at one time is one.
create view message as select distinct person_id, moment, channel from contact;
