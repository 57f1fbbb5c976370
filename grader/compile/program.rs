//! Compiles one program against the stand-in.
//!
//! The user's text is copied, and the entry point appended after its end, so that every line and column stays
//! what it is. If the copy has errors, the user sees those of the original.

use std::path::Path;
use std::sync::Arc;

use threadlings::explanation::Watching;
use threadlings::sandbox::Layers;

use super::folder::Temporary;
use super::job::{Job, ours};
use super::kept::Kept;
use super::texts::lay_out;
use super::{Input, Library, Problem, counts, instrument, room, toolchain, unused};

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
    let attempted = attempts(&job, folder.path(), tell);
    let (watching, uncounted) = attempted.map_err(|problem| match problem {
        Problem::Errors(said) => room::problem(said, &[folder.path(), job.work]),
        problem => problem,
    })?;
    Ok(Library {
        path: job.library,
        first_entry: 0,
        sources: input.sources(),
        uncounted,
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

/// Calls rustc until there is a library: whether its accesses are watched, and whether its counts matter and are not
/// announced.
fn attempts(
    job: &Job<'_>,
    folder: &Path,
    tell: &mut dyn FnMut(&str),
) -> Result<(Watching, bool), Problem> {
    let texts: Vec<_> = job.input.files().map(|file| file.text).collect();
    let mut watching = instrument::watching(job.input.races, &texts, job.toolchain);
    let counts_matter = counts::matter(&texts, watching == Watching::Watched);
    loop {
        if counts_matter {
            // Whatever is wrong, without counting it is said better, or does not matter.
            match job.run(true, &watching, tell) {
                Err(Problem::Errors(limit)) => return Err(Problem::Errors(limit)),
                Ok(output) if output.status.success() => return Ok((watching, false)),
                _ => {}
            }
        }
        let output = job.run(false, &watching, tell)?;
        if output.status.success() {
            return Ok((watching, counts_matter));
        }
        if watching != Watching::Watched {
            return Err(job.errors(folder, &output, tell));
        }
        let reason = "this compiler cannot make this program tell of them";
        watching = Watching::Impossible(reason.to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::compile::SourceText;

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
        assert!(library.sources[0].path.ends_with("fine.rs"));
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
        assert!(matches!(
            compiled("unsafe.rs", text),
            Err(Problem::Errors(_))
        ));
    }
}
