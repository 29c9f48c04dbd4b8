//! Cases that once told evaluators apart, reduced; they are checked each time, whatever else is drawn.
//!
//! A line of `corpus.txt` is a recipe: the number of customers, the seed of the data, the words of the plan. What a word
//! means may change with the generator; each line stays a case.

use crate::generate::Recipe;

/// A recipe as a line.
pub fn line(recipe: &Recipe) -> String {
    let words: Vec<String> = recipe.words.iter().map(|word| format!("{word:x}")).collect();
    format!("{} {:x} {}", recipe.customers, recipe.seed, words.join(" "))
}

/// The recipes that are kept.
pub fn recipes() -> Vec<Recipe> {
    let lines = include_str!("corpus.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| read(line).expect("a recipe")).collect()
}

fn read(line: &str) -> Option<Recipe> {
    let mut parts = line.split(' ');
    let customers = parts.next()?.parse().ok()?;
    let seed = u64::from_str_radix(parts.next()?, 16).ok()?;
    let words = parts.filter(|word| !word.is_empty()).map(|word| u32::from_str_radix(word, 16).ok());
    Some(Recipe { words: words.collect::<Option<_>>()?, customers, seed })
}

#[test]
fn a_line_is_read_as_it_is_written() {
    let recipe = Recipe { words: vec![0, 7, u32::MAX], customers: 3, seed: u64::MAX };
    assert!(read(&line(&recipe)) == Some(recipe));
    assert!(read("3 q").is_none());
}
