//! Schemas and manifests.

use insta::assert_snapshot;

use super::check::{MANIFEST, all, project, told_alone, told_each};

#[test]
fn tables() {
    assert_snapshot!(told_each(&[
        "customer person {\n  key id: text\n}",
        "table t {\n  id: text\n}",
        "table t {\n  key id: text?\n}",
        "table t {\n  key id: date\n}",
        "table t {\n  key id: text\n  key other: text\n}",
        "table t {\n  at id: text\n}",
        "events e {\n  key id: text\n}",
        "events e {\n  at day: date?\n}",
        "table t {\n  key id: text\n  x: string\n}",
        "table t {\n  key id: text\n  x: txt\n}",
        "table t {\n  key id: text\n  x: money(usd)\n}",
        "table t {\n  key id: text\n  x: money(XYZ)\n}",
        "table t {\n  key id: text\n  x: one_of(a, b, a)\n}",
        "table t {\n  key id: text\n  x: set of text\n}",
        "table t {\n  key id: text\n  x: text = \"a\"\n}",
        "table t {\n  key id: text\n  x: text privat\n}",
        "table t {\n  key id: text\n  id: text\n}",
        "events e {\n  at day: date\n  p: text -> produkt\n}",
        "events e {\n  at day: date\n  p: text -> purchase\n}",
        "events e {\n  at day: date\n  p: int -> product\n}",
        "events e {\n  at day: date\n  p: text -> household\n}",
        "events e {\n  at day: date\n  p: int -> household\n}",
        "table t {\n  key id: text -> household\n}",
        "events e {\n  at day: date\n  p: text -> product\n  q: text -> product\n}",
        "events e {\n  at day: date\n  product: text -> product\n}",
        "events e {\n  at day: date\n  p: text -> product\n  x: text from product.category\n}",
        "events e {\n  at day: date\n  p: text -> product?\n  x: text from product.department\n}",
        "events e {\n  at day: date\n  p: text -> product\n  x: int from product.department\n}",
        "events e {\n  at day: date\n  x: int from product.department\n}",
        "events e {\n  at day: date\n  p: text -> product\n  x: text from product.departmant\n}",
        "offer fields {\n  x: text\n}",
    ]), @r#"
    customer person {
      key id: text
    }
      E0602 at `person`: a project has one `customer`
        help: keep one; declare the other as `table`, or as `events` if it has many rows a customer

    table t {
      id: text
    }
      E0603 at `t`: `t` has no key
        help: say which field identifies a row: `key t_id: text`

    table t {
      key id: text?
    }
      E0605 at `key id: text?`: `id` cannot be a key
        help: leave out the `?`: it must always be there

    table t {
      key id: date
    }
      E0605 at `key id: date`: `id` cannot be a key
        help: a key is a `text` or an `int`

    table t {
      key id: text
      key other: text
    }
      E0605 at `key other: text`: a table has one key
        help: leave out `key` before this field

    table t {
      at id: text
    }
      E0603 at `t`: `t` has no key
        help: say which field identifies a row: `key t_id: text`
      E0613 at `at`: only events have a time with `at`
        help: leave out `at`, or declare the table as `events`

    events e {
      key id: text
    }
      E0604 at `e`: `e` has no time
        help: say when an event happened: `at happened: instant`, or `at day: date`
      E0613 at `key`: events have no `key`
        help: events have a time, `at …`; a key belongs to the customer and tables

    events e {
      at day: date?
    }
      E0605 at `at day: date?`: `day` cannot be the time of events
        help: leave out the `?`: it must always be there

    table t {
      key id: text
      x: string
    }
      E0606 at `string`: `string` is not a type
        help: did you mean `text`?
        fix: replace `string` with `text`

    table t {
      key id: text
      x: txt
    }
      E0606 at `txt`: `txt` is not a type
        help: did you mean `text`?
        fix: replace `txt` with `text`

    table t {
      key id: text
      x: money(usd)
    }
      E0612 at `usd`: `usd` is not the code of a currency
        help: codes are in capitals: `USD`
        fix: replace `usd` with `USD`

    table t {
      key id: text
      x: money(XYZ)
    }
      E0612 at `XYZ`: `XYZ` is not the code of a currency
        help: write the three letters of ISO 4217, for example `USD`, `EUR` or `GBP`

    table t {
      key id: text
      x: one_of(a, b, a)
    }
      E0611 at `a`: `a` stands twice in the list
        help: leave one of them out

    table t {
      key id: text
      x: set of text
    }
      fine

    table t {
      key id: text
      x: text = "a"
    }
      E0613 at `"a"`: only offer fields and the customer's time zone have a default
        help: in data, write `?` and say `field else value` where it is used

    table t {
      key id: text
      x: text privat
    }
      E0614 at `privat`: `privat` is not a class of data
        help: did you mean `private`?
        fix: replace `privat` with `private`

    table t {
      key id: text
      id: text
    }
      E0607 at `id`: the field `id` is declared twice
        help: rename or remove one; a column may go by any name: `other_name: text from this_column`

    events e {
      at day: date
      p: text -> produkt
    }
      E0207 at `produkt`: no table `produkt` is declared
        help: did you mean `product`?
        fix: replace `produkt` with `product`

    events e {
      at day: date
      p: text -> purchase
    }
      E0608 at `purchase`: `purchase` is not a table to look up in
        help: a link leads from a field to the key of a `table`

    events e {
      at day: date
      p: int -> product
    }
      E0608 at `product`: the key of `product` has another type
        help: give this field the type of the key that it holds

    events e {
      at day: date
      p: text -> household
    }
      fine

    events e {
      at day: date
      p: int -> household
    }
      E0608 at `household`: the customer's key has another type
        help: in events, the field that holds the customer's key may say `-> ` and the customer's name

    table t {
      key id: text -> household
    }
      E0608 at `household`: only an event belongs to a customer
        help: in events, the field that holds the customer's key may say `-> ` and the customer's name

    events e {
      at day: date
      p: text -> product
      q: text -> product
    }
      E0609 at `product`: `product` means something else in this table already
        help: give the linked row a name of its own: `-> product as other_name`

    events e {
      at day: date
      product: text -> product
    }
      E0609 at `product`: `product` means something else in this table already
        help: give the linked row a name of its own: `-> product as other_name`

    events e {
      at day: date
      p: text -> product
      x: text from product.category
    }
      E0615 at `product.category`: `product.category` may be missing, and this field says that it never is
        help: write `?` after this field's type, or leave out the `?` of the link and of the linked field
        fix: add `?` after the type

    events e {
      at day: date
      p: text -> product?
      x: text from product.department
    }
      E0615 at `product.department`: `product.department` may be missing, and this field says that it never is
        help: write `?` after this field's type, or leave out the `?` of the link and of the linked field
        fix: add `?` after the type

    events e {
      at day: date
      p: text -> product
      x: int from product.department
    }
      E0610 at `product.department`: `product.department` does not fit this field
        help: it must have the same type, and be a column of the linked table itself

    events e {
      at day: date
      x: int from product.department
    }
      E0610 at `product`: no link of this table goes by `product`
        help: declare the link on the field that holds the key: `product_id: text -> product`

    events e {
      at day: date
      p: text -> product
      x: text from product.departmant
    }
      E0610 at `departmant`: `product` has no field `departmant`
        help: did you mean `department`?
        fix: replace `departmant` with `department`

    offer fields {
      x: text
    }
      E0202 at `offer fields`: `offer fields` is declared twice
        help: it is declared in test.offer, line 40; give this one another name
    "#);
}

fn fields(fields: &str) -> String {
    let text = format!("customer a {{\n  key id: int\n}}\n\noffer fields {{\n  {fields}\n}}");
    format!("{fields}\n{}", told_alone(&text))
}

#[test]
fn offer_fields() {
    let all = [
        "x: text = 3",
        "x: int = 1 + 1",
        "x: set of text = [\"a\"]",
        "x: set of text = \"a\"",
        "x: one_of(a, b) = a",
        "x: one_of(a, b) = c",
        "key x: text",
        "x: text -> t",
        "x: text from y",
        "priority: int = 1",
        "x: text\n  x: text",
        "x: set of set of text",
    ];
    assert_snapshot!(all.map(fields).join("\n"), @r#"
    x: text = 3
      E0315 at `3`: a text is expected, and this is a whole number
        help: write a text in double quotes

    x: int = 1 + 1
      fine

    x: set of text = ["a"]
      fine

    x: set of text = "a"
      E0315 at `"a"`: `x` is a set of values
        help: write the values in brackets: `[…, …]`

    x: one_of(a, b) = a
      fine

    x: one_of(a, b) = c
      E0305 at `c`: `c` is not one of the values here
        help: the values are `a`, `b`

    key x: text
      E0613 at `key`: offer fields have no `key` or `at`
        help: offers take a name, a type and perhaps a default: `tier: int = 1`

    x: text -> t
      E0613 at `t`: offer fields have no link
        help: offers take a name, a type and perhaps a default: `tier: int = 1`

    x: text from y
      E0613 at `y`: offer fields come from no column
        help: offers take a name, a type and perhaps a default: `tier: int = 1`

    priority: int = 1
      E0204 at `priority`: `priority` is a clause of every offer
        help: give the field another name

    x: text
      x: text
      E0607 at `x`: the field `x` is declared twice
        help: rename or remove one; a column may go by any name: `other_name: text from this_column`

    x: set of set of text
      E0613 at `set of text`: a set of sets
        help: sets hold texts, whole numbers or values of a list: `set of text`, `set of one_of(a, b)`
    "#);
}

#[test]
fn without_a_customer_nothing_else_is_told() {
    let text = "segment a is age > 2\n\nevents purchase {\n  at day: date\n}";
    assert_snapshot!(told_alone(text), @r"
    E0601 at ``: no file declares the customer
      help: declare who the offers are for: `customer household { key household_id: text }`
    ");
}

fn manifest(lines: &str) -> String {
    let policy = "customer household {\n  key id: int\n}\n\ntable product {\n  key id: int\n}\n\nevents purchase {\n  at day: date\n}";
    let compiled = project(lines, policy);
    format!("{lines}\n{}", all(&compiled, lines))
}

#[test]
fn manifests() {
    let with = |more: &str| format!("{MANIFEST}{more}");
    let all = [
        with(
            "currency = \"USD\"\nnow = \"2017-11-20 09:00\"\n[data]\nfolder = \"data/real\"\nintroduces = [\"household\", \"purchase\"]\n[data.files]\npurchase = \"transactions.parquet\"\n",
        ),
        with("now = 2017-11-20T09:00:00-05:00\n"),
        "name = \"a\"\n".to_owned(),
        "name = 3\nedition = \"2026\"\nzone = \"UTC\"\n".to_owned(),
        "name = \"a\"\nedition = \"2025\"\nzone = \"Europe/Munich\"\n".to_owned(),
        "name = \"a\"\nedition = \"2026\"\nzone = \"Amsterdam\"\n".to_owned(),
        "name = \"a\"\nedition = \"2026\"\nzone = \"America/NewYork\"\n".to_owned(),
        "name = a\nedition = 2026\"\n".to_owned(),
        with("curency = \"USD\"\n"),
        with("currency = \"usd\"\n"),
        with("xyzzy = 3\n"),
        with("now = \"tomorrow\"\n"),
        with("data = 3\n"),
        with("[data]\nfolder = \"../x\"\n"),
        with("[data]\nfolder = \"/x\"\n"),
        with("[data]\nfolder = \"C:\\\\x\"\n"),
        with("[data.files]\npurchase = \"a/../../b\"\nhousehold = \"..\\\\b\"\n"),
        with("[data]\nintroduces = [\"purchases\", \"product\", 3]\n"),
        with("[data.files]\npurchse = \"x\"\n"),
        with("[data.files]\npurchase = \"\"\n"),
    ];
    assert_snapshot!(all.iter().map(|lines| manifest(lines)).collect::<Vec<_>>().join("\n"), @r#"
    name = "test"
    edition = "2026"
    zone = "America/New_York"
    currency = "USD"
    now = "2017-11-20 09:00"
    [data]
    folder = "data/real"
    introduces = ["household", "purchase"]
    [data.files]
    purchase = "transactions.parquet"

      fine

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    now = 2017-11-20T09:00:00-05:00

      fine

    name = "a"

      E0703 at ``: the manifest does not say `edition`
        help: write the edition of the language: `edition = "2026"`
      E0703 at ``: the manifest does not say `zone`
        help: write the project's time zone: `zone = "America/New_York"`

    name = 3
    edition = "2026"
    zone = "UTC"

      E0704 at `3`: a text is expected here, not an integer
        help: texts stand in double quotes

    name = "a"
    edition = "2025"
    zone = "Europe/Munich"

      E0709 at `"2025"`: there is no edition `2025`
        help: the one edition is "2026"
        fix: write "2026"
      E0705 at `"Europe/Munich"`: `Europe/Munich` is not a time zone
        help: did you mean `Europe/Zurich`?

    name = "a"
    edition = "2026"
    zone = "Amsterdam"

      E0705 at `"Amsterdam"`: `Amsterdam` is not a time zone
        help: did you mean `Europe/Amsterdam`?
        fix: write `Europe/Amsterdam`

    name = "a"
    edition = "2026"
    zone = "America/NewYork"

      E0705 at `"America/NewYork"`: `America/NewYork` is not a time zone
        help: did you mean `America/New_York`?

    name = a
    edition = 2026"

      E0701 at `a`: this is not TOML: string values must be quoted, expected literal string
        help: a line is `key = "text"`, a section begins with `[data]`
      E0701 at ``: this is not TOML: missing opening quote, expected `"`
        help: a line is `key = "text"`, a section begins with `[data]`

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    curency = "USD"

      E0702 at `curency`: the manifest has no key `curency`
        help: did you mean `currency`?
        fix: write `currency`

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    currency = "usd"

      E0706 at `"usd"`: `usd` is not the code of a currency
        help: codes are in capitals
        fix: write `USD`

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    xyzzy = 3

      E0702 at `xyzzy`: the manifest has no key `xyzzy`
        help: the keys here are `contacts`, `currency`, `data`, `edition`, `information`, `ledger`, `name`, `now`, `zone`

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    now = "tomorrow"

      E0708 at `"tomorrow"`: `tomorrow` is not a moment
        help: write a local time, "2017-11-20 09:00", or one with an offset, "2017-11-20T09:00:00-05:00"

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    data = 3

      E0704 at `3`: a section is expected here, not an integer
        help: see the manifest's page in the docs

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data]
    folder = "../x"

      E0707 at `"../x"`: the path `../x` leaves the project
        help: a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the command line

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data]
    folder = "/x"

      E0707 at `"/x"`: the path `/x` leaves the project
        help: a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the command line

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data]
    folder = "C:\\x"

      E0707 at `"C:\\x"`: the path `C:\x` leaves the project
        help: a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the command line

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data.files]
    purchase = "a/../../b"
    household = "..\\b"

      E0707 at `"a/../../b"`: the path `a/../../b` leaves the project
        help: a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the command line
      E0707 at `"..\\b"`: the path `..\b` leaves the project
        help: a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the command line

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data]
    introduces = ["purchases", "product", 3]

      E0710 at `"purchases"`: the policies declare no table `purchases`
        help: did you mean `purchase`?
      E0710 at `"product"`: `product` has no customers to introduce
        help: only the customer's own table and events introduce customers
      E0704 at `3`: a text is expected here, not an integer
        help: texts stand in double quotes

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data.files]
    purchse = "x"

      E0710 at `purchse`: the policies declare no table `purchse`
        help: did you mean `purchase`?

    name = "test"
    edition = "2026"
    zone = "America/New_York"
    [data.files]
    purchase = ""

      E0704 at `""`: this names no file
        help: name the file, or leave the line out: a table's file goes by its name
    "#);
}

#[test]
fn the_ledger_has_one_place() {
    let ledger = |lines: &str| manifest(&format!("{MANIFEST}[ledger]\n{lines}\n"));
    let all = [
        "file = \"ledgers/autumn.sqlite\"",
        "url = \"postgres://offers@ledger.example.com:5432/offers?sslmode=require\"",
        "url_from = \"LEDGER_URL\"",
        "",
        "file = \"../ledger.sqlite\"",
        "file = \"\"",
        "file = \"ledgers/\"",
        "file = \"postgres://ledger.example.com/offers\"",
        "url = \"ledger.sqlite\"",
        "url = \"mysql://ledger.example.com/offers\"",
        "url = \"postgres://ledger.example.com/of fers\"",
        "url_from = \"LEDGER URL\"",
        "url_from = \"1\"",
        "url_from = 1",
        "file = \"ledger.sqlite\"\nurl_from = \"LEDGER_URL\"",
        "path = \"ledger.sqlite\"",
    ];
    assert_snapshot!(all.map(ledger).join("\n").replace(MANIFEST, ""), @r#"
    [ledger]
    file = "ledgers/autumn.sqlite"

      fine

    [ledger]
    url = "postgres://offers@ledger.example.com:5432/offers?sslmode=require"

      fine

    [ledger]
    url_from = "LEDGER_URL"

      fine

    [ledger]


      fine

    [ledger]
    file = "../ledger.sqlite"

      E0707 at `"../ledger.sqlite"`: the path `../ledger.sqlite` leaves the project
        help: name a file inside it; for one elsewhere, say `--ledger FILE` on the command line

    [ledger]
    file = ""

      E0712 at `""`: this names no file
        help: name it: `file = "ledger.sqlite"`

    [ledger]
    file = "ledgers/"

      E0712 at `"ledgers/"`: this names no file
        help: name it: `file = "ledger.sqlite"`

    [ledger]
    file = "postgres://ledger.example.com/offers"

      E0712 at `"postgres://ledger.example.com/offers"`: this is an address and no file
        help: write `url = …` for a database, or `url_from = "LEDGER_URL"` and put the address into the environment

    [ledger]
    url = "ledger.sqlite"

      E0712 at `"ledger.sqlite"`: this is not the address of a PostgreSQL database
        help: write `url = "postgres://ledger.example.com/offers"`; an SQLite file goes by `file = …`

    [ledger]
    url = "mysql://ledger.example.com/offers"

      E0712 at `"mysql://ledger.example.com/offers"`: this is not the address of a PostgreSQL database
        help: write `url = "postgres://ledger.example.com/offers"`; an SQLite file goes by `file = …`

    [ledger]
    url = "postgres://ledger.example.com/of fers"

      E0712 at `"postgres://ledger.example.com/of fers"`: this is not the address of a PostgreSQL database
        help: write `url = "postgres://ledger.example.com/offers"`; an SQLite file goes by `file = …`

    [ledger]
    url_from = "LEDGER URL"

      E0712 at `"LEDGER URL"`: this is not the name of a variable
        help: write the name of a variable of the environment, `url_from = "LEDGER_URL"`; its value is the address

    [ledger]
    url_from = "1"

      E0712 at `"1"`: this is not the name of a variable
        help: write the name of a variable of the environment, `url_from = "LEDGER_URL"`; its value is the address

    [ledger]
    url_from = 1

      E0704 at `1`: a text is expected here, not an integer
        help: texts stand in double quotes

    [ledger]
    file = "ledger.sqlite"
    url_from = "LEDGER_URL"

      E0712 at `url_from`: a project has one ledger, and this names two places
        help: keep one of `file`, `url` and `url_from`

    [ledger]
    path = "ledger.sqlite"

      E0702 at `path`: the manifest has no key `ledger.path`
        help: the keys here are `file`, `url`, `url_from`
    "#);
}

/// Whatever a mistake points at, the message does not say it, and the line of the manifest can be shown without it.
#[test]
fn a_manifest_tells_no_password() {
    let all = [
        "url = \"postgres://offers:hunter2@ledger.example.com/offers\"",
        "url = 'postgres://offers:hunter2@ledger.example.com/offers'",
        "url = \"postgres://offers:hun:ter2/@ter2@ledger.example.com/offers\"",
        "url = \"postgresql://ledger.example.com/offers?user=offers&password=hunter2\"",
        "url = \"host=ledger.example.com password=hunter2\"",
        "file = \"postgres://offers:hunter2@ledger.example.com/offers\"",
        "url_from = \"postgres://offers:hunter2@ledger.example.com/offers\"",
        "password = \"hunter2\"",
        "\"password\" = 'hunter2'",
        "url = \"postgres://offers:hunter2@ledger.example.com/offers",
        "PGPASSWORD = \"hunter2\"",
    ];
    for line in all {
        let lines = format!("{MANIFEST}[ledger]\n{line}\n");
        let compiled = project(&lines, "customer household {\n  key id: int\n}");
        assert!(compiled.plan.is_none(), "{line}");
        assert!(!format!("{:?}{:?}", compiled.diagnostics, compiled.manifest).contains("ter2"), "{line}");
        let shown = opportune_compiler::manifest::masked(&lines);
        assert!(!shown.contains("ter2") && shown.contains("**"), "{shown}");
        assert_eq!(shown.len(), lines.len());
    }
    let harmless = "# café\nurl = \"postgres://offers@ledger.example.com/offers\"\nurl_from = \"LEDGER_URL\"\n";
    assert_eq!(opportune_compiler::manifest::masked(harmless), harmless);
}

#[test]
fn the_ledgers_place_is_told() {
    use opportune_compiler::LedgerPlace;
    let place = |lines: &str| {
        let compiled = project(&format!("{MANIFEST}{lines}"), "customer household {\n  key id: int\n}");
        compiled.manifest.unwrap().ledger
    };
    assert_eq!(place(""), LedgerPlace::File("ledger.sqlite".into()));
    assert_eq!(place("[ledger]\nfile = \"l.sqlite\"\n"), LedgerPlace::File("l.sqlite".into()));
    assert_eq!(place("[ledger]\nurl_from = \"A_1\"\n"), LedgerPlace::UrlFrom("A_1".into()));
    assert_eq!(place("[ledger]\nurl = \"postgres:///a\"\n"), LedgerPlace::Url("postgres:///a".into()));
}

#[test]
fn the_manifest_tells_now_and_files() {
    let lines = format!("{MANIFEST}now = \"2017-11-20 09:00\"\n[data.files]\npurchase = \"transactions.parquet\"\n");
    let policy = "customer household {\n  key id: int from hh\n}\n\nevents purchase {\n  at day: date\n}";
    let compiled = project(&lines, policy);
    assert_eq!(compiled.manifest.as_ref().unwrap().now, Some(1_511_186_400_000_000));
    let plan = compiled.plan.unwrap();
    assert_eq!(&*plan.schema.tables[1].source, "transactions.parquet");
    assert!(plan.to_string().contains("of the customer in \"hh\""));
    let place = compiled.sources.field(opportune_plan::TableId(1), opportune_plan::FieldId(0)).unwrap();
    assert_eq!(&policy[place.span.start as usize..place.span.end as usize], "at day: date");
}

#[test]
fn texts_that_are_none_do_not_panic() {
    for text in ["", "\0", "offer", "offer a {", "customer\ncustomer", "segment a is", "portfolio\nportfolio", "🦀"] {
        for manifest in ["", MANIFEST, "[", "name = "] {
            let compiled = project(manifest, text);
            assert!(!compiled.diagnostics.is_empty() && compiled.plan.is_none());
        }
    }
}
