//! The same program seen by our own explorer, by loom and by shuttle: do they see the same?

use std::thread;
use std::time::Duration;

use threadlings::opinions::compare::{Comparison, compare};
use threadlings::opinions::{Opinion, Witness};

use super::opinion::ask;
use crate::compile::Library;
use crate::failure::{Failure, Fault};
use crate::options::Options;
use crate::subject::Subject;

/// Whose opinion is asked for.
const OTHERS: [Witness; 2] = [Witness::Loom, Witness::Shuttle];

/// What one of the others says, next to what we say.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Whose.
    pub witness: Witness,
    /// On which scenario; `None` where there is only `main`.
    pub scenario: Option<String>,
    /// What came of it.
    pub comparison: Comparison,
}

/// Asks everybody about every scenario, for at most `time` each.
///
/// # Errors
/// When a child process fails, which says nothing of the program.
pub fn examine(
    subject: &Subject,
    library: &Library,
    time: Duration,
    options: &Options,
) -> Result<Vec<Voice>, Failure> {
    let scenarios = subject.scenarios();
    let time = time / u32::try_from(scenarios.len()).unwrap_or(1).max(1);
    let mut voices = Vec::new();
    for (entry, scenario) in scenarios.into_iter().enumerate() {
        let ask = |witness| ask(library, entry, witness, time, options);
        let (own, others) = thread::scope(|scope| {
            let others = OTHERS.map(|witness| scope.spawn(move || ask(witness)));
            let own = ask(Witness::Own);
            (own, others.map(|other| other.join()))
        });
        let own = own?;
        for (witness, other) in OTHERS.into_iter().zip(others) {
            let other: Opinion = other.map_err(|_| Fault("a thread panicked".to_string()))??;
            voices.push(Voice {
                witness,
                scenario: subject.exercise.as_ref().map(|_| scenario.name.clone()),
                comparison: compare(&own, &other, witness),
            });
        }
    }
    Ok(voices)
}

/// What is heard of a program with a data race: nobody else sees it, and what such a program does is undefined.
pub fn silent() -> Vec<Voice> {
    let silent = |witness| Voice {
        witness,
        scenario: None,
        comparison: Comparison::NoOpinion("it does not watch plain memory".into()),
    };
    OTHERS.map(silent).into()
}

impl Voice {
    /// What it says, as a note of a report.
    pub fn sentence(&self) -> String {
        let name = self.witness.name();
        let what = match &self.comparison {
            Comparison::Same => format!("{name} agrees: it reaches the same ends, and no others"),
            Comparison::Consistent => {
                format!("{name} agrees: it reaches nothing else, but has not seen everything")
            }
            Comparison::NoOpinion(why) => format!("{name} has no opinion: {why}"),
            Comparison::Known(known) => format!("{name} differs, as is known: {}", known.reason),
            Comparison::Differs(_) => {
                format!(
                    "{name} differs: {}",
                    self.disputes().collect::<Vec<_>>().join("; ")
                )
            }
        };
        match &self.scenario {
            Some(scenario) => format!("{what} (`{scenario}`)"),
            None => what,
        }
    }

    /// The evidence for a difference that nobody knows.
    pub fn disputes(&self) -> impl Iterator<Item = String> + '_ {
        let evidence = match &self.comparison {
            Comparison::Differs(evidence) => evidence.as_slice(),
            _ => &[],
        };
        evidence.iter().cloned()
    }
}
