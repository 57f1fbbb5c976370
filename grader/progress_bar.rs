//! A line on the terminal that says how far a check is, once it has taken long enough to wonder.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::options::Options;
use crate::output;

/// Quicker checks show nothing.
const PATIENCE: Duration = Duration::from_millis(300);

/// The line of one check; it vanishes when dropped.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    shown: bool,
}

impl Progress {
    /// Begins to wait for the check of `what`.
    pub fn of(what: &str, options: &Options) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style =
            ProgressStyle::with_template("{spinner} {msg}: {human_pos} interleavings, {elapsed}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what.to_string());
        Progress {
            bar,
            begun: Instant::now(),
            shown: options.quiet || !output::progress_on_terminal(),
        }
    }

    /// So many interleavings have been run.
    pub fn at(&mut self, interleavings: u64) {
        if !self.shown && self.begun.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        self.bar.set_position(interleavings);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
