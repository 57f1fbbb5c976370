//! `threadlings summary`: a class at a glance.

use std::path::PathBuf;

use clap::Args;

use super::Run;
use crate::exit::Ended;
use crate::failure::{Failure, Fault, Problem};
use crate::grading::book::Gradebook;
use crate::grading::merge;
use crate::grading::summary::Summary;
use crate::options::Options;
use crate::output;

/// Show a class that was graded: verdicts by exercise, points, bugs by frequency with an example of each
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings summary submissions-results
  threadlings summary shard-*/results.jsonl
  threadlings summary submissions-results --format json

The report of an example names no student; the path above it does. Of the formats, `human` and `json` are for a summary;
`threadlings merge` writes the others.")]
pub struct SummaryOf {
    /// Folders that `grade` has made, or the `results.jsonl` in them
    #[arg(value_name = "RESULTS", required = true)]
    results: Vec<PathBuf>,
}

impl Run for SummaryOf {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        if !options.json && options.format.name != "human" {
            return Err(Problem::new(
                "a summary is for people, or JSON: `--format human` or `json`",
            )
            .help("`threadlings merge` writes the results in any format")
            .into());
        }
        let merged = merge::merge(&self.results)?;
        for remark in &merged.remarks {
            output::warning(remark);
        }
        let summary = Summary::of(&Gradebook::of(&merged.lines));
        output::result(&if options.json {
            let text = serde_json::to_string(&summary);
            text.map_err(|error| Fault(format!("the summary cannot be written: {error}")))? + "\n"
        } else {
            summary.overview(options.style, None) + &summary.examples(options.style)
        });
        Ok(Ended::Good)
    }
}
