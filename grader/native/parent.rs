//! Our side of the supervisor: starts it, hears it, and ends it however we leave.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::supervisor::SUPERVISOR;
use super::{Request, Runs};

/// What the supervisor gets to end what it has started.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the program as `request` says. `on_progress` hears now and then how many runs have ended.
///
/// # Errors
/// When the system refuses something: no fault of the program.
pub fn count(request: &Request, on_progress: &mut dyn FnMut(u64)) -> io::Result<Runs> {
    let text = serde_json::to_vec(request)?;
    // The running program, even if its file was replaced in the meantime.
    let child = Command::new("/proc/self/exe")
        .arg0(SUPERVISOR)
        .env_clear()
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut supervisor = Guarded(child);
    if let Some(mut input) = supervisor.0.stdin.take() {
        input.write_all(&text)?;
    }
    let output = supervisor
        .0
        .stdout
        .take()
        .ok_or(io::ErrorKind::BrokenPipe)?;
    let mut last = None;
    for line in BufReader::new(output).lines() {
        let line = line?;
        match last {
            Some(runs) if line.is_empty() => return Ok(runs),
            _ => {}
        }
        let runs: Runs = serde_json::from_str(&line)?;
        on_progress(runs.total());
        last = Some(runs);
    }
    let how = supervisor.0.wait()?;
    Err(io::Error::other(format!(
        "the process that runs the program ended early: {how}"
    )))
}

/// Asked to end when dropped, and to take the runs along.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let until = Instant::now() + LAST_WORDS;
        let mut asked = false;
        while let Ok(None) = self.0.try_wait() {
            if Instant::now() > until {
                let _ = self.0.kill();
                let _ = self.0.wait();
                return;
            }
            if !asked && let Ok(id) = i32::try_from(self.0.id()) {
                // SAFETY: no pointers. It has not been waited for, so the number is its own.
                unsafe { libc::kill(id, libc::SIGTERM) };
                asked = true;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}
