//! CSV as RFC 4180 has it, in which no cell is a formula: spreadsheets run what begins like one, and names and messages
//! come from students.

use super::harmless;

/// The table, a line for each row. Line breaks and quotes in a cell stay what they are.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _written = writer.write_record(row.iter().map(|cell| inert(cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// The cell as text. An apostrophe in front is what spreadsheets take for "this is text", and do not show; a number needs
/// none.
fn inert(cell: &str) -> String {
    let text = harmless::lines(cell);
    let is_number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    if !is_number && (looks_like_formula(cell) || looks_like_formula(cell.trim_start())) {
        format!("'{text}")
    } else {
        text
    }
}

/// As OWASP has it, with the wide forms that some spreadsheets of East Asia take for the same.
fn looks_like_formula(cell: &str) -> bool {
    let first = cell.chars().next();
    first.is_some_and(|first| "=+-@\t\r\n＝＋－＠".contains(first))
}
