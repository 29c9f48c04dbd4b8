//! A small project with a cursor: `$0` in its text, files begun by lines `=== path`.

use std::sync::Arc;

use opportune_compiler::ProjectFiles;
use opportune_compiler::db::Database;
use opportune_compiler::facts::{Facts, FieldFacts, TableFacts};
use opportune_compiler::queries::{Project, SourceFile};
use salsa::Setter as _;

/// The schema that every fixture has, unless it declares its own customer.
pub const SCHEMA: &str = r#"/// Who buys here.
customer person {
  key person_id: text
  age: int?                                // as they told us
  home: one_of(town, country, "by the sea")?   private
  // the newsletter box
  mail_ok: bool   consent
  points: number?
}

/// A line of a receipt.
events purchase {
  at bought: instant from bought_at
  product_id: text -> product?
  gift_id: text -> product? as gift
  spend: money(GBP)
}

table product {
  key product_id: text
  category: text?
  size: ordered(small, large)
}

context {
  reason: one_of(question, complaint)
}

offer fields {
  topic: one_of(tea, cake)
  tier: int = 1
}

channel mail {
  needs customer.mail_ok
}

channel shop {
  inbound
}

/// Spends much.
segment big is sum(purchase.spend in last 30 days) > 100 GBP
trait spent = sum(purchase.spend) / 2
journey habit = purchase, then purchase within 30 days
"#;

/// A project with a cursor.
pub struct Fixture {
    pub db: Database,
    pub project: Project,
    pub file: SourceFile,
    pub offset: u32,
}

impl Fixture {
    /// The text of `main.offer`, with `$0`; other files behind `=== path` lines.
    pub fn new(text: &str) -> Self {
        let mut files: Vec<(String, String)> = vec![("main.offer".to_owned(), String::new())];
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("=== ") {
                Some(path) => files.push((path.trim().to_owned(), String::new())),
                None => files.last_mut().unwrap().1.push_str(line),
            }
        }
        if !text.contains("customer ") || !text.contains("key ") {
            files.push(("schema.offer".to_owned(), SCHEMA.to_owned()));
        }
        let mut cursor = None;
        for (path, text) in &mut files {
            if let Some(at) = text.find("$0") {
                text.replace_range(at..at + 2, "");
                cursor = Some((path.clone(), at));
            }
        }
        files.sort();
        let (path, offset) = cursor.expect("no `$0` in the text");
        let manifest = "name = \"x\"\nedition = \"2026\"\nzone = \"Europe/London\"\ncurrency = \"GBP\"\n\n[data]\nintroduces = [\"person\", \"purchase\"]\n";
        let db = Database::default();
        let files = ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest.to_owned()), policies: files };
        let project = files.load(&db);
        let file = project.files(&db).iter().copied().find(|file| **file.path(&db) == *path).unwrap();
        Self { db, project, file, offset: u32::try_from(offset).unwrap() }
    }

    /// The same with what is known of the data.
    pub fn with_facts(mut self) -> Self {
        let values = [("BREAD", 3), ("CAKES & TARTS", 7), ("TEA \"GREEN\"", 2)];
        let values = values.map(|(value, rows)| (Box::from(value), rows)).to_vec();
        let category = FieldFacts { missing: 4, values: Some(values), ..FieldFacts::default() };
        let product = TableFacts { rows: 16, fields: [(Box::from("category"), category)].into() };
        let facts = Facts { tables: [(Box::from("product"), product)].into() };
        self.project.set_facts(&mut self.db).to(Some(Arc::new(facts)));
        self
    }
}
