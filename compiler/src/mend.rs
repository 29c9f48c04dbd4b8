//! Applies the sure fixes of diagnostics to a project's texts, as long as that makes it better.
//!
//! What must hold: no two fixes that overlap are applied at once, a text is changed only where the whole project has fewer
//! diagnostics after it and no more errors, what was in canonical form is so after it, and it ends: rounds and trials are
//! bounded. Touches no file.

use crate::ProjectFiles;
use crate::diagnostic::{Fix, Located, Severity};
use crate::syntax;

/// How often all is looked at again at most.
const MOST_ROUNDS: usize = 16;
/// How many fixes are tried one by one at most, where they cannot be applied together.
const MOST_TRIALS: usize = 200;

/// A project after its fixes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mended {
    /// The texts.
    pub files: ProjectFiles,
    /// What was applied, in the order in which it was; spans are of the text at that time.
    pub applied: Vec<Located>,
    /// What is left to tell.
    pub left: Vec<Located>,
}

/// Applies what can be applied; `check` tells all there is to tell of a project.
pub fn mend(files: &ProjectFiles, mut check: impl FnMut(&ProjectFiles) -> Vec<Located>) -> Mended {
    let left = check(files);
    let mut mended = Mended { files: files.clone(), applied: Vec::new(), left };
    let mut trials = MOST_TRIALS;
    for _ in 0..MOST_ROUNDS {
        let chosen = apart(&mended.left);
        if chosen.is_empty()
            || !(take(&mut mended, &chosen, &mut check) || one_by_one(&mut mended, &chosen, &mut trials, &mut check))
        {
            break;
        }
    }
    keep_form(files, &mut mended.files);
    mended
}

/// What was in canonical form is so after its fixes.
fn keep_form(before: &ProjectFiles, after: &mut ProjectFiles) {
    for ((_, was), (_, is)) in before.policies.iter().zip(&mut after.policies) {
        if was != is && syntax::format(was).text == *was {
            *is = syntax::format(is).text;
        }
    }
}

/// Those of the fixes that do not overlap, the first of each two that do.
fn apart(told: &[Located]) -> Vec<Located> {
    let mut all: Vec<&Located> = told.iter().filter(|found| found.diagnostic.fix.is_some()).collect();
    all.sort_by_key(|found| {
        (found.path.clone(), found.diagnostic.fix.as_ref().map(|fix| (fix.span.start, fix.span.end)))
    });
    let mut chosen: Vec<Located> = Vec::new();
    for found in all {
        let Some(fix) = &found.diagnostic.fix else { continue };
        let is_free = chosen.last().is_none_or(|last| {
            let end = last.diagnostic.fix.as_ref().map_or(0, |fix| fix.span.end);
            // Two that touch may want the same place.
            last.path != found.path || fix.span.start > end
        });
        if is_free {
            chosen.push(found.clone());
        }
    }
    chosen
}

/// Applies these together where the project is better for it.
fn take(mended: &mut Mended, chosen: &[Located], check: &mut impl FnMut(&ProjectFiles) -> Vec<Located>) -> bool {
    let Some(files) = with(&mended.files, chosen) else { return false };
    let left = check(&files);
    if measure(&left) >= measure(&mended.left) {
        return false;
    }
    mended.files = files;
    mended.left = left;
    mended.applied.extend(chosen.iter().cloned());
    true
}

/// Applies the first of these for which the project is better.
fn one_by_one(
    mended: &mut Mended,
    chosen: &[Located],
    trials: &mut usize,
    check: &mut impl FnMut(&ProjectFiles) -> Vec<Located>,
) -> bool {
    if chosen.len() < 2 {
        return false;
    }
    for one in chosen {
        if *trials == 0 {
            return false;
        }
        *trials -= 1;
        if take(mended, std::slice::from_ref(one), check) {
            return true;
        }
    }
    false
}

/// How bad it is: errors, then all.
fn measure(told: &[Located]) -> (usize, usize) {
    let errors = told.iter().filter(|found| found.diagnostic.severity == Severity::Error).count();
    (errors, told.len())
}

/// The texts with fixes that do not overlap; `None` where a fix lies outside of its text.
pub fn with(files: &ProjectFiles, fixes: &[Located]) -> Option<ProjectFiles> {
    let mut files = files.clone();
    let all = std::iter::once(&mut files.manifest).chain(&mut files.policies);
    for (path, text) in all {
        let mut of_file: Vec<&Fix> = fixes
            .iter()
            .filter(|found| *found.path == **path)
            .filter_map(|found| found.diagnostic.fix.as_ref())
            .collect();
        // From the end, so that places before stay true.
        of_file.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
        for fix in of_file {
            let (start, end) = (fix.span.start as usize, fix.span.end as usize);
            text.get(start..end)?;
            text.replace_range(start..end, &fix.replacement);
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::compile;

    fn files(policy: &str) -> ProjectFiles {
        let manifest = "name = \"a\"\nedition = \"2026\"\nzone = \"UTC\"\n";
        let start = "customer person {\n  key id: text\n  age: int\n  weight: number?\n  mail_ok: bool consent\n}\n\nchannel mail { needs mail_ok }\n\n";
        ProjectFiles {
            manifest: ("opportune.toml".into(), manifest.into()),
            policies: vec![("a.offer".into(), format!("{start}{policy}"))],
        }
    }

    fn mended(policy: &str) -> (String, Vec<&'static str>) {
        let before = files(policy);
        let found = mend(&before, |files| compile(files).diagnostics);
        let (_, text) = found.files.policies.into_iter().next().unwrap();
        let at = files("").policies[0].1.len();
        (text.get(at..).unwrap().to_owned(), found.applied.iter().map(|found| found.diagnostic.code).collect())
    }

    #[test]
    fn several_are_applied_in_several_rounds() {
        let (text, applied) = mended("offer x {\n  chanel mail\n  eligible when agee == 5 && age > 3\n}\n");
        assert_eq!(text, "offer x {\n  channel mail\n  eligible when age = 5\n}\n", "{applied:?}");
        let (again, none) = mended(&text);
        assert_eq!((again, none), (text, Vec::new()));
    }

    #[test]
    fn what_lints_are_sure_of_is_left_out() {
        let (text, applied) = mended(
            "/// Who is there.\nsegment unused is age > 3\n\nsegment other is unused or age > 9\n\noffer x {\n  channel mail\n  \
             eligible when age > 5\n    and age > 3\n  except when age > 7 or age < age\n  \
             cap 5 per customer every 7 days\n  cap 3 per customer every 7 days\n}\n",
        );
        assert_eq!(
            text.trim_start(),
            "offer x {\n  channel mail\n  eligible when age > 5\n  except when age > 7\n  \
             cap 3 per customer every 7 days\n}\n"
        );
        assert_eq!(applied, ["E1009", "E1003", "E1004", "E0861", "E1009"]);
    }

    #[test]
    fn what_may_be_unknown_or_is_meant_otherwise_stays() {
        for policy in [
            // Where the weight is missing, nobody is excepted for their age alone.
            "offer x {\n  channel mail\n  except when age > 7 or weight < weight\n}\n",
            // Somebody may ask who is not one of these.
            "segment s is weight > 5 and weight > 3\n\noffer x {\n  channel mail\n  except when s\n}\n",
            "offer x {\n  channel mail\n  eligible when age > 7 or (age > 3 and age < 2)\n}\n",
            "// Kept for the spring.\nsegment s is age > 3\n\noffer x {\n  channel mail\n}\n",
        ] {
            assert_eq!(mended(policy), (policy.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn an_idle_allow_goes_with_its_line() {
        let (text, applied) = mended("allow E1003 \"no more\"\noffer x {\n  channel mail\n}\n");
        assert_eq!((text.as_str(), applied.as_slice()), ("offer x {\n  channel mail\n}\n", ["E1011"].as_slice()));
    }

    #[test]
    fn what_makes_it_no_better_is_left() {
        let wrong = "offer x {\n  channel mail\n  eligible when age > nobody\n}\n";
        assert_eq!(mended(wrong), (wrong.to_owned(), Vec::new()));
        // Whatever is told, it ends.
        let found = mend(&files(wrong), |files| {
            let told = compile(files).diagnostics;
            told.into_iter()
                .map(|mut found| {
                    let span = found.diagnostic.labels[0].span;
                    found.diagnostic.fix = Some(Fix { title: String::new(), span, replacement: "age == age".into() });
                    found
                })
                .collect()
        });
        assert_eq!(found.applied, []);
    }
}
