//! `threadlings merge`: the results of several machines as one.

use std::path::PathBuf;

use clap::Args;

use super::Run;
use crate::exit::Ended;
use crate::failure::Failure;
use crate::grading::book::Gradebook;
use crate::grading::ledger::Ledger;
use crate::grading::{closing, merge, results_folder};
use crate::options::Options;
use crate::output;

/// Join the results of several parts of a class, and print them in any format
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings merge shard-*/                       what the parts say together
  threadlings merge shard-*/ --into class-results  the same, kept in a folder
  threadlings merge class-results --format csv     results that are there, in another format

Where two have a result of the same answer, one with points counts. Different answers of one student to one exercise, or
different points for the same answer, are an error.

Exit codes: 0 every submission has a verdict, 1 with --fail-on-bug: an answer is not right, 2 wrong request, or results that contradict
each other, 3 some were not graded, or a part is missing, 70 our fault in one of them")]
pub struct Merge {
    /// Folders that `grade` has made, or the `results.jsonl` in them
    #[arg(value_name = "RESULTS", required = true)]
    results: Vec<PathBuf>,

    /// Keep them in this folder, as `grade` does
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,

    /// End with exit code 1 if an answer is not right
    #[arg(long)]
    fail_on_bug: bool,
}

impl Run for Merge {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let merged = merge::merge(&self.results)?;
        for remark in &merged.remarks {
            output::warning(remark);
        }
        let book = Gradebook::of(&merged.lines);
        if let Some(folder) = &self.into {
            Ledger::write(folder, &merged.lines)?;
            results_folder::write(folder, &book)?;
        }
        closing::print(&book, self.into.as_deref(), options);
        let is_whole = book.roll.missing_shards().is_empty();
        let rest = if is_whole {
            Ended::Good
        } else {
            Ended::NoAnswer
        };
        Ok(book.ended(self.fail_on_bug).max(rest))
    }
}
