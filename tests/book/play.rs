//! Plays the tests of a page.

use opportune_compiler::ProjectFiles;
use opportune_compiler::rehearsal::{Test, rehearse};
use opportune_plan::Expected;
use opportune_runtime::rehearse::{Made, Scene, Stage};

/// How many expectations there are, and which do not hold.
pub fn tests(files: &ProjectFiles) -> (usize, Vec<String>) {
    let (compiled, rehearsal) = rehearse(files);
    let rehearsal = rehearsal.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let stage = Stage::new(&rehearsal.plan, compiled.manifest.and_then(|manifest| manifest.currency));
    let played: Vec<_> = rehearsal.tests.iter().map(|test| play(&stage, test)).collect();
    (played.iter().map(|(count, _)| count).sum(), played.into_iter().flat_map(|(_, wrong)| wrong).collect())
}

fn play(stage: &Stage<'_>, test: &Test) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    let mut playing = stage.enter();
    for step in &test.scenario.steps {
        let scene = playing.go_to(step).unwrap_or_else(|error| panic!("{}: {error}", test.scenario.name));
        count += step.expected.len();
        let failed = step.expected.iter().filter(|expected| !holds(&scene, expected));
        let made: Vec<&Made> = scene.made().collect();
        wrong.extend(failed.map(|expected| format!("{}: {expected:?} does not hold of {made:?}", test.scenario.name)));
    }
    (count, wrong)
}

/// Whether it holds; what an explanation says of what was not made is left to `opportune test`.
fn holds(scene: &Scene<'_>, expected: &Expected) -> bool {
    let is = |found: &Made, offer, member: &Option<_>| {
        found.offer == offer && member.as_ref().is_none_or(|member| found.member.as_ref() == Some(member))
    };
    match expected {
        Expected::Nothing => scene.made().next().is_none(),
        Expected::Not { offer, member, .. } => !scene.made().any(|found| is(found, *offer, member)),
        Expected::Offer { offer, member, channel, at, because } => scene.made().any(|found| {
            let reason = found.reason.as_deref().unwrap_or("");
            is(found, *offer, member)
                && channel.is_none_or(|channel| found.channel == channel)
                && at.is_none_or(|at| found.send_at == at)
                && because.as_ref().is_none_or(|because| reason.contains(&**because))
        }),
    }
}
