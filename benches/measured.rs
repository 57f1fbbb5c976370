//! What was measured of one search, and how a table shows it.

use std::time::Duration;

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It has covered everything it covers.
    Complete,
    /// It found a failure.
    Failed,
    /// Its time was up.
    Cap,
    /// Its process died without a word.
    Died,
}

/// One search.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// How it ended.
    pub end: End,
    /// Executions run.
    pub executions: u64,
    /// Time of the search.
    pub time: Duration,
}

const WORDS: [(End, &str); 3] = [
    (End::Complete, "complete"),
    (End::Failed, "failed"),
    (End::Cap, "cap"),
];

impl Measured {
    /// Whether it has covered everything.
    pub fn is_complete(&self) -> bool {
        self.end == End::Complete
    }

    /// The line by which a process tells it.
    pub fn line(&self) -> String {
        let word = WORDS.iter().find(|(end, _)| *end == self.end);
        let word = word.map_or("died", |(_, word)| word);
        format!("{word} {} {}", self.executions, self.time.as_micros())
    }

    /// The other way around.
    pub fn parse(line: &str) -> Option<Measured> {
        let mut words = line.split(' ');
        let word = words.next()?;
        Some(Measured {
            end: WORDS.iter().find(|(_, known)| *known == word)?.0,
            executions: words.next()?.parse().ok()?,
            time: Duration::from_micros(words.next()?.parse().ok()?),
        })
    }

    /// Executions and time, for a table.
    pub fn cell(&self) -> String {
        let (count, time) = (grouped(self.executions), shown(self.time));
        match self.end {
            End::Complete => format!("{count} · {time}"),
            End::Failed => format!("fails at {count} · {time}"),
            End::Cap => format!("> {count} (cap)"),
            End::Died => "died".to_string(),
        }
    }

    /// Executions a second, for a table; too few of them tell nothing.
    pub fn rate(&self) -> String {
        if self.executions < 1_000 || self.time.is_zero() {
            return format!("{} are too few", self.executions);
        }
        let micros = u64::try_from(self.time.as_micros()).unwrap_or(u64::MAX);
        grouped(self.executions.saturating_mul(1_000_000) / micros)
    }
}

/// A number with commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time to two or three digits.
pub fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 9.95 => format!("{seconds:.0} s"),
        seconds if seconds >= 0.9995 => format!("{seconds:.1} s"),
        _ if time.as_millis() > 0 => format!("{} ms", time.as_millis()),
        _ => "< 1 ms".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Measured, grouped};
    use std::time::Duration;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let measured = Measured {
            end: End::Cap,
            executions: 56_805,
            time: Duration::from_micros(1_500),
        };
        let read = Measured::parse(&measured.line()).unwrap();
        assert_eq!(read.line(), "cap 56805 1500");
        assert!(Measured::parse("iteration 3").is_none());
    }

    #[test]
    fn numbers_are_grouped_by_three_digits() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(720), "720");
        assert_eq!(grouped(56_805), "56,805");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
