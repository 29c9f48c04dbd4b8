//! The schema while it is guessed: tables and fields with the reasons for each, which a trial may loosen.

/// A project's data as it is guessed.
#[derive(Debug)]
pub struct Draft {
    /// The customers first.
    pub tables: Vec<Table>,
    pub zone: Guessed,
    pub currency: Guessed,
    /// The day after the last event of most tables, in the project's zone.
    pub now: Option<String>,
    /// Files that are no table, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// A value with the reason why it was taken.
#[derive(Clone, Debug)]
pub struct Guessed {
    pub value: String,
    pub because: String,
}

/// A table of the schema.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    /// The file's name without its ending, or with it where several have the stem.
    pub file: String,
    /// The file as it lies in the folder; none: it is made.
    pub source: Option<String>,
    pub kind: Kind,
    pub because: String,
    pub fields: Vec<Field>,
    /// Columns that no field is made of, each with the reason.
    pub without: Vec<(String, String)>,
    pub rows: u64,
    /// Whether it names customers whom their own file does not.
    pub introduces: bool,
}

/// What a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its own file has no rows where customers are known from events alone.
    Customer,
    Events,
    Lookup,
}

/// A field of a table.
#[derive(Clone, Debug)]
pub struct Field {
    pub role: Option<Role>,
    pub name: String,
    pub from: From,
    pub ty: Ty,
    pub optional: bool,
    pub link: Option<Link>,
    pub class: Option<&'static str>,
    /// Why it is as it is.
    pub because: Vec<String>,
    /// How often the texts of a list occur.
    pub counts: Vec<(String, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Key,
    At,
}

/// Where the values of a field come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    Column(String),
    Pair(String, String),
    /// A field of a linked table.
    Linked(String, String),
}

/// A link to a table's key.
#[derive(Clone, Debug)]
pub struct Link {
    pub table: String,
    pub optional: bool,
    pub alias: Option<String>,
}

/// A type of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    Bool,
    Int,
    Number,
    Money,
    Text,
    OneOf(Vec<String>),
    Ordered(Vec<String>),
    Date,
    Instant,
    Time,
    Duration,
    Zone,
    Place,
    Texts,
    Ints,
}

impl Draft {
    /// The customers' table.
    pub fn customer(&self) -> Option<&Table> {
        self.tables.iter().find(|table| table.kind == Kind::Customer)
    }

    /// The events, those that tell of money first, then those with the most rows.
    pub fn events(&self) -> Vec<&Table> {
        let mut events: Vec<&Table> = self.tables.iter().filter(|table| table.kind == Kind::Events).collect();
        let has_money = |table: &Table| table.fields.iter().any(|field| field.ty == Ty::Money);
        events.sort_by_key(|table| std::cmp::Reverse((has_money(table) && !table.is_built_in(), table.rows)));
        events
    }

    /// Takes a table out, and the links to it.
    pub fn leave_out(&mut self, name: &str, reason: &str) {
        let Some(at) = self.tables.iter().position(|table| table.name == name) else { return };
        let table = self.tables.remove(at);
        self.left_out.push((table.source.unwrap_or(table.file), reason.to_owned()));
        let mut timeless = Vec::new();
        for other in &mut self.tables {
            let gone = |field: &Field| matches!(&field.from, From::Linked(table, _) if table == name);
            if other.fields.iter().any(|field| gone(field) && field.role == Some(Role::At)) {
                timeless.push(other.name.clone());
            }
            other.fields.retain(|field| !gone(field));
            for field in &mut other.fields {
                if field.link.as_ref().is_some_and(|link| link.table == name) {
                    field.link = None;
                }
            }
        }
        for other in timeless {
            self.leave_out(&other, "nothing says when it happened");
        }
    }
}

impl Table {
    /// Whether the ledger has rows of it as well.
    pub fn is_built_in(&self) -> bool {
        self.kind == Kind::Events && matches!(self.name.as_str(), "contact" | "response")
    }

    /// The field of this name.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    /// The key.
    pub fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(Role::Key))
    }

    /// The field that says when an event happened.
    pub fn at(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(Role::At))
    }
}
