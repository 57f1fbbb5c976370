//! What rustc says where a file is right in itself, but does not fit to its check: the words that a student can use.
//!
//! Such errors lie in the check, or in what is appended to the file so that it can be called. Nobody has written the
//! latter, so nobody is shown it: of an error that lies there, its first line is left.

use super::SourceText;

/// What comes before errors for which a file that is right in itself does not fit to its check.
pub const MISFIT: &str = "this file does not fit to its check: something that the exercise asks for is missing in it, or is of \
another type than the README says\n";

/// Names that only what is appended has.
const OURS: [&str; 2] = ["__threadlings", "threadlings_check"];

/// What `said`, rustc's own text, says about `file` and its check.
pub fn of_misfit(said: &str, file: SourceText<'_>) -> String {
    let mut told = String::from(MISFIT);
    for block in blocks(said) {
        let head = block.lines().next().unwrap_or_default();
        let is_ours = place(block).is_some_and(|(path, line)| is_appended(path, line, file));
        let shown = match is_ours {
            true => format!("{head}\n\n"),
            false => without_ours(block),
        };
        told += &shown.replace("super::threadlings_check", "check");
    }
    told
}

/// A diagnostic each: they begin where a line does with a word, after an empty line.
fn blocks(said: &str) -> impl Iterator<Item = &str> {
    let mut rest = said;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = rest.match_indices("\n\n").map(|(at, _)| at + 2);
        let mut ends =
            ends.filter(|end| plain(&rest[*end..]).starts_with(|c: char| c.is_ascii_alphabetic()));
        let (block, more) = rest.split_at(ends.next().unwrap_or(rest.len()));
        rest = more;
        Some(block)
    })
}

/// Where a diagnostic lies: its first place.
fn place(block: &str) -> Option<(&str, usize)> {
    let line = block.lines().find_map(|line| line.split_once("--> "))?.1;
    let line = plain(line);
    let line = line.split('\u{1b}').next().unwrap_or(line);
    let mut parts = line.rsplitn(3, ':');
    let (_column, line, path) = (parts.next()?, parts.next()?, parts.next()?);
    Some((path, line.parse().ok()?))
}

fn is_appended(path: &str, line: usize, file: SourceText<'_>) -> bool {
    file.path.to_string_lossy() == path && line > file.text.lines().count()
}

/// Without lines that show what is appended, and what points into them.
fn without_ours(block: &str) -> String {
    let mut shown = String::new();
    let mut is_below = false;
    for line in block.split_inclusive('\n') {
        let words = line.replace("super::threadlings_check", "");
        let is_ours = OURS.iter().any(|name| words.contains(name));
        let points = plain(line.trim_start()).trim_start().starts_with('|');
        is_below = is_ours || (is_below && points);
        if !is_below {
            shown += line;
        }
    }
    shown
}

/// The rest of a text after the escapes that colour its beginning.
fn plain(mut text: &str) -> &str {
    while let Some((escape, rest)) = text.split_once('m').filter(|(escape, _)| {
        escape.strip_prefix("\u{1b}[").is_some_and(|escape| {
            escape
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';')
        })
    }) {
        let _ = escape;
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{MISFIT, SourceText, of_misfit};

    fn told(said: &str) -> String {
        let file = SourceText {
            path: Path::new("a.rs"),
            text: "fn a() {}\n",
        };
        let told = of_misfit(said, file);
        told.strip_prefix(MISFIT)
            .expect("it comes first")
            .to_string()
    }

    #[test]
    fn of_errors_in_what_is_appended_one_line_is_left() {
        let said = "error[E0425]: cannot find value `b` in module `super::threadlings_check`\n --> a.rs:4:9\n  |\n4 | mod __threadlings\n\n\
                    error[E0425]: another\n --> check.rs:4:9\n  |\n4 | super::b();\n\nerror: aborting due to 2 previous errors\n";
        assert_eq!(
            told(said),
            "error[E0425]: cannot find value `b` in module `check`\n\n\
             error[E0425]: another\n --> check.rs:4:9\n  |\n4 | super::b();\n\nerror: aborting due to 2 previous errors\n"
        );
        let coloured = "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: one\n \u{1b}[94m--> \u{1b}[0ma.rs:4:9\n4 | mod __threadlings\n\n";
        assert_eq!(told(coloured), "\u{1b}[1m\u{1b}[91merror\u{1b}[0m: one\n\n");
    }

    #[test]
    fn what_is_appended_is_not_shown_in_other_errors() {
        let said = "error: one\n --> a.rs:1:1\n  |\n1 | fn a() {}\n  | ^ here\n...\n5 | mod __threadlings {}\n  | ---- there\n  = note: so\n";
        assert_eq!(
            told(said),
            "error: one\n --> a.rs:1:1\n  |\n1 | fn a() {}\n  | ^ here\n...\n  = note: so\n"
        );
    }
}
