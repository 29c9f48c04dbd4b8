//! Every set of kernels that this machine runs gives the same candidates: the environment names one for a whole process,
//! so each has a process of its own.

use std::process::{Command, Output};

/// Runs another test of this program, with kernels of a name.
fn run(test: &str, kernels: &str, cases: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored"]);
    command.env("OPPORTUNE_SIMD", kernels).env("OPPORTUNE_CASES", cases).output().unwrap()
}

fn passes(output: &Output) -> bool {
    output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed")
}

#[test]
fn every_kernel_agrees() {
    let mut names = vec!["portable"];
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        names.push("avx2");
    }
    for name in names {
        let output = run("differential::evaluators_agree", name, "150");
        assert!(passes(&output), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn kernels_that_are_not_there_are_refused() {
    let output = run("kernels::no_run_with_unknown_kernels", "mmx", "1");
    assert!(passes(&output), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "run by another test, in an environment of its own"]
fn no_run_with_unknown_kernels() {
    use opportune_runtime::run::{Options, RunError, decide_all};
    let case = crate::generate::Recipe::of(1, |_| 3).build();
    let outcome = decide_all(&case.plan, &case.snapshot, &case.clock, &Options::default(), &mut |_: &_| Ok(()));
    assert!(matches!(&outcome, Err(RunError::Kernels(_))), "{outcome:?}");
}
