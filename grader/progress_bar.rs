//! A line on the terminal that says how far a check is, once it has taken long enough to wonder.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use threadlings::explanation::grouped;

use crate::check;
use crate::options::Options;
use crate::output;

/// Quicker checks show nothing.
const PATIENCE: Duration = Duration::from_millis(300);
/// Larger numbers are shown as powers of ten.
const MOST_DIGITS: f64 = 1e7;

/// The line of one check; it vanishes when dropped.
pub struct Progress {
    bar: ProgressBar,
    what: String,
    begun: Instant,
    shown: bool,
    /// When the first execution was seen.
    running: Option<Instant>,
}

impl Progress {
    /// Begins to wait for the check of `what`.
    pub fn of(what: &str, options: &Options) -> Self {
        Progress {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            what: what.to_string(),
            begun: Instant::now(),
            shown: options.quiet || !output::progress_on_terminal(),
            running: None,
        }
    }

    /// So far it has come.
    pub fn at(&mut self, now: &check::Progress) {
        if !self.shown && self.begun.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        if now.executions == 0 {
            return;
        }
        let running = self.running.get_or_insert_with(Instant::now).elapsed();
        let measured = now.proof.filter(|proof| !proof.hopeless && !now.hunting);
        let template = match measured {
            Some(_) => "{spinner} {bar:12} {wide_msg}",
            None => "{spinner} {wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        if let Some(proof) = measured {
            self.bar.set_length((proof.about as u64).max(proof.done));
            self.bar.set_position(proof.done);
        }
        let text = words(now, running);
        self.bar.set_message(format!("{}: {text}", self.what));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How far a check has come that has been `running` for so long.
fn words(now: &check::Progress, running: Duration) -> String {
    let rate = now.executions as f64 / running.as_secs_f64().max(0.001);
    let extent = match now.proof {
        _ if now.hunting => format!("looking for bugs: {} schedules", grouped(now.executions)),
        None => format!("{} interleavings", grouped(now.executions)),
        Some(proof) => {
            // It may err in both directions.
            let all = proof.about.max(proof.done as f64);
            let far = if proof.hopeless {
                "not provable in the budget".to_string()
            } else {
                format!("{:.1} s", all / rate)
            };
            let all = format!("about {} interleavings, {far}", about(all));
            format!("{all}; {} done", grouped(proof.done))
        }
    };
    format!(
        "{extent}, {}/s, {:.0} s left",
        grouped(two_digits(rate)),
        now.left.as_secs_f64()
    )
}

/// `3,100`, `10^14`
fn about(number: f64) -> String {
    if !number.is_finite() {
        "10^300, or more,".to_string()
    } else if number < MOST_DIGITS {
        grouped(two_digits(number))
    } else {
        format!("10^{:.0}", number.log10())
    }
}

/// The number, but for its first two digits all zero.
fn two_digits(number: f64) -> u64 {
    let unit = 10_f64.powi((number.max(1.0).log10().floor() as i32 - 1).max(0));
    ((number / unit).round() * unit) as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{about, words};
    use crate::check::{Progress, Proof};

    const SECOND: Duration = Duration::from_secs(1);

    fn at(about: f64, hopeless: bool) -> Progress {
        Progress {
            executions: 6_128,
            proof: Some(Proof {
                done: 3_000,
                about,
                hopeless,
            }),
            hunting: false,
            left: 7 * SECOND,
        }
    }

    #[test]
    fn an_estimate_says_what_is_to_come() {
        assert_eq!(
            words(&at(9_234.5, false), SECOND),
            "about 9,200 interleavings, 1.5 s; 3,000 done, 6,100/s, 7 s left"
        );
        assert_eq!(
            words(&at(1.3e14, true), SECOND),
            "about 10^14 interleavings, not provable in the budget; 3,000 done, 6,100/s, 7 s left"
        );
    }

    #[test]
    fn without_an_estimate_there_is_a_count() {
        let mut now = Progress {
            proof: None,
            ..at(0.0, false)
        };
        assert_eq!(
            words(&now, SECOND),
            "6,128 interleavings, 6,100/s, 7 s left"
        );
        now.hunting = true;
        assert_eq!(
            words(&now, SECOND),
            "looking for bugs: 6,128 schedules, 6,100/s, 7 s left"
        );
    }

    #[test]
    fn estimates_have_two_digits_or_a_power() {
        let numbers = [0.0, 1.0, 14.2, 345.0, 9_999_900.0, 2e7, f64::INFINITY];
        assert_eq!(
            numbers.map(about),
            [
                "0",
                "1",
                "14",
                "350",
                "10,000,000",
                "10^7",
                "10^300, or more,"
            ]
        );
    }
}
