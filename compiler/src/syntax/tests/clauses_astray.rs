//! Clauses that decide when, how and how often, as authors write them who know other tools: each is answered with the
//! right form, and what can mean two things with both.

use insta::assert_snapshot;

use super::{ast::ItemKind, messages, parse_item};

fn channel(clauses: &str) -> String {
    messages(&format!("channel x {{\n{clauses}\n}}"))
}

fn offer(clauses: &str) -> String {
    messages(&format!("offer x {{\n{clauses}\n}}"))
}

fn portfolio(clauses: &str) -> String {
    messages(&format!("portfolio {{\n{clauses}\n}}"))
}

#[test]
fn quiet_hours() {
    assert_snapshot!(channel("  quiet from 21:00 until 08:00\n  quiet between 9pm and 8 am\n  quiet 21:00-08:00\n  quiet 21:00..08:00\n  quiet 21 to 8\n  quiet 21:30 to 8"), @r#"
    E0125 [from 21:00 until 08:00] quiet hours are written `21:00 to 08:00` | write `21:00 to 08:00`
          fix: write `21:00 to 08:00` -> [21:00 to 08:00]
    E0125 [between 9pm and 8 am] quiet hours are written `21:00 to 08:00` | write `21:00 to 08:00`
          fix: write `21:00 to 08:00` -> [21:00 to 08:00]
    E0125 [21:00-08:00] quiet hours are written `21:00 to 08:00` | write `21:00 to 08:00`
          fix: write `21:00 to 08:00` -> [21:00 to 08:00]
    E0125 [21:00..08:00] quiet hours are written `21:00 to 08:00` | write `21:00 to 08:00`
          fix: write `21:00 to 08:00` -> [21:00 to 08:00]
    E0125 [21 to 8] quiet hours are written `21:00 to 08:00` | write `21:00 to 08:00`
          fix: write `21:00 to 08:00` -> [21:00 to 08:00]
    E0125 [21:30 to 8] quiet hours are written `21:30 to 08:00` | write `21:30 to 08:00`
          fix: write `21:30 to 08:00` -> [21:30 to 08:00]
    "#);
    assert_snapshot!(channel("  quiet after 21:00\n  quiet night to morning\n  quiet 30 days to 40 days\n  quiet hours 21:00 to 08:00, on sunday"), @r#"
    E0125 [after 21:00] quiet hours have a beginning and an end | only `21:00`
          help: write both: `21:00 to 08:00`
    E0101 [night] `night` does not fit after `quiet` | expected `21:00 to 08:00`, `on` with days, or `by law of`
          help: write `21:00 to 08:00`, `on` with days, or `by law of` here
    E0125 [30 days] quiet hours go from a time of day to a time of day | not a time of day
          help: write times such as `08:30`: `18:00 to 21:00`
    E0125 [40 days] quiet hours go from a time of day to a time of day | not a time of day
          help: write times such as `08:30`: `18:00 to 21:00`
    E0122 [hours] leave out `hours` | not part of the language
          fix: delete `hours` -> []
    E0122 [,] leave out `,` | not part of the language
          fix: delete `,` -> []
    "#);
    assert_snapshot!(channel("  quiet by law for customer.state\n  quiet by law\n  quiet by state law\n  quiet"), @r#"
    E0122 [for] `for` is written `of` here | write `of`
          fix: replace `for` with `of` -> [of]
    E0101 [] the clause is not finished after `law` | expected `of`
          help: write `of` after `law`, or delete `law`
    E0101 [state] `state` does not fit after `by` | expected `law of`
          help: write `law of` here
    E0101 [] the clause is not finished after `quiet` | expected `21:00 to 08:00`, `on` with days, or `by law of`
          help: write `21:00 to 08:00`, `on` with days, or `by law of` after `quiet`, or delete `quiet`
    "#);
}

#[test]
fn days() {
    assert_snapshot!(channel("  quiet sundays\n  quiet on mon, tue and wensday\n  quiet on fri-mon\n  quiet 21:00 to 08:00 on mon-fri\n  quiet 21:00 to 08:00 every sunday"), @r#"
    E0119 [] `on` is left out before the days | `on` is missing here
          fix: add `on` -> [on ]
    E0126 [sundays] `sundays` is no day of the week | a day is expected here
          help: did you mean `sunday`?
          fix: write `sunday` -> [sunday]
    E0126 [mon] `mon` is no day of the week | a day is expected here
          help: did you mean `monday`?
          fix: write `monday` -> [monday]
    E0126 [tue] `tue` is no day of the week | a day is expected here
          help: did you mean `tuesday`?
          fix: write `tuesday` -> [tuesday]
    E0122 [and] `and` is written `,` here | write `,`
          fix: replace `and` with `,` -> [,]
    E0126 [wensday] `wensday` is no day of the week | a day is expected here
          help: did you mean `wednesday`?
          fix: write `wednesday` -> [wednesday]
    E0126 [fri-mon] days are named one by one | write `friday, saturday, sunday, monday`
          fix: write `friday, saturday, sunday, monday` -> [friday, saturday, sunday, monday]
    E0126 [mon-fri] days are named one by one | write `weekdays`
          fix: write `weekdays` -> [weekdays]
    E0122 [every] `every` is written `on` here | write `on`
          fix: replace `every` with `on` -> [on]
    "#);
    assert_snapshot!(channel("  quiet on holidays\n  quiet on the weekend\n  quiet on holidays to sunday"), @r#"
    E0126 [holidays] `holidays` is no day of the week | a day is expected here
          help: the days are `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday` and `weekdays`, `weekends`
    E0122 [the] leave out `the` | not part of the language
          fix: delete `the` -> []
    E0126 [weekend] `weekend` is no day of the week | a day is expected here
          help: did you mean `weekends`?
          fix: write `weekends` -> [weekends]
    E0126 [holidays] `holidays` is no day of the week | a day is expected here
          help: the days are `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday` and `weekdays`, `weekends`
    "#);
}

#[test]
fn channels() {
    assert_snapshot!(channel("  inbound, outbound\n  outbound and inbound\n  both\n  inbound and email"), @r#"
    E0134 [inbound, outbound] a channel for both is `inbound and outbound` | write `inbound and outbound`
          fix: write `inbound and outbound` -> [inbound and outbound]
    E0134 [outbound and inbound] a channel for both is `inbound and outbound` | write `inbound and outbound`
          fix: write `inbound and outbound` -> [inbound and outbound]
    E0122 [both] `both` is written `inbound and outbound` here | write `inbound and outbound`
          fix: replace `both` with `inbound and outbound` -> [inbound and outbound]
    E0101 [email] `email` does not fit after `and` | expected `inbound` or `outbound`
          help: write `inbound` or `outbound` here
    "#);
    assert_snapshot!(channel("  lead time 2 hours\n  lead 2\n  lead: soon\n  capacity 50_000 a week\n  capacity 50_000/week\n  capacity 50_000 weekly"), @r#"
    E0122 [time] leave out `time` | not part of the language
          fix: delete `time` -> []
    E0115 [2] a lead is a length of time | how long is this?
          help: add a unit: `lead 2 days`
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0115 [soon] a lead is a length of time | how long is this?
          help: write a length of time, such as `lead 90 days`
    E0122 [a] `a` is written `per` here | write `per`
          fix: replace `a` with `per` -> [per]
    E0107 [/] `/` is written `per` here | write `per week`
          fix: write `per` -> [ per ]
    E0122 [weekly] `weekly` is written `per week` here | write `per week`
          fix: replace `weekly` with `per week` -> [per week]
    "#);
    assert_snapshot!(channel("  capacity 50_000 per month\n  capacity max 500 per days\n  capacity 500\n  capacity 500 monthly"), @r#"
    E0115 [month] a capacity is for a day or a week, not for a `month` | `day` or `week` is expected here
          help: write `per day` or `per week`, with what fits into it
    E0122 [max] leave out `max` | not part of the language
          fix: delete `max` -> []
    E0122 [days] `days` is written `day` here | write `day`
          fix: replace `days` with `day` -> [day]
    E0119 [] a capacity says for how long it is | `per day` or `per week` is missing
          help: write `capacity 50_000 per week`
    E0115 [monthly] a capacity is for a day or a week, not for a `monthly` | `day` or `week` is expected here
          help: write `per day` or `per week`, with what fits into it
    "#);
    assert_snapshot!(channel("  channel mail\n  slate 3\n  every 30 days\n  never x\n  quite 21:00 to 08:00"), @r#"
    E0106 [channel] the clause `channel` does not stand here | belongs to another item
          help: write it in an offer
    E0106 [slate] the clause `slate` does not stand here | belongs to another item
          help: write it in the portfolio: `portfolio { … }`
    E0135 [every] `every` goes on with a clause, and this line begins a new one | a clause word is expected here
          help: write it on the line of its clause: a clause ends with its line, unless the line ends in a comma or an operator
    E0106 [never] the clause `never` does not stand here | belongs to another item
          help: write it in a guarantee: `guarantee "…" { … }`
    E0106 [quite] `quite` begins no clause of a channel | a clause word is expected here
          help: did you mean `quiet`?
          fix: replace `quite` with `quiet` -> [quiet]
    "#);
}

#[test]
fn routes() {
    assert_snapshot!(offer("  channel mail else email when a else sms\n  channel mail if a, or sms unless b\n  channel mail > sms -> push\n  channel mail when (a else b), sms"), @r#"
    E0122 [else] `else` is written `, else` here | write `, else`
          fix: replace `else` with `, else` -> [, else]
    E0133 [else] `else sms` may be the next channel or a part of the condition | a comma stands before the next channel
          help: write `, else sms` for the next channel; a part of the condition goes into brackets: `(… else sms)`
          fix: write `, else` -> [, else]
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0122 [or] `or` is written `else` here | write `else`
          fix: replace `or` with `else` -> [else]
    E0122 [unless] `unless` is written with `when not` | not a word of the language
          help: write `when not (…)`: it holds where the condition is definitely false, so think of missing data too
    E0122 [>] `>` is written `, else` here | write `, else`
          fix: replace `>` with `, else` -> [, else]
    E0122 [->] `->` is written `, else` here | write `, else`
          fix: replace `->` with `, else` -> [, else]
    "#);
}

#[test]
fn timing() {
    assert_snapshot!(offer("  timing mon-fri\n  timing between 9am and 5pm\n  timing 18:00 to 21:00\n  timing from 18:00 to 21:00\n  timing between 9 and 17\n  timing 18:00"), @r#"
    E0119 [] `on` is left out before the days | `on` is missing here
          fix: add `on` -> [on ]
    E0126 [mon-fri] days are named one by one | write `weekdays`
          fix: write `weekdays` -> [weekdays]
    E0125 [between 9am and 5pm] hours of sending are written `between 09:00 and 17:00` | write `between 09:00 and 17:00`
          fix: write `between 09:00 and 17:00` -> [between 09:00 and 17:00]
    E0125 [18:00 to 21:00] hours of sending are written `between 18:00 and 21:00` | write `between 18:00 and 21:00`
          fix: write `between 18:00 and 21:00` -> [between 18:00 and 21:00]
    E0125 [from 18:00 to 21:00] hours of sending are written `between 18:00 and 21:00` | write `between 18:00 and 21:00`
          fix: write `between 18:00 and 21:00` -> [between 18:00 and 21:00]
    E0125 [between 9 and 17] hours of sending are written `between 09:00 and 17:00` | write `between 09:00 and 17:00`
          fix: write `between 09:00 and 17:00` -> [between 09:00 and 17:00]
    E0125 [18:00] hours of sending have a beginning and an end | only `18:00`
          help: write both: `between 18:00 and 21:00`
    "#);
    assert_snapshot!(offer("  timing 2026-11-01 to 2026-12-24\n  timing from 2026-11-01 - 2026-12-24\n  timing 2026-11-01\n  timing from 2026-11-01, until 2026-12-24 and on weekdays between 18:00 and 21:00"), @r#"
    E0119 [] `from` is left out before the first day | `from` is missing here
          fix: add `from` -> [from ]
    E0122 [-] `-` is written `to` here | write `to`
          fix: replace `-` with `to` -> [to]
    E0132 [2026-11-01] from `2026-11-01` or to `2026-11-01`? | no word says which
          help: write `from 2026-11-01`, `to 2026-11-01`, or for this day alone `from 2026-11-01 to 2026-11-01`
    E0122 [,] leave out `,` | not part of the language
          fix: delete `,` -> []
    E0122 [until] `until` is written `to` here | write `to`
          fix: replace `until` with `to` -> [to]
    E0122 [and] `and` is written `,` here | write `,`
          fix: write `,` -> [,]
    E0119 [between 18:00 and 21:00] `,` is left out between two parts of `timing` | `,` is missing before this
          fix: add `,` -> [,]
    "#);
    assert_snapshot!(offer("  timing immediately\n  timing right now\n  timing whenever\n  timing on monday,\n  timing"), @r#"
    E0122 [immediately] `immediately` is written `right away` here | write `right away`
          fix: replace `immediately` with `right away` -> [right away]
    E0122 [right now] `right now` is written `right away` here | write `right away`
          fix: replace `right now` with `right away` -> [right away]
    E0101 [whenever] `whenever` does not fit after `timing` | expected days, hours or a moment such as `right away`
          help: write days, hours or a moment such as `right away` here
    E0126 [timing] `timing` is no day of the week | a day is expected here
          help: the days are `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday` and `weekdays`, `weekends`
    "#);
    assert_snapshot!(offer("  timing on monday, on friday\n  timing right away, 7 days after t\n  timing right away or 7 days after t\n  timing right away, else on weekdays"), @r#"
    E0131 [on friday] `timing` says twice on which days | said again here
          help: keep one of the two
    E0119 [7 days after t] of two moments the second stands after `, else` | `else` is missing before this
          help: the first moment that has a possible time rules, the next is tried where there is none
          fix: add `else` -> [else ]
    E0122 [or] `or` is written `, else` here | write `, else`
          fix: write `, else` -> [, else]
    E0122 [, else] only a second moment of sending stands after `else` | write `,`
          help: days and hours hold for every moment; moments are such as `right away` and `7 days after last(visit).at`
          fix: write `,` -> [,]
    "#);
}

#[test]
fn moments() {
    assert_snapshot!(offer("  timing 1 to 5 days after t\n  timing 1 day - 5 days after t\n  timing between 1 and 5 days after t\n  timing more than 1 day after t\n  timing no later than 5 days after t\n  timing within 5 days of t\n  timing at least 1 day to 5 days after t"), @r#"
    E0115 [1] each length of time has its unit | write `1 day`
          fix: write `1 day` -> [1 day]
    E0122 [-] `-` is written `to` here | write `to`
          fix: replace `-` with `to` -> [to]
    E0122 [between 1 and 5 days after] a stretch of time after an event has no `between` | write `1 day to 5 days after`
          fix: write `1 day to 5 days after` -> [1 day to 5 days after]
    E0122 [more than] `more than` is written `at least` here | write `at least`
          fix: replace `more than` with `at least` -> [at least]
    E0122 [no later than] `no later than` is written `within` here | write `within`
          fix: replace `no later than` with `within` -> [within]
    E0122 [of] `of` is written `after` here | write `after`
          fix: replace `of` with `after` -> [after]
    E0122 [at least] leave out `at least` | not part of the language
          fix: delete `at least` -> []
    "#);
    assert_snapshot!(offer("  timing 5 days before t\n  timing after t\n  timing before t\n  timing 5 days\n  timing 5 after t"), @r#"
    E0132 [before] a time of sending is after an event | not before one
          help: move the event: `1 hour after anniversary(customer.birth) - 7 days`
    E0132 [after t] how long `after` it? | no length of time is said
          help: write `at least 1 hour after t`, `within 5 days after t` or `1 day to 5 days after t`
    E0132 [before t] how long `before` it? | no length of time is said
          help: a time of sending is after an event: `1 hour after anniversary(customer.birth) - 7 days`
    E0132 [5 days] `5 days` after what? | no event follows
          help: name a date or an instant: `5 days after last(visit).at`
    E0115 [5] a time of sending is a length of time after an event | how long is this?
          help: add a unit: `at least 5 days`
    "#);
    assert_snapshot!(offer("  timing at 18:00\n  timing at 6pm on the day of t\n  timing at 18 7 days after t\n  timing on the day of t\n  timing on the day of t at 18:00"), @r#"
    E0132 [at 18:00] on which day is this? | no day is said
          help: write `at 18:00 on the day of last(visit).at`, `at 18:00 7 days after last(visit).at`, or for any day `between 18:00 and 21:00`
    E0114 [6pm] `6pm` is not written as a time of day | hours go from 0 to 23: `21:00`
          fix: write `18:00` -> [18:00]
    E0125 [18] `18` is no time of day | write `18:00`
          fix: write `18:00` -> [18:00]
    E0132 [on the day of t] at what time of that day? | no time of day is said
          help: write `at 18:00 on the day of t`; anytime on it is `within 1 day after t`
    E0134 [on the day of t at 18:00] the time stands before the day | write `at 18:00 on the day of t`
          fix: write `at 18:00 on the day of t` -> [at 18:00 on the day of t]
    "#);
}

#[test]
fn how_long_a_cap_counts() {
    assert_snapshot!(offer("  cap 3 per customer per week\n  cap 3 per customer every month\n  cap 3 per customer daily\n  cap 3/week\n  cap 3 / 7 days per customer\n  cap 3 per customer"), @r#"
    E0127 [per week] `per week` can mean two things | which one?
          help: write `each week` for the calendar's, from Monday on, or `every 7 days` for what has passed until now
    E0127 [every month] `every month` can mean two things | which one?
          help: write `each month` for the calendar's, from the first on, or `every 30 days` for what has passed until now
    E0127 [daily] `daily` can mean two things | which one?
          help: write `each day` for the calendar's, from midnight to midnight, or `every 24 hours` for what has passed until now
    E0127 [/week] `/ week` is not how long a cap counts | counted over how long?
          help: write `each week` for the calendar's, from Monday on, or `every 7 days` for what has passed until now
    E0129 [] a cap says over whom it counts | `per customer` is missing before this
          help: write `per customer`; over all customers together it is `in total`
          fix: add `per customer` -> [ per customer]
    E0127 [/ 7 days] `/ 7 days` is not how long a cap counts | counted over how long?
          help: write `every 7 days` after `per customer`
    E0127 [] a cap says how long it counts | `every …` or `each …` is missing here
          help: write `every 30 days` for what has passed until now, `each month` for the calendar's; over all customers and all time it is `in total`
    "#);
    assert_snapshot!(offer("  cap 3 per customer each calendar week\n  cap 3 per customer every calendar week\n  cap 3 per customer within 7 days\n  cap 3 per customer each 7 days\n  cap 3 per customer over the last 7 days\n  cap 3 per customer every 7\n  cap 3 per customer each fortnight\n  cap 3 per customer evry 7 days"), @r#"
    E0122 [calendar] leave out `calendar` | not part of the language
          fix: delete `calendar` -> []
    E0127 [every calendar week] `every calendar week` is written `each week` here | write `each week`
          fix: replace `every calendar week` with `each week` -> [each week]
    E0127 [within] `within` is written `every` here | write `every`
          fix: replace `within` with `every` -> [every]
    E0127 [each] `each` is written `every` here | write `every`
          fix: replace `each` with `every` -> [every]
    E0127 [over the last] `over the last` is written `every` here | write `every`
          fix: replace `over the last` with `every` -> [every]
    E0115 [7] a cap is counted over a length of time | how long is this?
          help: add a unit: `every 7 days`
    E0101 [fortnight] `fortnight` does not fit after `each` | expected `day`, `week`, `month`, `quarter` or `year`
          help: write `day`, `week`, `month`, `quarter` or `year` here
    E0101 [evry] `evry` does not fit after `customer` | expected `per …`, `every …` or `each …`, `on …`, `including inbound`, `over …` or `when …` or the end of the clause
          help: did you mean `every`?
          fix: write `every` -> [every]
    "#);
}

#[test]
fn what_and_whom_a_cap_counts() {
    assert_snapshot!(offer("  cap max 3 per customer each week\n  cap 3 times per customer each week\n  cap three per customer each week\n  cap 3 emails per customer each week\n  cap 3 views per customer each week\n  cap 3 impresion per customer each week\n  cap 3 gizmos per customer each week"), @r#"
    E0122 [max] leave out `max` | not part of the language
          help: a cap is the most there may be
          fix: delete `max` -> []
    E0122 [times] leave out `times` | not part of the language
          help: a cap is the most there may be
          fix: delete `times` -> []
    E0113 [three] `three` is written in digits | write `3`
          fix: write `3` -> [3]
    E0128 [emails] a cap does not count `emails` | what is counted?
          help: a cap counts what is sent, and says nothing about it; on one channel it is `… on email`
          fix: delete `emails` -> []
    E0128 [views] a cap does not count `views` | what is counted?
          help: did you mean `impressions`?
          fix: write `impressions` -> [impressions]
    E0128 [impresion] a cap does not count `impresion` | what is counted?
          help: did you mean `impressions`?
          fix: write `impressions` -> [impressions]
    E0128 [gizmos] a cap does not count `gizmos` | what is counted?
          help: write nothing for what is sent, or `impressions`, `redemptions` or `decisions`
    "#);
    assert_snapshot!(offer("  cap 3 every 7 days\n  cap 3 every 7 days per customer\n  cap 3 per offer.topic every 7 days\n  cap 3 per offer.topic per customer every 7 days\n  cap 3 per user each week\n  cap 3 for each customer each week\n  cap 3 per customer per a per b each week\n  cap per customer each week"), @r#"
    E0129 [] a cap says over whom it counts | `per customer` is missing before this
          help: write `per customer`; over all customers together it is `in total`
          fix: add `per customer` -> [per customer ]
    E0134 [every 7 days per customer] over whom a cap counts stands before how long | `per customer` stands first
          fix: write `per customer every 7 days` -> [per customer every 7 days]
    E0129 [offer.topic] a cap says over whom it counts | `per customer` is missing before this
          help: write `per customer`; over all customers together it is `in total`
          fix: add `per customer` -> [per customer ]
    E0134 [customer] `per customer` stands first | too late here
          help: write `per customer per offer.topic`
    E0129 [user] `user` is written `customer` here | write `customer`
          fix: replace `user` with `customer` -> [customer]
    E0122 [for each] `for each` is written `per` here | write `per`
          fix: replace `for each` with `per` -> [per]
    E0101 [b] a cap counts per customer and one thing more | one too many
          help: write a second cap
    E0101 [per] `per` does not fit after `cap` | a number is expected here
          help: write how many there may be: `cap 1 per customer every 30 days`
    "#);
    assert_snapshot!(offer("  cap 20_000 total\n  cap 20_000 overall\n  cap 20_000"), @r#"
    E0122 [total] `total` is written `in total` here | write `in total`
          fix: replace `total` with `in total` -> [in total]
    E0122 [overall] `overall` is written `in total` here | write `in total`
          fix: replace `overall` with `in total` -> [in total]
    E0129 [] a cap says over whom it counts | `per customer` is missing before this
          help: write `per customer`; over all customers together it is `in total`
          fix: add `per customer` -> [ per customer]
    E0127 [] a cap says how long it counts | `every …` or `each …` is missing here
          help: write `every 30 days` for what has passed until now, `each month` for the calendar's; over all customers and all time it is `in total`
    "#);
    assert_snapshot!(portfolio("  cap 50 of requests per context.rep every 30 days\n  cap 50% of requests per context.rep each month\n  cap 50% of all requests by context.rep every 30 days"), @r#"
    E0130 [50] a share is written in percent | no percentage
          fix: write `50%` -> [50%]
    E0127 [each month] a share is counted over a rolling length of time | a stretch of the calendar
          help: write `every 30 days`: at its beginning a week or month would have nothing to take a share of
    E0122 [all] leave out `all` | not part of the language
          fix: delete `all` -> []
    E0122 [by] `by` is written `per` here | write `per`
          fix: replace `by` with `per` -> [per]
    "#);
    assert_snapshot!(portfolio("  cap 3 per customer each week via sms\n  cap 3 per customer each week with inbound\n  cap 3 per customer each week excluding inbound\n  cap 3 per customer each week on sms on email\n  cap 3 per customer each week if a when b\n  cap 3 per customer each week unless b\n  cap 3 per customer each week on"), @r#"
    E0122 [via] `via` is written `on` here | write `on`
          fix: replace `via` with `on` -> [on]
    E0122 [with] `with` is written `including` here | write `including`
          fix: replace `with` with `including` -> [including]
    E0122 [excluding inbound] leave out `excluding inbound` | not part of the language
          help: a cap counts outbound contacts only, unless it says `including inbound`
          fix: delete `excluding inbound` -> []
    E0131 [on email] `cap` says twice on which channel | said again here
          help: keep one of the two
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0131 [when b] `cap` says twice when | said again here
          help: keep one of the two
    E0122 [unless] `unless` is written with `when not` | not a word of the language
          help: write `when not (…)`: it holds where the condition is definitely false, so think of missing data too
    E0101 [] the clause is not finished after `on` | expected a name
          help: write a name after `on`, or delete `on`
    "#);
}

#[test]
fn experiments() {
    assert_snapshot!(offer("  holdout 5\n  holdout 0.1\n  holdout 5%, salted \"x\"\n  holdout of 5% salt \"x\"\n  holdout 1/20\n  holdout 5% salted x\n  holdout 500"), @r#"
    E0130 [5] a share is written in percent | no percentage
          fix: write `5%` -> [5%]
    E0130 [0.1] a share is written in percent | no percentage
          fix: write `10%` -> [10%]
    E0122 [,] leave out `,` | not part of the language
          fix: delete `,` -> []
    E0122 [of] leave out `of` | not part of the language
          fix: delete `of` -> []
    E0122 [salt] `salt` is written `salted` here | write `salted`
          fix: replace `salt` with `salted` -> [salted]
    E0130 [1/20] a share is written in percent | no percentage
          help: write a share of all, such as `10%`
    E0101 [x] `x` does not fit after `salted` | expected a text in quotes
          help: write a text in quotes here
    E0130 [500] a share is written in percent | no percentage
          help: write a share of all, such as `10%`
    "#);
    assert_snapshot!(offer("  arms 50/50\n  arms plain, big 50/50\n  arms plain/big 60/40\n  arms plain, big 50/25/25\n  arms a, b, c\n  arms 50% plain, 50% big"), @r#"
    E0130 [50/50] each arm has its own share | which arm has which share?
          help: name each arm and its share: `arms plain 50%, big 50%`
    E0130 [plain, big 50/50] each arm has its own share | which arm has which share?
          help: write `plain 50%, big 50%`
          fix: write `plain 50%, big 50%` -> [plain 50%, big 50%]
    E0130 [plain/big 60/40] each arm has its own share | which arm has which share?
          help: write `plain 60%, big 40%`
          fix: write `plain 60%, big 40%` -> [plain 60%, big 40%]
    E0130 [plain, big 50/25/25] each arm has its own share | which arm has which share?
          help: name each arm and its share: `arms plain 50%, big 50%`
    E0130 [a, b, c] each arm has its own share | which arm has which share?
          help: write `a 34%, b 33%, c 33%`
          fix: write `a 34%, b 33%, c 33%` -> [a 34%, b 33%, c 33%]
    E0134 [50% plain] the name of an arm stands before its share | write `plain 50%`
          fix: write `plain 50%` -> [plain 50%]
    E0134 [50% big] the name of an arm stands before its share | write `big 50%`
          fix: write `big 50%` -> [big 50%]
    "#);
    assert_snapshot!(offer("  arms plain 50, big 0.5\n  arms plain 50% and big 50%\n  arms plain: 50%, big = 50% seed \"x\"\n  arms plain 50% big 50%\n  arms 50%, 50%\n  arms plain 50%, big\n  arm big: value = 2 USD\n  arm big"), @r#"
    E0130 [50] a share is written in percent | no percentage
          fix: write `50%` -> [50%]
    E0130 [0.5] a share is written in percent | no percentage
          fix: write `50%` -> [50%]
    E0122 [and] `and` is written `,` here | write `,`
          fix: replace `and` with `,` -> [,]
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [=] leave out `=` | not part of the language
          fix: delete `=` -> []
    E0122 [seed] `seed` is written `salted` here | write `salted`
          fix: replace `seed` with `salted` -> [salted]
    E0119 [] `,` is left out between two arms | `,` is missing here
          fix: add `,` -> [,]
    E0119 [50%] this arm has no name | a name is missing here
          help: name each arm and its share: `arms plain 50%, big 50%`
    E0119 [50%] this arm has no name | a name is missing here
          help: name each arm and its share: `arms plain 50%, big 50%`
    E0130 [big] the share of the arm `big` is left out | how many customers are in it?
          help: write its share in percent: `big 25%`
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [=] leave out `=` | not part of the language
          fix: delete `=` -> []
    E0101 [] the clause is not finished after `big` | expected a name
          help: write a name after `big`, or delete `big`
    "#);
}

#[test]
fn picks() {
    assert_snapshot!(offer("  pick a from product where x by y\n  pick a = product by y DESC\n  pick a: product.category where x order by y asc\n  pick product where x by y\n  pick a: any product with x by y\n  pick a: product where x\n  pick a: category in product by y"), @r#"
    E0122 [from] `from` is written `:` here | write `:`
          fix: replace `from` with `:` -> [:]
    E0122 [=] `=` is written `:` here | write `:`
          fix: replace `=` with `:` -> [:]
    E0122 [DESC] `DESC` is written `desc` here | write `desc`
          fix: replace `DESC` with `desc` -> [desc]
    E0122 [product.category] the field stands first, then its table | write `category of product`
          fix: write `category of product` -> [category of product]
    E0122 [order by] `order by` is written `by` here | write `by`
          fix: replace `order by` with `by` -> [by]
    E0122 [asc] the greatest is picked | not the least
          help: pick the least with `by -(y)`
    E0119 [] what is picked has no name | a name is missing here
          help: write `pick a: product …`, and `{a}` in the texts
          fix: name it `a` -> [a: ]
    E0122 [any] leave out `any` | not part of the language
          fix: delete `any` -> []
    E0122 [with] `with` is written `where` here | write `where`
          fix: replace `with` with `where` -> [where]
    E0101 [] the clause is not finished after `x` | expected an operator such as `and` or `by`
          help: write an operator such as `and` or `by` after `x`, or delete `x`
    E0122 [in] `in` is written `of` here | write `of`
          fix: replace `in` with `of` -> [of]
    "#);
}

#[test]
fn slates() {
    assert_snapshot!(portfolio("  slate 3 email\n  slate email: 3\n  slate email max 3\n  slate 3 on email and at most 1 per topic\n  slate rep 3 at most 1 per offer.topic\n  slate rep 3, max 1 per offer.topic\n  slate rep 3, at most 1 of a, b"), @r#"
    E0134 [3 email] the channel of a slate stands before its size | write `email 3`
          fix: write `email 3` -> [email 3]
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [max] leave out `max` | not part of the language
          fix: delete `max` -> []
    E0134 [3 on email] the channel of a slate stands before its size | write `email 3`
          fix: write `email 3` -> [email 3]
    E0122 [and] `and` is written `,` here | write `,`
          fix: replace `and` with `,` -> [,]
    E0119 [topic] a field of the offers is named with `offer` | write `offer.topic`
          fix: write `offer.topic` -> [offer.topic]
    E0119 [] `,` is left out before `at most` | `,` is missing here
          fix: add `,` -> [,]
    E0122 [max] `max` is written `at most` here | write `at most`
          fix: replace `max` with `at most` -> [at most]
    E0101 [at most 1 of a, b] a slate is diversified by a field of its offers | names offers
          help: write it as a clause of its own: it holds for all that a customer gets
    "#);
    assert_snapshot!(portfolio("  max 2 per offer.topic\n  max 3\n  at most 2 offers per topic\n  at most one of a, b\n  at most 1 of [a, b]\n  at most 1 from a or b\n  at most 1 of offer a, offer b\n  at least 1 of a"), @r#"
    E0122 [max] `max` is written `at most` here | write `at most`
          fix: replace `max` with `at most` -> [at most]
    E0101 [] the clause is not finished after `3` | expected `per offer.FIELD` or `of` with offers
          help: write `per offer.FIELD` or `of` with offers after `3`, or delete `3`
    E0122 [offers] leave out `offers` | not part of the language
          fix: delete `offers` -> []
    E0119 [topic] a field of the offers is named with `offer` | write `offer.topic`
          fix: write `offer.topic` -> [offer.topic]
    E0113 [one] `one` is written in digits | write `1`
          fix: write `1` -> [1]
    E0107 [[a, b]] offers are named without brackets | write them without
          fix: leave the brackets out -> [a, b]
    E0122 [from] `from` is written `of` here | write `of`
          fix: replace `from` with `of` -> [of]
    E0122 [or] `or` is written `,` here | write `,`
          fix: replace `or` with `,` -> [,]
    E0122 [offer] leave out `offer` | not part of the language
          fix: delete `offer` -> []
    E0122 [offer] leave out `offer` | not part of the language
          fix: delete `offer` -> []
    E0101 [at] `at` does not fit | expected `at most`
          help: write `at most` here
    "#);
}

#[test]
fn reactions() {
    assert_snapshot!(portfolio("  pause for 30 days after 3 ignored\n  pause 30 days when 3 ignored messages in a row\n  pause 30 days after 3 unopened\n  pause 30 days after 3 purchases\n  pause 30 after three ignored"), @r#"
    E0122 [for] leave out `for` | not part of the language
          fix: delete `for` -> []
    E0122 [when] `when` is written `after` here | write `after`
          fix: replace `when` with `after` -> [after]
    E0122 [ignored messages in a row] `ignored messages in a row` is written `ignored` here | write `ignored`
          help: counted are contacts in a row that had no response
          fix: replace `ignored messages in a row` with `ignored` -> [ignored]
    E0122 [unopened] `unopened` is written `ignored` here | write `ignored`
          help: counted are contacts in a row that had no response
          fix: replace `unopened` with `ignored` -> [ignored]
    E0101 [purchases] a pause follows `ignored` contacts, not `purchases` | `ignored` is expected here
          help: write `pause 30 days after 3 ignored`; on a response of one kind no more is sent with `stop after unsubscribed`, and after an event nothing for a while with `suppress for 30 days after purchase`
    E0115 [30] a pause has a length | how long is this?
          help: add a unit: `pause 30 days`
    E0113 [three] `three` is written in digits | write `3`
          fix: write `3` -> [3]
    "#);
    assert_snapshot!(portfolio("  stop when unsubscribed\n  stop all after an unsubscribed\n  stop email\n  suppress 180 days after purchase\n  suppress for 180 days after a purchase with x\n  suppress for 180 after purchase"), @r#"
    E0122 [when] `when` is written `after` here | write `after`
          fix: replace `when` with `after` -> [after]
    E0122 [all] leave out `all` | not part of the language
          help: without a channel, nothing more is sent on any
          fix: delete `all` -> []
    E0122 [an] leave out `an` | not part of the language
          fix: delete `an` -> []
    E0101 [] the clause is not finished after `email` | expected `after`
          help: write `after` after `email`, or delete `email`
    E0119 [] `for` is left out before the length of time | `for` is missing here
          fix: add `for` -> [for ]
    E0122 [a] leave out `a` | not part of the language
          fix: delete `a` -> []
    E0122 [with] `with` is written `where` here | write `where`
          fix: replace `with` with `where` -> [where]
    E0115 [180] a suppression has a length | how long is this?
          help: add a unit: `for 180 days`
    "#);
}

#[test]
fn the_rest_of_the_portfolio() {
    assert_snapshot!(portfolio("  fallback offer newsletter\n  fallback: newsletter\n  lever spring * 1.2 for offer.topic = \"x\"\n  lever spring = 1.2 if a\n  lever spring 1.2 where a where b\n  lever 1.2"), @r#"
    E0122 [offer] leave out `offer` | not part of the language
          fix: delete `offer` -> []
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [*] leave out `*` | not part of the language
          fix: delete `*` -> []
    E0122 [for] `for` is written `where` here | write `where`
          fix: replace `for` with `where` -> [where]
    E0122 [=] leave out `=` | not part of the language
          fix: delete `=` -> []
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0131 [where b] `lever` says twice of which offers | said again here
          help: keep one of the two
    E0101 [1.2] `1.2` does not fit after `lever` | expected a name
          help: write a name here
    "#);
    assert_snapshot!(portfolio("  horizon of 14 days\n  horizon 14\n  possible zones [\"America/New_York\", \"America/Chicago\"]\n  possible zones America/New_York and America/Chicago\n  possible \"America/New_York\"\n  objective: x * score\n  objektive x"), @r#"
    E0122 [of] leave out `of` | not part of the language
          fix: delete `of` -> []
    E0115 [14] a horizon is a length of time | how long is this?
          help: add a unit: `horizon 14 days`
    E0107 [["America/New_York", "America/Chicago"]] zones are named without brackets | write them without
          fix: leave the brackets out -> ["America/New_York", "America/Chicago"]
    E0118 [America/New_York] a zone is named in a text | write `"America/New_York"`
          fix: write it in quotes -> ["America/New_York"]
    E0122 [and] `and` is written `,` here | write `,`
          fix: replace `and` with `,` -> [,]
    E0118 [America/Chicago] a zone is named in a text | write `"America/Chicago"`
          fix: write it in quotes -> ["America/Chicago"]
    E0119 [] `zones` is left out after `possible` | `zones` is missing here
          fix: add `zones` -> [zones ]
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0106 [objektive] `objektive` begins no clause of the portfolio | a clause word is expected here
          help: did you mean `objective`?
          fix: replace `objektive` with `objective` -> [objective]
    "#);
    assert_snapshot!(portfolio("  timing right away\n  quiet 21:00 to 08:00\n  on email\n  maximize x"), @r"
    E0106 [timing] the clause `timing` does not stand here | belongs to another item
          help: write it in an offer
    E0106 [quiet] the clause `quiet` does not stand here | belongs to another item
          help: write it in a channel: `channel email { … }`
    E0135 [on] `on` goes on with a clause, and this line begins a new one | a clause word is expected here
          help: write it on the line of its clause: a clause ends with its line, unless the line ends in a comma or an operator
    E0106 [maximize] `maximize` begins no clause of the portfolio | a clause word is expected here
          help: the clauses of the portfolio begin with `objective`, `lever`, `rank`, `slate`, `at most`, `cap`, `budget`, `pause`, `stop`, `suppress`, `holdout`, `fallback`, `horizon`, `possible`
    ");
    assert_snapshot!(messages("experiment x {\n}\nfamily x of y {\n}\nremindr x {\n}\nnotice {\n}\n"), @r#"
    E0105 [experiment] `experiment` begins no item | an item word is expected in column 0
          help: arms and holdouts are clauses of an offer: `arms plain 50%, big 50%`, `holdout 10%`
    E0105 [family] `family` begins no item | an item word is expected in column 0
          help: one offer for each member is written `offer name for each category c of product { … }`
    E0105 [remindr] `remindr` begins no item | an item word is expected in column 0
          help: did you mean `reminder`?
          fix: replace `remindr` with `reminder` -> [reminder]
    E0101 [] the clause is not finished after `notice` | expected a name
          help: write a name after `notice`, or delete `notice`
    "#);
}

/// How many clauses of an item are read.
fn read(item: &str) -> usize {
    match parse_item(item).0.map(|item| item.kind) {
        Some(ItemKind::Offer(offer)) => offer.clauses.len(),
        Some(ItemKind::Channel(channel)) => channel.clauses.len(),
        Some(ItemKind::Portfolio(clauses)) => clauses.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_clause_takes_no_neighbour_along() {
    for (item, clauses) in [
        (
            "offer x",
            "channel|channel a when|timing|timing from|timing on|timing at 18:00 on|timing on monday,|cap|cap 3 per|cap 3 per customer every|holdout|holdout 5% salted \"|arms|arms a 50%,|arm|arm a|pick|pick a: b where|reward 3|quiet 21:00|cap 3 per customer (|arms a (|timing on [monday",
        ),
        (
            "channel x",
            "quiet|quiet 21:00 to|quiet on|quiet on sunday,|quiet by law of|lead|carries|carries complexity <=|cost|capacity|capacity 3 per|inbound and|quiet (|needs|quiet 21:00 to 08:00 on sunday and",
        ),
        (
            "portfolio",
            "objective|objective x *|lever|lever a|lever a 1 where|rank by|slate|slate a 3,|at most|at most 1 of|at most 1 of a,|at most 2 per offer.|pause|pause 30 days after|stop|stop after|suppress for|suppress for 3 days after|holdout|fallback|horizon|possible zones|possible zones \"a\",|cap 3 per customer each|slate a 3 (",
        ),
    ] {
        for clause in clauses.split('|') {
            let (good, last) = match item {
                "channel x" => ("quiet on sunday", "lead 2 hours"),
                "portfolio" => ("slate email 1", "fallback a"),
                _ => ("cap 1 per customer each week", "timing right away"),
            };
            let text = format!("{item} {{\n  {good}\n  {clause}\n  {last}\n  {good}\n}}");
            assert_ne!(messages(&text), "", "{clause}");
            let kept = read(&text);
            assert!((3..=4).contains(&kept), "{clause}: {kept} clauses of 3\n{}", messages(&text));
        }
    }
}

#[test]
fn every_fix_mends() {
    // Doing what a message offers makes one message less.
    for (item, clauses) in [
        ("channel x", include_str!("astray/channel.txt")),
        ("offer x", include_str!("astray/offer.txt")),
        ("portfolio", include_str!("astray/portfolio.txt")),
    ] {
        for clause in clauses.lines() {
            let text = format!("{item} {{\n  {clause}\n}}");
            let (_, before) = parse_item(&text);
            assert_ne!(before, [], "{clause}");
            for fix in before.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
                let (start, end) = (fix.span.start as usize, fix.span.end as usize);
                let after = format!("{}{}{}", &text[..start], fix.replacement, &text[end..]);
                let (_, left) = parse_item(&after);
                assert!(left.len() < before.len(), "{clause}\n{after}\n{left:?}");
            }
            let help =
                |diagnostic: &crate::diagnostic::Diagnostic| diagnostic.help.is_some() || diagnostic.fix.is_some();
            assert!(before.iter().all(help), "{clause}: {before:?}");
        }
    }
}
