//! Spellings of other languages and slips of the pen: each is answered with the right form.

use insta::assert_snapshot;

use super::messages;

/// The messages of an offer's clauses, and of nothing else.
fn offer(clauses: &str) -> String {
    messages(&format!("offer x {{\n{clauses}\n}}"))
}

#[test]
fn operators() {
    assert_snapshot!(offer("  eligible when a == 1 && b != 2 || !c\n  eligible when a <> 1 AND NOT b OR c => 3 and d =< 4"), @r#"
    E0107 [==] `==` is written `=` here | write `=`
          fix: replace `==` with `=` -> [=]
    E0107 [&&] `&&` is written `and` here | write `and`
          fix: replace `&&` with `and` -> [and]
    E0107 [!=] `!=` is written `is not` here | write `is not`
          fix: replace `!=` with `is not` -> [is not]
    E0107 [||] `||` is written `or` here | write `or`
          fix: replace `||` with `or` -> [or]
    E0107 [!] `!` is written `not` here | write `not`
          fix: replace `!` with `not` -> [not ]
    E0107 [<>] `<>` is written `is not` here | write `is not`
          fix: replace `<>` with `is not` -> [is not]
    E0107 [AND] `AND` is written `and` here | write `and`
          fix: replace `AND` with `and` -> [and]
    E0107 [NOT] `NOT` is written `not` here | write `not`
          fix: replace `NOT` with `not` -> [not]
    E0107 [OR] `OR` is written `or` here | write `or`
          fix: replace `OR` with `or` -> [or]
    E0107 [=>] `=>` is written `>=` here | write `>=`
          fix: replace `=>` with `>=` -> [>=]
    E0107 [=<] `=<` is written `<=` here | write `<=`
          fix: replace `=<` with `<=` -> [<=]
    "#);
    assert_snapshot!(offer("  eligible when a LIKE 'X%' and b like \"%Y%\" and c like \"%Z\""), @r#"
    E0107 [LIKE] `LIKE` is not an operator here | of another language
          help: write `starts with "X"`
          fix: replace it with `starts with "X"` -> [starts with "X"]
    E0107 [like] `like` is not an operator here | of another language
          help: write `contains "Y"`
          fix: replace it with `contains "Y"` -> [contains "Y"]
    E0107 [like] `like` is not an operator here | of another language
          help: write `ends with "Z"`
          fix: replace it with `ends with "Z"` -> [ends with "Z"]
    "#);
    assert_snapshot!(offer("  eligible when a % 2 = 0\n  eligible when a ^ 2 = 0\n  eligible when a ? b : c\n  eligible when a ?? b"), @r#"
    E0107 [%] there is no operator `%` | not an operator here
          help: write `remainder(a, b)` for whole numbers; `%` stands right after a number, as in `5%`, which is 0.05
    E0107 [^] there is no operator `^` | not an operator here
          help: write `power(a, b)`, or the multiplication out: `a * a`
    E0107 [?] `?` does not fit here | not an operator
          help: a choice is written `if condition then a else b`; a value in place of a missing one `x else 0`
    E0107 [??] `??` is written `else` here | write `else`
          fix: replace `??` with `else` -> [else]
    "#);
    assert_snapshot!(offer("  eligible when 1 < x < 3\n  eligible when 1 <= x <= 3\n  eligible when x = y = z"), @r#"
    E0116 [<] comparisons do not chain | a second comparison in a row
          help: write `x > 1 and x < 3`; with both ends included it is `x between 1 and 3`
    E0116 [<=] comparisons do not chain | a second comparison in a row
          help: write `x between 1 and 3`
          fix: write it with `between` -> [x between 1 and 3]
    E0116 [=] comparisons do not chain | a second comparison in a row
          help: join two comparisons with `and`: `… and y = z`; a range is `x between low and high`
    "#);
    assert_snapshot!(offer("  eligible when x is \"a\" and y is false"), @r#"
    E0107 [is] `is` is written `=` here | write `=`
          fix: replace `is` with `=` -> [=]
    E0107 [is false] `is false` is written `= false` here | write `= false`
          fix: replace `is false` with `= false` -> [= false]
    "#);
}

#[test]
fn missing_data() {
    assert_snapshot!(offer("  eligible when a IS NULL and b is not null and c = null and d != NULL\n  priority null"), @r#"
    E0108 [IS NULL] `IS NULL` is written `is missing` here | write `is missing`
          help: what is not in the data is missing: ask `is missing`
          fix: replace `IS NULL` with `is missing` -> [is missing]
    E0108 [is not null] `is not null` is written `is known` here | write `is known`
          help: what is not in the data is missing: ask `is known`
          fix: replace `is not null` with `is known` -> [is known]
    E0108 [= null] `= null` is written `is missing` here | write `is missing`
          help: what is not in the data is missing: ask `is missing`
          fix: replace `= null` with `is missing` -> [is missing]
    E0108 [!= NULL] `!= NULL` is written `is known` here | write `is known`
          help: what is not in the data is missing: ask `is known`
          fix: replace `!= NULL` with `is known` -> [is known]
    E0108 [null] there is no value `null` | missing data has no value of its own
          help: ask `x is missing` or `x is known`; give a value in place of a missing one with `x else 0`
    "#);
}

#[test]
fn words() {
    assert_snapshot!(offer("  eligible if x\n  except x > 1\n  eligible where y\n  eligible when x IN ('a', \"b\") and y BETWEEN 1 AND 2"), @r#"
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0119 [] `when` is left out after `except` | `when` is missing here
          fix: add `when` -> [when ]
    E0122 [where] `where` is written `when` here | write `when`
          fix: replace `where` with `when` -> [when]
    E0122 [IN] `IN` is written `in` here | write `in`
          fix: replace `IN` with `in` -> [in]
    E0107 [('a', "b")] a list stands in square brackets | write `[…]`
          help: write `[` and `]` around the values
    E0109 ['a'] a text stands in `"…"`, not in `'…'` | write `"a"`
          fix: write it in straight double quotes -> ["a"]
    E0122 [BETWEEN] `BETWEEN` is written `between` here | write `between`
          fix: replace `BETWEEN` with `between` -> [between]
    E0122 [AND] `AND` is written `and` here | write `and`
          fix: replace `AND` with `and` -> [and]
    "#);
    assert_snapshot!(offer("  eligible when IF a THEN TRUE ELSE False\n  eligible when if a then b\n  priority COUNT(purchase) + average(p.x)"), @r#"
    E0122 [IF] `IF` is written `if` here | write `if`
          fix: replace `IF` with `if` -> [if]
    E0122 [THEN] `THEN` is written `then` here | write `then`
          fix: replace `THEN` with `then` -> [then]
    E0122 [TRUE] `TRUE` is written `true` here | write `true`
          fix: replace `TRUE` with `true` -> [true]
    E0122 [ELSE] `ELSE` is written `else` here | write `else`
          fix: replace `ELSE` with `else` -> [else]
    E0122 [False] `False` is written `false` here | write `false`
          fix: replace `False` with `false` -> [false]
    E0119 [if a then b] this `if` has no `else` | what is it otherwise?
          help: every expression has a value: write `if condition then a else b`
    E0122 [COUNT] `COUNT` is written `count` here | write `count`
          fix: replace `COUNT` with `count` -> [count]
    E0122 [average] `average` is written `avg` here | write `avg`
          fix: replace `average` with `avg` -> [avg]
    "#);
    assert_snapshot!(offer("  eligible when count(purchase product.department = \"X\") > 1\n  eligible when count(purchase last 3 days) > 1\n  eligible when count(distinct p.x) > 1"), @r#"
    E0119 [] `where` is left out before the condition | `where` is missing here
          fix: add `where` -> [where ]
    E0119 [] `in` is left out before the window | `in` is missing here
          fix: add `in` -> [in ]
    E0122 [distinct] `distinct` does not stand inside the brackets | not expected here
          help: how many different values there are is asked with `distinct(purchase.product_id)`
    "#);
    assert_snapshot!(offer("  priority coalesce(a, 0)\n  eligible when isnull(customer.age)"), @r#"
    E0122 [coalesce] there is no function `coalesce` | of another language
          help: write `(a else 0)`
          fix: write `(a else 0)` -> [(a else 0)]
    E0122 [isnull] there is no function `isnull` | of another language
          help: write `customer.age is missing`
          fix: write `customer.age is missing` -> [customer.age is missing]
    "#);
    assert_snapshot!(offer("  eligable when a\n  exclude when b\n  Priority 3\n  chanel mail, else\n  where a"), @r#"
    E0106 [eligable] `eligable` begins no clause of an offer | a clause word is expected here
          help: did you mean `eligible when`?
          fix: replace `eligable` with `eligible` -> [eligible]
    E0106 [exclude] `exclude` begins no clause of an offer | a clause word is expected here
          help: did you mean `except when`?
          fix: replace `exclude` with `except` -> [except]
    E0106 [Priority] `Priority` begins no clause of an offer | a clause word is expected here
          help: did you mean `priority`?
          fix: replace `Priority` with `priority` -> [priority]
    E0106 [chanel] `chanel` begins no clause of an offer | a clause word is expected here
          help: did you mean `channel`?
          fix: replace `chanel` with `channel` -> [channel]
    "#);
    assert_snapshot!(offer("  channel mail or email\n  topic: \"a\"\n  priority = 3\n  eligible when x in the past 30 days and y in last month"), @r#"
    E0122 [or] `or` is written `, else` here | write `, else`
          fix: replace `or` with `, else` -> [, else]
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [=] leave out `=` | not part of the language
          fix: delete `=` -> []
    E0122 [the] leave out `the` | not part of the language
          fix: delete `the` -> []
    E0122 [past] `past` is written `last` here | write `last`
          fix: replace `past` with `last` -> [last]
    E0115 [last month] `last month` can mean two things | which one?
          help: the month of the calendar before this one is `previous month`; what ends now is `last 30 days`
    "#);
}

#[test]
fn texts_and_comments() {
    assert_snapshot!(offer("  about 'it'\n  because “so”\n  topic \"a\\qb\"\n  # one\n  -- two\n  /* three\n  four */\n  tier 1"), @r#"
    E0109 ['it'] a text stands in `"…"`, not in `'…'` | write `"it"`
          fix: write it in straight double quotes -> ["it"]
    E0109 [“so”] a text stands in `"…"`, not in `“…”` | write `"so"`
          fix: write it in straight double quotes -> ["so"]
    E0121 [\q] there is no escape `\q` | not an escape
          help: the escapes are `\"`, `\\`, `\n`, `\t` and `\u{e9}`; a `\` alone is written `\\`
    E0110 [#] a comment begins with `//`, not `#` | write `//`
          fix: replace `#` with `//` -> [//]
    E0110 [--] a comment begins with `//`, not `--` | write `//`
          fix: replace `--` with `//` -> [//]
    E0110 [/*] a comment begins with `//`, not `/*` | write `//`
          help: write `//` at the beginning of each line of the comment
    "#);
    assert_snapshot!(offer("  about \"open\n  sells [\"a\", \"b]\n  priority 3"), @r#"
    E0102 ["open] this text is not closed | it ends with the line
          help: close it with `"` on the same line; a `"` inside a text is written `\"`
    E0102 ["b]] this text is not closed | it ends with the line
          help: close it with `"` on the same line; a `"` inside a text is written `\"`
    "#);
    assert_snapshot!(offer("  eligible\u{a0}when a\u{0}\u{200b} and b\n  about \"\u{1b}[31mred\""), @r#"
    E0112 [ ] the character `\u{a0}` cannot be seen and has no place here, and 3 more in this item | `\u{a0}` stands here
          help: delete it, or write a space; such characters come along when text is pasted from elsewhere
          fix: replace `\u{a0}` with a space -> [ ]
    "#);
}

#[test]
fn amounts() {
    assert_snapshot!(offer("  eligible when a > $20 and b > 20$ and c > 20 usd and d > 20USD and e > 20 dollars"), @r#"
    E0115 [$20] the currency's three letters stand after the amount | write `20 USD`
          fix: write `20 USD` -> [20 USD]
    E0115 [20$] the currency's three letters stand after the amount | write `20 USD`
          fix: write `20 USD` -> [20 USD]
    E0115 [usd] the unit `usd` is written `USD` | write `USD`
          fix: replace `usd` with `USD` -> [USD]
    E0115 [dollars] the unit `dollars` is written `USD` | write `USD`
          fix: replace `dollars` with `USD` -> [USD]
    "#);
    assert_snapshot!(offer("  cap 1 per customer every 30 day\n  cap 1 per customer every 30days\n  cap 1 per customer every 30d\n  cap 1 per customer every 30\n  cap 1 per customer every 30 dayz"), @r#"
    E0115 [day] the unit `day` is written `days` | write `days`
          fix: replace `day` with `days` -> [days]
    E0115 [days] a space stands between a number and its unit | write ` days`
          fix: add a space -> [ days]
    E0115 [d] the unit `d` is written `days` | write `days`
          fix: replace `d` with `days` -> [ days]
    E0115 [30] a cap is counted over a length of time | how long is this?
          help: add a unit: `every 30 days`
    E0115 [dayz] there is no unit `dayz` | did you mean `30 days`?
          fix: replace it with `days` -> [days]
    "#);
    assert_snapshot!(offer("  eligible when a > 1,000\n  eligible when a > 99999999999999999999\n  eligible when a > 0.1234567 USD\n  eligible when a > 1e6\n  eligible when a > .5\n  eligible when a > 9_999_999_999_999 USD\n  eligible when d > today - 1.5 days"), @r#"
    E0113 [1,000] thousands are not set apart by commas | write `1_000`
          fix: write `1_000` -> [1_000]
    E0113 [99999999999999999999] this number is too big | does not fit
          help: whole numbers go up to 9_223_372_036_854_775_807
    E0113 [0.1234567] money has at most 6 decimals | has 7
          help: money is counted in millionths; round the amount
    E0113 [1e6] `1e6` is not written as a number | powers of ten are not read
          help: write the number out: `1_000_000`, `0.001`
    E0113 [.5] a number begins with a digit | write `0.5`
          fix: write `0.5` -> [0.5]
    E0113 [9_999_999_999_999] this number is too big | does not fit
          help: money goes up to 9_223_372_036_854
    E0113 [1.5] `1.5 days` is not a whole number of days | write a whole number
          help: take a smaller unit: `90 minutes` instead of `1.5 hours`, `36 hours` instead of `1.5 days`
    "#);
}

#[test]
fn dates() {
    assert_snapshot!(offer("  timing from 11/01/2026 to 2026-02-30\n  timing from 13/01/2026 until 2026/1/5\n  eligible when a > 2026-11-01T08:00 and b > 2026-11-01 25:00 and c > 2026-11-01 08:00Z"), @r#"
    E0114 [11/01/2026] `11/01/2026` is not written as a date | year first: `2026-11-01`
          help: write `2026-11-01` or `2026-01-11`, whichever is meant
    E0114 [2026-02-30] there is no day `2026-02-30` | not in the calendar
          help: February 2026 has 28 days
    E0114 [13/01/2026] `13/01/2026` is not written as a date | year first: `2026-11-01`
          fix: write `2026-01-13` -> [2026-01-13]
    E0122 [until] `until` is written `to` here | write `to`
          fix: replace `until` with `to` -> [to]
    E0114 [2026/1/5] `2026/1/5` is not written as a date | year first: `2026-11-01`
          fix: write `2026-01-05` -> [2026-01-05]
    E0114 [T] a space stands between date and time | write a space
          fix: replace `T` with a space -> [ ]
    E0114 [25:00] there is no time `25:00` | not on the clock
          help: times go from `00:00` to `23:59`; midnight at the end of a day is `00:00` of the next
    E0114 [Z] a time zone goes by its place here | write its name, such as `Europe/London`
          fix: write ` UTC` -> [ UTC]
    "#);
}

#[test]
fn names() {
    assert_snapshot!(offer("  eligible when customer.Age > 3 and marital = Married\n  eligible when when > 3\n  myField 3"), @r#"
    E0118 [Age] `Age` is not a name | write `age`
          help: names are written with `a` to `z`, digits and `_`, and begin with a letter; a column of another name is read with `from "Column Name"`
          fix: replace `Age` with `age` -> [age]
    E0118 [Married] `Married` is not a name | names are in small letters
          help: a value with capitals stands in quotes: `"Married"`; a field or table is named in small letters: `married`
    E0101 [when] `when` does not fit after `when` | expected a value
          help: write a value here
    E0118 [myField] `myField` is not a name | write `my_field`
          help: names are written with `a` to `z`, digits and `_`, and begin with a letter; a column of another name is read with `from "Column Name"`
          fix: replace `myField` with `my_field` -> [my_field]
    "#);
    assert_snapshot!(messages("Customer Household {\n  key householdId: text\n  in: text\n  size: one_of(Small, 5, large)\n  b: text from HH_ID\n}"), @r#"
    E0105 [Customer] `Customer` begins no item | an item word is expected in column 0
          help: did you mean `customer`?
          fix: replace `Customer` with `customer` -> [customer]
    E0118 [Household] `Household` is not a name | write `household`
          help: names are written with `a` to `z`, digits and `_`, and begin with a letter; a column of another name is read with `from "Column Name"`
          fix: replace `Household` with `household` -> [household]
    E0118 [householdId] `householdId` is not a name | write `household_id`
          help: names are written with `a` to `z`, digits and `_`, and begin with a letter; a column of another name is read with `from "Column Name"`
          fix: replace `householdId` with `household_id` -> [household_id]
    E0118 [in] `in` is a word of the language and no name | a name is expected here
          help: choose another name; a column of this name is read with `from`
    E0118 [Small] the value `Small` needs quotes | write `"Small"`
          help: values that are no names, such as numbers and words with capitals, are written as texts
          fix: write it in quotes -> ["Small"]
    E0118 [5] the value `5` needs quotes | write `"5"`
          help: values that are no names, such as numbers and words with capitals, are written as texts
          fix: write it in quotes -> ["5"]
    E0118 [HH_ID] `HH_ID` is not a name | write `"HH_ID"`
          help: a column whose name has capitals or other signs stands in quotes
          fix: write it in quotes -> ["HH_ID"]
    "#);
}

#[test]
fn items_and_braces() {
    assert_snapshot!(messages("offer a\n  priority 1\n}\noffer b {\n  priority 1\n}\n}\noffer c {\n}\n  priority 2\n}\n"), @r#"
    E0104 [] this offer has no `{` | `{` is missing here
          help: write what belongs to the offer between `{` and `}`
          fix: add ` {` -> [ {]
    E0104 [}] this `}` closes nothing | nothing is open here
          help: delete it
    E0104 [}] this `}` closes the offer too early | closed here
          help: delete this `}`, or move what follows before it; a new item begins in column 0 with its word, such as `offer`
    E0104 [}] this `}` closes nothing | nothing is open here
          help: delete it
    "#);
    assert_snapshot!(messages("hello\nworld {\n}\nsegmnt s is a\nsegment t = b\ntrait u is 3\ntrait v 3\nsegment w is a\n  b\n"), @r#"
    E0105 [hello] `hello` begins no item | an item word is expected in column 0
          help: the item words are `customer`, `events`, `table`, `context`, `offer`, `reminder`, `notice`, `channel`, `segment`, `trait`, `journey`, `guarantee`, `portfolio`, `persona`, `test`; what belongs to an item is indented
    E0105 [world] `world` begins no item | an item word is expected in column 0
          help: the item words are `customer`, `events`, `table`, `context`, `offer`, `reminder`, `notice`, `channel`, `segment`, `trait`, `journey`, `guarantee`, `portfolio`, `persona`, `test`; what belongs to an item is indented
    E0105 [segmnt] `segmnt` begins no item | an item word is expected in column 0
          help: did you mean `segment`?
          fix: replace `segmnt` with `segment` -> [segment]
    E0107 [=] `=` is written `is` here | write `is`
          fix: replace `=` with `is` -> [is]
    E0107 [is] `is` is written `=` here | write `=`
          fix: replace `is` with `=` -> [=]
    E0119 [] `=` is left out after the trait's name | `=` is missing here
          fix: add `=` -> [= ]
    E0101 [b] this line does not go on with the segment above | does not belong to it
          help: a line goes on where it begins with, or the one before ends in, an operator such as `and`; or put the whole in brackets
    "#);
    assert_snapshot!(messages("offer a {\n  priority 1\n  offer b {\n    priority 2\n  }\n  segment s is a\n}\n"), @r#"
    E0105 [offer] this `offer` stands inside another item | not in column 0
          help: an item begins in column 0: write `offer` at the beginning of its line, after the `}` of the item before
    E0107 [is] `is` is written `=` here | write `=`
          fix: replace `is` with `=` -> [=]
    "#);
    assert_snapshot!(offer("  if (a > 3) {\n    priority 3\n  }\n  priority 4"), @r#"
    E0101 [{] braces do not belong inside a clause | this `{` is not expected
          help: write conditions without braces: `eligible when age >= "25-34" and email_ok`, or `if condition then a else b`
    "#);
}

#[test]
fn slips_of_the_pen() {
    assert_snapshot!(offer("  eligible when a annd b\n  eligible when x betwen 1 and 2\n  eligible when count(purchase wehre x = 1) > 2\n  cap 1 per custommer every 3 days\n  eligible when if a than b else c\n  timing form 2026-01-01\n  eligible when x contians \"a\""), @r#"
    E0101 [annd] `annd` does not fit after `a` | expected an operator such as `and` or the end of the clause
          help: did you mean `and`?
          fix: write `and` -> [and]
    E0101 [betwen] `betwen` does not fit after `x` | expected an operator such as `and` or the end of the clause
          help: did you mean `between`?
          fix: write `between` -> [between]
    E0101 [x] `x` does not fit after `wehre` | expected an operator such as `and` or `)`
          help: did you mean `where`?
          fix: write `where` -> [where]
    E0129 [custommer] `custommer` is written `customer` here | write `customer`
          fix: replace `custommer` with `customer` -> [customer]
    E0101 [than] `than` does not fit after `a` | expected an operator such as `and` or `then`
          help: did you mean `then`?
          fix: write `then` -> [then]
    E0101 [form] `form` does not fit after `timing` | expected days, hours or a moment such as `right away`
          help: did you mean `from`?
          fix: write `from` -> [from]
    E0101 [contians] `contians` does not fit after `x` | expected an operator such as `and` or the end of the clause
          help: did you mean `contains`?
          fix: write `contains` -> [contains]
    "#);
}

/// The file with a fix done.
fn mended(item: &str, fix: &crate::diagnostic::Fix) -> String {
    format!("{}{}{}", &item[..fix.span.start as usize], fix.replacement, &item[fix.span.end as usize..])
}

#[test]
fn every_fix_mends() {
    // Each line makes at least one message with a fix; doing it makes one message less, and no new one.
    let clauses = r#"
eligible when a == 1
eligible when a==1
eligible when a&&b
eligible when a!=b
eligible when a||b
eligible when !a
eligible when NOT a AND b
eligible when a IS NULL
eligible when a is not null
eligible when a = null
eligible when (a)IS NOT NULL
eligible when a LIKE 'X%'
eligible when a in ("x", "y")
eligible when x BETWEEN 1 AND 2
eligible when 1 <= x <= 3
eligible when x >= 3 and 3 >= x >= 1
eligible when x is "a"
eligible when x is false
eligible if a
eligible a > 3
eligible when x in the last 30 days
eligible when x in past 30 days
eligible when x in last hour
eligible when x in current month
eligible when x in this months
eligible when x in yesterday
eligible when x in between 1 and 2
eligible when count(purchase in between 2026-01-01 and today) > 1
eligible when count(purchase from 2026-01-01 to 2026-02-01) > 1
eligible when count(purchase since 2026-01-01) > 1
eligible when count(purchase this month) > 1
eligible when max(a, b) > 1
eligible when tags OVERLAPS ["a"]
eligible when tags contains any of ["a"]
eligible when name endswith "x"
eligible when name LIKE "%x"
eligible when t > 9pm
eligible when t > 9:30 am
eligible when t > 21h30
eligible when x < 5 kilometers
eligible when x < 5km
eligible when x < 500 ft
eligible when d > today - 30 DAYS
eligible when d > today - 1 DAY
eligible when d > today - INTERVAL '30 days'
eligible when d > DATE '2026-01-01'
eligible when d > CURRENT_DATE
eligible when EXTRACT(YEAR FROM d) = 2026
eligible when date_trunc('month', d) = e
eligible when date_trunc("day", d) = e
eligible when dateadd(day, -30, d) > e
eligible when d > date("2026-01-01")
priority CASE WHEN a THEN 1 ELSE 3 END
priority pow(a, 2) + mod(b, 2)
message email: "a"
message for email "{a}"
because "50 } off"
because '50 {x}'
eligible when count(purchase last 3 days) > 1
eligible when count(purchase product.department = "X") > 1
eligible when count(purchase, product.department = "X") > 1
eligible when COUNT(purchase) > 1
eligible when isnull(a)
priority coalesce(a, 0) * 2
eligible when now() > today()
eligible when if a then b elif c then d else e
eligible when a > $20
eligible when a > 20€
eligible when a > 20usd
eligible when a > 1,000,000
eligible when a > 1,000.50 USD
eligible when a > .5
eligible when a > today - 1 days and b > today - 30d
eligible when a > today - 30day
eligible when a > today - 30 dayz
eligible when a > 2026/1/5
eligible when a > 2026-11-01T08:00Z
eligible when customer.Age > 3
eligible when a annd b
eligible when x = 'it'
eligible when x = “it's”
eligable when a
exclude when a
Priority 3
chanel mail, else email
channel mail or email
channel mail else email
topic: "a"
topic = "a"
priority = 3
sells ["a" "b"]
timing from 2026-01-01 until 2026-02-01
cap 1 per customer every 30day
myField 3
# remark
-- remark
about "a" # remark
"#;
    for clause in clauses.lines().filter(|line| !line.is_empty()) {
        let item = format!("offer x {{\n  {clause}\n  tier 1\n}}");
        let (_, before) = super::parse_item(&item);
        let fixes: Vec<_> = before.iter().filter_map(|diagnostic| diagnostic.fix.clone()).collect();
        assert!(!fixes.is_empty(), "{clause}: {before:?}");
        for fix in fixes {
            let after = mended(&item, &fix);
            let (_, left) = super::parse_item(&after);
            assert!(left.len() < before.len(), "{clause}\n{after}\n{left:?}");
        }
    }
}

#[test]
fn merges() {
    assert_snapshot!(offer("  about \"a\"\n<<<<<<< HEAD\n  priority 1\n=======\n  priority 2\n>>>>>>> spring\n  tier 3"), @r#"
    E0111 [<<<<<<< HEAD] a merge was not finished here | left by git
          help: keep one of the two versions and delete the lines with `<<<<<<<`, `=======` and `>>>>>>>`
    "#);
}

#[test]
fn what_does_not_fit() {
    assert_snapshot!(offer("  eligible when a b\n  eligible when a and\n  priority 3 4\n  cap 1 per customer\n  channel\n  timing 2026-11-01\n  sells [\"a\" \"b\"]\n  topic\n  eligible when a and (b or)"), @r#"
    E0101 [b] `b` does not fit after `a` | expected an operator such as `and` or the end of the clause
          help: join it with an operator such as `and` or `=`, or begin a new line: a clause ends with its line or with `;`
    E0101 [] the clause is not finished after `and` | expected a value
          help: write a value after `and`, or delete `and`
    E0101 [4] `4` does not fit after `3` | expected an operator such as `and` or the end of the clause
          help: join it with an operator such as `and` or `=`, or begin a new line: a clause ends with its line or with `;`
    E0127 [] a cap says how long it counts | `every …` or `each …` is missing here
          help: write `every 30 days` for what has passed until now, `each month` for the calendar's; over all customers and all time it is `in total`
    E0101 [] the clause is not finished after `channel` | expected a channel
          help: write a channel after `channel`, or delete `channel`
    E0132 [2026-11-01] from `2026-11-01` or to `2026-11-01`? | no word says which
          help: write `from 2026-11-01`, `to 2026-11-01`, or for this day alone `from 2026-11-01 to 2026-11-01`
    E0119 [] a comma is left out between two values | `,` is missing here
          fix: add `,` -> [, ]
    E0101 [] the clause is not finished after `topic` | expected a value
          help: write a value after `topic`, or delete `topic`
    E0101 [)] `)` does not fit after `or` | expected a value
          help: write a value here
    "#);
    assert_snapshot!(messages("portfolio {\n  rank by score, by lot\n  rank by value desc\n  rank by offer.tier asc, then score desc\n  slate\n  slat 3\n  slate mail\n}\nchannel mail {\n  need x\n}"), @r#"
    E0122 [,] `,` is written `, then` here | write `, then`
          fix: replace `,` with `, then` -> [, then]
    E0101 [value] `value` does not fit after `by` | expected `offer.FIELD`, `score` or `by lot`
          help: write `offer.FIELD`, `score` or `by lot` here
    E0122 [asc] leave out `asc` | not part of the language
          help: without `desc` the least comes first
          fix: delete `asc` -> []
    E0122 [desc] leave out `desc` | not part of the language
          help: the greatest score always comes first
          fix: delete `desc` -> []
    E0101 [] the clause is not finished after `slate` | expected a value
          help: write a value after `slate`, or delete `slate`
    E0106 [slat] `slat` begins no clause of the portfolio | a clause word is expected here
          help: did you mean `slate`?
          fix: replace `slat` with `slate` -> [slate]
    E0101 [] the clause is not finished after `mail` | expected a value
          help: write a value after `mail`, or delete `mail`
    E0106 [need] `need` begins no clause of a channel | a clause word is expected here
          help: did you mean `needs`?
          fix: replace `need` with `needs` -> [needs]
    "#);
    assert_snapshot!(messages("events purchase {\n  at when: instant\n  a: money\n  b: one_of\n  c: int -> \n  d: text ?? \n  e text\n  f: int from x from y\n  g: place\n}"), @r#"
    E0118 [when] `when` is a word of the language and no name | a name is expected here
          help: choose another name; a column of this name is read with `from`
    E0101 [money] the type `money` needs brackets | of what?
          help: write its currency: `money(USD)`
    E0101 [one_of] the type `one_of` needs brackets | of what?
          help: write its values: `one_of(small, large)`, `ordered("19-24", "25-34")`
    E0101 [] the clause is not finished after `->` | expected a name
          help: write a name after `->`, or delete `->`
    E0101 [??] `??` does not fit after `text` | expected `from`, `=`, a class such as `private` or the end of the clause
          help: write `from`, `=` or a class such as `private` here, or end the clause before: with a new line or with `;`
    E0119 [] `:` is left out between name and type | `:` is missing here
          fix: add `:` -> [: ]
    E0123 [from y] `from` is said twice for one field | the second one
          help: keep one of the two
    "#);
}
