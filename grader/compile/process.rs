//! Runs the compiler, so that it ends when we do, and in any case after a while.

use std::io::{self, ErrorKind, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use threadlings::sandbox::Jail;

/// How long a compiler may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Runs `command` to its end, and gives what it wrote.
///
/// # Errors
/// [`ErrorKind::TimedOut`] if it took longer than `limit`, and what the system says if it cannot be run.
pub fn output(command: &mut Command, limit: Duration) -> io::Result<Output> {
    output_of(command, Stdio::null(), limit)
}

/// The same for a command that reads `input`.
///
/// # Errors
/// See [`output`].
pub fn output_of(command: &mut Command, input: Stdio, limit: Duration) -> io::Result<Output> {
    let mut child = Ended(
        ends_with_us(command)
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
    );
    let (out, err) = (child.0.stdout.take(), child.0.stderr.take());
    let (done, when_done) = mpsc::channel();
    thread::spawn(move || {
        let other = thread::spawn(move || all(out, usize::MAX));
        let err = all(err, usize::MAX);
        // Nobody listens any more when the time was up.
        let _ = done.send((other.join().unwrap_or_default(), err));
    });
    match when_done.recv_timeout(limit) {
        Ok((stdout, stderr)) => Ok(Output {
            status: child.0.wait()?,
            stdout,
            stderr,
        }),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(ErrorKind::TimedOut.into())
        }
    }
}

/// Bytes of each stream that are kept of what a confined process writes.
const KEPT: usize = 64 << 10;
/// How often a process is looked at whose output has not ended.
const LOOK: Duration = Duration::from_millis(20);

/// The same in a jail, and in a process group that ends with it. Of what it writes the beginning is kept.
///
/// # Errors
/// See [`output`]; also when the jail cannot be entered.
pub fn confined(command: &mut Command, limit: Duration, jail: Jail) -> io::Result<Output> {
    let enter = move || {
        // What others have left open. A kernel without the call leaves it: then Landlock does not know it either.
        let (first, flag) = (libc::STDERR_FILENO + 1, libc::CLOSE_RANGE_CLOEXEC);
        // SAFETY: no pointers; only what this process inherits is closed, and only when it turns into another program.
        unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, flag) };
        jail.enter()
    };
    let command = ends_with_us(command).process_group(0);
    // SAFETY: between fork and exec only system calls are made, and nothing is allocated: see `Jail::enter`.
    let command = unsafe { command.pre_exec(enter) };
    let mut child = Group(Ended(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
    ));
    let (out, err) = (child.0.0.stdout.take(), child.0.0.stderr.take());
    let (done, when_done) = mpsc::channel();
    thread::spawn(move || {
        let other = thread::spawn(move || all(out, KEPT));
        let err = all(err, KEPT);
        let _ = done.send((other.join().unwrap_or_default(), err));
    });
    let until = Instant::now() + limit;
    let mut heard = None;
    while !(heard.is_some() && child.has_ended()?) {
        if Instant::now() > until {
            return Err(ErrorKind::TimedOut.into());
        }
        match heard {
            None => heard = when_done.recv_timeout(LOOK).ok(),
            Some(_) => thread::sleep(Duration::from_micros(200)),
        }
        if heard.is_none() && child.has_ended()? {
            // Somebody whom it has started holds the streams open.
            child.end();
        }
    }
    child.end();
    let (stdout, stderr) = heard.unwrap_or_default();
    Ok(Output {
        status: child.0.0.wait()?,
        stdout,
        stderr,
    })
}

/// A process and its group. Both are ended when this is dropped.
struct Group(Ended);

impl Group {
    /// Whether the process has ended. Its number stays taken until somebody waits for it.
    fn has_ended(&self) -> io::Result<bool> {
        // SAFETY: all-zero is a valid record, and the call fills it in.
        let (result, found) = unsafe {
            let mut found: libc::siginfo_t = std::mem::zeroed();
            let how = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
            let result = libc::waitid(libc::P_PID, self.0.0.id(), &raw mut found, how);
            (result, found.si_pid())
        };
        match result {
            0 => Ok(found != 0),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn end(&self) {
        if let Ok(number) = i32::try_from(self.0.0.id()) {
            // SAFETY: no pointers. Nobody has waited for the process, so the number is still its own and its group's.
            unsafe { libc::kill(-number, libc::SIGKILL) };
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Unless somebody has waited for it.
        if self.has_ended().is_ok() {
            self.end();
        }
    }
}

/// Killed when dropped, if it still runs.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What comes out of a stream: the first `most` bytes. The rest is read too, so that nobody waits for it to be.
fn all(stream: Option<impl Read>, most: usize) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(mut stream) = stream {
        // What was written before an error is all there is.
        let limit = u64::try_from(most).unwrap_or(u64::MAX);
        let _ = stream.by_ref().take(limit).read_to_end(&mut text);
        if text.len() == most && io::copy(&mut stream, &mut io::sink()).is_ok_and(|rest| rest > 0) {
            let line = text.iter().rposition(|byte| *byte == b'\n');
            text.truncate(line.map_or(0, |end| end + 1));
            text.extend_from_slice(b"... and more, which is left out\n");
        }
    }
    text
}

/// Has the system kill the process when we die, however that comes about.
fn ends_with_us(command: &mut Command) -> &mut Command {
    let us = std::process::id();
    let begin = move || {
        // SAFETY: no pointers; changes the new process only.
        let set = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // SAFETY: no preconditions.
        let parent = unsafe { libc::getppid() };
        if set != 0 || u32::try_from(parent) != Ok(us) {
            return Err(io::Error::from(ErrorKind::Interrupted));
        }
        Ok(())
    };
    // SAFETY: between fork and exec only two system calls are made, and nothing is allocated.
    unsafe { command.pre_exec(begin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_given() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let output = output(&mut command, LIMIT).expect("a shell");
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (output.stdout, output.stderr),
            (b"one\n".to_vec(), b"two\n".to_vec())
        );
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("100");
        let error = output(&mut command, Duration::from_millis(20)).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
