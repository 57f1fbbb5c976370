//! The table of steps: one row a step, one column a thread, and the line of source at the right. Where there are
//! many threads, one column names the thread instead.

use threadlings::explanation::{StepReport, Witness};

use super::Style;
use super::human::WIDTH;

/// More threads than this share one column.
const COLUMNS: usize = 3;
/// No column is made narrower than this to give others room.
const NARROW: usize = 18;
/// Nor is the column of the source.
const SOURCE: usize = 30;

/// A rendered table; loops that repeat are shown once.
pub(super) fn render(witness: &Witness, style: Style) -> String {
    let hidden = |number: usize| {
        let mut folds = witness.folds.iter();
        folds.any(|(first, last, rounds)| {
            number > *last && number < first + (last - first + 1) * rounds
        })
    };
    let steps = witness.steps.iter().filter(|step| !hidden(step.number));
    let mut rows: Vec<Vec<String>> = vec![header(witness)];
    let mut after: Vec<Option<String>> = vec![None];
    for step in steps {
        rows.push(cells(step, witness));
        let fold = witness
            .folds
            .iter()
            .find(|(_, last, _)| *last == step.number);
        after.push(fold.map(|(first, last, rounds)| {
            let steps = if first == last {
                format!("step {first} repeats")
            } else {
                let dash = if style.unicode { "–" } else { "-" };
                format!("steps {first}{dash}{last} repeat")
            };
            format!("{steps} {rounds} times")
        }));
    }
    let widths = widths(&rows);
    let bar = if style.unicode { " │ " } else { " | " };
    let mut out = String::new();
    for (at, (row, after)) in rows.iter().zip(&after).enumerate() {
        push_row(&mut out, row, &widths, bar, style);
        if at == 0 {
            let dash = if style.unicode { "─" } else { "-" };
            let cross = if style.unicode { "─┼─" } else { "-+-" };
            let lines: Vec<_> = widths.iter().map(|width| dash.repeat(*width)).collect();
            out.push_str(&lines.join(cross));
            out.push('\n');
        }
        if let Some(text) = after {
            out.push_str(&" ".repeat(widths[0]));
            out.push_str(&format!("{bar}{text}\n"));
        }
    }
    out
}

/// Columns of a text, without what colours it.
pub(super) fn width(text: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for c in text.chars() {
        match (escape, c) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (false, _) => count += 1,
            (true, _) => {}
        }
    }
    count
}

/// Breaks a text at spaces; a word that is too long is cut.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(1);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.last_mut().expect("there is always a line");
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + word.len() <= limit {
                if gap == 1 {
                    line.push(' ');
                }
                line.extend(&word);
                break;
            }
            if used == 0 {
                line.extend(word.drain(..limit));
            }
            lines.push(String::new());
        }
    }
    lines
}

fn header(witness: &Witness) -> Vec<String> {
    let mut row = vec!["step".to_string()];
    if is_list(witness) {
        row.extend(["thread".into(), "what it does".into()]);
    } else {
        row.extend(witness.threads.iter().cloned());
    }
    row.push("source".into());
    row
}

fn is_list(witness: &Witness) -> bool {
    witness.threads.len() > COLUMNS
}

fn cells(step: &StepReport, witness: &Witness) -> Vec<String> {
    let sites: String = step.sites.iter().map(|site| format!("({site}) ")).collect();
    let what = format!("{sites}{}", step.what);
    let mut row = vec![step.number.to_string()];
    if is_list(witness) {
        row.extend([witness.threads[step.column].clone(), what]);
    } else {
        let mut columns = vec![String::new(); witness.threads.len()];
        columns[step.column] = what;
        row.extend(columns);
    }
    row.push(match step.line {
        0 => String::new(),
        line => format!("{line}: {}", step.source),
    });
    row
}

/// Every column as wide as its widest cell; where they do not fit, the source gives way first, then the widest.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows[0].len();
    let widest = |column: usize| {
        rows.iter()
            .map(|row| width(&row[column]))
            .max()
            .unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns).map(widest).collect();
    let gaps = 3 * (columns - 1);
    let last = columns - 1;
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        let wide = (1..last)
            .rev()
            .filter(|&column| widths[column] > NARROW)
            .max_by_key(|&column| widths[column]);
        match wide {
            _ if widths[last] > 2 * SOURCE => widths[last] -= 1,
            Some(wide) if widths[wide] >= widths[last] || widths[last] <= SOURCE => {
                widths[wide] -= 1;
            }
            _ if widths[last] > SOURCE => widths[last] -= 1,
            _ => break,
        }
    }
    widths
}

fn push_row(out: &mut String, row: &[String], widths: &[usize], bar: &str, style: Style) {
    let last = row.len() - 1;
    let folded: Vec<Vec<String>> = row
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(at, (cell, &width))| {
            // Source is cut, words are wrapped.
            if at == last {
                vec![cut(cell, width, style)]
            } else {
                wrap(cell, width)
            }
        })
        .collect();
    let height = folded.iter().map(Vec::len).max().unwrap_or(1);
    for line in 0..height {
        let parts: Vec<String> = folded
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(at, (cell, &width))| {
                let text = cell.get(line).map_or("", String::as_str);
                if at == 0 {
                    format!("{text:>width$}")
                } else {
                    format!("{text:<width$}")
                }
            })
            .collect();
        out.push_str(parts.join(bar).trim_end());
        out.push('\n');
    }
}

fn cut(text: &str, width: usize, style: Style) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    let dots = if style.unicode { "…" } else { "..." };
    let keep = width.saturating_sub(dots.chars().count());
    let kept: String = text.chars().take(keep).collect();
    format!("{}{dots}", kept.trim_end())
}
