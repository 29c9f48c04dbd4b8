//! Personas and tests in one line for each clause.

use super::super::ast::{
    AlwaysClause, Expectation, Expects, Expr, Name, Record, RecordField, RecordValue, TestClauseKind,
};
use super::show::expr;

/// A field of a record.
pub fn record_field(shown: &RecordField) -> String {
    format!("{}: {}", shown.name.node, value(&shown.value))
}

fn record(shown: &Record) -> String {
    format!("{{{}}}", shown.fields.iter().map(record_field).collect::<Vec<_>>().join(", "))
}

fn value(shown: &RecordValue) -> String {
    match shown {
        RecordValue::Missing(_) => "MISSING".to_owned(),
        RecordValue::One(value) => expr(value),
        RecordValue::List(values, _) => format!("[{}]", values.iter().map(value).collect::<Vec<_>>().join(", ")),
        RecordValue::Row(row) => record(row),
    }
}

/// A clause of a test.
pub fn test_clause(shown: &TestClauseKind) -> String {
    match shown {
        TestClauseKind::At(moment) => format!("at {}", expr(moment)),
        TestClauseKind::Given { persona, record: known } => {
            let persona = persona.as_ref().map(|persona| format!(" {}", persona.node)).unwrap_or_default();
            let known = known.as_ref().map(|known| format!(" {}", record(known))).unwrap_or_default();
            format!("given{persona}{known}")
        }
        TestClauseKind::Context(brought) => format!("context {}", record(brought)),
        TestClauseKind::ThenAfter(length) => format!("then after {}", expr(length)),
        TestClauseKind::ThenAt(moment) => format!("then at {}", expr(moment)),
        TestClauseKind::Expect(expected) => format!("expect {}", expectation(expected)),
        TestClauseKind::Always(clause) => format!("always {}", always(clause)),
    }
}

fn expectation(shown: &Expectation) -> String {
    let kind = match &shown.kind {
        Expects::Made(kind) => format!("{:?}", kind.node),
        Expects::NotMade => "not".to_owned(),
        Expects::Nothing => "nothing".to_owned(),
    };
    let with = |word: &str, value: Option<String>| value.map(|value| format!(" {word} {value}")).unwrap_or_default();
    let named = |name: &Option<Name>| name.as_ref().map(|name| name.node.to_string());
    let valued = |value: &Option<Expr>| value.as_ref().map(expr);
    kind + &with("of", named(&shown.offer))
        + &with("for", valued(&shown.member))
        + &with("by", named(&shown.channel))
        + &with("at", valued(&shown.at))
        + &with("because", named(&shown.because))
}

fn always(shown: &AlwaysClause) -> String {
    match shown {
        AlwaysClause::AtMost { most, what, within, channel } => {
            let by = channel.as_ref().map(|channel| format!(" by {}", channel.node)).unwrap_or_default();
            format!("at most {} {} in {}{by}", expr(most), what.node, expr(within))
        }
        AlwaysClause::Never { offer, when } => {
            format!("never {} when {}", offer.as_ref().map_or("any", |offer| &offer.node), expr(when))
        }
    }
}
