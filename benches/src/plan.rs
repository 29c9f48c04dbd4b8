//! The workload as a verified plan: its policy, compiled as any other.

use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_workload::{MANIFEST, Workload, policy};

/// The plan of the workload.
///
/// # Errors
/// When the policy does not compile.
pub fn plan(workload: &Workload) -> Result<VerifiedPlan, Box<dyn std::error::Error>> {
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()),
        policies: vec![("workload.offer".to_owned(), policy(workload))],
    };
    let compiled = compile(&files);
    compiled.plan.ok_or_else(|| format!("the policy does not compile: {:?}", compiled.diagnostics).into())
}
