//! What functions of other languages and tools are called here.

/// How to say it here; `None` for what is not known from elsewhere.
pub(super) fn answer(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "char_length" | "character_length" | "strlen" => {
            "the characters of a text are counted by `length(…)`, the values of a set by `size(…)`, events by `count(…)`"
        }
        "datediff" | "date_diff" | "timestampdiff" | "timestamp_diff" | "days_between" | "daysbetween" => {
            "subtract: `today - birth` is a number of days, `now - last(purchase).at` a length in hours; whole months are \
             `months_between(birth, today)`"
        }
        "age" | "years_between" => {
            "compare dates: `birth <= today - 21 years`; a number of years is `quotient(months_between(birth, today), 12)`"
        }
        "date_add" | "dateadd" | "date_sub" | "datesub" | "timestamp_add" | "timestamp_sub" | "add_months"
        | "add_days" | "adddate" | "subdate" => {
            "add or subtract: `today + 30 days`, `birth + 21 years`, `now - 2 hours`"
        }
        "coalesce" | "nvl" | "ifnull" | "if_null" | "isnull" | "zeroifnull" => "write `… else …`: `kids else 0`",
        "nullif" => "say when there is a value: `if x is not 0 then y / x else 0`",
        "upper" | "lower" | "ucase" | "lcase" | "trim" | "ltrim" | "rtrim" | "strip" | "initcap" => {
            "texts are compared as they are in the data; bring them into one form before they are loaded"
        }
        "concat" | "concat_ws" | "format" | "printf" | "join" => {
            "texts are joined in `because` and `message`: `\"You saved {saved}\"`"
        }
        "substr" | "substring" | "left" | "right" | "split" | "regexp" | "regexp_like" | "matches" | "like" => {
            "look into a text with `starts with`, `ends with` and `contains`"
        }
        "startswith" | "starts_with" => "write `… starts with \"…\"`",
        "endswith" | "ends_with" => "write `… ends with \"…\"`",
        "includes" | "has" | "array_contains" | "list_contains" => "write `… contains …` or `… in …`",
        "array_length" | "cardinality" => "the values of a set are counted by `size(…)`",
        "extract" | "date_part" | "datepart" => "each part has a name: `year(…)`, `month(…)`, `day(…)`, `hour(…)`",
        "dayofweek" | "day_of_week" | "dow" | "isodow" | "dayname" => "write `weekday(…) = saturday`",
        "dayofmonth" | "day_of_month" => "write `day(…)`",
        "dayofyear" => "write `day_of_year(…)`",
        "weekofyear" | "week_of_year" | "isoweek" => "write `week(…)`",
        "quarter" => "a quarter begins at `start_of_quarter(…)`; its number is `quotient(month(…) + 2, 3)`",
        "trunc" | "date_trunc" | "truncate" => {
            "of a date write `start_of_month(…)` and the like, of a number `floor(…)` or `round(…, 2)`"
        }
        "curdate" | "current_date" | "getdate" | "sysdate" => "the day is called `today`",
        "current_timestamp" | "timestamp_now" | "utcnow" => "the moment is called `now`",
        "today" | "now" => "it stands without brackets: `today`, `now`",
        "to_date" | "todate" | "parse_date" => "a date is written as it is, `2026-11-01`; of a moment say `date(…)`",
        "to_timestamp" | "timestamp" | "datetime" => {
            "a moment is written as it is, `2026-11-01 18:00`, or `instant(today, 18:00)`"
        }
        "cast" | "convert" | "int" | "to_number" | "float" | "number" | "str" | "to_string" | "text" => {
            "nothing is converted by hand: whole numbers widen to numbers, and the type of a field is said in its table"
        }
        "average" | "mean" => "write `avg(…)`",
        "total" => "write `sum(…)`",
        "minimum" => "of events write `min(…)`, of several values `least(…)`",
        "maximum" => "of events write `max(…)`, of several values `greatest(…)`",
        "median" | "percentile" | "quantile" | "stddev" | "variance" => {
            "there are `avg(…)`, `min(…)` and `max(…)`; the median gap between events is `typical_gap(…)`"
        }
        "count_distinct" | "countdistinct" | "nunique" | "unique" => "write `distinct(…)`",
        "mode" | "most_common" | "favourite" | "favorite" => "write `most_frequent(…)`",
        "any" | "some" => "write `exists(…)`",
        "all" | "every" => "write `none(… where not …)`",
        "ceiling" => "write `ceil(…)`",
        "mod" | "modulo" | "modulus" => "write `remainder(…)`",
        "div" => "write `quotient(…)`",
        "pow" => "write `power(…)`",
        "log" | "log10" | "log2" => "the natural logarithm is `ln(…)`; another base: `ln(…) / ln(10)`",
        "sign" | "signum" => "compare with zero: `if x < 0 then -1 else 1`",
        "if" | "iff" | "iif" | "case" | "decode" | "switch" => "write `if … then … else …`",
        "point" | "st_point" | "st_makepoint" | "latlng" | "geo_point" => "write `place(latitude, longitude)`",
        "st_distance" | "haversine" | "geo_distance" => "write `distance(…, …)`",
        "rand" | "random" => "nothing is left to chance: the same data makes the same decisions",
        _ => return None,
    })
}
