//! The front door: the real command `threadlings`, in a folder of its own, as a user would run it.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::TempDir;

/// Where the project is.
pub const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A working directory that goes when it is dropped. No course is at or above it.
pub struct Place(TempDir);

impl Place {
    /// An empty one.
    pub fn empty() -> Place {
        Place(TempDir::with_prefix("a-users-folder-").expect("a folder for a test"))
    }

    /// One with these files.
    pub fn with(files: &[(&str, &str)]) -> Place {
        let place = Place::empty();
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    /// One with the fixture programs; the hostile ones are for the graders.
    pub fn with_fixtures() -> Place {
        let place = Place::empty();
        copy(&Path::new(PROJECT).join("tests/fixtures"), place.path());
        fs::remove_dir_all(place.path().join("hostile")).expect("the folder is ours");
        place
    }

    /// One with the project's own course.
    pub fn with_course() -> Place {
        let place = Place::empty();
        for folder in ["exercises", "solutions"] {
            copy(&Path::new(PROJECT).join(folder), &place.path().join(folder));
        }
        place
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders that it needs.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("the file is there")
    }

    /// The command, in this folder. The stand-in is prepared once for all tests.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_threadlings"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("THREADLINGS_CACHE", cache());
        for name in [
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "GITHUB_STEP_SUMMARY",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the command to its end.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        answer(&mut self.command(arguments))
    }

    /// Runs the command with its standard error on a terminal: what is on standard output, and what the terminal has seen.
    pub fn on_terminal(&self, arguments: &[&str]) -> (String, String) {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("ours");
        unlockpt(&terminal).expect("ours");
        let name = ptsname(&terminal, Vec::new()).expect("a name");
        let name = name.into_string().expect("UTF-8");
        let mut other_side = File::options();
        let other_side = other_side.read(true).write(true).open(name);
        let mut command = self.command(arguments);
        command
            .stdout(Stdio::piped())
            .stderr(other_side.expect("the other side"));
        let run = command.spawn().expect("threadlings starts");
        let answer = run.wait_with_output().expect("it ends");
        // Only here is the other side closed for good.
        drop(command);
        let mut text = Vec::new();
        // What is read last is the error that nobody is at the other side.
        let _ = File::from(terminal).read_to_end(&mut text);
        let stdout = String::from_utf8(answer.stdout).expect("UTF-8");
        (stdout, String::from_utf8_lossy(&text).into_owned())
    }

    /// The only run that is stored here.
    pub fn stored_run(&self) -> String {
        let folder = self.path().join(".threadlings/traces");
        let mut files = fs::read_dir(folder).expect("a run is stored").flatten();
        let name = files.next().expect("a run is stored").file_name();
        assert!(files.next().is_none(), "one run is stored");
        format!(".threadlings/traces/{}", name.display())
    }
}

/// The cache that the tests share; it stays between runs of the tests.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// What a run came to.
#[derive(Debug)]
pub struct Answer {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// The result.
    pub stdout: String,
    /// Progress, warnings and errors.
    pub stderr: String,
}

impl Answer {
    /// The only line of JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The verdict, and the class of the bug where there is one, as fixtures write them.
    pub fn verdict(&self) -> String {
        let report = self.json();
        let verdict = report["verdict"].as_str().expect("a verdict");
        match report["bug"]["class"].as_str() {
            Some(class) => format!("{verdict} {class}"),
            None => verdict.to_string(),
        }
    }
}

/// Runs `command` to its end.
pub fn answer(command: &mut Command) -> Answer {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("threadlings starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Answer {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

/// `work` for every item, on as many threads as a small machine has processors; the results in the order of `items`.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((at, item)) = take(items, &next) {
            done.push((at, work(item)));
        }
        done
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let workers = [(); 3].map(|()| scope.spawn(worker));
        let done = workers.map(|worker| worker.join().expect("the work does not panic"));
        done.into_iter().flatten().collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}

/// All files below `folder` whose names end in `ending`, sorted, as paths relative to it.
pub fn files(folder: &Path, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next)
            .expect("a folder of the project")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let short = path.strip_prefix(folder).expect("it is below the folder");
                found.push(short.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for name in files(from, "") {
        let target = to.join(&name);
        fs::create_dir_all(target.parent().expect("below the folder")).expect("the folder is ours");
        fs::copy(from.join(&name), target).expect("the folder is ours");
    }
}
