//! `threadlings completions`: a completion script for a shell.

use clap::Args;

use super::Run;
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;
use crate::output;

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings completions bash > ~/.local/share/bash-completion/completions/threadlings
  threadlings completions fish > ~/.config/fish/completions/threadlings.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: clap_complete::Shell,
}

impl Run for Completions {
    fn run(self, _options: &Options) -> Result<Ended, Failure> {
        let mut script = Vec::new();
        let mut command_line = super::command_line();
        clap_complete::generate(self.shell, &mut command_line, "threadlings", &mut script);
        output::result(&String::from_utf8_lossy(&script));
        Ok(Ended::Good)
    }
}
