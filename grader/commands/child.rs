//! The hidden command with which `threadlings` starts itself: the process in which a program is explored.

use clap::Args;

use super::Run;
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;
use crate::stages;

/// The name on the command line.
pub const NAME: &str = "__child";

/// Explore a compiled program (started by threadlings itself)
#[derive(Args)]
#[command(hide = true)]
pub struct Child {}

impl Run for Child {
    fn run(self, _options: &Options) -> Result<Ended, Failure> {
        stages::child()?;
        Ok(Ended::Good)
    }
}
