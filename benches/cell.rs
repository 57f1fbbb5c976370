//! One cell of a table: a program under loom or shuttle, in a process of its own, because a failing program may
//! take its process with it, and because neither can be stopped at a time.

use std::panic;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::measured::{End, Measured};
use crate::programs::Program;

/// A program that was made for a library: its name, its size, and its `main`.
type Row = (&'static str, usize, fn());

include!(concat!(env!("OUT_DIR"), "/instances.rs"));

/// A way to explore, beside our own.
pub struct Explorer {
    /// The name on the command line of the process.
    pub name: &'static str,
    /// The programs made for it.
    programs: &'static [Row],
    most_threads: usize,
    explore: fn(fn()),
}

/// Loom without a bound on preemptions.
pub static LOOM: Explorer = loom("loom", |main| check_with_loom(main, None));
/// Loom with at most three preemptions.
pub static LOOM_3: Explorer = loom("loom-3", |main| check_with_loom(main, Some(3)));
/// Loom with at most two preemptions.
pub static LOOM_2: Explorer = loom("loom-2", |main| check_with_loom(main, Some(2)));
/// All schedules, one after the other.
pub static SHUTTLE_DFS: Explorer = shuttle("shuttle-dfs", |main| {
    let all = shuttle::scheduler::DfsScheduler::new(None, false);
    shuttle::Runner::new(all, shuttle::Config::default()).run(counted(main));
});
/// Random schedules without end.
pub static SHUTTLE_RANDOM: Explorer = shuttle("shuttle-random", |main| {
    let endless = shuttle::scheduler::RandomScheduler::new_from_seed(0, usize::MAX);
    shuttle::Runner::new(endless, shuttle::Config::default()).run(counted(main));
});

static ALL: [&Explorer; 5] = [&LOOM, &LOOM_3, &LOOM_2, &SHUTTLE_DFS, &SHUTTLE_RANDOM];

const fn loom(name: &'static str, explore: fn(fn())) -> Explorer {
    Explorer {
        name,
        programs: loom_programs::ALL,
        most_threads: loom::MAX_THREADS,
        explore,
    }
}

const fn shuttle(name: &'static str, explore: fn(fn())) -> Explorer {
    Explorer {
        name,
        programs: shuttle_programs::ALL,
        most_threads: usize::MAX,
        explore,
    }
}

/// Runs a program for at most `cap`, in a process of its own; `None` when the explorer cannot take
/// so many threads.
///
/// # Errors
/// When the process cannot be started.
pub fn measure(
    explorer: &Explorer,
    program: &Program,
    size: usize,
    cap: Duration,
) -> Result<Option<Measured>, String> {
    if (program.threads)(size) > explorer.most_threads {
        return Ok(None);
    }
    let said = Command::new("/proc/self/exe")
        .arg(format!("--cell={} {} {size}", explorer.name, program.name))
        .arg(format!("--cap={}", cap.as_secs_f64()))
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("the bench cannot start itself: {error}"))?;
    // Both libraries print of their own accord; our word is the last line.
    let text = String::from_utf8_lossy(&said.stdout);
    let measured = text.lines().last().and_then(Measured::parse);
    Ok(Some(measured.unwrap_or(Measured {
        end: End::Died,
        executions: 0,
        time: Duration::ZERO,
    })))
}

/// The process of one cell: `what` is the explorer, the program and the size.
pub fn child(what: &str, cap: Duration) -> Result<(), String> {
    let mut words = what.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (explorer, program, size) = (word(), word(), word());
    let explorer = ALL.into_iter().find(|known| known.name == explorer);
    let size = size.parse().unwrap_or_default();
    let (explorer, main) = explorer
        .and_then(|explorer| Some((explorer, main_of(explorer, program, size)?)))
        .ok_or("there is no such cell")?;
    let begun = Instant::now();
    thread::spawn(move || {
        thread::sleep(cap);
        end(End::Cap, begun);
    });
    // What the program reports by a panic ends the search.
    panic::set_hook(Box::new(move |_| end(End::Failed, begun)));
    (explorer.explore)(main);
    end(End::Complete, begun)
}

/// A program's `main`, made for shuttle.
pub fn made_for_shuttle(program: &str, size: usize) -> Option<fn()> {
    main_of(&SHUTTLE_RANDOM, program, size)
}

fn main_of(explorer: &Explorer, program: &str, size: usize) -> Option<fn()> {
    let mut rows = explorer.programs.iter();
    rows.find(|row| (row.0, row.1) == (program, size))
        .map(|row| row.2)
}

static EXECUTIONS: AtomicU64 = AtomicU64::new(0);

fn counted(main: fn()) -> impl Fn() {
    move || {
        EXECUTIONS.fetch_add(1, Ordering::Relaxed);
        main();
    }
}

fn check_with_loom(main: fn(), preemptions: Option<usize>) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(counted(main));
}

/// Says how it ended, once, and ends the process.
fn end(end: End, begun: Instant) -> ! {
    static FIRST: Mutex<()> = Mutex::new(());
    let _kept = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    let measured = Measured {
        end,
        executions: EXECUTIONS.load(Ordering::Relaxed),
        time: begun.elapsed(),
    };
    println!("\n{}", measured.line());
    process::exit(0)
}
