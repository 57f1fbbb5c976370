//! One run: a process with limits, watched until it ends or never will.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Request;
use super::blocked::Watch;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With success.
    Well,
    /// With an exit code that says failure: a panic, an error, an exit.
    Failure,
    /// By a signal.
    Crash,
    /// Never: its threads wait for each other, or its time was over.
    Stuck,
}

/// Bytes beside the memory that a program may use: the stacks of its threads, 2 MiB each, are not all used.
const STACKS: u64 = 512 << 20;
/// When a run is looked at for the first time, and how often from then on.
const LOOK: Duration = Duration::from_millis(10);
/// On a busy machine, and where a program sleeps, so many times its processor time may pass.
const PATIENCE: u32 = 10;

/// Runs the program once, for at most `limit` of processor time; `None` if it is told to `stop` meanwhile.
///
/// # Errors
/// When the process cannot be started or watched.
pub fn once(
    request: &Request,
    limit: Duration,
    stop: &dyn Fn() -> bool,
) -> io::Result<Option<End>> {
    let mut run = Run(command(request).spawn()?);
    let begun = Instant::now();
    let mut watch = Watch::of(run.0.id());
    let mut look = LOOK;
    let mut pause = Duration::from_micros(100);
    while !run.has_ended()? {
        if stop() {
            return Ok(None);
        }
        let passed = begun.elapsed();
        if passed > look {
            look = passed + LOOK;
            let is_over = run.processor_time() > limit || passed > limit * PATIENCE;
            if is_over || watch.is_deadlocked() {
                return Ok(Some(End::Stuck));
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(5));
    }
    run.end_group();
    let status = run.0.wait()?;
    Ok(Some(match status.code() {
        Some(0) => End::Well,
        Some(_) => End::Failure,
        None => End::Crash,
    }))
}

fn command(request: &Request) -> Command {
    let mut command = Command::new(&request.executable);
    command
        .args(&request.argument)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let limits = limits(request);
    let supervisor = std::process::id();
    let begin = move || {
        for (what, limit) in limits {
            // SAFETY: a valid limit.
            if unsafe { libc::setrlimit(what, &raw const limit) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        // SAFETY: no pointers; changes the new process only.
        let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // SAFETY: no preconditions.
        let parent = unsafe { libc::getppid() };
        if set != 0 || u32::try_from(parent) != Ok(supervisor) {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only system calls are made, and nothing is allocated.
    unsafe { command.pre_exec(begin) };
    command
}

/// The system's own limits, for what a look at the process does not catch in time.
fn limits(request: &Request) -> [(libc::__rlimit_resource_t, libc::rlimit); 3] {
    let processors = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    [
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_DATA, request.memory.saturating_add(STACKS)),
        // For the case that nobody is left to look.
        (
            libc::RLIMIT_CPU,
            (request.budget_ms / 1000 + 2).saturating_mul(processors),
        ),
    ]
    .map(|(what, wanted)| {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: libc::RLIM_INFINITY,
        };
        // SAFETY: a valid place for the limit, which keeps its value if this fails.
        unsafe { libc::getrlimit(what, &raw mut limit) };
        // Nobody may raise what is limited already.
        let most = wanted.min(limit.rlim_max);
        let limit = libc::rlimit {
            rlim_cur: most,
            rlim_max: most,
        };
        (what, limit)
    })
}

/// A process, ended with all that it has started when dropped.
struct Run(Child);

impl Run {
    /// Whether it has ended. It stays a zombie, so that its number is its own.
    fn has_ended(&self) -> io::Result<bool> {
        // SAFETY: all-zero is a valid record.
        let mut found: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: a valid record to write to.
        if unsafe { libc::waitid(libc::P_PID, self.0.id(), &raw mut found, flags) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: waitid has filled the record, or left it zero.
        Ok(unsafe { found.si_pid() } != 0)
    }

    /// What all its threads have used; nothing where it has just ended.
    fn processor_time(&self) -> Duration {
        let Ok(id) = i32::try_from(self.0.id()) else {
            return Duration::ZERO;
        };
        let mut clock = 0;
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: valid places for the number of the clock, and for the time.
        let failed = unsafe {
            libc::clock_getcpuclockid(id, &raw mut clock) != 0
                || libc::clock_gettime(clock, &raw mut time) != 0
        };
        if failed {
            return Duration::ZERO;
        }
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
    }

    /// Ends whatever it has started and left behind in its group.
    fn end_group(&self) {
        if let Ok(id) = i32::try_from(self.0.id()) {
            // SAFETY: no pointers. The process has not been waited for, so the number of its group is its own.
            unsafe { libc::kill(-id, libc::SIGKILL) };
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // After the wait the number may be somebody else's.
        if let Ok(None) = self.0.try_wait() {
            self.end_group();
            let _ = self.0.wait();
        }
    }
}
