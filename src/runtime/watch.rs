//! A child process from its start to its end, seen from its parent.

use std::io::{self, Write};
use std::os::fd::RawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::fault::Fault;
use super::faults;
use super::messages::{Heard, Messages};
use super::page::Page;
use super::protocol::{CHILD, Estimate, Exploration, Message, Order, Request};
use super::{answer, nonce};
use crate::trace::Crash;

/// How often a parent looks at a child that says nothing.
pub const LOOK: Duration = Duration::from_millis(50);
/// What a child gets to note where it is, or to end after its last message.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// A program that neither runs nor goes on for this many times its silence limit is blocked in the system.
const BLOCKED: u32 = 10;

/// How a child ended.
pub enum Outcome {
    /// By itself.
    Answer(Box<Exploration>),
    /// The program killed it.
    Death(Crash),
}

/// A child at work. It ends when this is dropped.
pub struct Watched {
    child: Guarded,
    messages: Messages,
    silence: Silence,
    page: Page,
    request: Request,
}

impl Watched {
    /// Starts a child that does what `request` asks for.
    pub fn start(request: &Request) -> Result<Watched, Fault> {
        let page = Page::create().map_err(Fault::Start)?;
        let nonce = nonce::new().map_err(Fault::Start)?;
        let order = Order {
            nonce,
            request: request.clone(),
        };
        let (child, output) = start(&order, &page).map_err(Fault::Start)?;
        let Order { nonce, request } = order;
        Ok(Watched {
            child,
            messages: Messages::of(output, nonce),
            silence: Silence::new(request.limits.silence_ms),
            page,
            request,
        })
    }

    /// The page on which the child notes where it is.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What the child believes of the proof in progress.
    pub fn estimate(&self) -> Option<Estimate> {
        self.messages.estimate
    }

    /// The pipe in which something is to be heard when the child has something to say, or has ended.
    pub fn descriptor(&self) -> RawFd {
        self.messages.descriptor()
    }

    /// Whether the program has been running for a while without a concurrent operation.
    pub fn is_silent(&self) -> bool {
        self.silence.goes_on()
    }

    /// How the child has ended, if it has. To be asked when there is something to hear, and every [`LOOK`].
    pub fn look(&mut self) -> Result<Option<Outcome>, Fault> {
        let heard = self.messages.listen()?;
        if self.messages.answer.is_some() || heard == Heard::End {
            let status = wait(&mut self.child.0, LAST_WORDS).map_err(Fault::Start)?;
            return self.ended(status).map(Some);
        }
        let ended = self.child.0.try_wait().map_err(Fault::Start)?;
        if ended.is_some() {
            self.messages.rest()?;
            return self.ended(ended).map(Some);
        }
        if self.silence.too_long(&self.page, &self.child.0) {
            signal(&self.child.0, 1, libc::SIGUSR1);
            let _ = wait(&mut self.child.0, LAST_WORDS);
            let how = faults::cause(self.page.cause()).unwrap_or(Crash::EndlessLoop);
            return Ok(Some(Outcome::Death(how)));
        }
        Ok(None)
    }

    fn ended(&mut self, status: Option<ExitStatus>) -> Result<Outcome, Fault> {
        match (self.messages.answer.take(), status) {
            // A child that has not ended yet after its last message has nothing to add: it is ended.
            (Some(Message::Done(exploration)), status) if status.is_none_or(|s| s.success()) => {
                answer::examine(&exploration, &self.request, &self.page)?;
                Ok(Outcome::Answer(exploration))
            }
            (Some(Message::Failed { message }), _) => Err(Fault::Failed(message)),
            (_, status) => death(&self.page, self.request.watch, status),
        }
    }
}

/// Ends the process when dropped, however the parent leaves.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // The group too: whatever the program has started.
        signal(&self.0, -1, libc::SIGKILL);
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the end of a child without an answer means. One whose program `may_meddle`, as it has unsafe code, can have been
/// made to end between the program's turns: its memory or its descriptors are not what they were.
fn death(page: &Page, may_meddle: bool, status: Option<ExitStatus>) -> Result<Outcome, Fault> {
    let (_, running) = page.pulse();
    if running.is_none() {
        let how = status.map_or("it closed its pipe".into(), |status| status.to_string());
        let has_run = page.executions() > 0;
        // The kernel's, when memory runs out.
        let is_killed = status.and_then(|status| status.signal()) == Some(libc::SIGKILL);
        return Err(if may_meddle && has_run && !is_killed {
            Fault::Malformed(format!("it ended outside the program ({how})"))
        } else {
            Fault::Died(how)
        });
    }
    let by_signal = |signal| match signal {
        libc::SIGSEGV | libc::SIGBUS => Crash::Segfault,
        libc::SIGABRT | libc::SIGILL | libc::SIGTRAP => Crash::Abort,
        // Not ours: the kernel's, when memory runs out.
        libc::SIGKILL => Crash::OutOfMemory,
        _ => Crash::Other,
    };
    let noted = status
        .filter(|status| status.code() == Some(faults::STATUS))
        .and_then(|_| faults::cause(page.cause()));
    let how = noted
        .or_else(|| status.and_then(|status| status.signal()).map(by_signal))
        .unwrap_or(Crash::Other);
    Ok(Outcome::Death(how))
}

fn start(order: &Order, page: &Page) -> io::Result<(Guarded, ChildStdout)> {
    let text = serde_json::to_vec(order)?;
    // The running program, even if its file was replaced in the meantime.
    let mut child = Command::new("/proc/self/exe")
        // Not an argument: the program would see one.
        .arg0(CHILD)
        .env_clear()
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::from(page.file().try_clone()?))
        .spawn()
        .map(Guarded)?;
    if let Some(mut input) = child.0.stdin.take() {
        match input.write_all(&text) {
            // It died at once: its status tells more.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => result?,
        }
    }
    let output = child.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    Ok((child, output))
}

fn wait(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + patience;
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > until {
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Sends a signal to the child (`direction` 1) or its process group (-1).
fn signal(child: &Child, direction: i32, signal: i32) {
    if let Ok(id) = i32::try_from(child.id()) {
        // SAFETY: no pointers. The child has not been waited for, so the number is still its own.
        unsafe { libc::kill(direction * id, signal) };
    }
}

/// Tells a program that runs on without any concurrent operation from a machine that is busy: what counts is
/// the child's processor time.
struct Silence {
    limit: Duration,
    pulse: (u64, Option<u32>),
    since: Instant,
    used: Duration,
}

impl Silence {
    fn new(milliseconds: u64) -> Silence {
        Silence {
            limit: Duration::from_millis(milliseconds),
            pulse: (0, None),
            since: Instant::now(),
            used: Duration::ZERO,
        }
    }

    /// Whether it has lasted for more than the time between two looks.
    fn goes_on(&self) -> bool {
        self.pulse.1.is_some() && self.since.elapsed() > LOOK * 4
    }

    fn too_long(&mut self, page: &Page, child: &Child) -> bool {
        let pulse = page.pulse();
        let used = processor_time(child);
        if pulse != self.pulse || pulse.1.is_none() {
            self.pulse = pulse;
            self.since = Instant::now();
            self.used = used.unwrap_or_default();
            return false;
        }
        let waited = self.since.elapsed();
        let busy = used.map_or(waited, |used| used.saturating_sub(self.used));
        busy > self.limit || waited > self.limit * BLOCKED
    }
}

fn processor_time(child: &Child) -> Option<Duration> {
    let mut clock = 0;
    // SAFETY: the pointer is valid for the call.
    let found =
        unsafe { libc::clock_getcpuclockid(i32::try_from(child.id()).ok()?, &raw mut clock) };
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: as above.
    if found != 0 || unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return None;
    }
    Some(Duration::new(
        u64::try_from(time.tv_sec).ok()?,
        u32::try_from(time.tv_nsec).ok()?,
    ))
}
