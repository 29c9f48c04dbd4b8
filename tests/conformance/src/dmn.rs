//! Decision Model and Notation: FEEL expressions of the Technology Compatibility Kit.
//!
//! A case is a result that a test file expects of a decision. FEEL answers an error with null, so an expected null is
//! asked of ours as a missing value. Local times without a zone are told in UTC.

mod parse;
mod temporal;
mod translate;

use std::collections::HashMap;

use roxmltree::{Document, Node};

use crate::{Case, Claim, Expects, reasons};
use translate::{Translator, Typed};

/// The cases of one model: the text of the model and of its tests; `name` is the folder's, for ids.
///
/// # Errors
/// When either is no XML.
pub fn cases(name: &str, model: &str, tests: &str) -> Result<Vec<Case>, String> {
    let model = Document::parse(model).map_err(|error| error.to_string())?;
    let tests = Document::parse(tests).map_err(|error| error.to_string())?;
    let decisions = decisions(&model);
    let mut cases = Vec::new();
    for case in elements(tests.root(), "testCase") {
        let inputs = inputs(case);
        for result in elements(case, "resultNode") {
            let decision = result.attribute("name").unwrap_or_default();
            let source = decisions.get(decision).copied().unwrap_or_default();
            let id = format!("{name}/{}/{decision}", case.attribute("id").unwrap_or_default());
            let claim = claim(source, &inputs, result);
            cases.push(Case { id, source: source.split_whitespace().collect::<Vec<_>>().join(" "), claim });
        }
    }
    Ok(cases)
}

/// All elements of a name below a node.
fn elements<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.descendants().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// The literal expressions of decisions; a decision made otherwise has none.
fn decisions<'a>(model: &'a Document<'_>) -> HashMap<&'a str, &'a str> {
    let literal = |decision: Node<'a, '_>| {
        let child = decision.children().find(|child| child.tag_name().name() == "literalExpression")?;
        let text = elements(child, "text").next()?.text()?;
        Some((decision.attribute("name")?, text.trim()))
    };
    elements(model.root(), "decision").filter_map(literal).collect()
}

/// The values that a case gives.
fn inputs(case: Node<'_, '_>) -> HashMap<String, Result<Typed, &'static str>> {
    let input = |node: Node<'_, '_>| {
        let value = elements(node, "value").next()?;
        Some((node.attribute("name")?.to_owned(), translate::value(kind_of(value), value.text().unwrap_or_default())))
    };
    elements(case, "inputNode").filter_map(input).collect()
}

/// The type that a value says it has.
fn kind_of<'a>(value: Node<'a, '_>) -> &'a str {
    let kind = value.attributes().find(|attribute| attribute.name() == "type").map(|attribute| attribute.value());
    kind.map_or("", |kind| kind.rsplit(':').next().unwrap_or_default())
}

fn claim(
    source: &str,
    inputs: &HashMap<String, Result<Typed, &'static str>>,
    result: Node<'_, '_>,
) -> Result<Claim, &'static str> {
    if source.is_empty() {
        return Err(reasons::STRUCTURES);
    }
    let parts = elements(result, "component").chain(elements(result, "item")).count();
    if parts > 0 {
        return Err(reasons::STRUCTURES);
    }
    let expr = parse::parse(source).ok_or(reasons::UNREAD)?;
    let mut translator = Translator::new(inputs);
    let found = translator.translate(&expr)?;
    let value = elements(result, "value").next().ok_or(reasons::UNREAD)?;
    let zone = translator.zone();
    let unless = translator.unless(source);
    let is_null = value.attributes().any(|attribute| attribute.name() == "nil" && attribute.value() == "true");
    if is_null {
        return Ok(Claim { condition: format!("({}) is missing", found.text), expects: Expects::Null, zone, unless });
    }
    let condition = translate::equals(&found, kind_of(value), value.text().unwrap_or_default())?;
    Ok(Claim { condition, expects: Expects::Value, zone, unless })
}
