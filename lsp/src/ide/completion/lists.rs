//! Which candidates there are of each kind, with what is told of them.

use opportune_compiler::db::Db;
use opportune_compiler::hir::Schema;
use opportune_compiler::plan::{Element, FieldId, Schema as PlanSchema, TableId, TableKind, Type};
use opportune_compiler::queries::{self, Kind as ItemKind, Project};
use opportune_compiler::syntax::ItemWord;
use opportune_compiler::vocabulary;

use super::cursor::{Cursor, Kind};
use super::place::Wanted;
use super::{Candidate, CandidateKind, Several};
use crate::ide::hover::{escaped, quoted, told, type_name, value_as_written};
use crate::ide::symbol::{CONTEXT, Symbol, listed};
use crate::ide::words;

/// What candidates are taken from.
pub struct Lists<'db> {
    /// The database.
    pub db: &'db dyn Db,
    /// The project; a text of none has no names.
    pub project: Option<Project>,
    /// What the item at the cursor declares.
    pub item: ItemWord,
}

/// The words that begin an item.
pub fn items() -> Vec<Candidate> {
    let entry = |(word, code, text): &words::Entry| {
        Candidate::new(*word, CandidateKind::Item).detail(*code).doc(Some((*text).to_owned()))
    };
    words::ITEMS.iter().map(entry).collect()
}

impl<'db> Lists<'db> {
    /// The schema, where there is a project.
    pub fn schema(&self) -> Option<&'db Schema> {
        self.project.map(|project| queries::schema(self.db, project))
    }

    /// The candidates of a kind.
    pub fn of(&self, wanted: &Wanted, cursor: &Cursor<'_>, in_text: bool) -> Vec<Candidate> {
        match wanted {
            Wanted::Clauses => self.clauses(),
            Wanted::Words(words) => words.iter().map(|word| self.word(word)).collect(),
            Wanted::Members(table) => self.members(*table),
            Wanted::OfferFields => self.offer_fields(),
            Wanted::Names(row) => self.names(*row, cursor),
            Wanted::Functions => functions(),
            Wanted::Events => self.tables(|kind| matches!(kind, TableKind::Events { .. }), CandidateKind::Events),
            Wanted::Tables => self.tables(|kind| matches!(kind, TableKind::Lookup { .. }), CandidateKind::Table),
            Wanted::Channels => self.items_of(&[ItemKind::Channel], CandidateKind::Channel),
            Wanted::Offers => self.items_of(&[ItemKind::Offer], CandidateKind::Offer),
            Wanted::Personas => self.items_of(&[ItemKind::Persona], CandidateKind::Persona),
            Wanted::Given => {
                let mut found = self.members(PlanSchema::CUSTOMER);
                found.extend(self.tables(
                    |kind| !matches!(kind, TableKind::Customer { .. } | TableKind::Context),
                    CandidateKind::Table,
                ));
                found
            }
            Wanted::Values(ty, place) => self.values(*ty, *place, cursor, in_text),
            Wanted::Units => self.units(),
            Wanted::Types => types(),
            Wanted::Arms => arms(cursor),
        }
    }

    fn clauses(&self) -> Vec<Candidate> {
        let entry = |(word, code, text): &words::Entry| {
            let label = if *word == "at" && self.item == ItemWord::Portfolio { "at most" } else { word };
            Candidate::new(label, CandidateKind::Word).detail(*code).doc(Some((*text).to_owned()))
        };
        let own = words::clauses(self.item).iter().map(entry);
        let fields = if self.item == ItemWord::Offer { self.offer_fields() } else { Vec::new() };
        own.chain(fields).collect()
    }

    fn word(&self, word: &'static str) -> Candidate {
        let first = word.split(' ').next().unwrap_or(word);
        let entry = words::explained(first, self.item, false, false);
        let candidate = Candidate::new(word, CandidateKind::Word);
        match entry {
            Some((_, code, text)) => candidate.detail(*code).doc(Some((*text).to_owned())),
            None => candidate,
        }
    }

    /// What is told of a symbol: its declaration, then the rest.
    fn symbol(&self, symbol: &Symbol, kind: CandidateKind) -> Candidate {
        let found = self.project.and_then(|project| told(self.db, project, symbol));
        let candidate = Candidate::new(symbol.name(), kind);
        match found {
            Some((code, text)) => candidate.detail(code).doc((!text.is_empty()).then(|| text.join("\n\n"))),
            None => candidate,
        }
    }

    /// Fields and linked rows of a table, and `at` of events.
    fn members(&self, table: TableId) -> Vec<Candidate> {
        let Some(schema) = self.schema() else { return Vec::new() };
        let owner = schema.table_name(table);
        let fields = schema.plan.table(table).into_iter().flat_map(|table| &table.fields);
        let fields = fields.map(|field| Symbol::Field(owner.into(), field.name.clone()));
        let mut found: Vec<Candidate> = fields.map(|field| self.symbol(&field, CandidateKind::Field)).collect();
        let links = schema.links.get(table.0 as usize).into_iter().flatten();
        found.extend(links.filter_map(|(name, field)| {
            let to = schema.plan.field(table, *field)?.link?.table;
            let detail = format!("a row of `{}`", schema.table_name(to));
            Some(Candidate::new(&**name, CandidateKind::Row).detail(detail))
        }));
        if schema.is_events(table) && schema.field_named(table, "at").is_none() {
            found.push(Candidate::new("at", CandidateKind::Field).detail(format!("when the {owner} happened")));
        }
        found
    }

    fn offer_fields(&self) -> Vec<Candidate> {
        let fields = self.schema().into_iter().flat_map(|schema| &schema.offer_fields);
        fields.map(|field| self.symbol(&Symbol::OfferField(field.name.clone()), CandidateKind::Field)).collect()
    }

    /// What stands for a value by itself, the nearest first.
    fn names(&self, row: Option<TableId>, cursor: &Cursor<'_>) -> Vec<Candidate> {
        let Some(schema) = self.schema() else { return Vec::new() };
        let mut found = locals(cursor);
        found.extend(self.members(row.unwrap_or(PlanSchema::CUSTOMER)));
        if self.item == ItemWord::Channel && cursor.tokens.iter().rev().any(|token| token.text == "carries") {
            found.extend(self.offer_fields());
        }
        found.extend(self.items_of(&[ItemKind::Segment, ItemKind::Trait], CandidateKind::Definition));
        found.extend(self.items_of(&[ItemKind::Journey], CandidateKind::Journey));
        let rows = [
            ("customer", true),
            ("offer", !schema.offer_fields.is_empty()),
            (CONTEXT, schema.table_named(CONTEXT).is_some()),
        ];
        found.extend(rows.into_iter().filter(|(_, there)| *there).map(|(word, _)| self.word_of_row(word)));
        let objective = cursor.tokens.iter().any(|token| token.text == "objective");
        if objective {
            found.push(self.word("score"));
            found.push(Candidate::new("channel", CandidateKind::Word).detail("channel.cost"));
        }
        let lookups = schema.plan.tables().filter(|(_, table)| matches!(table.kind, TableKind::Lookup { .. }));
        found.extend(lookups.map(|(_, table)| {
            let signature = format!("{}(KEY).FIELD", table.name);
            Candidate::new(&*table.name, CandidateKind::Table).detail(signature)
        }));
        found
    }

    fn word_of_row(&self, word: &'static str) -> Candidate {
        Candidate { kind: CandidateKind::Row, ..self.word(word) }
    }

    fn tables(&self, wanted: impl Fn(&TableKind) -> bool, kind: CandidateKind) -> Vec<Candidate> {
        let tables = self.schema().into_iter().flat_map(|schema| schema.plan.tables());
        let tables = tables.filter(|(_, table)| wanted(&table.kind));
        tables.map(|(_, table)| self.symbol(&Symbol::Table(table.name.clone()), kind)).collect()
    }

    /// Items by name.
    fn items_of(&self, kinds: &[ItemKind], kind: CandidateKind) -> Vec<Candidate> {
        let Some(project) = self.project else { return Vec::new() };
        let all = queries::items_by_kind(self.db, project);
        let items = kinds.iter().filter_map(|kind| all.get(kind)).flatten();
        let names = items.filter_map(|item| queries::header(self.db, *item).as_ref()?.name.clone());
        let symbol = |name: Box<str>| match kind {
            CandidateKind::Channel => Symbol::Channel(name),
            CandidateKind::Offer => Symbol::Offer(name),
            CandidateKind::Journey => Symbol::Journey(name),
            CandidateKind::Persona => Symbol::Persona(name),
            _ => Symbol::Definition(name),
        };
        names.map(|name| self.symbol(&symbol(name), kind)).collect()
    }

    /// What may follow the `.` behind a name that is no row.
    pub fn parts(&self, name: &str) -> Several {
        let Some(project) = self.project else { return Vec::new() };
        if queries::journey_names(self.db, project).contains(name) {
            return vec![Wanted::Words(&["step", "since"])];
        }
        if queries::offer_items(self.db, project).contains_key(name) {
            return vec![Wanted::Words(&["remaining", "ends_at"])];
        }
        if name == "channel" { vec![Wanted::Words(&["cost"])] } else { Vec::new() }
    }

    /// Values of a type: those that it lists, else those of the data.
    fn values(
        &self,
        ty: Type,
        place: Option<(TableId, FieldId)>,
        cursor: &Cursor<'_>,
        in_text: bool,
    ) -> Vec<Candidate> {
        let (Some(schema), Some(project)) = (self.schema(), self.project) else { return Vec::new() };
        let written = |value: &str| match in_text {
            true => value.to_owned(),
            false if matches!(ty, Type::Text | Type::Set(Element::Text)) => quoted(value),
            false => value_as_written(value),
        };
        if let Some(all) = listed(schema, ty) {
            let detail = type_name(self.db, project, ty);
            return all
                .iter()
                .map(|value| Candidate::new(written(value), CandidateKind::Value).detail(detail.clone()))
                .collect();
        }
        if ty == Type::Bool {
            return vec![self.word("true"), self.word("false")];
        }
        let place = place.map(|(table, field)| (schema.table_name(table), schema.plan.field(table, field)));
        let Some((table, Some(field))) = place else { return Vec::new() };
        let facts = project.facts(self.db).as_deref().and_then(|facts| facts.field(table, &field.name));
        let values = facts.and_then(|facts| facts.values.as_deref()).unwrap_or_default();
        let typed = cursor.typed().to_lowercase();
        let mut values: Vec<&(Box<str>, u64)> =
            values.iter().filter(|(value, _)| value.to_lowercase().contains(&typed)).collect();
        values.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let candidate = |(value, rows): &(Box<str>, u64)| {
            Candidate {
                insert: in_text.then(|| escaped(value)),
                ..Candidate::new(written(value), CandidateKind::Value)
            }
            .detail(format!("in {rows} rows of `{table}`"))
        };
        values.into_iter().take(super::MOST + 1).map(candidate).collect()
    }

    fn units(&self) -> Vec<Candidate> {
        let manifest = self.project.and_then(|project| queries::checked_manifest(self.db, project).0.as_ref());
        let currency = manifest.and_then(|manifest| manifest.currency).map(|currency| currency.to_string());
        let others = vocabulary::TIME_UNITS.iter().chain(vocabulary::DISTANCE_UNITS).map(|unit| (*unit).to_owned());
        currency.into_iter().chain(others).map(|unit| Candidate::new(unit, CandidateKind::Unit)).collect()
    }
}

fn functions() -> Vec<Candidate> {
    let entry = |function: vocabulary::Function| {
        Candidate::new(function.name, CandidateKind::Function)
            .detail(function.signature)
            .doc(Some(function.help.to_owned()))
    };
    vocabulary::functions().map(entry).collect()
}

fn types() -> Vec<Candidate> {
    let others = ["money", "one_of", "ordered", "set of"];
    let all = vocabulary::types().chain(others);
    all.map(|name| {
        let first = name.split(' ').next().unwrap_or(name);
        let entry = words::FIELDS.iter().find(|(word, ..)| *word == first);
        let doc = entry.map(|(_, _, text)| (*text).to_owned());
        Candidate::new(name, CandidateKind::Type).detail(entry.map_or("", |(_, code, _)| code)).doc(doc)
    })
    .collect()
}

/// Members and picks of the offer, by the words that declare them.
fn locals(cursor: &Cursor<'_>) -> Vec<Candidate> {
    let tokens: Vec<&str> = cursor.outer.iter().chain(&cursor.tokens).map(|token| token.text).collect();
    let mut found = Vec::new();
    for window in tokens.windows(4) {
        match window {
            ["each", _, member, "of"] => {
                found.push(Candidate::new(*member, CandidateKind::Local).detail("the member of the family"))
            }
            [_, "pick", name, ":"] => {
                found.push(Candidate::new(*name, CandidateKind::Local).detail("the item that is picked"))
            }
            _ => {}
        }
    }
    found
}

/// The arms of the offer, by the line that declares them.
fn arms(cursor: &Cursor<'_>) -> Vec<Candidate> {
    let tokens = cursor.tokens.as_slice();
    let Some(begin) = tokens.iter().position(|token| token.text == "arms") else { return Vec::new() };
    let line = tokens
        .get(begin + 1..)
        .unwrap_or_default()
        .iter()
        .take_while(|token| token.kind != Kind::Newline && token.text != "salted");
    line.filter(|token| token.kind == Kind::Word)
        .map(|token| Candidate::new(token.text, CandidateKind::Local).detail("an arm"))
        .collect()
}
