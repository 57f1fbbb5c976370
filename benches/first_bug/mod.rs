//! The table of schedules to the first bug: every strategy of ours, and those of shuttle, on programs that are wrong.

mod own;
mod shuttle;

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::measured::grouped;
use crate::programs::{self, Buggy};

/// Searches of one cell, each with another seed.
const SEEDS: u64 = 20;

/// The medians, and what is known from the literature. A search is given up after `cap` schedules.
///
/// # Errors
/// When a program cannot be compiled, or a search cannot be run.
pub fn table(cap: u64) -> Result<(), String> {
    let names: Vec<_> = own::names().chain(shuttle::names()).collect();
    println!("## Schedules to the first bug\n");
    println!("| program | N | {} | published |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(names.len() + 1));
    let stand_in = own::StandIn::compile()?;
    for program in programs::BUGGY {
        let library = stand_in.library(program)?;
        let mut row = format!("| {} | {} |", program.name, program.size);
        for side in [
            format!("own {} {}", program.label(), library.display()),
            format!("shuttle {}", program.label()),
        ] {
            row.push_str(&cells(&side, cap)?);
        }
        println!("{row} {} |", program.published);
    }
    println!();
    Ok(())
}

/// The cells of one program on one side, from a process of its own: what the program prints when it fails is nobody's business.
fn cells(what: &str, cap: u64) -> Result<String, String> {
    let said = Command::new("/proc/self/exe")
        .arg(format!("--first-bug={what}"))
        .arg(format!("--schedules={cap}"))
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("the bench cannot start itself: {error}"))?;
    let text = String::from_utf8_lossy(&said.stdout);
    let line = text.lines().last().unwrap_or_default();
    let cells = line.strip_prefix(WORD);
    cells
        .map(str::to_string)
        .ok_or_else(|| format!("no answer to `--first-bug={what}`"))
}

/// Before the line with the cells.
const WORD: &str = "medians:";

/// The process of [`cells`].
///
/// # Errors
/// When there is no such program, or it cannot be loaded.
pub fn child(what: &str, cap: u64) -> Result<(), String> {
    let words: Vec<_> = what.split(' ').collect();
    let program = |name: &str| {
        let mut all = programs::BUGGY.iter();
        all.find(|program| program.label() == name)
            .ok_or("there is no such program")
    };
    let medians = match words[..] {
        ["own", name, library] => own::medians(program(name)?, cap, library.as_ref())?,
        ["shuttle", name] => shuttle::medians(program(name)?, cap)?,
        _ => return Err("there is no such cell".to_string()),
    };
    let mut line = WORD.to_string();
    for median in medians {
        let shown = median.map_or(format!("> {}", grouped(cap)), grouped);
        let _ = write!(line, " {shown} |");
    }
    println!("\n{line}");
    Ok(())
}

/// The median over [`SEEDS`] searches, rounded up; `None` where that is above `cap`. `search` is given a seed and the most schedules
/// that matter, and tells the number of the one that fails.
fn median(cap: u64, mut search: impl FnMut(u64, u64) -> Option<u64>) -> Option<u64> {
    let middle = SEEDS as usize / 2;
    let mut found: Vec<u64> = Vec::new();
    for seed in 0..SEEDS {
        // What is above the middle of those found cannot get below it again.
        let most = found.get(middle).copied().unwrap_or(cap);
        found.extend(search(seed, most));
        found.sort_unstable();
        if found.len() + ((SEEDS - 1 - seed) as usize) <= middle {
            return None;
        }
    }
    let (below, above) = (found.get(middle - 1)?, found.get(middle)?);
    Some((below + above).div_ceil(2))
}

impl Buggy {
    /// One word for it.
    fn label(&self) -> String {
        format!("{}_{}", self.name, self.size)
    }
}
