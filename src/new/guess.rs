//! From files that were looked at to a draft of the schema: tables with fields, links between them, the zone, the
//! currency and the moment that the project is set to.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use opportune_runtime::snapshot::read::inspect::{ColumnLook, Holds};

use super::draft::{Draft, Field, From, Guessed, Kind, Role, Table, Ty};
use super::fields::{self, Around};
use super::folder::{Folder, Source};
use super::links;
use super::shape::{self, Customers, Part, ROW_NUMBER};
use super::words;

/// Where fewer of those whom events name have a row of their own, the events say who the customers are.
const MOST_KNOWN: f64 = 0.9;

/// What was told, and need not be guessed.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub zone: Option<String>,
    pub currency: Option<String>,
}

/// Guesses what the files of a folder are.
pub fn draft(folder: &Folder, told: &Told) -> Draft {
    let sources = &folder.sources;
    let customers = shape::customers(sources);
    let parts = shape::parts(sources, &customers);
    let mut draft = Draft {
        tables: Vec::new(),
        zone: zone(sources, told),
        currency: currency(sources, told),
        now: None,
        left_out: folder.left_out.clone(),
    };
    draft.tables.push(customer_table(sources, &customers, &parts));
    for (source, part) in sources.iter().zip(&parts) {
        match part {
            Part::Customers => {}
            Part::LeftOut(reason) => draft.left_out.push((source.file.clone(), reason.clone())),
            Part::Events { owner, at } => {
                let mut table = events(source, *owner, *at, &draft);
                table.introduces = introduces(sources, &customers, source, part);
                draft.tables.push(with_file(table, source, sources));
            }
            Part::Lookup { key } => {
                let table = lookup(source, *key, &draft);
                draft.tables.push(with_file(table, source, sources));
            }
        }
    }
    links::find(&mut draft, sources);
    draft.now = now(sources, &draft);
    draft
}

/// Whether a file of events names many customers whom their own file does not have.
fn introduces(sources: &[Source], customers: &Customers, source: &Source, part: &Part) -> bool {
    let Part::Events { owner, .. } = part else { return false };
    let Customers::Table { source: of, key, .. } = customers else { return true };
    let Some(key) = sources.get(*of).and_then(|found| found.look.columns.get(*key)) else { return false };
    let columns = &source.look.columns;
    let own = owner.map_or_else(|| columns.iter().find(|column| column.name == key.name), |owner| columns.get(owner));
    own.and_then(|own| own.keys.share_in(&key.keys)).is_some_and(|share| share < MOST_KNOWN)
}

/// The file of a table as a manifest names it: without its ending, unless another file has the same name before that.
fn with_file(mut table: Table, source: &Source, sources: &[Source]) -> Table {
    let several = sources.iter().filter(|other| other.stem == source.stem).count() > 1;
    table.file = if several || source.stem.is_empty() { source.file.clone() } else { source.stem.clone() };
    table.source = Some(source.file.clone());
    table
}

fn table_name(draft: &Draft, wanted: &str) -> String {
    let name = words::name(wanted, "data", "data");
    let customer_fields = draft.customer().map(|table| table.fields.as_slice()).unwrap_or_default();
    words::unlike(&name, |name| {
        draft.tables.iter().any(|table| table.name == name) || customer_fields.iter().any(|field| field.name == name)
    })
}

/// The stem of a file as the name of one of its rows.
fn singular_name(stem: &str) -> String {
    let mut words = words::words(stem);
    if let Some(last) = words.last_mut() {
        *last = words::singular(last);
    }
    words.join("_")
}

fn customer_table(sources: &[Source], customers: &Customers, parts: &[Part]) -> Table {
    let others = sources.iter().zip(parts).any(|(source, part)| introduces(sources, customers, source, part));
    match customers {
        Customers::Table { source, key, because } => {
            let Some((found, look)) = sources.get(*source).and_then(|s| Some((s, s.look.columns.get(*key)?))) else {
                return numbered(None, sources);
            };
            let around = around(found, true, others);
            let mut table = table(found, customer_name(&look.name, &found.stem), Kind::Customer, because);
            table.fields.push(key_field(look));
            add_fields(&mut table, found, &[*key], around);
            with_file(table, found, sources)
        }
        Customers::Introduced { column, is_int } => introduced(column, *is_int),
        Customers::Numbered { source } => numbered(sources.get(*source), sources),
    }
}

/// Who has no file is known from events.
fn introduced(column: &str, is_int: bool) -> Table {
    let name = customer_name(column, "customer");
    let mut key = plain_field(words::name(column, "id", "key"), if is_int { Ty::Int } else { Ty::Text });
    key.role = Some(Role::Key);
    key.from = From::Column(column.to_owned());
    Table {
        file: name.clone(),
        because: format!("no file has one row for each, so those whom events name by `{column}` are the customers"),
        name,
        source: None,
        kind: Kind::Customer,
        fields: vec![key],
        without: Vec::new(),
        rows: 0,
        introduces: false,
    }
}

/// Where nothing tells customers apart, rows are counted.
fn numbered(source: Option<&Source>, sources: &[Source]) -> Table {
    let because = "nothing in the files tells customers apart: each row is taken for one, and has a number";
    let mut key = plain_field(ROW_NUMBER.to_owned(), Ty::Int);
    key.role = Some(Role::Key);
    let Some(source) = source else {
        let name = "customer_data".to_owned();
        let file = name.clone();
        let because = because.to_owned();
        let (fields, without) = (vec![key], Vec::new());
        return Table {
            name,
            file,
            source: None,
            kind: Kind::Customer,
            because,
            fields,
            without,
            rows: 0,
            introduces: false,
        };
    };
    let name = words::name(&singular_name(&source.stem), "person", "person");
    let mut table = table(source, name, Kind::Customer, because);
    table.fields.push(key);
    add_fields(&mut table, source, &[], around(source, true, false));
    with_file(table, source, sources)
}

/// What customers are called, by the name of their key or of their file.
fn customer_name(key: &str, stem: &str) -> String {
    let mut words = words::words(key);
    let by_key = words.len() > 1 && words::names_customers(key) > 0;
    if by_key {
        words.pop();
    }
    let name = if by_key { words.join("_") } else { singular_name(stem) };
    // `customer customer` reads badly, and may be said.
    if name == "customer" { name } else { words::name(&name, "person", "person") }
}

fn around(source: &Source, is_customer: bool, all_optional: bool) -> Around {
    Around { rows: source.look.rows, is_whole: source.look.is_whole, is_personal: true, all_optional, is_customer }
}

fn table(source: &Source, name: String, kind: Kind, because: &str) -> Table {
    Table {
        name,
        file: String::new(),
        source: None,
        kind,
        because: because.to_owned(),
        fields: Vec::new(),
        without: more_columns(source),
        rows: source.look.rows,
        introduces: false,
    }
}

fn more_columns(source: &Source) -> Vec<(String, String)> {
    match source.look.more_columns {
        0 => Vec::new(),
        more => vec![(format!("{more} more columns"), "there are too many to look at".to_owned())],
    }
}

fn events(source: &Source, owner: Option<usize>, at: Option<usize>, draft: &Draft) -> Table {
    let customer = draft.customer().map_or_else(|| "customer".to_owned(), |customer| customer.name.clone());
    let look = |at: usize| source.look.columns.get(at);
    let because = match at.and_then(look) {
        Some(at) => format!("each row names a {customer}, and `{}` says when", at.name),
        None => format!("each row names a {customer}"),
    };
    let mut table = table(source, table_name(draft, &events_name(source)), Kind::Events, &because);
    let key = draft.customer().and_then(Table::key);
    let own = |column: &ColumnLook| key.is_some_and(|key| key.from == From::Column(column.name.clone()));
    let by_name = source.look.columns.iter().position(own).filter(|_| owner.is_none());
    let taken: Vec<usize> = [by_name, owner, at].into_iter().flatten().collect();
    if let Some(look) = at.and_then(look) {
        let mut field = plain_field(words::name(&look.name, "happened", "time"), Ty::Instant);
        field.from = From::Column(look.name.clone());
        field.role = Some(Role::At);
        if look.holds == Holds::Date {
            field.ty = Ty::Date;
        } else if look.holds == Holds::Instant(None) && look.is_typed {
            field.because.push("local times of the project's zone, because the file names none".to_owned());
        }
        table.fields.push(field);
    }
    if let (Some(look), Some(key)) = (owner.and_then(look), key) {
        let mut field = plain_field(words::name(&look.name, "of", "key"), key.ty.clone());
        field.from = From::Column(look.name.clone());
        field.optional = look.missing > 0;
        field.link = Some(super::draft::Link { table: customer, optional: false, alias: None });
        table.fields.push(field);
    }
    add_fields(&mut table, source, &taken, around(source, false, false));
    if table.is_built_in() {
        beside_the_ledger(&mut table);
    }
    table
}

/// Past contacts and responses go by the names that the ledger has for them, if they tell their offer.
fn events_name(source: &Source) -> String {
    let name = singular_name(&source.stem);
    let tells_offer = source.look.columns.iter().any(|column| column.name == "offer" && column.holds == Holds::Text);
    match name.as_str() {
        "contact" | "response" if !tells_offer => format!("past_{name}"),
        _ => name,
    }
}

/// Beside the file's rows the ledger has others: it knows the offer and the outcome, and may tell any other word than the file.
fn beside_the_ledger(table: &mut Table) {
    let known = if table.name == "contact" { "offer" } else { "outcome" };
    for field in table.fields.iter_mut().filter(|field| field.role.is_none()) {
        if matches!(field.name.as_str(), "offer" | "member" | "channel" | "outcome" | "decision") {
            field.ty = Ty::Text;
            field.because.retain(|reason| !reason.starts_with("one of"));
        }
        field.optional |= field.name != known;
    }
    table.because.push_str(", and the ledger's events of this name go on from them");
}

fn lookup(source: &Source, key: usize, draft: &Draft) -> Table {
    let look = source.look.columns.get(key);
    let name = look.map_or("", |look| &look.name);
    let because = format!("each row has its own `{name}`");
    let mut table = table(source, table_name(draft, &singular_name(&source.stem)), Kind::Lookup, &because);
    table.fields.extend(look.map(key_field));
    let is_personal = source.look.columns.iter().any(|column| words::is_of_customers(&column.name));
    let around = around(source, false, false);
    add_fields(&mut table, source, &[key], Around { is_personal, is_customer: is_personal, ..around });
    table
}

fn key_field(look: &ColumnLook) -> Field {
    let ty = if look.holds == Holds::Int { Ty::Int } else { Ty::Text };
    let mut key = plain_field(words::name(&look.name, "id", "key"), ty);
    key.from = From::Column(look.name.clone());
    key.role = Some(Role::Key);
    key
}

fn plain_field(name: String, ty: Ty) -> Field {
    let from = From::Column(name.clone());
    Field {
        role: None,
        name,
        from,
        ty,
        optional: false,
        link: None,
        class: None,
        because: Vec::new(),
        counts: Vec::new(),
    }
}

/// Adds a field for each column that is not taken.
fn add_fields(table: &mut Table, source: &Source, taken: &[usize], around: Around) {
    let columns = &source.look.columns;
    let places = fields::places(columns);
    for (at, column) in columns.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        if places.iter().any(|(_, east, _)| *east == at) {
            continue;
        }
        let twice = columns.iter().filter(|other| other.name == column.name).count() > 1;
        let field = match places.iter().find(|(north, ..)| *north == at) {
            _ if twice => Err("several columns have its name".to_owned()),
            Some((_, east, of)) => Ok(place(column, columns.get(*east), of, around)),
            None => fields::field(column, at + 1, around),
        };
        match field {
            Ok(mut field) => {
                let has_zone = field.ty == Ty::Zone && table.fields.iter().any(|other| other.ty == Ty::Zone);
                if has_zone {
                    field.ty = Ty::Text;
                }
                field.name = words::unlike(&field.name, |name| table.fields.iter().any(|other| other.name == name));
                table.fields.push(field);
            }
            Err(reason) => table.without.push((column.name.clone(), reason)),
        }
    }
}

fn place(north: &ColumnLook, east: Option<&ColumnLook>, of: &str, around: Around) -> Field {
    let east_name = east.map_or("", |east| &east.name);
    let missing = north.missing.max(east.map_or(0, |east| east.missing));
    let otherwise = if around.is_customer { "home" } else { "place" };
    let mut field = plain_field(words::name(if of.is_empty() { otherwise } else { of }, otherwise, "place"), Ty::Place);
    field.from = From::Pair(north.name.clone(), east_name.to_owned());
    field.optional = missing > 0 || !around.is_whole || around.all_optional;
    field.because.push(format!("a place, because of the names `{}` and `{east_name}`", north.name));
    if around.is_customer {
        field.class = Some("private");
        field.because.push("private, because it says where somebody is".to_owned());
    }
    field
}

/// The zone that most columns of moments name, else the machine's.
fn zone(sources: &[Source], told: &Told) -> Guessed {
    if let Some(zone) = &told.zone {
        return Guessed { value: zone.clone(), because: String::new() };
    }
    let columns = sources.iter().flat_map(|source| &source.look.columns);
    let named = columns.filter_map(|column| match &column.holds {
        Holds::Instant(Some(zone)) if zone.contains('/') && TimeZone::get(zone).is_ok() => Some((zone, &column.name)),
        _ => None,
    });
    if let Some((zone, column)) = named.into_iter().next() {
        return Guessed { value: zone.clone(), because: format!("the moments of `{column}` are in it") };
    }
    match TimeZone::system().iana_name() {
        Some(zone) if !zone.ends_with("UTC") => {
            Guessed { value: zone.to_owned(), because: "it is this machine's; the files name none".to_owned() }
        }
        _ => Guessed { value: "UTC".to_owned(), because: "the files name none".to_owned() },
    }
}

fn currency(sources: &[Source], told: &Told) -> Guessed {
    if let Some(currency) = &told.currency {
        return Guessed { value: currency.clone(), because: String::new() };
    }
    let mut columns = sources.iter().flat_map(|source| &source.look.columns);
    let named = columns.find_map(|column| Some((words::currency_of(&column.name)?, &column.name)));
    match named {
        Some((value, column)) => Guessed { value, because: format!("`{column}` says so") },
        None => Guessed { value: "USD".to_owned(), because: "no file names one".to_owned() },
    }
}

/// The morning after the last event of most tables, unless that is still to come: some say what is planned, or err.
fn now(sources: &[Source], draft: &Draft) -> Option<String> {
    let tables = draft.tables.iter().filter(|table| table.kind == Kind::Events);
    let lasts = tables.filter_map(|table| {
        let source = sources.iter().find(|source| Some(&source.file) == table.source.as_ref())?;
        let From::Column(column) = &table.at()?.from else { return None };
        let look = source.look.columns.iter().find(|look| look.name == *column)?;
        look.moments.map(|(_, last)| last)
    });
    let mut lasts: Vec<i64> = lasts.collect();
    lasts.sort_unstable();
    let last = Timestamp::from_microsecond(*lasts.get(lasts.len() / 2)?).ok()?.min(Timestamp::now());
    let zone = TimeZone::get(&draft.zone.value).ok()?;
    let morning = last.to_zoned(zone).date().tomorrow().ok()?;
    Some(format!("{morning} 09:00"))
}
