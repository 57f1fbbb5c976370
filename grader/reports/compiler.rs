//! What rustc says of a program that it refuses, error by error, and the places that it names. A program has a say in the
//! words of errors, so that nothing is taken from them but words, and places in the program itself.

use threadlings::explanation::Verdict;

use super::harmless::lines;
use super::record::Record;

/// An error of rustc.
#[derive(Clone, Debug)]
pub(super) struct CompileError {
    /// `E0277`
    pub code: Option<String>,
    /// One sentence.
    pub message: String,
    /// All that rustc says of it.
    pub text: String,
    /// Line and column in the answer, if it is there.
    pub at: Option<(u32, u32)>,
}

/// The errors of rustc that are about a place; there are none but in a program that does not compile.
pub(super) fn compile_errors(record: &Record) -> Vec<CompileError> {
    let said = match (record.object.verdict, record.object.notes.last()) {
        (Verdict::DoesNotCompile, Some(said)) => lines(said),
        _ => return Vec::new(),
    };
    let errors = said.split("\n\n").filter_map(|text| {
        let begin = text.strip_prefix("error").map(|_| 0);
        let begin = begin.or_else(|| Some(text.find("\nerror")? + 1))?;
        let text = &text[begin..];
        let (head, rest) = text.split_once('\n')?;
        let head = head.strip_prefix("error")?;
        let (code, message) = match head.strip_prefix('[').and_then(|head| head.split_once(']')) {
            Some((code, message)) => (Some(code.to_string()), message),
            None => (None, head),
        };
        let message = message.trim_start_matches([':', ' ']);
        // A program that words its own errors can begin them with an empty line.
        let mut words = std::iter::once(message).chain(rest.lines().map(str::trim));
        let is_placed = rest
            .lines()
            .any(|line| line.trim_start().starts_with("--> "));
        is_placed.then(|| CompileError {
            code,
            message: words
                .find(|line| !line.is_empty())
                .unwrap_or_default()
                .to_string(),
            text: text.to_string(),
            at: place_in(rest, record),
        })
    });
    errors.collect()
}

/// The first line and column in the answer that a line of `text` begins with.
pub(super) fn place_in(text: &str, record: &Record) -> Option<(u32, u32)> {
    let path = &record.object.subject.path;
    // An answer is judged under the name of its exercise.
    let exercise = record.grade.as_ref().map(|grade| &grade.exercise);
    let neutral = exercise.map(|exercise| format!("{exercise}.rs"));
    text.lines().find_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("--> ").unwrap_or(line);
        let neutral = || line.strip_prefix(neutral.as_ref()?);
        let rest = line.strip_prefix(path).or_else(neutral)?;
        let mut numbers = rest.strip_prefix(':')?.split(':');
        let mut number = || numbers.next()?.trim().parse().ok();
        Some((number()?, number()?))
    })
}
