//! How far grading has come, on standard error: a bar on a terminal, and a line for each result elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write;

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use threadlings::explanation::Verdict;

use super::Listener;
use crate::output;
use crate::reports::record::Record;

/// Shows how far it has come; a bar vanishes when this is dropped.
pub struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
    verdicts: BTreeMap<Verdict, usize>,
}

impl Progress {
    /// Nothing has happened yet.
    pub fn new(quiet: bool) -> Progress {
        Progress {
            quiet,
            bar: None,
            verdicts: BTreeMap::new(),
        }
    }
}

impl Listener for Progress {
    fn begin(&mut self, all: usize, known: usize) {
        if !self.quiet && known > 0 {
            output::remark(&format!("{known} of {all} are graded already"));
        }
        if self.quiet || !output::progress_on_terminal() {
            return;
        }
        let bar = ProgressBar::new(all as u64).with_position(known as u64);
        // The rate is of what is judged now.
        bar.reset_eta();
        if let Ok(style) = ProgressStyle::with_template("{bar:12} {pos}/{len}{speed}  {wide_msg}") {
            bar.set_style(style.with_key("speed", speed));
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(500));
        self.bar = Some(bar);
    }

    fn result(&mut self, record: &Record) {
        match &self.bar {
            Some(bar) => {
                *self.verdicts.entry(record.object.verdict).or_default() += 1;
                let counts = self.verdicts.iter();
                let counts = counts.map(|(verdict, count)| format!("{count} {}", verdict.name()));
                bar.set_message(counts.collect::<Vec<_>>().join(", "));
                bar.inc(1);
            }
            None if self.quiet => {}
            None => output::remark(&line(record)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How many a minute, and for how long yet, once that can be told.
fn speed(state: &ProgressState, out: &mut dyn Write) {
    let a_minute = 60.0 * state.per_sec();
    if a_minute > 0.0 {
        let left = HumanDuration(state.eta());
        // Writing to the line cannot fail.
        let _ = write!(out, "  {a_minute:.0}/min  {left:#} left");
    }
}

/// `alice race_counter: fail lost_update, 4 of 10`
fn line(record: &Record) -> String {
    let (Some(grade), object) = (&record.grade, &record.object) else {
        return String::new();
    };
    let class = object.bug.as_ref().map(|bug| format!(" {}", bug.class));
    let points = match &grade.score {
        Some(score) => format!("{} of {}", score.points, score.max),
        None => "not graded".to_string(),
    };
    let (student, exercise, verdict) = (&grade.student, &grade.exercise, object.verdict.name());
    let class = class.unwrap_or_default();
    format!("{student} {exercise}: {verdict}{class}, {points}")
}
