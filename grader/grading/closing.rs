//! What `grade` and `merge` print in the end: the results in the format that was asked for, or what people need to know.

use std::path::Path;

use super::book::Gradebook;
use super::results_folder::{FEEDBACK, GRADES, SUMMARY};
use super::summary::Summary;
use crate::options::Options;
use crate::reports::Write;
use crate::{output, paths};

/// Prints the class. `folder`: where its results are kept.
pub fn print(book: &Gradebook, folder: Option<&Path>, options: &Options) {
    if let Write::People = options.format.write {
        output::result(&human(book, folder, options));
        return;
    }
    for record in &book.records {
        output::result(&options.format.record(record));
    }
    output::in_the_end(options.format, &book.records, &book.missing());
}

fn human(book: &Gradebook, folder: Option<&Path>, options: &Options) -> String {
    let summary = Summary::of(book);
    let Some(folder) = folder else {
        return summary.overview(options.style, None);
    };
    let shown = paths::shown(folder);
    let rest = format!("{shown}/{SUMMARY}");
    let mut text = format!("found: {}\n", book.roll.layout);
    if !book.roll.shards.is_empty() {
        text += &format!("graded: {}\n", book.roll.part());
    }
    text.push('\n');
    text += &summary.overview(options.style, Some(&rest));
    text +=
        &format!("\nresults: {shown}/ ({GRADES}, {SUMMARY}, {FEEDBACK}/STUDENT/EXERCISE.txt)\n");
    if !summary.not_graded.is_empty() {
        text += "next: the same command tries again what was not graded, and only that; `--budget SECONDS` gives it more time\n";
    } else if !summary.missing_shards.is_empty() {
        text += "next: `threadlings merge RESULTS…` joins the parts of the class\n";
    } else {
        text += &format!(
            "next: `threadlings summary {shown}` shows an example of each bug; `threadlings merge {shown} --format csv` and other formats write a gradebook\n"
        );
    }
    text
}
