//! The three evaluators give the same candidates, bit for bit, on random cases.

use std::sync::Arc;

use opportune_runtime::bind::bind;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::vectorised::Vectorised;
use proptest::prelude::*;

use crate::generate::{Case, case, case_of, cases};

/// What an evaluator gives for all blocks; scores by their bits.
fn candidates(case: &Case, size: usize, evaluator: &mut dyn Evaluator) -> Vec<(Candidates, Vec<u64>)> {
    let mut candidates = Candidates::default();
    let blocks = (0..case.snapshot.blocks(size)).map(|index| {
        evaluator.evaluate(&case.snapshot.block(index, size), &mut candidates);
        (candidates.clone(), candidates.scores.iter().map(|score| score.to_bits()).collect())
    });
    blocks.collect()
}

fn check(case: &Case, sizes: &[usize], effort: Effort) -> Result<(), TestCaseError> {
    let program = Arc::new(bind(&case.plan, &case.snapshot, &case.clock));
    let compiled = Arc::new(Compiled::new(Arc::clone(&program), effort).unwrap());
    let (mut vectorised, mut jit) = (Vectorised::new(program), Jit::new(compiled));
    for size in sizes {
        let expected = candidates(case, *size, &mut Interpreter::new(&case.plan, &case.clock));
        prop_assert_eq!(&expected, &candidates(case, *size, &mut vectorised), "vectorised, blocks of {}", size);
        prop_assert_eq!(&expected, &candidates(case, *size, &mut jit), "machine code, blocks of {}", size);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn evaluators_agree(case in case()) {
        check(&case, &[4_096, 64], Effort::Best)?;
    }

    #[test]
    fn quickly_compiled_code_agrees(case in case_of(0..130_usize)) {
        check(&case, &[64], Effort::Quick)?;
    }

    #[test]
    fn one_customer_is_enough(case in case_of(Just(1_usize))) {
        check(&case, &[64], Effort::Best)?;
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn one_more_customer_than_a_block_holds(case in case_of(Just(4_097_usize))) {
        check(&case, &[4_096, 8_192], Effort::Best)?;
    }
}
