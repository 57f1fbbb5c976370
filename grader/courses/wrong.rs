//! Typical wrong answers, each with the verdict that it must get on its first line.

use std::path::PathBuf;

use super::Exercise;
use crate::failure::Problem;

const MARK: &str = "//~ expect:";

/// A wrong answer.
#[derive(Debug)]
pub struct WrongAnswer {
    /// `solutions/NN_chapter/name/wrong/….rs`
    pub file: PathBuf,
    /// What must come out.
    pub expected: Expectation,
}

/// A verdict, and the class of the bug where the verdict is `fail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// As in the JSON report.
    pub verdict: String,
    /// As in the JSON report.
    pub class: Option<String>,
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.class {
            Some(class) => write!(f, "{} {class}", self.verdict),
            None => write!(f, "{}", self.verdict),
        }
    }
}

/// The wrong answers of `exercise`, sorted by name.
///
/// # Errors
/// When one cannot be read, or says no verdict on its first line.
pub fn answers(exercise: &Exercise) -> Result<Vec<WrongAnswer>, Problem> {
    let folder = exercise.mirror.join("wrong");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = super::entries(&folder)?.into_iter();
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .map(|file| {
            let text = std::fs::read_to_string(&file).map_err(|error| {
                Problem::at(&file, None, format!("this file cannot be read: {error}"))
            })?;
            let expected = expectation(&text).ok_or_else(|| {
                Problem::at(
                    &file,
                    Some(1),
                    "the first line does not say which verdict this answer must get",
                )
                .help(format!(
                    "begin with `{MARK} fail lost_update` or `{MARK} not_concurrent`"
                ))
            })?;
            Ok(WrongAnswer { file, expected })
        })
        .collect()
}

/// What the first line of `text` expects.
pub fn expectation(text: &str) -> Option<Expectation> {
    let mut words = text.lines().next()?.strip_prefix(MARK)?.split_whitespace();
    let verdict = words.next()?.to_string();
    let class = words.next().map(str::to_string);
    let whole = words.next().is_none() && (verdict == "fail") == class.is_some();
    whole.then_some(Expectation { verdict, class })
}
