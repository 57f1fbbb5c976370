//! The summary for people.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use threadlings::explanation::Verdict;

use super::{Class, Row, Summary};
use crate::grading::layout::names::visible;
use crate::reports::Style;

/// Longer lists end in a count.
const LINES: usize = 10;

impl Summary {
    /// All but the examples. `rest`: where a list is told in full that is too long here.
    pub fn overview(&self, style: Style, rest: Option<&str>) -> String {
        let page = Page { style, rest };
        let parts = [
            self.table(page),
            self.points(),
            self.classes(page),
            page.list("not graded", &self.not_graded, |it| {
                let exercise = match &*it.exercise {
                    "" => String::new(),
                    exercise => format!(" {exercise}"),
                };
                let path = match &*it.path {
                    "" => String::new(),
                    path => format!(" ({path})"),
                };
                format!("{}{exercise}{path}: {}", it.student, it.reason)
            }),
            page.list("to be looked at by a person", &self.review, |it| {
                format!("{}: {}", it.path, it.places.join("; "))
            }),
            page.list("the same answer", &self.identical, |it| {
                let what = if it.is_starter {
                    " (as it was handed out)"
                } else {
                    ""
                };
                format!("{}{what}: {}", it.exercise, it.students.join(", "))
            }),
            page.list("answers no exercise", &self.unmatched, |it| {
                format!("{}: {}", it.path, it.reason)
            }),
            page.list("no longer there, and not counted", &self.gone, Clone::clone),
            self.missing(page),
            self.sandbox(page),
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }

    /// An example of each class of bugs, whose reports name nobody.
    pub fn examples(&self, style: Style) -> String {
        let page = Page { style, rest: None };
        let each = self.bugs.iter().map(|class| {
            let path = clean(&class.example.path);
            let title = page.title(&format!("example: {path}"));
            format!("\n{title}\n{}", class.example.report)
        });
        each.collect()
    }

    fn table(&self, page: Page<'_>) -> String {
        let verdicts = self.exercises.iter().flat_map(|row| row.verdicts.keys());
        let used: BTreeSet<Verdict> = verdicts.copied().collect();
        let count = |row: &Row, verdict: &Verdict| row.verdicts.get(verdict).copied().unwrap_or(0);
        let waits = self.exercises.iter().any(|row| row.waiting > 0);
        let mut rows = vec![Vec::new()];
        rows[0].push("exercise".to_string());
        rows[0].extend(used.iter().map(|verdict| verdict.name().replace('_', " ")));
        rows[0].extend(waits.then(|| "waiting".to_string()));
        rows[0].push("all".to_string());
        for row in &self.exercises {
            let counts = used.iter().map(|verdict| count(row, verdict));
            let counts: Vec<usize> = counts.chain(waits.then_some(row.waiting)).collect();
            let all = row.verdicts.values().sum::<usize>() + row.waiting;
            let mut cells = vec![row.exercise.clone()];
            cells.extend(counts.iter().chain([&all]).map(|count| match count {
                0 => ".".to_string(),
                _ => count.to_string(),
            }));
            rows.push(cells);
        }
        let who = format!(
            "{}, {}",
            number(self.students, "student"),
            number(self.submissions, "submission")
        );
        let table = if self.exercises.is_empty() {
            String::new()
        } else {
            columns(&rows)
        };
        format!("{}\n{table}", page.title(&who))
    }

    fn points(&self) -> String {
        let head = ["points", "of", "least", "1/4", "median", "3/4", "most"];
        let mut rows = vec![head.map(str::to_string).to_vec()];
        for row in &self.exercises {
            if let Some(it) = &row.points {
                let numbers = [
                    it.max,
                    it.least,
                    it.lower_quartile,
                    it.median,
                    it.upper_quartile,
                    it.most,
                ];
                let numbers = numbers.iter().map(u32::to_string);
                rows.push(
                    std::iter::once(row.exercise.clone())
                        .chain(numbers)
                        .collect(),
                );
            }
        }
        match rows.len() {
            1 => String::new(),
            _ => columns(&rows),
        }
    }

    fn classes(&self, page: Page<'_>) -> String {
        if self.bugs.is_empty() {
            return String::new();
        }
        let line = |class: &Class| {
            let exercises: Vec<&str> = class.exercises.iter().map(String::as_str).collect();
            format!(
                "  {:>4}  {} {:<18} {}\n",
                class.answers,
                class.code,
                class.class,
                exercises.join(", ")
            )
        };
        let lines: String = self.bugs.iter().map(line).collect();
        format!("{}\n{lines}", page.title("bugs"))
    }

    fn missing(&self, page: Page<'_>) -> String {
        match self.missing_shards.as_slice() {
            [] => String::new(),
            parts => format!(
                "{} {}\n",
                page.title("parts of the class that are not here:"),
                parts.join(", ")
            ),
        }
    }

    fn sandbox(&self, page: Page<'_>) -> String {
        match self.unsandboxed {
            0 => String::new(),
            some => format!(
                "{} {} ran without a sandbox\n",
                page.title("UNSANDBOXED"),
                number(some, "answer")
            ),
        }
    }
}

/// How it is shown.
#[derive(Clone, Copy)]
struct Page<'a> {
    style: Style,
    rest: Option<&'a str>,
}

impl Page<'_> {
    fn title(self, text: &str) -> String {
        match self.style.color {
            true => format!("\u{1b}[1m{text}\u{1b}[0m"),
            false => text.to_string(),
        }
    }

    fn list<T>(self, title: &str, all: &[T], line: impl Fn(&T) -> String) -> String {
        if all.is_empty() {
            return String::new();
        }
        let most = self.rest.map_or(all.len(), |_| LINES);
        let mut text = format!("{} ({})\n", self.title(title), all.len());
        for it in all.iter().take(most) {
            text += &format!("  {}\n", clean(&line(it)));
        }
        if let (Some(rest), true) = (self.rest, all.len() > most) {
            text += &format!("  and {} more: see {rest}\n", all.len() - most);
        }
        text
    }
}

/// Without what a terminal obeys.
fn clean(text: &str) -> String {
    visible(OsStr::new(text))
}

fn number(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// The first column to the left, numbers to the right.
fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate().map(|(at, cell)| match at {
            0 => format!("  {cell:<0$}", width(0)),
            _ => format!("{cell:>0$}", width(at)),
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}
