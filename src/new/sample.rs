//! The project that `opportune new` begins with where no data is named: a small shop, all of it invented.

use std::path::Path;

use super::OUTPUTS;
use super::place::Place;
use crate::escape::escaped;
use crate::project::MANIFEST;
use crate::render::Problem;

const FILES: [(&str, &str); 7] = [
    ("schema.offer", include_str!("sample/schema.offer")),
    ("channels.offer", include_str!("sample/channels.offer")),
    ("offers/tea.offer", include_str!("sample/offers/tea.offer")),
    ("tests/tea.offer", include_str!("sample/tests/tea.offer")),
    ("data/customers.csv", include_str!("sample/data/customers.csv")),
    ("data/products.csv", include_str!("sample/data/products.csv")),
    ("data/purchases.csv", include_str!("sample/data/purchases.csv")),
];

/// Makes the project.
pub fn make(target: &Path, name: &str) -> Result<(), Problem> {
    let mut place = Place::fresh(target)?;
    let manifest = format!("name = {}\n{}", super::schema::toml_text(name), include_str!("sample/opportune.toml"));
    place.write(MANIFEST, manifest.as_bytes())?;
    for (path, text) in FILES {
        place.write(path, text.as_bytes())?;
    }
    place.write(".gitignore", OUTPUTS.as_bytes())?;
    place.keep()?;
    let shown = target.display();
    let text = format!(
        "made {shown}: a small shop with invented customers, to try things on\n\n\
         next\n  cd {shown}\n  \
         opportune validate      # tells every mistake with its way out\n  \
         opportune test          # plays the tests that stand in tests/\n  \
         opportune dry-run       # decides for every customer, and contacts no one\n"
    );
    print!("{}", escaped(&text));
    Ok(())
}
