//! What a verdict depends on, as a hash of the answer and one of all else: where both are known, nothing is judged again.

use sha2::{Digest, Sha256};

use crate::compile;
use crate::courses::Exercise;
use crate::intake::{self, SourceFile};
use crate::options::Options;

// `SOURCES_DIGEST`: of all our own sources.
include!(concat!(env!("OUT_DIR"), "/digest.rs"));

/// What begins the content of a file that is no source file.
const UNREAD: &str = "unread:";

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
            cross_check,
            budget,
            max_interleavings,
            memory_limit,
            races,
            memory,
            seed,
            edition,
            // Says what held, with each result.
            confinement: _,
            // Always.
            stranger: _,
            // How it looks, and how much is done at the same time.
            format: _,
            style: _,
            json: _,
            every_scenario: _,
            jobs: _,
            course: _,
            quiet: _,
            color: _,
            incremental: _,
        } = options;
        let limits = (budget, max_interleavings, memory_limit, seed, cross_check);
        let text = format!(
            "{SOURCES_DIGEST} {} {limits:?} {races:?} {memory:?} {edition} {}",
            engine.name,
            compile::version()?,
        );
        Ok(Conditions(text.into_bytes()))
    }
}

/// Whose content is the same, have handed in the same, and are judged alike. `answer`: the text, or why there is none.
/// `check`: the course's own.
pub fn of(
    answer: Result<&str, &str>,
    check: &SourceFile,
    exercise: &Exercise,
    conditions: &Conditions,
) -> String {
    // The scenarios, the goals and the points.
    let manifest = format!("{:?}", exercise.manifest);
    // An answer that is the starter earns nothing.
    let starter = intake::read(&exercise.file()).map_or_else(|_| String::new(), |file| file.text);
    let all_else = hash(&[
        &conditions.0,
        manifest.as_bytes(),
        check.text.as_bytes(),
        starter.as_bytes(),
    ]);
    let (kind, text) = match answer {
        Ok(text) => ("", text),
        Err(why) => (UNREAD, why),
    };
    format!("{kind}{}-{all_else}", hash(&[text.as_bytes()]))
}

/// The part of a content that is of the answer.
pub fn answer(content: &str) -> &str {
    content.split('-').next().unwrap_or(content)
}

/// The part of a content that is of all else.
pub fn conditions(content: &str) -> &str {
    content.split('-').nth(1).unwrap_or_default()
}

/// Whether there was an answer: files that are none are not known to be the same.
pub fn was_read(content: &str) -> bool {
    !content.starts_with(UNREAD)
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that nothing can pass for something else.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    compile::hex(&hash.finalize()[..16])
}
