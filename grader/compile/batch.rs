//! Several answers in one call of rustc, each a module with its check: most of what a call costs does not depend on how
//! much is compiled. Each gets a library as if it had been compiled alone: the same file as others, and its own entry points.
//!
//! Together are those for which rustc is called in the same way, and which [`alone`] lets. If they do not compile, they
//! are compiled once more without those in whose files rustc finds something wrong. Who has no library after that is to be
//! compiled alone: nothing is said about an answer here.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use threadlings::explanation::Watching;
use threadlings::runtime::MEMBER;
use threadlings::sandbox::Layers;

use super::alone::{self, File};
use super::folder::Temporary;
use super::instrument::Races;
use super::job::{self, Job};
use super::toolchain::{self, Toolchain};
use super::{Input, Library, SourceText, counts, unused};
use super::{stand_in, texts};

/// Calls of rustc for the same answers.
const ATTEMPTS: usize = 2;

/// Compiles `inputs`, as many as possible at once. There is no library for one that has to be compiled alone. `tell` hears
/// what takes long, and warnings.
pub fn compile_together(inputs: &[Input], tell: &mut dyn FnMut(&str)) -> Vec<Option<Library>> {
    let mut libraries: Vec<_> = inputs.iter().map(|_| None).collect();
    let Ok(toolchain) = toolchain::find() else {
        return libraries;
    };
    let mut batches: Vec<Batch> = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let Some(kind) = Kind::of(input) else {
            continue;
        };
        match batches.iter_mut().find(|batch| batch.kind == kind) {
            Some(batch) => batch.members.push((at, input)),
            None => batches.push(Batch {
                kind,
                members: vec![(at, input)],
            }),
        }
    }
    for mut batch in batches {
        for _ in 0..ATTEMPTS {
            // Alone it is compiled in any case.
            if batch.members.len() < 2 {
                break;
            }
            // What is wrong with the machine is found out, and told, with one that is compiled alone.
            let Ok(made) = batch.compile(&toolchain, tell) else {
                break;
            };
            match made {
                Made::Libraries(made) => {
                    for (library, (at, _)) in made.into_iter().zip(&batch.members) {
                        libraries[*at] = Some(library);
                    }
                    break;
                }
                Made::Errors(whose) if whose.contains(&true) => {
                    let mut whose = whose.into_iter();
                    batch.members.retain(|_| whose.next() == Some(false));
                }
                Made::Errors(_) => break,
            }
        }
    }
    libraries
}

/// What of an answer decides how rustc is called.
#[derive(PartialEq, Eq)]
struct Kind<'a> {
    edition: &'a str,
    stranger: bool,
    allow_unsafe: bool,
    /// Whether reference counts matter: see [`counts`].
    counting: bool,
    is_quiet: bool,
    may_use_alloc: bool,
}

impl Kind<'_> {
    /// `None` for what is compiled alone.
    fn of<'a>(input: &Input<'a>) -> Option<Kind<'a>> {
        let check = input.check?;
        // In the first edition `::name` is in the crate. The others are watched, or have debug information of their own.
        let is_usual = input.edition != "2015" && input.races != Races::Always && !input.variables;
        if !is_usual
            || alone::must_be(input.file.text, File::Answer)
            || alone::must_be(check.text, File::Check)
        {
            return None;
        }
        let texts = [input.file.text, check.text];
        Some(Kind {
            edition: input.edition,
            stranger: input.stranger,
            allow_unsafe: input.allow_unsafe,
            counting: counts::matter(&texts, false),
            is_quiet: counts::ends_are_quiet(texts),
            may_use_alloc: input.files().any(|file| texts::may_use_alloc(file.text)),
        })
    }
}

/// Answers of one kind, each with its number.
struct Batch<'a> {
    kind: Kind<'a>,
    members: Vec<(usize, &'a Input<'a>)>,
}

/// What came of a batch.
enum Made {
    Libraries(Vec<Library>),
    /// For each member, whether rustc finds something wrong in its files.
    Errors(Vec<bool>),
}

impl<'a> Batch<'a> {
    /// The members, each with the name of its module.
    fn modules(&self) -> impl Iterator<Item = (String, &'a Input<'a>)> {
        let members = self.members.iter().enumerate();
        members.map(|(at, (_, input))| (format!("{MEMBER}{at}"), *input))
    }

    /// # Errors
    /// When rustc cannot be run, or does not come to an end.
    fn compile(
        &self,
        toolchain: &Toolchain,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Made, super::Problem> {
        let folder = Temporary::new().map_err(job::ours)?;
        let job = Job {
            input: self.members[0].1,
            lay_out: &|work, command| self.lay_out(work, command),
            toolchain,
            work: folder.path(),
            incremental: false,
            library: folder.path().join("program.so"),
        };
        let output = job.run(self.kind.counting, &Watching::Needless, tell)?;
        if !output.status.success() {
            return self.blamed(&job, tell);
        }
        let folder = Arc::new(folder);
        let scenarios = self.members.iter().flat_map(|(_, input)| input.scenarios);
        let entries: Vec<String> = scenarios.cloned().collect();
        let mut first_entry = 0;
        let libraries = self.members.iter().map(|(_, input)| {
            let library = Library {
                path: folder.path().join("program.so"),
                first_entry,
                entries: entries.clone(),
                layers: input.layers.cloned().unwrap_or_else(Layers::unwanted),
                sources: input.sources(),
                uncounted: false,
                watching: Watching::Needless,
                unused: unused::of(&input.files().collect::<Vec<_>>()),
                _folder: Arc::clone(&folder),
            };
            first_entry += input.scenarios.len();
            library
        });
        Ok(Made::Libraries(libraries.collect()))
    }

    /// Writes the files of all members, each in a folder of its own, and returns the crate's root.
    fn lay_out(&self, work: &Path, command: &mut Command) -> io::Result<PathBuf> {
        let (mut root, mut entries) = (String::new(), String::new());
        for (number, (module, input)) in self.modules().enumerate() {
            let Some(check) = &input.check else {
                continue;
            };
            let folder = work.join(&module);
            let mut copy = |name: &str, file: &SourceText, text: &str| {
                let folder = folder.join(name);
                // To rustc, files of equal names are the same file. Whoever reads places looks at the end of a path.
                let mut path = OsString::from(format!("{module}/"));
                path.push(file.path.parent().unwrap_or(Path::new("")));
                texts::rename(&folder, Path::new(&path), command);
                texts::write(&folder, file, text)
            };
            let check = copy("check", check, check.text)?;
            let file = copy("program", &input.file, &texts::with_check(input, &check))?;
            root.push_str(&format!("#[path = {file:?}] pub mod {module};\n"));
            entries.push_str(&format!("program {number} "));
            entries.push_str(&texts::scenarios(input, &format!("super::{module}")));
        }
        root.push_str(&texts::entry_point(
            self.members[0].1,
            self.kind.is_quiet,
            &entries,
        ));
        let path = work.join("root.rs");
        fs::write(&path, root)?;
        Ok(path)
    }

    /// Finds out whose files have errors: those that rustc names when it is not told to call them otherwise. It does not
    /// get as far as what only comes to light when code is made; then nobody is blamed.
    fn blamed(&self, job: &Job<'_>, tell: &mut dyn FnMut(&str)) -> Result<Made, super::Problem> {
        let variant = job.variant(self.kind.counting);
        let stand_in = stand_in::prepare(job.toolchain, variant, tell)?;
        let mut command = job::rustc(job.toolchain, job.input);
        stand_in.replace(&mut command, self.kind.may_use_alloc);
        command
            .args(["--crate-type=lib", "--emit=metadata", "-Awarnings", "-o"])
            .arg(job.work.join("blamed.rmeta"))
            .arg(job.work.join("root.rs"));
        let output = job
            .call(&mut command, Some(&stand_in), job.work)
            .map_err(job::ours)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let has_errors = |(module, _): (String, _)| {
            let folder = job.work.join(module).join("");
            said.contains(&*folder.to_string_lossy())
        };
        Ok(Made::Errors(self.modules().map(has_errors).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Input, Library, Races, SourceText, compile_together};

    const CHECK: &str = "pub fn one() { assert_eq!(super::answer(), 42); } pub fn two() {}";

    fn together(texts: &[&str]) -> Vec<Option<Library>> {
        let scenarios = ["one".to_string(), "two".to_string()];
        let inputs = texts.iter().map(|text| Input {
            file: SourceText {
                path: Path::new("answer.rs"),
                text,
            },
            check: Some(SourceText {
                path: Path::new("course/check.rs"),
                text: CHECK,
            }),
            scenarios: &scenarios,
            edition: "2024",
            stranger: true,
            allow_unsafe: false,
            color: false,
            races: Races::Auto,
            variables: false,
            incremental: false,
            layers: None,
        });
        compile_together(&inputs.collect::<Vec<_>>(), &mut |_| ())
    }

    /// For each answer, where its entry points begin.
    fn begins(libraries: &[Option<Library>]) -> Vec<Option<usize>> {
        let libraries = libraries.iter();
        libraries
            .map(|library| Some(library.as_ref()?.first_entry))
            .collect()
    }

    #[test]
    fn one_library_serves_all() {
        let libraries = together(&[
            "pub fn answer() -> u8 { 42 }",
            "pub(crate) fn answer() -> u8 { 41 } // no newline at the end",
            "#![forbid(unsafe_code)] mod deep { pub fn answer() -> u8 { 42 } } use deep::*;",
        ]);
        assert_eq!(begins(&libraries), [Some(0), Some(2), Some(4)]);
        let [Some(first), Some(second), _] = libraries.as_slice() else {
            panic!("they compile");
        };
        assert_eq!(first.path, second.path);
        assert_eq!(second.entries, ["one", "two"].repeat(3));
        let paths: Vec<_> = second.sources.iter().map(|source| &source.path).collect();
        assert_eq!(paths, ["answer.rs", "course/check.rs"]);
    }

    #[test]
    fn whoever_does_not_compile_harms_nobody() {
        let fine = "pub fn answer() -> u8 { 42 }";
        for wrong in [
            "pub fn answer() -> u8 { \"42\" }",
            "pub fn answer() -> u8 { 42",
            "pub fn answer() {}",
            "use crate::__threadlings_member_0::answer;",
            "pub fn answer() -> u8 { crate::deep::answer() } mod deep { pub fn answer() -> u8 { 42 } }",
        ] {
            let begins = begins(&together(&[fine, wrong, fine]));
            assert_eq!(begins, [Some(0), None, Some(2)], "{wrong}");
        }
    }

    #[test]
    fn what_nobody_is_blamed_for_is_compiled_alone() {
        let fine = "pub fn answer() -> u8 { 42 }";
        // Only found when code is made.
        let late = "struct A<const N: u8>; impl<const N: u8> A<N> { const B: u8 = N - 1; } \
                    pub fn answer() -> u8 { A::<0>::B }";
        assert_eq!(begins(&together(&[fine, late, fine])), [None; 3]);
    }

    #[test]
    fn whoever_needs_another_call_of_rustc_is_in_another_batch() {
        let plain = "pub fn answer() -> u8 { 42 }";
        let counting =
            "use std::sync::Arc; pub fn answer() -> u8 { Arc::into_inner(Arc::new(42)).unwrap() }";
        let libraries = together(&[plain, counting, plain, counting]);
        assert_eq!(begins(&libraries), [Some(0), Some(0), Some(2), Some(2)]);
        let path = |at: usize| libraries[at].as_ref().map(|library| &library.path);
        assert_ne!(path(0), path(1));
        assert_eq!(path(1), path(3));
    }
}
