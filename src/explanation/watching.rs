//! Whether races in plain memory were looked for, and what a report says where they were not, or not everywhere.

use super::report::Verdict;

/// Whether a program's accesses to plain memory were watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watching {
    /// It has no `unsafe` code, so there is nothing to find.
    Needless,
    /// They were.
    Watched,
    /// Nobody wanted it.
    Unwanted,
    /// It cannot be done, for this reason ("this compiler …").
    Impossible(String),
}

impl Watching {
    /// What to add to a report with this verdict, which was searched for.
    #[must_use]
    pub fn note(&self, verdict: Verdict) -> Option<String> {
        let claims = matches!(
            verdict,
            Verdict::Pass
                | Verdict::OverSynchronised
                | Verdict::NotConcurrent
                | Verdict::Inconclusive
        );
        match self {
            Watching::Needless => None,
            Watching::Watched => claims.then(|| {
                "accesses to plain memory were checked for data races, but not those inside functions that are compiled elsewhere: what `println!` reads to show a value, comparisons of slices, foreign code".into()
            }),
            Watching::Unwanted => Some(
                "accesses to plain memory in `unsafe` code were not checked for data races (`--races never`)".into(),
            ),
            Watching::Impossible(reason) => Some(format!(
                "accesses to plain memory in `unsafe` code were not checked for data races: {reason}"
            )),
        }
    }
}
