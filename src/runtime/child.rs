//! The child process: loads the program, explores it, sends the result, and ends.
//!
//! Whatever the program does to this process, the parent sees it from outside.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::accesses::{self, Watcher};
use super::faults;
use super::page::Page;
use super::plugin::Plugin;
use super::protocol::{
    CHILD, Estimate, Exploration, Hunt, Line, Message, Order, Replay, Request, Task,
};
use crate::execution::Execution;
use crate::explore::hunt::{Found, Round, hunt, is_hopeless};
use crate::explore::remedy::{Strengthened, remedy};
use crate::explore::search::{Control, Options, Progress, Truncation, explore, replay};
use crate::explore::strategy::Divergence;
use crate::explore::threads::ThreadNames;
use crate::guest::Guest;
use crate::opinions;
use crate::sandbox::{self, Jail};
use crate::trace::{Ending, Step, Trace};
use crate::witness::relinearise;

/// The longest request, in bytes.
const LONGEST_REQUEST: u64 = 64 << 20;
/// One that is not longer is nowhere else in memory.
const USUAL_REQUEST: usize = 64 << 10;

/// Whether this process is one that [`super::run`] has started: then it must call [`child_main`] before all else.
#[must_use]
pub fn is_child() -> bool {
    std::env::args_os().next().is_some_and(|name| name == CHILD)
}

/// Does what the request on standard input asks for. Standard output takes the messages, standard error is
/// the shared page; both are moved out of the program's reach by name.
pub fn child_main() -> ! {
    let status = match serve() {
        Ok(()) => 0,
        Err(_) => 1,
    };
    // SAFETY: no preconditions. Destructors of the program's thread locals must not run.
    unsafe { libc::_exit(status) }
}

fn serve() -> io::Result<()> {
    die_with_parent()?;
    close_the_rest();
    // Not by way of std's own buffer, in which it would stay.
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut order = Vec::with_capacity(USUAL_REQUEST);
    input.take(LONGEST_REQUEST).read_to_end(&mut order)?;
    let output = moved(libc::STDOUT_FILENO)?;
    let page = moved(libc::STDERR_FILENO)?;
    silence()?;
    let Order { nonce, request } = serde_json::from_slice(&order)?;
    // Nowhere else in memory.
    order.fill(0);
    let mut messages = Messages {
        output,
        nonce,
        number: 0,
    };
    let told = catch_unwind(AssertUnwindSafe(|| perform(&request, page, &mut messages)));
    let last = match told {
        Ok(Ok(exploration)) => Message::Done(Box::new(exploration)),
        Ok(Err(message)) => Message::Failed { message },
        Err(panic) => Message::Failed {
            message: panic_text(panic.as_ref()),
        },
    };
    messages.send(last)
}

/// What this process says, on a descriptor that the program does not know.
struct Messages {
    output: File,
    nonce: String,
    /// How much it has said.
    number: u64,
}

impl Messages {
    fn send(&mut self, message: Message) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line {
            nonce: self.nonce.clone(),
            number: self.number,
            message,
        })?;
        self.number += 1;
        line.push(b'\n');
        self.output.write_all(&line)
    }
}

fn perform(request: &Request, page: File, messages: &mut Messages) -> Result<Exploration, String> {
    let begun = Instant::now();
    let system = |error: io::Error| error.to_string();
    let noted = Page::open(page.try_clone().map_err(system)?).map_err(system)?;
    faults::install(Box::leak(Box::new(noted))).map_err(system)?;
    let own = Page::open(page.try_clone().map_err(system)?).map_err(system)?;
    let heap = usize::try_from(request.limits.memory).map_err(|error| error.to_string())?;
    let page = Page::open(page).map_err(system)?;
    confine(request, messages).map_err(unconfined)?;
    // SAFETY: this process exists to run this library, which the parent has compiled.
    let mut plugin = unsafe { Plugin::load(&request.library, request.entry, heap, page) }
        .map_err(|error| error.to_string())?;
    plugin.set_unused(request.unused.clone());
    if request.watch {
        plugin.watch(&request.sources);
    }
    sandbox::seal(&request.layers, messages.output.as_raw_fd()).map_err(unconfined)?;
    messages.send(Message::Hello).map_err(system)?;
    match &request.task {
        Task::Explore(settings) => {
            let budget = Duration::from_millis(request.limits.budget_ms);
            let mut clock = Clock::new(begun, budget);
            let on_progress = |progress: &_| {
                if let Some(news) = clock.hear(progress, own.executions()) {
                    // A parent that does not listen is gone, and this process with it.
                    let _ = messages.send(Message::Proof(news));
                }
                clock.control()
            };
            search(
                &mut plugin,
                &(*settings).into(),
                &request.sources,
                on_progress,
            )
        }
        Task::Hunt(task) => {
            let budget = Duration::from_millis(request.limits.budget_ms);
            let mut may_begin = |round: Round| {
                let begins =
                    task.end.is_none_or(|end| round.number < end) && begun.elapsed() < budget;
                if begins {
                    own.begin_round(round.number, round.is_own);
                }
                begins
            };
            take_part(&mut plugin, task, &request.sources, &mut may_begin)
        }
        Task::Replay(task) => run_again(&mut plugin, task, &request.sources),
        Task::Try => {
            // Found out on the way, it would begin anew.
            accesses::with(Watcher::watch_all_stacks);
            Ok(Exploration {
                executions: 1,
                ending: Some(again(&mut plugin, &[])?.ending),
                ..summary(&plugin)
            })
        }
        Task::Ask(witness, patience) => Ok(Exploration {
            entries: plugin.entries(),
            opinion: Some(opinions::ask(plugin, *witness, *patience)),
            ..Exploration::default()
        }),
    }
}

/// Decides when a proof has had its share of the budget.
struct Clock {
    begun: Instant,
    budget: Duration,
    estimate: Option<f64>,
    /// What a proof may use.
    share: Duration,
}

impl Clock {
    fn new(begun: Instant, budget: Duration) -> Clock {
        Clock {
            begun,
            budget,
            estimate: None,
            share: budget * 2 / 3,
        }
    }

    /// Whether a proof was begun or its size estimated. One that is hopeless gets a quarter of the budget, and not
    /// nothing, since estimates may err. This is decided once: later it would look the worse the less time is left.
    fn hear(&mut self, progress: &Progress, executions: u64) -> Option<Option<Estimate>> {
        if progress.estimate == self.estimate {
            return None;
        }
        self.estimate = progress.estimate;
        let Some(interleavings) = progress.estimate else {
            self.share = self.budget * 2 / 3;
            return Some(None);
        };
        let spent = self.begun.elapsed();
        let left = self.share.saturating_sub(spent).as_secs_f64();
        let affordable = left / spent.as_secs_f64() * progress.executions as f64;
        let hopeless = is_hopeless(interleavings - progress.covered as f64, affordable);
        if hopeless {
            self.share = self.budget / 4;
        }
        Some(Some(Estimate {
            interleavings,
            executions,
            covered: progress.covered,
            hopeless,
        }))
    }

    fn control(&self) -> Control {
        match self.begun.elapsed() {
            elapsed if elapsed < self.share => Control::Continue,
            elapsed if elapsed < self.budget => Control::Hunt,
            _ => Control::Stop,
        }
    }
}

fn search(
    plugin: &mut Plugin,
    options: &Options,
    sources: &[String],
    mut on_progress: impl FnMut(&Progress) -> Control,
) -> Result<Exploration, String> {
    let names = &mut ThreadNames::default();
    let search = explore(plugin, names, options, &mut on_progress);
    plugin.finish();
    if let Some(divergence) = search.diverged {
        return Err(unrepeatable(&divergence));
    }
    let mut exploration = Exploration {
        executions: search.executions,
        complete: search.complete,
        truncated_by: search.truncated_by.map(|why| {
            let word = match why {
                Truncation::Budget => "budget",
                Truncation::Interleavings => "interleavings",
                Truncation::Steps => "steps",
                Truncation::Loop => "loop",
                Truncation::Stores => "stores",
            };
            word.to_owned()
        }),
        hunted: search.hunted,
        swept: search.swept,
        hunt: search.hunt,
        single: search.single,
        memory: search.memory,
        sequential: search.sequential,
        spurious: search.noticed.spurious_possible,
        ..summary(plugin)
    };
    // What was not watched may race.
    if exploration.complete && accesses::with(|watcher| watcher.was_full()) == Some(true) {
        exploration.complete = false;
        exploration.truncated_by = Some("watched".to_owned());
    }
    if let Some(execution) = &search.failure {
        let schedule = if search.hunted > 0 {
            shortened(plugin, execution)
        } else {
            execution.schedule.clone()
        };
        exploration.failure = Some(written_down(plugin, &schedule, sources)?);
    }
    Ok(exploration)
}

fn take_part(
    plugin: &mut Plugin,
    task: &Hunt,
    sources: &[String],
    may_begin: &mut dyn FnMut(Round) -> bool,
) -> Result<Exploration, String> {
    let options = task.settings.into();
    let names = &mut ThreadNames::default();
    accesses::with(Watcher::watch_all_stacks);
    let found = hunt(plugin, names, &options, &task.plan, task.share, may_begin);
    plugin.finish();
    let mut exploration = summary(plugin);
    match found {
        Found::Nothing => {}
        Found::Diverged(divergence) => return Err(unrepeatable(&divergence)),
        Found::Failure(execution) => {
            let schedule = shortened(plugin, &execution);
            exploration.failure = Some(written_down(plugin, &schedule, sources)?);
        }
    }
    Ok(exploration)
}

/// The decisions of a failing execution up to where nothing more needs to be decided: if no thread is interrupted from
/// there on, it still fails in the same way. Random schedules go on switching long after it matters.
fn shortened(plugin: &mut Plugin, execution: &Execution) -> Vec<Step> {
    let mut shortest = execution.schedule.clone();
    let (mut too_short, mut enough) = (0, shortest.len());
    while too_short < enough {
        let middle = too_short.midpoint(enough);
        match again(plugin, &execution.schedule[..middle]) {
            Ok(other) if other.ending == execution.ending => {
                enough = middle;
                shortest = other.schedule;
            }
            _ => too_short = middle + 1,
        }
    }
    shortest
}

fn run_again(
    plugin: &mut Plugin,
    task: &Replay,
    sources: &[String],
) -> Result<Exploration, String> {
    accesses::with(Watcher::watch_all_stacks);
    let remedy = match task.fatal {
        None => remedy_for(plugin, &task.schedule)?,
        Some(_) => Vec::new(),
    };
    let mut trace = recorded(plugin, task, &remedy, sources)?;
    if let (Some(fatal), Ending::Crashed { how, .. }) = (&task.fatal, &mut trace.ending) {
        *how = fatal.how;
    }
    plugin.finish();
    Ok(Exploration {
        executions: 1,
        failure: Some(trace),
        ..summary(plugin)
    })
}

/// The failing execution: with the fewest switches between threads, if that order fails in the same way.
fn written_down(
    plugin: &mut Plugin,
    schedule: &[Step],
    sources: &[String],
) -> Result<Trace, String> {
    let remedy = remedy_for(plugin, schedule)?;
    let mut recorded = |schedule: Vec<Step>| {
        let fatal = None;
        recorded(plugin, &Replay { schedule, fatal }, &remedy, sources)
    };
    let original = recorded(schedule.to_vec())?;
    Ok(match recorded(relinearise(&original)) {
        Ok(simpler) if simpler.ending == original.ending => simpler,
        _ => original,
    })
}

/// Runs a schedule, whose threads are numbered by creation, and writes it down.
fn recorded(
    plugin: &mut Plugin,
    task: &Replay,
    remedy: &[Strengthened],
    sources: &[String],
) -> Result<Trace, String> {
    if plugin.watches_accesses() {
        // Which accesses race is known only when they have happened.
        plugin.fatal.clone_from(&task.fatal);
        again(plugin, &task.schedule)?;
        plugin.want_race();
    }
    plugin.record(sources);
    plugin.fatal.clone_from(&task.fatal);
    let execution = again(plugin, &task.schedule)?;
    Ok(plugin.trace(&execution, remedy))
}

fn remedy_for(plugin: &mut Plugin, schedule: &[Step]) -> Result<Vec<Strengthened>, String> {
    let execution = again(plugin, schedule)?;
    Ok(remedy(plugin, &execution))
}

fn again(plugin: &mut Plugin, schedule: &[Step]) -> Result<Execution, String> {
    // New names: in a run of its own, the numbers of the threads are those of their creation.
    replay(plugin, &mut ThreadNames::default(), schedule)
        .map_err(|divergence| unrepeatable(&divergence))
}

fn unrepeatable(divergence: &Divergence) -> String {
    format!(
        "the program behaves differently under the same schedule (step {}: {})",
        divergence.step, divergence.explanation
    )
}

fn summary(plugin: &Plugin) -> Exploration {
    let notes = plugin.notes();
    let reached: BTreeSet<String> = notes
        .reached
        .iter()
        .map(|goal| String::from_utf8_lossy(goal).into_owned())
        .collect();
    Exploration {
        entries: plugin.entries(),
        reached: reached.into_iter().collect(),
        weak_ordering: notes.weak_ordering,
        cut_off: notes.cut_off,
        output: String::from_utf8_lossy(&plugin.output).into_owned(),
        ..Exploration::default()
    }
}

/// Makes the kernel end this process with its parent.
fn die_with_parent() -> io::Result<()> {
    // SAFETY: no pointers; changes this process only.
    let result = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    let no_core = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a valid limit.
    let limited = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core) };
    if result != 0 || limited != 0 {
        return Err(io::Error::last_os_error());
    }
    if is_orphan()? {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(())
}

/// Whether the parent had died before it was asked to take this process along: nobody holds the other end of the
/// pipe for the messages.
fn is_orphan() -> io::Result<bool> {
    let mut output = libc::pollfd {
        fd: libc::STDOUT_FILENO,
        events: 0,
        revents: 0,
    };
    // SAFETY: one valid record.
    if unsafe { libc::poll(&raw mut output, 1, 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(output.revents & libc::POLLERR != 0)
}

/// A private copy of a descriptor.
fn moved(descriptor: i32) -> io::Result<File> {
    // SAFETY: no pointers. The lowest number is out of the way of what a program closes by habit.
    let copy = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 100) };
    if copy < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just made, and nobody else's.
    Ok(unsafe { File::from_raw_fd(copy) })
}

/// Closes what was open in whoever started the parent: it may be anything, and the program is not to have it.
fn close_the_rest() {
    let first = libc::STDERR_FILENO + 1;
    // SAFETY: no pointers. This process has opened nothing yet. A kernel without the call closes nothing.
    unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) };
}

/// Puts the sandbox on.
fn confine(request: &Request, messages: &Messages) -> io::Result<()> {
    let descriptor = messages.output.as_raw_fd();
    let limits = &request.limits;
    let seconds = limits.budget_ms.div_ceil(1000);
    let library = &request.library;
    let layers = &request.layers;
    Jail::for_runner(layers, library, limits.memory, seconds, descriptor)?.enter()
}

fn unconfined(error: io::Error) -> String {
    format!("the sandbox cannot be put on: {error}")
}

/// Points the standard streams at nothing.
fn silence() -> io::Result<()> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    for stream in 0..=2 {
        // SAFETY: both descriptors are open; the standard streams are replaced, not closed.
        if unsafe { libc::dup2(nothing.as_raw_fd(), stream) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    let kept = nothing.into_raw_fd();
    if kept > 2 {
        // SAFETY: ours, and no longer needed.
        unsafe { libc::close(kept) };
    }
    Ok(())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!(
        "the explorer panicked: {}",
        text.unwrap_or("without a message")
    )
}
