//! The results of tests as JUnit XML, which build servers read: a suite for each file, a case for each test.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Played, Report};
use crate::escape::is_plain;

/// Everything, as one document.
pub fn text(report: &Report<'_>) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures) = (report.results.len().to_string(), report.failed().to_string());
    let project = plain(report.project);
    let suites = writer.create_element("testsuites").with_attributes([
        ("name", project.as_str()),
        ("tests", tests.as_str()),
        ("failures", failures.as_str()),
    ]);
    suites.write_inner_content(|writer| {
        for of_file in report.results.chunk_by(|a, b| a.test.place.path == b.test.place.path) {
            suite(writer, report, of_file)?;
        }
        Ok(())
    })?;
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    Ok(text)
}

fn suite(writer: &mut Writer<Vec<u8>>, report: &Report<'_>, results: &[Played<'_>]) -> std::io::Result<()> {
    let file = plain(results.first().map_or("", |played| &played.test.place.path));
    let failed = results.iter().filter(|played| !played.failures.is_empty()).count().to_string();
    let took: f64 = results.iter().map(|played| played.took.as_secs_f64()).sum();
    let (all, took) = (results.len().to_string(), format!("{took:.3}"));
    let suite = writer.create_element("testsuite").with_attributes([
        ("name", file.as_str()),
        ("tests", all.as_str()),
        ("failures", failed.as_str()),
        ("time", took.as_str()),
    ]);
    suite.write_inner_content(|writer| results.iter().try_for_each(|played| case(writer, report, &file, played)))?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, report: &Report<'_>, file: &str, played: &Played<'_>) -> std::io::Result<()> {
    let name = plain(&played.test.scenario.name);
    let line = report.texts.at(&played.test.place).line.to_string();
    let took = format!("{:.3}", played.took.as_secs_f64());
    let case = writer.create_element("testcase").with_attributes([
        ("name", name.as_str()),
        ("classname", file),
        ("file", file),
        ("line", line.as_str()),
        ("time", took.as_str()),
    ]);
    if played.failures.is_empty() {
        case.write_empty()?;
        return Ok(());
    }
    case.write_inner_content(|writer| {
        for failure in &played.failures {
            let (message, place) = (plain(&failure.message), report.texts.line(&failure.place));
            let failed = writer.create_element("failure").with_attribute(("message", message.as_str()));
            failed.write_text_content(BytesText::new(&format!("{}: {message}", plain(&place))))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Text without what XML cannot hold, or a terminal should not be shown.
fn plain(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) || c == '\n' { c } else { '\u{fffd}' }).collect()
}
