//! The engines that can judge a program: one row each in [`ALL`].

pub mod cross;
mod opinion;

use crate::check::{self, Progress};
use crate::compile::Library;
use crate::failure::Failure;
use crate::native;
use crate::options::Options;
use crate::outcome::Decision;
use crate::subject::Subject;

/// Judges a compiled program: what decides its verdict, and how much was searched. The last argument is told now
/// and then how far it has come.
pub type Judge =
    fn(&Subject, &Library, &Options, &mut dyn FnMut(&Progress)) -> Result<Decision, Failure>;

/// An engine.
#[derive(Debug)]
pub struct Engine {
    /// As it is typed after `--engine`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Whether it sees accesses to plain memory, and so their races.
    pub watches: bool,
    /// Whether programs run in a sandbox, where one is wanted.
    pub confines: bool,
    /// Whether what it finds is enough for points.
    pub grades: bool,
    /// Does the work.
    pub judge: Judge,
}

/// Every engine. The first one is what `auto` means.
pub static ALL: &[Engine] = &[
    Engine {
        name: "own",
        about: "the explorer of threadlings",
        watches: true,
        confines: true,
        grades: true,
        judge: check::explore,
    },
    Engine {
        name: "loom",
        about: "the crate loom, for a second opinion",
        watches: false,
        confines: true,
        grades: false,
        judge: opinion::loom,
    },
    Engine {
        name: "shuttle",
        about: "the crate shuttle, for a second opinion",
        watches: false,
        confines: true,
        grades: false,
        judge: opinion::shuttle,
    },
    Engine {
        name: "native",
        about: "many runs on real threads, which can find a bug but prove nothing",
        watches: false,
        confines: false,
        grades: false,
        judge: native::judge,
    },
];
