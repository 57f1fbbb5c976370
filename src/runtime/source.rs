//! What columns of the program's own files are in characters. The compiler has two other units: where it tells a program its
//! own places (`Location::caller`), the columns of a terminal, and in debug information, bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

/// What rustc takes a tab for, wherever it stands.
const TAB: u32 = 4;

/// One of the program's own files: its path, and as much of its text as it takes to count characters. That is little, as
/// the process of the program gets to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As it was given to the compiler.
    pub path: String,
    /// The lines, by their number, in which not all characters are one byte and one column.
    lines: BTreeMap<u32, Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    runs: Vec<Run>,
    /// Columns where an expression may begin, and those where a call or macro does. Only where widths are in doubt, as
    /// other versions of rustc know other versions of Unicode.
    starts: Vec<u32>,
    calls: Vec<u32>,
}

/// Characters in a row that are equally large, and not one byte and one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    /// How many characters of the line come before.
    before: u32,
    count: u32,
    /// Of each: columns of a terminal.
    width: u32,
    /// Of each.
    bytes: u32,
}

impl Source {
    /// The file at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: &str) -> Source {
        let lines = (1..).zip(text.lines());
        let lines = lines.filter_map(|(number, line)| Some((number, Line::of(line)?)));
        Source {
            path: path.into(),
            lines: lines.collect(),
        }
    }

    /// Whether a file that the compiler names is this one, however much of its path is told.
    #[must_use]
    pub fn is_named(&self, file: &str) -> bool {
        file.strip_suffix(self.path.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    }

    /// The character, from 1, of a column as the program is told it.
    #[must_use]
    pub fn from_location(&self, line: u32, column: u32) -> u32 {
        let Some(line) = self.lines.get(&line) else {
            return column;
        };
        line.nearest_start(line.character(column, |run| run.width))
    }

    /// The character, from 1, of a column of debug information. 0, which is no column, remains 0.
    #[must_use]
    pub fn from_debug_information(&self, line: u32, column: u32) -> u32 {
        let line = self.lines.get(&line);
        line.map_or(column, |line| line.character(column, |run| run.bytes))
    }
}

impl Line {
    /// `None` if characters, columns and bytes are the same in it.
    fn of(text: &str) -> Option<Line> {
        let mut runs: Vec<Run> = Vec::new();
        for (before, found) in (0..).zip(text.chars()) {
            let width = width(found);
            let bytes = u32::try_from(found.len_utf8()).unwrap_or(1);
            match runs.last_mut() {
                _ if (width, bytes) == (1, 1) => {}
                Some(run)
                    if (run.before + run.count, run.width, run.bytes) == (before, width, bytes) =>
                {
                    run.count += 1;
                }
                _ => runs.push(Run {
                    before,
                    count: 1,
                    width,
                    bytes,
                }),
            }
        }
        let (starts, calls) = match text.is_ascii() {
            true => Default::default(),
            false => beginnings(text),
        };
        (!runs.is_empty()).then_some(Line {
            runs,
            starts,
            calls,
        })
    }

    /// The last character at a column, or the one that the column is in the middle of. Nothing begins with a character that
    /// takes up no room.
    fn character(&self, column: u32, size: impl Fn(&Run) -> u32) -> u32 {
        let Some(mut left) = column.checked_sub(1) else {
            return 0;
        };
        let mut passed = 0;
        for run in &self.runs {
            let between = run.before - passed;
            if left < between {
                break;
            }
            left -= between;
            passed = run.before;
            let (size, all) = (size(run), run.count.saturating_mul(size(run)));
            if left < all {
                return passed + left / size + 1;
            }
            left -= all;
            passed += run.count;
        }
        passed.saturating_add(left).saturating_add(1)
    }

    /// The nearest call, if nothing that has a place can begin at this character.
    fn nearest_start(&self, character: u32) -> u32 {
        if self.starts.is_empty() || self.starts.contains(&character) {
            return character;
        }
        let calls = self.calls.iter().rev();
        let nearest = calls.min_by_key(|call| call.abs_diff(character));
        nearest.copied().unwrap_or(character)
    }
}

/// As many columns as rustc takes a character for: one for what it shows by a sign of its own.
fn width(found: char) -> u32 {
    match found {
        '\t' => TAB,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => 1,
        _ => u32::try_from(found.width().unwrap_or(1)).unwrap_or(1),
    }
}

/// The columns where an expression may begin, and where a name with an opening parenthesis or a `!` behind it does.
fn beginnings(line: &str) -> (Vec<u32>, Vec<u32>) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_between = |c: char| c.is_whitespace() || ".,;:)]}=>?".contains(c);
    let (mut starts, mut calls) = (Vec::new(), Vec::new());
    let mut last = ' ';
    for (column, (at, found)) in (1..).zip(line.char_indices()) {
        let is_start = match is_word(found) {
            // A mark that belongs to the letter before it is no letter.
            true => !is_word(last) && width(found) > 0,
            false => !is_between(found) && width(found) > 0,
        };
        if is_start {
            starts.push(column);
            let name = |c: char| is_word(c) || width(c) == 0;
            let behind = line[at..].trim_start_matches(name);
            if is_word(found) && behind.starts_with(['(', '!']) {
                calls.push(column);
            }
        }
        if width(found) > 0 {
            last = found;
        }
    }
    (starts, calls)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Source;

    /// Before a call: what is said about columns is true of a tab wherever it stands, of what is wide, of what takes up no room,
    /// of marks, of signs made of several characters, and of what cannot be shown.
    const BEFORE: &[&str] = &[
        "",
        "    ",
        "\t",
        "\t\t",
        "  \t",
        "\t  \t",
        "/*\t*/",
        "/*é*/",
        "/*數*/\t",
        "/*ｗ ﾊ*/",
        "/*e\u{301}*/",
        "/*\u{301}*/",
        "/*한\u{1112}\u{1161}*/",
        "/*🦀❤️👩‍👩‍👧🇨🇭👍🏽*/",
        "/*\u{200b}\u{ad}\u{fe0f}\u{e000}\u{3000}\u{a0}*/",
        "/*\u{1}\u{1b}\u{7f}\u{85}\u{2028}*/",
        "/*\u{200e}*/\u{200e}\u{200e}",
        "/*שלום ไทย ٣*/",
    ];

    #[test]
    fn columns_are_those_of_the_compiler_in_characters() {
        let folder = tempfile();
        let lines = BEFORE.iter().map(|before| format!("{before}here();\n"));
        let text = format!(
            "#[track_caller] fn here() {{ let at = std::panic::Location::caller(); println!(\"{{}} {{}}\", at.line(), at.column()) }}\nfn main() {{\n{}}}",
            lines.collect::<String>()
        );
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            std::fs::write(folder.join("columns.rs"), &text).expect("the folder is ours");
            let program = folder.join("columns");
            let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
                .args(["--edition=2024", "-Awarnings", "-o"])
                .args([&program, &folder.join("columns.rs")])
                .status();
            assert!(compiled.expect("rustc runs").success());
            let told = Command::new(program).output().expect("it runs").stdout;
            let told = String::from_utf8(told).expect("numbers");
            let told = told.lines().map(|line| {
                let numbers = line.split_once(' ').expect("two numbers");
                let number = |text: &str| text.parse::<u32>().expect("a number");
                (number(numbers.0), number(numbers.1))
            });
            let source = Source::new("columns.rs", &text);
            // Without what is only there in case of doubt.
            let mut sure = source.clone();
            for line in sure.lines.values_mut() {
                line.starts.clear();
            }
            let found: Vec<[u32; 2]> = told
                .map(|(line, column)| [&source, &sure].map(|s| s.from_location(line, column)))
                .collect();
            let expected: Vec<[u32; 2]> = BEFORE
                .iter()
                .map(|before| [u32::try_from(before.chars().count()).expect("few") + 1; 2])
                .collect();
            assert_eq!(found, expected);
        }
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
    }

    fn tempfile() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("columns-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        folder
    }

    #[test]
    fn debug_information_counts_bytes() {
        let source = Source::new("a.rs", "\tf(\"é数🦀\", x);\nplain");
        let columns = [0, 1, 2, 3, 4, 5, 7, 10, 14, 15, 17].map(|column| (1, column));
        let found = columns.map(|(line, column)| source.from_debug_information(line, column));
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]);
        assert_eq!(source.from_debug_information(2, 4), 4);
        assert_eq!(source.from_debug_information(9, 4), 4);
    }

    #[test]
    fn where_widths_are_in_doubt_a_call_is_near() {
        // A compiler that takes each of these for one column tells 8, 11 and 20, and we take them for two.
        let source = Source::new("a.rs", "let 数 = 字.lock(); 数.unlock();");
        assert_eq!(source.from_location(1, 12), 11, "in the middle of a name");
        assert_eq!(source.from_location(1, 15), 11, "not where one begins");
        assert_eq!(source.from_location(1, 13), 11);
        assert_eq!(source.from_location(1, 25), 21);
        // Nothing is in doubt about a tab.
        let source = Source::new("a.rs", "\tx.lock();");
        assert_eq!(source.from_location(1, 6), 3);
    }

    #[test]
    fn little_is_told_of_the_text() {
        let source = Source::new("a.rs", "plain\n数字数字\n\t\tsecret();\n");
        let told = serde_json::to_string(&source).expect("JSON");
        assert!(!told.contains("secret") && !told.contains('数'), "{told}");
        let source: Source = serde_json::from_str(&told).expect("the same");
        assert_eq!(source.from_location(3, 9), 3);
        assert_eq!(source.from_location(2, 5), 3);
    }

    #[test]
    fn no_number_is_too_large() {
        let source = Source::new("a.rs", &"\u{301}\t数".repeat(10_000));
        let largest = u32::MAX;
        assert!(source.from_location(1, largest) > 30_000);
        assert!(source.from_debug_information(1, largest) > 30_000);
        assert_eq!(source.from_location(largest, largest), largest);
    }
}
