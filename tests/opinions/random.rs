//! Random programs, seen by everybody.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use threadlings::opinions::compare::Comparison;

use super::examined;
use crate::explorer::random_programs::{program, source};

/// Executions of each program.
const EXECUTIONS: u64 = 800;

fn config() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if asked {
        return config;
    }
    ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(2),
        ..config
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nobody_sees_what_we_do_not(source in source()) {
        let (_, others) = examined(|| program(&source), EXECUTIONS);
        for (witness, _, comparison) in others {
            if let Comparison::Differs(evidence) = comparison {
                prop_assert!(false, "{witness:?}: {}", evidence.join("\n"));
            }
        }
    }
}
