//! The hidden command with which `threadlings` starts itself: the process in which a program is explored.

use clap::Args;
use threadlings::runtime;

use super::Run;
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;

/// Explore a compiled program (started by threadlings itself)
#[derive(Args)]
#[command(hide = true)]
pub struct Child {}

impl Run for Child {
    fn run(self, _options: &Options) -> Result<Ended, Failure> {
        runtime::child_main()
    }
}
