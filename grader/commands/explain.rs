//! `threadlings explain`: the page of a bug class.

use clap::Args;
use serde_json::json;

use super::Run;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::options::{Format, Options};
use crate::output;
use crate::stages;

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
        let pages = stages::pages();
        let wanted = |page: &&stages::Page| {
            page.code.eq_ignore_ascii_case(&self.code)
                || page.class.eq_ignore_ascii_case(&self.code)
        };
        let Some(page) = pages.iter().find(wanted) else {
            let known: Vec<String> = pages
                .iter()
                .map(|page| format!("{} {}", page.code, page.class))
                .collect();
            return Err(
                Problem::new(format!("there is no page for `{}`", self.code))
                    .help(format!("the codes are\n    {}", known.join("\n    ")))
                    .into(),
            );
        };
        output::result(&match options.format {
            Format::Human => page.text.trim_end().to_string() + "\n",
            Format::Json => {
                json!({ "format": 1, "code": page.code, "class": page.class, "text": page.text })
                    .to_string()
                    + "\n"
            }
        });
        Ok(Ended::Good)
    }
}
