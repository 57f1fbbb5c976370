//! What runs on real threads tell: how many went wrong. That none did proves nothing, and the report says so.

use serde::{Deserialize, Serialize};

use super::answer::grouped;
use super::report::{Report, Verdict};

/// Runs of a program on real threads, counted by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// With success.
    pub well: u64,
    /// With an exit code that says failure, as a panic has.
    pub failed: u64,
    /// By a signal.
    pub crashed: u64,
    /// Not at all: their threads waited for each other, or did not come to an end.
    pub stuck: u64,
}

impl Runs {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.well + self.wrong()
    }

    /// All that did not end well.
    #[must_use]
    pub fn wrong(&self) -> u64 {
        self.failed + self.crashed + self.stuck
    }

    /// Adds others.
    pub fn add(&mut self, other: Runs) {
        self.well += other.well;
        self.failed += other.failed;
        self.crashed += other.crashed;
        self.stuck += other.stuck;
    }
}

/// Fills in the verdict, and the words for it.
pub(super) fn tell(report: &mut Report, runs: Runs) {
    let (wrong, all) = (runs.wrong(), counted(runs.total()));
    let limit = report.search.as_ref();
    let limit = limit.and_then(|search| search.truncated_by.as_deref());
    let ended = limit.map(|limit| format!(", ended by {limit}"));
    report.extent = Some(format!(
        "{all} on real threads{}",
        ended.unwrap_or_default()
    ));
    if wrong > 0 {
        report.verdict = Verdict::Fail;
        report.headline = format!(
            "{} of {all} on real threads went wrong: {}",
            grouped(wrong),
            kinds(runs)
        );
        report.help = Some(
            "`threadlings check` without `--engine native` finds the schedule that does it".into(),
        );
        return;
    }
    report.verdict = Verdict::Inconclusive;
    report.headline = match runs.total() {
        0 => "no run on real threads has ended in time".into(),
        _ => format!("no failure in {all} on real threads; that proves nothing"),
    };
    report.help = Some(
        "the system tries the same few schedules again and again; `threadlings check` without `--engine native` tries them all".into(),
    );
}

fn kinds(runs: Runs) -> String {
    let kinds = [
        (
            runs.failed,
            "ended with a failure (a panic, an error, an exit code)",
        ),
        (runs.crashed, "crashed"),
        (runs.stuck, "got stuck"),
    ];
    let told: Vec<String> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    told.join(", ")
}

/// `1 run`, `1,000 runs`
fn counted(runs: u64) -> String {
    let plural = if runs == 1 { "" } else { "s" };
    format!("{} run{plural}", grouped(runs))
}
