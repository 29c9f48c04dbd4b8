//! Links of a test to rows that must be there: by a key that no row has, they lead nowhere.
//!
//! What the test itself writes is told where the key stands. A persona may be completed where it is given, so what it lacks is
//! told there.

use std::collections::BTreeMap;

use opportune_plan::{Constant, TableId};

use super::given::{Knowing, Layer};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast;

/// How many keys that no row has are held against those that there are.
const MOST_NEAR: usize = 20;

/// How many keys are told of those that a persona does not bring.
const MOST_KEYS: usize = 3;

/// A link to a row that must be there.
pub(super) struct Lead {
    pub(super) table: TableId,
    pub(super) key: Constant,
    /// Where the key is written.
    pub(super) place: Span,
    /// The layer that it stands in.
    pub(super) layer: usize,
}

impl Knowing<'_> {
    /// Reports links by a key that no row has: where the key is written, or where the persona is given that writes it.
    pub(super) fn dangling(&mut self, layers: &[Layer<'_>]) {
        let leads = std::mem::take(&mut self.links).into_iter();
        let leads: Vec<Lead> = leads.filter(|lead| !self.has_row(lead.table, &lead.key)).collect();
        let mut of_personas: BTreeMap<(usize, TableId), Vec<Constant>> = BTreeMap::new();
        let mut told = 0;
        for Lead { table, key, place, layer } in leads {
            if layers.get(layer).is_some_and(|layer| layer.persona.is_some()) {
                let keys = of_personas.entry((layer, table)).or_default();
                if !keys.contains(&key) {
                    keys.push(key);
                }
                continue;
            }
            told += 1;
            let near = if told <= MOST_NEAR { self.near(table, &key) } else { None };
            self.report(self.leads_nowhere(table, place, near));
        }
        for ((layer, table), keys) in of_personas {
            if let Some(persona) = layers.get(layer).and_then(|layer| layer.persona) {
                self.report(self.not_brought(persona, table, &keys));
            }
        }
    }

    fn has_row(&self, table: TableId, key: &Constant) -> bool {
        let at = (table, key.clone());
        self.now.contains_key(&at) || self.known.contains_key(&at)
    }

    /// A key of the table that is meant, perhaps.
    fn near(&self, table: TableId, key: &Constant) -> Option<String> {
        let Constant::Text(key) = key else { return None };
        let texts = self.now.keys().chain(self.known.keys()).filter(|(of, _)| *of == table);
        let texts = texts.filter_map(|(_, key)| if let Constant::Text(key) = key { Some(&**key) } else { None });
        nearest(key, texts).map(|near| format!("did you mean `{near:?}`?"))
    }

    fn leads_nowhere(&self, table: TableId, place: Span, near: Option<String>) -> Diagnostic {
        let name = self.schema.table_name(table);
        let message = format!("no row of `{name}` has this key");
        let key = self.key_name(table);
        let help = || format!("give the row: `{name}: [{{ {key}: … }}]`, or write it here: `{{ … }}`");
        Diagnostic::error(codes::GIVEN_NO_ROW, message, place, "leads nowhere").help(near.unwrap_or_else(help))
    }

    /// Rows that a persona leads to and neither it nor what is given beside it brings.
    fn not_brought(&self, persona: &ast::Name, table: TableId, keys: &[Constant]) -> Diagnostic {
        let name = self.schema.table_name(table);
        let shown: Vec<String> = keys.iter().take(MOST_KEYS).map(written).collect();
        let mut listed = shown.join(", ");
        if keys.len() > MOST_KEYS {
            listed.push_str(&format!(" and {} more", keys.len() - MOST_KEYS));
        }
        let rows = if keys.len() == 1 { "the row" } else { "rows" };
        let message =
            format!("`{}` leads to {rows} {listed} of `{name}`, and nothing gives {}", persona.node, it(keys));
        let diagnostic = Diagnostic::error(codes::GIVEN_NO_ROW, message, persona.span, "leads nowhere");
        let row = keys.first().map_or_else(String::new, written);
        let row = format!("{name}: [{{ {}: {row}, … }}]", self.key_name(table));
        let near = keys.first().and_then(|key| self.near(table, key));
        diagnostic.help(near.unwrap_or_else(|| {
            format!("give {} in the persona, or here: `given {} with {{ {row} }}`", it(keys), persona.node)
        }))
    }

    fn key_name(&self, table: TableId) -> &str {
        let key = self.schema.plan.table(table).and_then(opportune_plan::Table::key);
        key.and_then(|key| self.schema.plan.field(table, key)).map_or("key", |key| &key.name)
    }
}

/// A key as a test writes it.
fn written(key: &Constant) -> String {
    match key {
        Constant::Text(text) => format!("{text:?}"),
        Constant::Int(number) => number.to_string(),
        _ => "…".to_owned(),
    }
}

fn it(keys: &[Constant]) -> &'static str {
    if keys.len() == 1 { "it" } else { "them" }
}
