//! `--shard 3/16`: a part of a class, for one of several machines.
//!
//! A submission belongs to the shard that a hash of its student and exercise says. So a shard depends neither on the
//! platform, nor on the order or number of the other submissions: who hands in late moves nobody else.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::submission::Submission;

/// One of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    pub part: u32,
    /// At least 1.
    pub of: u32,
}

impl Shard {
    /// Whether `submission` is in this part; it is in exactly one of each division.
    pub fn holds(self, submission: &Submission) -> bool {
        self.holds_key(&submission.student, &submission.exercise)
    }

    /// SHA-256 of the student, a zero byte and the exercise, in UTF-8; its first 8 bytes, read as a big-endian number,
    /// modulo the number of parts, plus one. No name holds a zero byte, so different pairs hash different texts.
    fn holds_key(self, student: &str, exercise: &str) -> bool {
        let hash = Sha256::new()
            .chain_update(student)
            .chain_update([0])
            .chain_update(exercise)
            .finalize();
        let number = hash[..8]
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of) == u64::from(self.part - 1)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// `3/16`; the error says what is wrong with it, for the command line.
    fn from_str(typed: &str) -> Result<Shard, String> {
        const FORM: &str = "write PART/PARTS, as in `3/16`";
        let Some((part, of)) = typed.split_once('/') else {
            return Err(FORM.to_string());
        };
        let number = |text: &str| -> Result<u32, String> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let small = text.parse().ok().filter(|_| digits);
            small.ok_or_else(|| format!("`{text}` is no number of a part; {FORM}"))
        };
        let (part, of) = (number(part)?, number(of)?);
        match (part, of) {
            (_, 0) => Err(format!("nothing can be divided into 0 parts; {FORM}")),
            (0, _) => Err(format!("parts count from 1, so the first is `1/{of}`")),
            _ if part > of => Err(format!("there is no part {part} of {of}")),
            _ => Ok(Shard { part, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_a_partition() {
        for of in [1, 2, 3, 16, 100] {
            for student in 0..60 {
                let student = format!("student {student}");
                let parts = (1..=of).filter(|&part| Shard { part, of }.holds_key(&student, "e"));
                assert_eq!(parts.count(), 1, "{student} of {of}");
            }
        }
    }

    #[test]
    fn a_shard_never_moves() {
        // A change here would regrade, or lose, whatever is under way on several machines.
        let part = |student: &str| {
            (1..=16).find(|&part| Shard { part, of: 16 }.holds_key(student, "race_counter"))
        };
        assert_eq!(
            ["anna", "ben", "名前"].map(part),
            [Some(2), Some(3), Some(10)]
        );
    }

    #[test]
    fn parts_are_about_equal() {
        for part in 1..=16 {
            let shard = Shard { part, of: 16 };
            let held = (0..1600).filter(|n| shard.holds_key(&format!("s{n}"), "race_counter"));
            let count = held.count();
            assert!((60..=140).contains(&count), "{shard} holds {count} of 1600");
        }
    }

    #[test]
    fn what_is_no_shard_is_told_why() {
        let cases = [
            ("3/16", "3/16"),
            ("1/1", "1/1"),
            ("0/4", "parts count from 1, so the first is `1/4`"),
            ("5/4", "there is no part 5 of 4"),
            (
                "1/0",
                "nothing can be divided into 0 parts; write PART/PARTS, as in `3/16`",
            ),
            (
                "x/y",
                "`x` is no number of a part; write PART/PARTS, as in `3/16`",
            ),
            (
                "1/y",
                "`y` is no number of a part; write PART/PARTS, as in `3/16`",
            ),
            (
                "+1/4",
                "`+1` is no number of a part; write PART/PARTS, as in `3/16`",
            ),
            (
                "1/",
                "`` is no number of a part; write PART/PARTS, as in `3/16`",
            ),
            (
                "1/99999999999",
                "`99999999999` is no number of a part; write PART/PARTS, as in `3/16`",
            ),
            ("4", "write PART/PARTS, as in `3/16`"),
            ("", "write PART/PARTS, as in `3/16`"),
        ];
        for (typed, expected) in cases {
            let said = typed
                .parse::<Shard>()
                .map_or_else(|error| error, |shard| shard.to_string());
            assert_eq!(said, expected, "{typed}");
        }
    }
}
