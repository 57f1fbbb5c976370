//! The tables of searches: executions and time to a verdict, and executions a second.

use std::time::Duration;

use crate::cell::{self, Explorer, LOOM, LOOM_2, LOOM_3, SHUTTLE_DFS, SHUTTLE_RANDOM};
use crate::measured::{End, Measured, grouped};
use crate::own::{self, Own};
use crate::programs::{self, Program};

/// A program, and how its name goes with `--only`.
pub fn is_wanted(only: Option<&str>, name: &str) -> bool {
    only.is_none_or(|only| only == name)
}

/// The searches of a row, and the memory models of ours.
const MODELS: [&str; 2] = ["sc", "c11"];
const OTHERS: [&Explorer; 4] = [&LOOM, &LOOM_3, &LOOM_2, &SHUTTLE_DFS];

/// Executions and time to proof, or to the first failure. `sizes`: how many of a program's sizes are run. A search
/// that has reached the cap in one size is not run in the next.
///
/// # Errors
/// When a search cannot be run, and, after the table, where ours has run another number of executions than there are
/// traces.
pub fn verdicts(own: &Own, only: Option<&str>, sizes: usize, cap: Duration) -> Result<(), String> {
    let wanted = |program: &&Program| is_wanted(only, program.name);
    let mut wrong = Vec::new();
    let mut begun = false;
    for program in programs::ALL.iter().filter(wanted) {
        if !begun {
            println!("## Executions and time to a verdict\n");
            println!(
                "| program | N | traces | ours, SC | ours, C11 | loom | loom, 3 preemptions | loom, 2 preemptions | shuttle, DFS |"
            );
            println!("|---|---|---|---|---|---|---|---|---|");
            begun = true;
        }
        let ours = MODELS.map(|model| Search::Ours(own, model)).into_iter();
        let mut searches: Vec<_> = ours.chain(OTHERS.map(Search::Other)).map(Some).collect();
        for &size in program.sizes.iter().take(sizes) {
            let traces = (program.traces)(size);
            let shown = traces.map_or("–".to_string(), grouped);
            let mut row = format!("| {} | {size} | {shown} |", program.name);
            for search in &mut searches {
                let measured = match search {
                    Some(search) => search.measure(program, size, cap)?,
                    None => None,
                };
                if let (Some(Search::Ours(_, "sc")), Some(measured)) = (&search, measured)
                    && measured.end == End::Complete
                    && traces.is_some_and(|traces| traces != measured.executions)
                {
                    wrong.push(format!("{}({size})", program.name));
                }
                if measured.is_some_and(|measured| measured.end == End::Cap) {
                    *search = None;
                }
                // More threads than it takes, or too much in a smaller size.
                let text = measured.map_or("–".to_string(), |measured| measured.cell());
                row.push_str(&format!(" {text} |"));
            }
            println!("{row}");
        }
    }
    if begun {
        println!();
    }
    match wrong[..] {
        [] => Ok(()),
        _ => Err(format!(
            "not one execution for each trace: {}",
            wrong.join(", ")
        )),
    }
}

/// What fills a cell.
enum Search<'a> {
    /// Ours, under a memory model.
    Ours(&'a Own, &'static str),
    Other(&'static Explorer),
}

impl Search<'_> {
    fn measure(
        &self,
        program: &Program,
        size: usize,
        cap: Duration,
    ) -> Result<Option<Measured>, String> {
        match self {
            Search::Ours(own, model) => own::measure(own, model, program, size, cap).map(Some),
            Search::Other(explorer) => cell::measure(explorer, program, size, cap),
        }
    }
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
            let ours = own::measure(own, "sc", program, size, cap)?.rate();
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
