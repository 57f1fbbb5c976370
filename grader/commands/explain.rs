//! `threadlings explain`: the page of a bug class.

use clap::Args;
use serde_json::json;
use threadlings::explanation;

use super::Run;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::options::Options;
use crate::output;

/// Explain a class of bugs: what it is, how it looks, what ends it
#[derive(Args)]
#[command(
    after_help = "Examples:\n  threadlings explain TL0201\n  threadlings explain lost_update"
)]
pub struct Explain {
    /// The code or the class, as a report names it
    #[arg(value_name = "CODE")]
    code: String,
}

impl Run for Explain {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let Some(page) = explanation::page(&self.code) else {
            let known: Vec<String> = codes()
                .map(|(code, class)| format!("{code} {class}"))
                .collect();
            return Err(
                Problem::new(format!("there is no page for `{}`", self.code))
                    .help(format!("the codes are\n    {}", known.join("\n    ")))
                    .into(),
            );
        };
        output::result(&if options.json {
            let is_meant = |(code, class): &(&str, &str)| {
                code.eq_ignore_ascii_case(&self.code) || class.eq_ignore_ascii_case(&self.code)
            };
            let (code, class) = codes().find(is_meant).unzip();
            json!({ "format": 1, "code": code, "class": class, "text": page }).to_string() + "\n"
        } else {
            page.trim_end().to_string() + "\n"
        });
        Ok(Ended::Good)
    }
}

fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    explanation::codes().into_iter()
}
