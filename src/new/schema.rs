//! A draft as `schema.offer` and `opportune.toml`: each guess is a comment beside what was guessed.

use std::fmt::Write as _;

use super::draft::{Draft, Field, From, Kind, Role, Table, Ty};

/// A text of the policy with, for each line that declares one, its table and field.
#[derive(Debug, Default)]
pub struct Written {
    pub text: String,
    pub fields: Vec<(usize, String, String)>,
}

/// The schema of a draft.
pub fn schema(draft: &Draft) -> Written {
    let mut written = Written::default();
    line(
        &mut written,
        "// What the data holds. Everything after `guess:` was guessed from the files: read it once, mend what is",
    );
    line(&mut written, "// wrong, and delete the remark. docs/language/data.md tells what each word means.");
    for table in &draft.tables {
        line(&mut written, "");
        add_table(&mut written, table, &draft.currency.value);
    }
    if !draft.left_out.is_empty() {
        line(&mut written, "");
        for (file, reason) in &draft.left_out {
            line(&mut written, &format!("// guess: `{}` is left out, because {}", plain(file), plain(reason)));
        }
    }
    written
}

fn line(written: &mut Written, text: &str) {
    written.text.push_str(text);
    written.text.push('\n');
}

fn add_table(written: &mut Written, table: &Table, currency: &str) {
    let (word, what) = match table.kind {
        Kind::Customer => ("customer", "the customers"),
        Kind::Events => ("events", "events"),
        Kind::Lookup => ("table", "looked up"),
    };
    line(written, &format!("// guess: {what}, because {}", plain(&table.because)));
    let several = table.fields.iter().filter(|field| field.optional).count() > 3;
    if table.kind == Kind::Customer && several && table.rows > 0 {
        line(written, "// `?`: the value may be missing");
    }
    line(written, &format!("{word} {} {{", table.name));
    let declared: Vec<String> = table.fields.iter().map(|field| declaration(field, currency)).collect();
    let width = declared.iter().map(|text| text.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    for (field, declared) in table.fields.iter().zip(declared) {
        let remark = if field.because.is_empty() {
            String::new()
        } else {
            let because: Vec<String> = field.because.iter().map(|reason| plain(reason)).collect();
            let gap = " ".repeat(width.saturating_sub(declared.chars().count()));
            format!("{gap}    // guess: {}", because.join("; "))
        };
        let number = written.text.lines().count() + 1;
        written.fields.push((number, table.name.clone(), field.name.clone()));
        line(written, &format!("  {declared}{remark}"));
    }
    for (column, reason) in &table.without {
        line(written, &format!("  // guess: `{}` is left out, because {}", plain(column), plain(reason)));
    }
    line(written, "}");
}

fn declaration(field: &Field, currency: &str) -> String {
    let mut text = match field.role {
        Some(Role::Key) => "key ".to_owned(),
        Some(Role::At) => "at ".to_owned(),
        None => String::new(),
    };
    let _ = write!(text, "{}: {}", field.name, type_of(&field.ty, currency));
    if field.optional {
        text.push('?');
    }
    if let Some(link) = &field.link {
        let _ = write!(text, " -> {}{}", link.table, if link.optional { "?" } else { "" });
        if let Some(alias) = &link.alias {
            let _ = write!(text, " as {alias}");
        }
    }
    match &field.from {
        From::Column(column) if *column == field.name => {}
        From::Column(column) => {
            let _ = write!(text, " from {}", column_name(column));
        }
        From::Pair(north, east) => {
            let _ = write!(text, " from {} and {}", column_name(north), column_name(east));
        }
        From::Linked(link, of) => {
            let _ = write!(text, " from {link}.{of}");
        }
    }
    if let Some(class) = field.class {
        let _ = write!(text, "    {class}");
    }
    text
}

fn type_of(ty: &Ty, currency: &str) -> String {
    match ty {
        Ty::Bool => "bool".to_owned(),
        Ty::Int => "int".to_owned(),
        Ty::Number => "number".to_owned(),
        Ty::Money => format!("money({currency})"),
        Ty::Text => "text".to_owned(),
        Ty::OneOf(values) => format!("one_of({})", listed(values)),
        Ty::Ordered(values) => format!("ordered({})", listed(values)),
        Ty::Date => "date".to_owned(),
        Ty::Instant => "instant".to_owned(),
        Ty::Time => "time".to_owned(),
        Ty::Duration => "duration".to_owned(),
        Ty::Zone => "timezone".to_owned(),
        Ty::Place => "place".to_owned(),
        Ty::Texts => "set of text".to_owned(),
        Ty::Ints => "set of int".to_owned(),
    }
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")
}

/// A name of a column as it may stand after `from`: bare, where it is a name of the language.
fn column_name(column: &str) -> String {
    let plain = column.starts_with(|c: char| c.is_ascii_lowercase())
        && column.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && super::words::name(column, "", "value") == column;
    if plain { column.to_owned() } else { quoted(column) }
}

/// A text of the language.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text from a file as a comment may hold it: on one line, and nothing that a terminal acts on.
pub fn plain(text: &str) -> String {
    let kept: String = text.chars().map(|c| if crate::escape::is_plain(c) { c } else { '?' }).take(300).collect();
    kept
}

/// The manifest.
pub fn manifest(draft: &Draft, name: &str, folder: &str) -> String {
    let remark =
        |because: &str| if because.is_empty() { String::new() } else { format!("    # guess: {}", plain(because)) };
    let mut text = String::new();
    let _ = writeln!(text, "name = {}\nedition = \"2026\"", toml_text(name));
    if let Some(now) = &draft.now {
        let _ = writeln!(
            text,
            "now = \"{now}\"    # guess: the morning after the last event of most tables; without this line it is the clock's time"
        );
    }
    let _ = writeln!(text, "zone = {}{}", toml_text(&draft.zone.value), remark(&draft.zone.because));
    let _ = writeln!(text, "currency = {}{}", toml_text(&draft.currency.value), remark(&draft.currency.because));
    let _ = writeln!(text, "\n[data]\nfolder = {}", toml_text(folder));
    let own = draft.customer().filter(|table| table.source.is_some());
    let mut introducing: Vec<&str> = own.into_iter().map(|table| table.name.as_str()).collect();
    introducing.extend(draft.tables.iter().filter(|table| table.introduces).map(|table| table.name.as_str()));
    if draft.tables.iter().any(|table| table.introduces) {
        let names: Vec<String> = introducing.iter().map(|name| toml_text(name)).collect();
        let _ = writeln!(text, "introduces = [{}]    # guess: all whom these name are customers", names.join(", "));
    }
    let renamed: Vec<&Table> = draft.tables.iter().filter(|table| table.file != table.name).collect();
    if !renamed.is_empty() {
        text.push_str("\n[data.files]\n");
        for table in renamed {
            let _ = writeln!(text, "{} = {}", table.name, toml_text(&table.file));
        }
    }
    text
}

/// A text of TOML.
pub fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
