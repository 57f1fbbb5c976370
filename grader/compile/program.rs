//! Compiles one program against the stand-in.
//!
//! The user's text is copied, and the entry point appended after its end, so that every line and column stays
//! what it is. If the copy has errors, the user sees those of the original.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use threadlings::explanation::Watching;
use threadlings::sandbox::Layers;

use super::confined::{self, Folders};
use super::counts;
use super::folder::{self, Temporary};
use super::instrument;
use super::process;
use super::stand_in::{self, StandIn, Variant};
use super::toolchain::{self, Toolchain};
use super::{Input, Library, Problem, SourceText, shield, stranger, unused};

/// Folders with incremental state that are kept.
const KEPT: usize = 64;

/// What is defined nowhere is an error of the program, not of its runner, which would not load it.
const DEFINED: &str = "-Clink-arg=-Wl,-z,defs";

/// Compiles `input`. `tell` hears what takes long, and warnings.
///
/// # Errors
/// See [`Problem`].
pub fn compile(input: &Input, tell: &mut dyn FnMut(&str)) -> Result<Library, Problem> {
    let toolchain = toolchain::find()?;
    let folder = Temporary::new().map_err(ours)?;
    // Incremental compiling wants the same paths again; another run may be using them.
    let kept = if input.incremental {
        Kept::lock(input).ok().flatten()
    } else {
        None
    };
    let job = Job {
        input,
        lay_out: &|work, command| lay_out(input, work, command),
        toolchain: &toolchain,
        work: kept.as_ref().map_or(folder.path(), |kept| &kept.path),
        incremental: kept.is_some(),
        library: folder.path().join("program.so"),
    };
    let texts: Vec<_> = input.files().map(|file| file.text).collect();
    let mut watching = instrument::watching(input.races, &texts, &toolchain);
    let counts_matter = counts::matter(&texts, watching == Watching::Watched);
    let mut counted = false;
    loop {
        if counts_matter {
            // Whatever is wrong, without counting it is said better, or does not matter.
            let output = job.run(true, &watching, tell);
            if let Err(Problem::Errors(limit)) = output {
                return Err(Problem::Errors(limit));
            }
            counted = output.is_ok_and(|output| output.status.success());
        }
        if counted {
            break;
        }
        let output = job.run(false, &watching, tell)?;
        if output.status.success() {
            break;
        }
        if watching != Watching::Watched {
            return Err(job.errors(folder.path(), &output, tell));
        }
        let reason = "this compiler cannot make this program tell of them";
        watching = Watching::Impossible(reason.to_string());
    }
    Ok(Library {
        path: job.library,
        first_entry: 0,
        sources: input.sources(),
        uncounted: counts_matter && !counted,
        layers: input.layers.cloned().unwrap_or_else(Layers::unwanted),
        entries: match input.check {
            Some(_) => input.scenarios.to_vec(),
            None => vec!["main".to_owned()],
        },
        watching,
        unused: unused::of(&input.files().collect::<Vec<_>>()),
        _folder: Arc::new(folder),
    })
}

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
    fn errors(&self, folder: &Path, copied: &Output, tell: &mut dyn FnMut(&str)) -> Problem {
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
        let file = if input.stranger || input.layers.is_some() {
            // Others may change what is at the path, or what leads to it.
            let original = self.work.join("original");
            copy(&original, &input.file, input.file.text, &mut command)
        } else {
            Ok(input.file.path.to_owned())
        };
        let original =
            file.and_then(|file| self.call(command.arg(file), stand_in.as_ref(), folder));
        let said = match &original {
            Ok(output) if !output.status.success() => match confined::contained(output) {
                Some(limit) if input.layers.is_some() => return Problem::Errors(limit),
                _ => &output.stderr,
            },
            _ => &copied.stderr,
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

/// Whether rustc cannot read the stand-in: a full disk or a power cut has cut it short. A program cannot cause this.
fn is_damaged(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    // At the start of a line, where no text of a program's own gets.
    !output.status.success() && said.lines().any(|line| line.starts_with("error[E0786]"))
}

pub(super) fn not_run(input: &Input, error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::TimedOut => Problem::Errors(format!(
            "error: rustc has not finished compiling {} after {} seconds\n",
            input.file.path.display(),
            process::LIMIT.as_secs()
        )),
        _ => ours(error),
    }
}

pub(super) fn ours(error: io::Error) -> Problem {
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
pub(super) fn rustc(toolchain: &Toolchain, input: &Input) -> Command {
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

/// Whether a file may say `extern crate alloc`, itself or in another one that it includes. Who does not say it may not
/// use that name; to err here lets such a program pass, though not go past the stand-in.
pub(super) fn may_use_alloc(text: &str) -> bool {
    let both = |one, other| text.contains(one) && text.contains(other);
    both("extern", "alloc") || text.contains("include") || both("mod", "path")
}

/// Writes the files of one program into `work`, and returns the crate's root.
fn lay_out(input: &Input, work: &Path, command: &mut Command) -> io::Result<PathBuf> {
    let check = match &input.check {
        Some(check) => Some(copy(&work.join("check"), check, check.text, command)?),
        None => None,
    };
    let text = with_entry(input, check.as_deref());
    copy(&work.join("program"), &input.file, &text, command)
}

/// Writes `text` under the file's name into `folder`, and has it bear the user's path in messages and places.
pub(super) fn copy(
    folder: &Path,
    file: &SourceText,
    text: &str,
    command: &mut Command,
) -> io::Result<PathBuf> {
    let path = write(folder, file, text)?;
    rename(folder, file.path.parent().unwrap_or(Path::new("")), command);
    Ok(path)
}

/// Writes `text` under the file's name into `folder`.
pub(super) fn write(folder: &Path, file: &SourceText, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let name = file.path.file_name().unwrap_or("program.rs".as_ref());
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// Has what is in `folder` bear paths of another folder in messages and places.
pub(super) fn rename(folder: &Path, other: &Path, command: &mut Command) {
    let mut remap = folder.as_os_str().to_owned();
    remap.push("=");
    remap.push(other);
    command.arg("--remap-path-prefix").arg(remap);
}

/// The user's text, and after its end what makes it a library with entry points.
fn with_entry(input: &Input, check: Option<&Path>) -> String {
    let is_quiet = counts::ends_are_quiet(input.files().map(|file| file.text));
    let Some(check) = check else {
        let entries = "scenario \"main\" => super::main";
        return unsafe_denied(input.file.text) + "\n" + &entry_point(input, is_quiet, entries);
    };
    with_check(input, check) + &entry_point(input, is_quiet, &scenarios(input, "super"))
}

/// The user's text, and after its end the scenarios that drive it.
pub(super) fn with_check(input: &Input, check: &Path) -> String {
    let mut text = unsafe_denied(input.file.text);
    text.push_str(&format!(
        "\n{}\n#[path = {check:?}] pub(crate) mod threadlings_check;\n",
        shield::macros_of_std()
    ));
    text
}

/// What the runner calls. Without `is_quiet`, ends of the program's own types may be visible.
pub(super) fn entry_point(input: &Input, is_quiet: bool, entries: &str) -> String {
    let quiet = match is_quiet {
        true => "quiet own_types_are_quiet, ",
        false => "",
    };
    // Where unsafe code is forbidden it cannot be allowed again, and need not: macros of other crates are exempt.
    let allowed = match stranger::forbids_unsafe(input) {
        true => "",
        false => "#[allow(unsafe_code)] ",
    };
    format!("{allowed}mod __threadlings {{ ::std::__threadlings_entry! {{ {quiet}{entries} }} }}\n")
}

/// The scenarios of the check that is a module of `module`, as entries.
pub(super) fn scenarios(input: &Input, module: &str) -> String {
    let scenarios = input.scenarios.iter();
    scenarios
        .map(|name| format!("scenario {name:?} => {module}::threadlings_check::{name}, "))
        .collect()
}

/// `#![forbid(unsafe_code)]` would reject the entry point too; `deny` rejects the user's own unsafe code as well.
fn unsafe_denied(text: &str) -> String {
    let denied = text.split_inclusive('\n').map(|line| {
        let attribute = line.trim_start();
        if attribute.starts_with("#![forbid(") && attribute.contains("unsafe_code") {
            line.replacen("forbid", "deny  ", 1)
        } else {
            line.to_owned()
        }
    });
    denied.collect()
}

/// The folder for one source file in the cache, ours while this lives.
struct Kept {
    path: PathBuf,
    _lock: File,
}

impl Kept {
    /// `None` while another run has it.
    fn lock(input: &Input) -> io::Result<Option<Kept>> {
        let Some(cache) = folder::cache() else {
            return Ok(None);
        };
        let mut hash = Sha256::new();
        hash.update(
            std::path::absolute(input.file.path)?
                .as_os_str()
                .as_encoded_bytes(),
        );
        let work = cache.join("work");
        let path = work.join(stand_in::hex(&hash.finalize()[..8]));
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            prune(&work)?;
        }
        let lock = File::create(path.join("lock"))?;
        Ok(lock
            .try_lock()
            .is_ok()
            .then_some(Kept { path, _lock: lock }))
    }
}

/// Removes the folders that have not been used for longest, beyond [`KEPT`].
fn prune(work: &Path) -> io::Result<()> {
    let mut folders: Vec<_> = fs::read_dir(work)?
        .flatten()
        .filter_map(|entry| {
            let lock = entry.path().join("lock");
            Some((fs::metadata(&lock).ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    folders.sort();
    let surplus = folders.len().saturating_sub(KEPT);
    for (_, folder) in &folders[..surplus] {
        let unused = File::open(folder.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok());
        if unused {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(name: &str, text: &str) -> Result<Library, Problem> {
        let folder = Temporary::new().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, text).expect("the folder is ours");
        let file = SourceText { path: &path, text };
        let input = Input {
            races: crate::compile::Races::Auto,
            file,
            check: None,
            stranger: false,
            allow_unsafe: true,
            scenarios: &[],
            edition: "2021",
            color: false,
            incremental: false,
            variables: false,
            layers: None,
        };
        compile(&input, &mut |_| ())
    }

    #[test]
    fn a_program_becomes_a_library() {
        let library = compiled(
            "fine.rs",
            "#![forbid(unsafe_code)]\nfn main() {} // no newline at the end",
        );
        let library = library.unwrap_or_else(|problem| panic!("{problem}"));
        assert!(library.path.is_file());
        assert!(library.sources[0].ends_with("fine.rs"));
    }

    #[test]
    fn errors_are_those_of_the_users_file() {
        let Err(Problem::Errors(text)) = compiled("wrong.rs", "fn main() { let n: u32 = \"\"; }\n")
        else {
            panic!("it does not compile");
        };
        assert!(text.contains("wrong.rs:1:26"), "{text}");
        assert!(!text.contains("__threadlings"), "{text}");
    }

    #[test]
    fn a_file_without_main_is_told_so() {
        let Err(Problem::Errors(text)) = compiled("none.rs", "pub fn other() {}\n") else {
            panic!("it does not compile");
        };
        assert!(text.contains("E0601"), "{text}");
    }

    #[test]
    fn where_counts_cannot_be_announced_that_is_known() {
        let text =
            "use std::sync::Arc; fn main() { assert_eq!(Arc::strong_count(&Arc::new(1)), 1) }";
        let counted = compiled("counted.rs", text).expect("it compiles");
        assert!(!counted.uncounted);
        let same = format!(
            "extern crate alloc; fn same(a: Arc<u8>) -> alloc::sync::Arc<u8> {{ a }} {text}"
        );
        let same = compiled("same.rs", &same).expect("it compiles");
        assert!(!same.uncounted);
        let read =
            format!("fn read(file: Arc<std::fs::File>) -> impl std::io::Read {{ file }} {text}");
        let read = compiled("read.rs", &read).expect("it compiles");
        assert!(read.uncounted);
    }

    #[test]
    fn alloc_is_a_name_only_where_the_program_says_so() {
        let user = "fn main() { alloc::sync::Arc::new(1); }";
        assert!(matches!(
            compiled("without.rs", user),
            Err(Problem::Errors(_))
        ));
        for declared in [
            "extern crate alloc;",
            "extern /* the heap's */ crate\nalloc;",
            "macro_rules! name { ($($k:tt)*) => { extern $($k)*; } } name!(crate alloc);",
        ] {
            let text = format!("{declared} {user}");
            assert!(compiled("with.rs", &text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_forbidden_unsafe_stays_an_error() {
        let text = "#![forbid(unsafe_code)]\nfn main() { unsafe {} }\n";
        assert_eq!(unsafe_denied(text).len(), text.len());
        assert!(matches!(
            compiled("unsafe.rs", text),
            Err(Problem::Errors(_))
        ));
    }
}
