//! One program that is compiled, in as many attempts as that takes.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use threadlings::explanation::Watching;

use super::confined::{self, Folders};
use super::program::compile;
use super::stand_in::{self, StandIn, Variant};
use super::texts::{copy, may_use_alloc};
use super::toolchain::Toolchain;
use super::{Input, Problem, SourceText, blame, instrument, process, stranger};

/// What is defined nowhere is an error of the program, not of its runner, which would not load it.
const DEFINED: &str = "-Clink-arg=-Wl,-z,defs";

/// What does not change from one attempt to the next.
pub(super) struct Job<'a> {
    /// What is compiled, or one of those that are compiled together: rustc is called in the same way for all of them.
    pub input: &'a Input<'a>,
    /// Writes the copies to the folder of the work, has them bear the user's paths, and returns the crate's root.
    pub lay_out: &'a dyn Fn(&Path, &mut Command) -> io::Result<PathBuf>,
    pub toolchain: &'a Toolchain,
    /// Where the copies are.
    pub work: &'a Path,
    pub incremental: bool,
    pub library: PathBuf,
}

impl Job<'_> {
    /// Calls rustc; once more with a new stand-in, if there is something wrong with the old one.
    pub fn run(
        &self,
        counting: bool,
        watching: &Watching,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Output, Problem> {
        let variant = self.variant(counting);
        let stand_in = stand_in::prepare(self.toolchain, variant, tell)?;
        let output = self.build(watching, &stand_in)?;
        if !is_damaged(&output) {
            return Ok(output);
        }
        stand_in.discard();
        let stand_in = stand_in::prepare(self.toolchain, variant, tell)?;
        self.build(watching, &stand_in)
    }

    /// Which stand-in it is compiled with.
    pub fn variant(&self, counting: bool) -> Variant {
        Variant::Announcing {
            counting,
            allowed: self.input.stranger,
        }
    }

    /// What rustc says, whatever it is.
    ///
    /// # Errors
    /// When it cannot be run, and when a confined one has met a limit: it would meet it again.
    fn build(&self, watching: &Watching, stand_in: &StandIn) -> Result<Output, Problem> {
        let output = build(self, watching, stand_in).map_err(|error| self.not_run(error))?;
        match confined::contained(&output) {
            Some(limit) if self.input.layers.is_some() => Err(Problem::Errors(limit)),
            _ => Ok(output),
        }
    }

    fn not_run(&self, error: io::Error) -> Problem {
        match error.kind() {
            io::ErrorKind::TimedOut if self.input.layers.is_some() => {
                Problem::Errors(confined::timed_out())
            }
            _ => not_run(self.input, error),
        }
    }

    /// Runs rustc, which writes to the folder of its work and to that of `output`.
    pub fn call(
        &self,
        command: &mut Command,
        stand_in: Option<&StandIn>,
        output: &Path,
    ) -> io::Result<Output> {
        let Some(layers) = self.input.layers else {
            return process::output(command, process::LIMIT);
        };
        let stand_in = stand_in.and_then(|stand_in| stand_in.library.parent());
        let folders = Folders {
            read: stand_in.as_slice(),
            write: &[output, self.work],
        };
        confined::output(command, self.toolchain, &folders, layers)
    }

    /// What rustc says about the user's own file, as if Threadlings were not there; what only the copy has wrong, if
    /// the file itself is right.
    pub fn errors(&self, folder: &Path, copied: &Output, tell: &mut dyn FnMut(&str)) -> Problem {
        let input = self.input;
        let kind = if input.check.is_some() {
            "--crate-type=lib"
        } else {
            "--crate-type=bin"
        };
        let mut command = rustc(self.toolchain, input);
        command
            .args([kind, "--emit=metadata", "-o"])
            .arg(folder.join("original.rmeta"));
        // A stranger's file has no other std in any attempt.
        let stand_in = match input.stranger {
            true => match stand_in::prepare(self.toolchain, stranger::VARIANT, tell) {
                Ok(stand_in) => Some(stand_in),
                Err(problem) => return problem,
            },
            false => None,
        };
        if let Some(stand_in) = &stand_in {
            stand_in.replace(&mut command, may_use_alloc(input.file.text));
        }
        let private = self.work.join("original");
        let file = if input.stranger || input.layers.is_some() {
            // Others may change what is at the path, or what leads to it.
            copy(&private, &input.file, input.file.text, &mut command)
        } else {
            Ok(input.file.path.to_owned())
        };
        let original =
            file.and_then(|file| self.call(command.arg(file), stand_in.as_ref(), folder));
        let (said, is_misfit) = match &original {
            Ok(output) if !output.status.success() => match confined::contained(output) {
                Some(limit) if input.layers.is_some() => return Problem::Errors(limit),
                _ => (&output.stderr, false),
            },
            _ => (&copied.stderr, input.check.is_some()),
        };
        if input.layers.is_some()
            && let Some(text) = confined::unlinked(copied)
        {
            return self.unlinked(text);
        }
        if said.is_empty() {
            return Problem::Ours(format!("rustc ended without a message ({})", copied.status));
        }
        let mut said = String::from_utf8_lossy(said).into_owned();
        if input.stranger || input.layers.is_some() {
            // Where rustc would look for a file is nobody's business.
            for ours in [private.as_path(), self.work, folder] {
                said = without_folder(&said, ours);
            }
        }
        if is_misfit {
            said = blame::of_misfit(&said, input.file);
        }
        if input.stranger
            && let Some(note) = stranger::note(&said)
        {
            said.push_str(note);
        }
        Problem::Errors(said)
    }

    /// A program that cannot be linked is to blame, unless no program can be.
    fn unlinked(&self, text: String) -> Problem {
        let fine = SourceText {
            path: Path::new("fine.rs"),
            text: "fn main() {}\n",
        };
        let input = Input {
            file: fine,
            check: None,
            incremental: false,
            ..*self.input
        };
        if self.input.file.text == fine.text {
            return Problem::Ours(
                "the linker of this machine cannot be used in the sandbox".to_owned(),
            );
        }
        match compile(&input, &mut |_| ()) {
            Ok(_) => Problem::Errors(text),
            Err(problem) => problem,
        }
    }
}

/// What rustc says, with the paths in a folder of ours as if they were relative to it.
fn without_folder(said: &str, folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    said.replace(&format!("{}/", folder.trim_end_matches('/')), "")
}

/// Whether rustc cannot read the stand-in: a full disk or a power cut has cut it short. A program cannot cause this.
fn is_damaged(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    // At the start of a line, where no text of a program's own gets.
    !output.status.success() && said.lines().any(|line| line.starts_with("error[E0786]"))
}

pub fn not_run(input: &Input, error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::TimedOut => Problem::Errors(format!(
            "error: rustc has not finished compiling {} after {} seconds\n",
            input.file.path.display(),
            process::LIMIT.as_secs()
        )),
        _ => ours(error),
    }
}

pub fn ours(error: io::Error) -> Problem {
    Problem::Ours(format!("the program cannot be compiled here: {error}"))
}

fn build(job: &Job<'_>, watching: &Watching, stand_in: &StandIn) -> io::Result<Output> {
    let &Job {
        input,
        lay_out,
        toolchain,
        work,
        incremental,
        ref library,
    } = job;
    let mut command = rustc(toolchain, input);
    let program = lay_out(work, &mut command)?;
    if incremental {
        let mut option = OsString::from("incremental=");
        option.push(work.join(match input.variables {
            true => "incremental-variables",
            false => "incremental",
        }));
        command.arg("-C").arg(option);
    }
    if *watching == Watching::Watched {
        command.args(instrument::FLAGS);
    } else {
        command.arg("-Copt-level=0");
    }
    let with_alloc = input.files().any(|file| may_use_alloc(file.text));
    stand_in.replace(&mut command, with_alloc);
    let command = command
        .args(["--crate-type=cdylib", "-Aunused", "-Awarnings"])
        .arg(match input.variables {
            true => "-Cdebuginfo=full",
            false => "-Cdebuginfo=line-tables-only",
        })
        .arg("-Cforce-frame-pointers=yes")
        // Each costs a thread and a file, so not as many as incremental compiling would make of a small program; it
        // needs some to know again, and nothing else does.
        .arg(match incremental {
            true => "-Ccodegen-units=16",
            false => "-Ccodegen-units=1",
        })
        .args(input.layers.map(|_| DEFINED))
        .arg("-o")
        .arg(library)
        .arg(program);
    let folder = library.parent().unwrap_or(work);
    job.call(command, Some(stand_in), folder)
}

/// A call of rustc in which a student's environment has no say.
pub fn rustc(toolchain: &Toolchain, input: &Input) -> Command {
    let mut command = Command::new(&toolchain.rustc);
    command
        .args(["--crate-name=program", "--edition", input.edition])
        .args(["--color", if input.color { "always" } else { "never" }])
        .env_remove("RUSTC_BOOTSTRAP")
        .env_remove("RUSTC_LOG");
    if stranger::forbids_unsafe(input) {
        command.arg("--forbid=unsafe_code");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::{Path, without_folder};

    #[test]
    fn our_folders_are_not_told_of() {
        let said = "create file \"/ours/work/original/counter.rs\" or \"/ours/work/original/counter/mod.rs\"";
        let expected = "create file \"counter.rs\" or \"counter/mod.rs\"";
        for folder in ["/ours/work/original", "/ours/work/original/"] {
            assert_eq!(without_folder(said, Path::new(folder)), expected);
        }
    }
}
