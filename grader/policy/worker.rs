//! The process that reads a stranger's text: this program once more, with nothing but the text.
//!
//! Parsers recurse, and a text can be made to use up any stack; so it is read where nothing is lost by that. On the
//! way it is read as the grader itself will read it later, on a fraction of the stack that the grader has.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use threadlings::names::Sources;
use threadlings::sandbox::{Jail, Layers};

use super::{Reading, reading};
use crate::compile::process;
use crate::failure::{Failure, Fault};

/// The name under which this program starts itself to read a text.
const WORKER: &str = "__read";

/// Bytes of stack for reading. A thread of the grader has at least 2 MiB.
const STACK: usize = 1 << 20;

/// How long the worker may take; its processor time is limited too, which is hit first.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether this process is to read a text: then it must call [`worker_main`] before all else.
pub fn is_worker() -> bool {
    std::env::args_os()
        .next()
        .is_some_and(|name| name == WORKER)
}

/// Reads the text on standard input, and tells what it contains on standard output.
///
/// # Errors
/// When it cannot be confined, or nobody listens.
pub fn worker_main() -> io::Result<()> {
    let allow_unsafe = std::env::args().nth(1).is_some_and(|word| word == "unsafe");
    let jail = Jail::for_inspector(&Layers::available())?;
    let read = thread::Builder::new().stack_size(STACK).spawn(move || {
        jail.enter()?;
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        let reading = reading::read(&text, allow_unsafe);
        drop(Sources::new([(String::new(), text)]));
        io::stdout().write_all(&serde_json::to_vec(&reading)?)
    })?;
    read.join().map_err(|_| io::Error::other("it panicked"))?
}

/// What `text` contains, as a new worker says.
///
/// # Errors
/// When it cannot be started, or ends for no reason that the text could have.
pub fn read(text: &str, allow_unsafe: bool) -> Result<Reading, Failure> {
    let ours = |error: io::Error| Fault(format!("the answer cannot be read here: {error}"));
    let mut command = Command::new("/proc/self/exe");
    command
        .arg0(WORKER)
        .arg(if allow_unsafe { "unsafe" } else { "safe" })
        .env_clear();
    let input = input(text).map_err(ours)?;
    let ended = match process::output_of(&mut command, Stdio::from(input), PATIENCE) {
        Ok(ended) => ended,
        Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(overwhelmed(TOO_LONG)),
        Err(error) => return Err(ours(error).into()),
    };
    if ended.status.success() {
        return serde_json::from_slice(&ended.stdout)
            .map_err(|error| Fault(format!("the answer was not read to its end: {error}")).into());
    }
    use std::os::unix::process::ExitStatusExt;
    match ended.status.signal() {
        Some(libc::SIGXCPU | libc::SIGKILL) => Ok(overwhelmed(TOO_LONG)),
        Some(libc::SIGSEGV | libc::SIGABRT | libc::SIGBUS) => Ok(overwhelmed(TOO_DEEP)),
        _ => Err(ours(io::Error::other(ended.status.to_string())).into()),
    }
}

const TOO_DEEP: &str = "this file is nested too deeply to be read";
const TOO_LONG: &str = "this file takes too long to be read";

fn overwhelmed(why: &str) -> Reading {
    Reading {
        overwhelmed: Some(why.to_string()),
        ..Reading::default()
    }
}

/// The text as a file without a name: a pipe would be full before the worker reads.
fn input(text: &str) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file)
}
