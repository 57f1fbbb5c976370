//! Runs the compiler, so that it ends when we do, and in any case after a while.

use std::io::{self, ErrorKind, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

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
        let other = thread::spawn(move || all(out));
        let err = all(err);
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

/// Killed when dropped, if it still runs.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn all(stream: Option<impl Read>) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(mut stream) = stream {
        // What was written before an error is all there is.
        let _ = stream.read_to_end(&mut text);
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
