//! The process that starts the runs, on all processors, and ends all that they leave behind.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::SIGTERM;

use super::run::{self, End};
use super::{Request, Runs};

/// The name under which this program starts itself to run another.
pub const SUPERVISOR: &str = "__native";

/// How often the parent hears how far it is.
const TELL: Duration = Duration::from_millis(100);
/// Processor time that a run gets at least, and while nothing is known of others.
const LEAST: Duration = Duration::from_secs(1);
const AT_FIRST: Duration = Duration::from_secs(3);
/// What a run gets: so many times what half of the others took.
const MEDIANS: u32 = 20;
/// So many runs must have ended before theirs is a median.
const ENOUGH: usize = 8;

/// Whether this process is one that [`super::count`] has started: then it must call [`supervise`] before all else.
pub fn is_supervisor() -> bool {
    std::env::args_os()
        .next()
        .is_some_and(|name| name == SUPERVISOR)
}

/// Does what the request on standard input asks for. Each line on standard output is a count so far; the last one is
/// followed by an empty line.
///
/// # Errors
/// When the system refuses something, or the request makes no sense.
pub fn supervise() -> io::Result<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGTERM, Arc::clone(&stopped))?;
    // SAFETY: no pointers; both change this process only.
    let set = unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM)
            | libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1)
    };
    if set != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut request = Vec::new();
    io::stdin().read_to_end(&mut request)?;
    let request: Request = serde_json::from_slice(&request)?;
    let counted = all(&request, &stopped);
    end_orphans();
    say(&counted?)?;
    io::stdout().write_all(b"\n")
}

fn say(runs: &Runs) -> io::Result<()> {
    let mut line = serde_json::to_vec(runs)?;
    line.push(b'\n');
    io::stdout().write_all(&line)
}

/// What the workers share.
#[derive(Default)]
struct State {
    begun: u64,
    runs: Runs,
    times: Vec<Duration>,
    error: Option<io::Error>,
}

impl State {
    /// How long the next run may take.
    fn limit(&mut self) -> Duration {
        if self.times.len() < ENOUGH {
            return AT_FIRST;
        }
        let middle = self.times.len() / 2;
        let (_, median, _) = self.times.select_nth_unstable(middle);
        (*median * MEDIANS).max(LEAST)
    }

    fn note(&mut self, end: End, time: Duration) {
        let count = match end {
            End::Well => &mut self.runs.well,
            End::Failure => &mut self.runs.failed,
            End::Crash => &mut self.runs.crashed,
            End::Stuck => &mut self.runs.stuck,
        };
        *count += 1;
        if end != End::Stuck && self.times.len() < 100 {
            self.times.push(time);
        }
    }
}

fn all(request: &Request, stopped: &AtomicBool) -> io::Result<Runs> {
    let deadline = Instant::now() + Duration::from_millis(request.budget_ms);
    let stop = || stopped.load(Relaxed) || Instant::now() > deadline;
    let state = Mutex::new(State::default());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..request.jobs.max(1))
            .map(|_| scope.spawn(|| work(request, &state, &stop)))
            .collect();
        let mut told = Instant::now();
        while !workers.iter().all(|worker| worker.is_finished()) {
            thread::sleep(Duration::from_millis(5));
            if told.elapsed() > TELL {
                told = Instant::now();
                // Nobody to tell it to is no reason to stop.
                let _ = say(&lock(&state).runs);
            }
        }
    });
    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.error {
        Some(error) => Err(error),
        None => Ok(state.runs),
    }
}

/// Runs, until there are enough.
fn work(request: &Request, state: &Mutex<State>, stop: &(dyn Fn() -> bool + Sync)) {
    loop {
        let limit = {
            let mut state = lock(state);
            if state.begun == request.runs || state.error.is_some() || stop() {
                return;
            }
            state.begun += 1;
            state.limit()
        };
        let begun = Instant::now();
        match run::once(request, limit, stop) {
            Ok(Some(end)) => lock(state).note(end, begun.elapsed()),
            Ok(None) => return,
            Err(error) => lock(state).error = Some(error),
        }
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends what has left the group of its run: all runs are over, so whatever is a child of this process is such a one.
fn end_orphans() {
    // Those of the ended become children in their turn.
    for _ in 0..1000 {
        let orphans = children();
        if orphans.is_empty() {
            return;
        }
        for orphan in orphans {
            let mut status = 0;
            // SAFETY: no pointers; it is our child, and has not been waited for.
            unsafe { libc::kill(orphan, libc::SIGKILL) };
            // SAFETY: a valid place for the status.
            unsafe { libc::waitpid(orphan, &raw mut status, 0) };
            debug_assert!(!ExitStatus::from_raw(status).success());
        }
    }
}

/// The processes whose parent is this one.
fn children() -> Vec<i32> {
    let us = std::process::id().to_string();
    let Ok(all) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = all
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_ours = |process: &i32| {
        let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // After the name, which stands in parentheses: the state, then the parent.
        let rest = status.rsplit_once(')').map_or("", |(_, rest)| rest);
        rest.split_whitespace().nth(1) == Some(&us)
    };
    numbers.filter(is_ours).collect()
}
