//! What a verdict depends on, as one hash: an answer with the same one is not judged again.

use sha2::{Digest, Sha256};

use crate::compile;
use crate::courses::Exercise;
use crate::intake::Refusal;
use crate::options::Options;
use crate::subject::Source;

/// All that is the same for a whole class.
pub struct Conditions(Vec<u8>);

impl Conditions {
    /// Those of a run with these options.
    ///
    /// # Errors
    /// When there is no compiler.
    pub fn of(options: &Options) -> Result<Conditions, compile::Problem> {
        let Options {
            engine,
            budget,
            max_interleavings,
            memory_limit,
            races,
            memory,
            seed,
            edition,
            ..
        } = options;
        let limits = (budget, max_interleavings, memory_limit, seed);
        let text = format!(
            "{} {} {limits:?} {races:?} {memory:?} {edition} {}",
            env!("CARGO_PKG_VERSION"),
            engine.name,
            compile::fingerprint()?,
        );
        Ok(Conditions(text.into_bytes()))
    }
}

/// The hash of an answer, or of why there is none.
pub fn of(
    source: Result<&Source, &Refusal>,
    exercise: &Exercise,
    conditions: &Conditions,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // With its length, so that nothing can pass for something else.
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(&conditions.0);
    // The scenarios, the goals and the points.
    add(format!("{:?}", exercise.manifest).as_bytes());
    match source {
        Ok(source) => {
            add(source.program.text.as_bytes());
            add(source
                .check
                .as_ref()
                .map_or("", |check| &check.text)
                .as_bytes());
        }
        Err(why) => add(format!("{why:?}").as_bytes()),
    }
    compile::hex(&hash.finalize()[..16])
}
