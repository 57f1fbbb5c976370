//! The parent of a child process: starts it, watches it, and says how it ended.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::faults;
use super::page::Page;
use super::plugin::Fatal;
use super::protocol::{CHILD, Exploration, LONGEST_MESSAGE, Message, Replay, Request, Task};
use crate::trace::{Crash, Ending, FORMAT, Memory, Step, ThreadEnd, ThreadRecord, Trace};

/// How often the parent looks at a child that says nothing.
const LOOK: Duration = Duration::from_millis(50);
/// What a child gets beyond its budget to write its answer down, before it is ended.
const GRACE: Duration = Duration::from_secs(10);
/// What a child gets to note where it is, or to end after its last message.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// A program that neither runs nor goes on for this many times its silence limit is blocked in the system.
const BLOCKED: u32 = 10;

/// Why there is no answer, through no fault of the program.
#[derive(Debug)]
pub enum Fault {
    /// No child could be started.
    Start(io::Error),
    /// The child says that it cannot.
    Failed(String),
    /// The child died outside the program.
    Died(String),
    /// What the child says makes no sense.
    Malformed(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Start(error) => write!(f, "the child process cannot be started: {error}"),
            Fault::Failed(message) => f.write_str(message),
            Fault::Died(how) => write!(f, "the child process died outside the program: {how}"),
            Fault::Malformed(what) => write!(f, "the child process sent nonsense: {what}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Runs a request in a child process. `on_progress` hears now and then of the executions so far.
///
/// A program that takes the child with it (a crash, an endless loop, a real exit) is an answer too: its last
/// execution, as far as it came, run once more in a second child to be written down.
///
/// # Errors
/// See [`Fault`].
pub fn run(request: &Request, on_progress: &mut dyn FnMut(u64)) -> Result<Exploration, Fault> {
    let page = Page::create().map_err(Fault::Start)?;
    let how = match watched(request, &page, on_progress)? {
        Outcome::Answer(exploration) => return Ok(*exploration),
        Outcome::TooSlow => {
            return Ok(Exploration {
                executions: page.executions(),
                truncated_by: Some("budget".into()),
                ..Exploration::default()
            });
        }
        Outcome::Death(how) => how,
    };
    let fatal = Fatal {
        turn: page.turns(),
        how,
        addresses: page.addresses(),
    };
    let executions = page.executions();
    let written = page.schedule().and_then(|schedule| {
        let again = Request {
            task: Task::Replay(Replay {
                schedule,
                fatal: Some(fatal),
            }),
            ..request.clone()
        };
        match watched(&again, &Page::create().ok()?, &mut |_| ()) {
            Ok(Outcome::Answer(exploration)) => Some(*exploration),
            _ => None,
        }
    });
    let mut exploration = written.unwrap_or_default();
    let told = exploration.failure.take().filter(|trace| {
        // Anything else did not come to the same point.
        matches!(trace.ending, Ending::Crashed { .. })
    });
    exploration.failure = Some(told.unwrap_or_else(|| bare(how, page.schedule())));
    exploration.executions = executions;
    Ok(exploration)
}

/// A death of which nothing else is known.
fn bare(how: Crash, schedule: Option<Vec<Step>>) -> Trace {
    Trace {
        format: FORMAT,
        entry: "main".into(),
        threads: vec![ThreadRecord {
            name: None,
            parent: None,
            spawned_by: None,
            end: ThreadEnd::CutOff,
            joined: false,
        }],
        objects: Vec::new(),
        events: Vec::new(),
        pending: Vec::new(),
        ending: Ending::Crashed { how, thread: 0 },
        schedule: schedule.unwrap_or_default(),
        reached: Vec::new(),
        output: String::new(),
        memory: Memory::Sc,
        remedy: Vec::new(),
    }
}

/// How a child ended.
enum Outcome {
    Answer(Box<Exploration>),
    /// The program killed it.
    Death(Crash),
    /// It did not stop when its time was over.
    TooSlow,
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

fn watched(
    request: &Request,
    page: &Page,
    on_progress: &mut dyn FnMut(u64),
) -> Result<Outcome, Fault> {
    let (mut child, output) = start(request, page).map_err(Fault::Start)?;
    let begun = Instant::now();
    let deadline = begun + Duration::from_millis(request.limits.budget_ms) + GRACE;
    let mut silence = Silence::new(request.limits.silence_ms);
    let mut messages = Messages::of(output);
    let mut ended = None;
    loop {
        let heard = messages.listen(LOOK)?;
        on_progress(page.executions());
        if messages.answer.is_some() || heard == Heard::End {
            break;
        }
        ended = child.0.try_wait().map_err(Fault::Start)?;
        if ended.is_some() {
            messages.rest()?;
            break;
        }
        if silence.too_long(page, &child.0) {
            signal(&child.0, 1, libc::SIGUSR1);
            let _ = wait(&mut child.0, LAST_WORDS);
            return Ok(Outcome::Death(
                faults::cause(page.cause()).unwrap_or(Crash::EndlessLoop),
            ));
        }
        // A program that runs on its own is given the time to show whether it ever stops.
        if Instant::now() > deadline && !silence.goes_on() {
            return Ok(Outcome::TooSlow);
        }
    }
    let ended = match ended {
        Some(status) => Some(status),
        None => wait(&mut child.0, LAST_WORDS).map_err(Fault::Start)?,
    };
    match (messages.answer, ended) {
        // A child that has not ended yet after its last message has nothing to add: it is ended.
        (Some(Message::Done(exploration)), status) if status.is_none_or(|s| s.success()) => {
            Ok(Outcome::Answer(exploration))
        }
        (Some(Message::Failed { message }), _) => Err(Fault::Failed(message)),
        (_, status) => death(page, status),
    }
}

/// What the end of a child without an answer means.
fn death(page: &Page, status: Option<ExitStatus>) -> Result<Outcome, Fault> {
    let (_, running) = page.pulse();
    if running.is_none() {
        let how = status.map_or("it closed its pipe".into(), |status| status.to_string());
        return Err(Fault::Died(how));
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

fn start(request: &Request, page: &Page) -> io::Result<(Guarded, ChildStdout)> {
    let text = serde_json::to_vec(request)?;
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

/// What a child says, through its pipe.
struct Messages {
    output: ChildStdout,
    /// What has not been understood yet: the beginning of a line.
    heard: Vec<u8>,
    /// The last message.
    answer: Option<Message>,
}

/// What came of listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Something,
    Nothing,
    /// There will be no more.
    End,
}

impl Messages {
    fn of(output: ChildStdout) -> Messages {
        Messages {
            output,
            heard: Vec::new(),
            answer: None,
        }
    }

    /// Hears what there is, waiting for it up to `patience`.
    fn listen(&mut self, patience: Duration) -> Result<Heard, Fault> {
        let heard = self.read(patience).map_err(Fault::Start)?;
        if self.heard.len() > LONGEST_MESSAGE {
            return Err(Fault::Malformed("a message without end".into()));
        }
        for line in complete_lines(&mut self.heard) {
            let message = serde_json::from_slice(&line)
                .map_err(|error| Fault::Malformed(error.to_string()))?;
            match (&self.answer, message) {
                (None, Message::Hello) => {}
                (None, message) => self.answer = Some(message),
                (Some(_), _) => return Err(Fault::Malformed("more than one answer".into())),
            }
        }
        Ok(heard)
    }

    /// Hears what a child that has ended has left in its pipe. Something that the program has started may keep
    /// the pipe open, so what is there is all.
    fn rest(&mut self) -> Result<(), Fault> {
        while self.listen(Duration::ZERO)? == Heard::Something {}
        Ok(())
    }

    fn read(&mut self, patience: Duration) -> io::Result<Heard> {
        let mut descriptor = libc::pollfd {
            fd: self.output.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let milliseconds = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: one valid descriptor record.
        let ready = unsafe { libc::poll(&raw mut descriptor, 1, milliseconds) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            return match error.kind() {
                io::ErrorKind::Interrupted if patience.is_zero() => Ok(Heard::Something),
                io::ErrorKind::Interrupted => Ok(Heard::Nothing),
                _ => Err(error),
            };
        }
        if ready == 0 {
            return Ok(Heard::Nothing);
        }
        let mut chunk = [0u8; 64 << 10];
        let count = self.output.read(&mut chunk)?;
        self.heard.extend_from_slice(&chunk[..count]);
        Ok(if count > 0 {
            Heard::Something
        } else {
            Heard::End
        })
    }
}

/// Takes the complete lines off the front.
fn complete_lines(heard: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let Some(end) = heard.iter().rposition(|byte| *byte == b'\n') else {
        return Vec::new();
    };
    let rest = heard.split_off(end + 1);
    let lines = std::mem::replace(heard, rest);
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
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

    /// Whether the program has been running on its own for a while.
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

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::{Message, Messages, complete_lines};

    #[test]
    fn what_a_child_said_before_it_ended_is_heard() {
        let words = r#"printf '"hello"\n{"failed":{"message":"no"}}\n'"#;
        let mut child = Command::new("sh")
            .args(["-c", words])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut messages = Messages::of(child.stdout.take().expect("a pipe"));
        child.wait().expect("our own child");
        messages.rest().expect("two messages");
        assert!(matches!(messages.answer, Some(Message::Failed { .. })));
    }

    #[test]
    fn lines_are_taken_when_they_are_complete() {
        let mut heard = b"one\ntwo\nthr".to_vec();
        assert_eq!(
            complete_lines(&mut heard),
            [b"one".to_vec(), b"two".to_vec()]
        );
        assert_eq!(heard, b"thr");
        assert!(complete_lines(&mut heard).is_empty());
    }
}
