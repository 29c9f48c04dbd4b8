//! What functions of other tools are called here, beside those that the parser mends already.

/// How to say it here; `None` for what is not known from elsewhere.
pub(super) fn answer(name: &str) -> Option<&'static str> {
    Some(match name {
        "days_between" | "daysbetween" | "hours_between" => {
            "subtract: `today - birth` is a number of days, `now - last(purchase).at` a length in hours; whole months are \
             `months_between(birth, today)`"
        }
        "age" | "years_between" => {
            "compare dates: `birth <= today - 21 years`; a number of years is `quotient(months_between(birth, today), 12)`"
        }
        "nullif" => "say when there is a value: `if x is not 0 then y / x else 0`",
        "split" | "like" | "find" | "index_of" => "look into a text with `starts with`, `ends with` and `contains`",
        "join" | "text" | "str" | "to_string" => {
            "texts are put together in `because` and `message`: `\"You saved {saved}\"`"
        }
        "dayofmonth" | "day_of_month" => "write `day(…)`",
        "week_of_year" => "write `week(…)`",
        "quarter" => "a quarter begins at `start_of_quarter(…)`; its number is `quotient(month(…) + 2, 3)`",
        "start_of_day" => "the day of a moment is `date(…)`, its first moment `instant(date(…), 00:00)`",
        "end_of_month" | "last_day" => {
            "take the day before the next month: `start_of_month(today) + 1 months - 1 days`"
        }
        "cast" | "convert" | "to_number" | "float" | "number" => {
            "nothing is converted by hand: whole numbers widen to numbers, and the type of a field is said in its table"
        }
        "average" | "mean" => "write `avg(…)`",
        "total" => "write `sum(…)`",
        "minimum" => "of events write `min(…)`, of several values `least(…)`",
        "maximum" => "of events write `max(…)`, of several values `greatest(…)`",
        "count_distinct" | "countdistinct" | "nunique" | "unique" => "write `distinct(…)`",
        "mode" | "most_common" | "favourite" | "favorite" => "write `most_frequent(…)`",
        "any" | "some" => "write `exists(…)`",
        "all" | "every" => "write `none(… where not …)`",
        "modulus" => "write `remainder(…)`",
        "sign" | "signum" => "compare with zero: `if x < 0 then -1 else 1`",
        "latlng" | "geo_point" | "coordinates" => "write `place(latitude, longitude)`",
        "rand" | "random" => "nothing is left to chance: the same data makes the same decisions",
        _ => return None,
    })
}
