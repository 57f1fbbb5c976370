//! The roll of a class: what there is to grade. A line of the ledger, so that a ledger alone tells what is missing in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::layout::Missing;
use super::shard::Shard;
use crate::paths;

/// Number of the format of the ledger.
pub const FORMAT: u32 = 1;

/// All that one run of `grade` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// [`FORMAT`]
    pub ledger: u32,
    /// The folder of the submissions, as a reader sees it.
    pub root: String,
    /// How it is laid out, in words.
    pub layout: String,
    /// The parts of the class that this is, as they are typed after `--shard`; none if it is the whole one.
    pub shards: Vec<String>,
    /// Whether the results above this line are to be replaced, all of them.
    pub regrade: bool,
    /// By student and exercise.
    pub submissions: Vec<Entry>,
    /// By path.
    pub unmatched: Vec<Left>,
}

/// One submission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// As the folder or file names the student.
    pub student: String,
    /// The exercise's id.
    pub exercise: String,
    /// Relative to [`Roll::root`].
    pub path: String,
    /// What it is, as a hash: see [`content`](super::content). A result with another one is of another answer.
    pub content: String,
    /// What was noticed about it, one sentence each.
    pub remarks: Vec<String>,
}

/// A file that answers no exercise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Left {
    /// Relative to [`Roll::root`].
    pub path: String,
    /// Why, in words.
    pub reason: String,
    /// Of a student of whom nothing else was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Missing>,
}

/// Whose answer, and to what: a student and an exercise.
pub type Key = (String, String);

impl Entry {
    /// What it is known by.
    pub fn key(&self) -> Key {
        (self.student.clone(), self.exercise.clone())
    }
}

impl Roll {
    /// Of nobody.
    pub fn empty() -> Roll {
        Roll {
            ledger: FORMAT,
            root: String::new(),
            layout: String::new(),
            shards: Vec::new(),
            regrade: false,
            submissions: Vec::new(),
            unmatched: Vec::new(),
        }
    }

    /// How much of the class it is, in words.
    pub fn part(&self) -> String {
        match self.shards.as_slice() {
            [] => "the whole class".to_string(),
            shards => format!("shard {} of the class", shards.join(", ")),
        }
    }

    /// The parts of the class that are not here: `2/16`, and `4-9/16` for several in a row.
    pub fn missing_shards(&self) -> Vec<String> {
        let mut divisions: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let shards = self.shards.iter().filter_map(|text| text.parse().ok());
        for Shard { part, of } in shards {
            divisions.entry(of).or_default().insert(part);
        }
        let mut missing = Vec::new();
        for (of, there) in divisions {
            let mut first = 1;
            for next in there.into_iter().chain([of + 1]) {
                match next - first {
                    0 => {}
                    1 => missing.push(format!("{first}/{of}")),
                    _ => missing.push(format!("{first}-{}/{of}", next - 1)),
                }
                first = next + 1;
            }
        }
        missing
    }

    /// A file below the root, as a reader sees it.
    pub fn shown(&self, path: &str) -> String {
        if self.root == "." || self.root.is_empty() {
            return path.to_string();
        }
        paths::shown(&Path::new(&self.root).join(path))
    }

    /// Whether `other` is of the same class, with the same answers.
    pub fn is_like(&self, other: &Roll) -> bool {
        let plain = |roll: &Roll| Roll {
            regrade: false,
            ..roll.clone()
        };
        plain(self) == plain(other)
    }
}

#[cfg(test)]
mod tests {
    use super::Roll;

    #[test]
    fn what_is_missing_is_told_in_few_words() {
        let missing = |shards: &[&str]| {
            let roll = Roll {
                shards: shards.iter().map(|shard| shard.to_string()).collect(),
                ..Roll::empty()
            };
            roll.missing_shards().join(" ")
        };
        assert_eq!(missing(&[]), "");
        assert_eq!(missing(&["1/1"]), "");
        assert_eq!(missing(&["3/3", "1/3"]), "2/3");
        assert_eq!(missing(&["10/64", "12/64"]), "1-9/64 11/64 13-64/64");
        assert_eq!(missing(&["1/2", "2/2", "1/4"]), "2-4/4");
    }
}
