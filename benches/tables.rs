//! The tables of searches: executions and time to a verdict, and executions a second.

use std::time::Duration;

use crate::cell::{self, Explorer, LOOM, LOOM_2, LOOM_3, SHUTTLE_DFS, SHUTTLE_RANDOM};
use crate::own::{self, Own};
use crate::programs::{self, Program};

/// A program, and how its name goes with `--only`.
pub fn is_wanted(only: Option<&str>, name: &str) -> bool {
    only.is_none_or(|only| only == name)
}

/// Executions and time to proof, or to the first failure. `largest`: how many of a program's sizes are run.
///
/// # Errors
/// When a search cannot be run.
pub fn verdicts(own: &Own, only: Option<&str>, sizes: usize, cap: Duration) -> Result<(), String> {
    let wanted = |program: &&Program| is_wanted(only, program.name);
    let mut begun = false;
    for program in programs::ALL.iter().filter(wanted) {
        if !begun {
            println!("## Executions and time to a verdict\n");
            println!(
                "| program | N | Threadlings | loom | loom, 3 preemptions | loom, 2 preemptions | shuttle, DFS |"
            );
            println!("|---|---|---|---|---|---|---|");
            begun = true;
        }
        for &size in program.sizes.iter().take(sizes) {
            let ours = own::measure(own, program, size, cap)?.cell();
            let mut row = format!("| {} | {size} | {ours} |", program.name);
            for explorer in [&LOOM, &LOOM_3, &LOOM_2, &SHUTTLE_DFS] {
                let measured = cell::measure(explorer, program, size, cap)?;
                // More threads than it takes.
                let text = measured.map_or("–".to_string(), |measured| measured.cell());
                row.push_str(&format!(" {text} |"));
            }
            println!("{row}");
        }
    }
    if begun {
        println!();
    }
    Ok(())
}

/// Programs whose rate is measured: in the size that loom takes, and in one that keeps us busy.
const RATES: [(&str, [usize; 2]); 2] = [("locked", [4, 8]), ("racy", [4, 6])];

/// Executions a second.
///
/// # Errors
/// When a search cannot be run.
pub fn rates(own: &Own, cap: Duration) -> Result<(), String> {
    println!("## Executions a second\n");
    println!("| program | N | Threadlings | loom | shuttle, DFS | shuttle, random |");
    println!("|---|---|---|---|---|---|");
    for program in programs::ALL {
        let sizes = RATES.iter().find(|(name, _)| *name == program.name);
        for &size in sizes.map_or(&[][..], |(_, sizes)| sizes) {
            let ours = own::measure(own, program, size, cap)?.rate();
            let mut row = format!("| {} | {size} | {ours} |", program.name);
            for explorer in [&LOOM, &SHUTTLE_DFS, &SHUTTLE_RANDOM] {
                row.push_str(&format!(" {} |", rate(explorer, program, size, cap)?));
            }
            println!("{row}");
        }
    }
    println!();
    Ok(())
}

fn rate(
    explorer: &Explorer,
    program: &Program,
    size: usize,
    cap: Duration,
) -> Result<String, String> {
    let measured = cell::measure(explorer, program, size, cap)?;
    Ok(measured.map_or("–".to_string(), |measured| measured.rate()))
}
