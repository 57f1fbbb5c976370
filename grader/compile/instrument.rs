//! Compiling a program so that it tells of its accesses to memory.
//!
//! A pass of LLVM that can be reached with a stable compiler, AddressSanitizer's, calls a function before every load and
//! store, and puts a call in the place of every copy and fill, of whatever size. Everything else that it is known for is switched off.
//! It heeds only functions with an attribute, which another pass gives to all. The linker puts functions of ours in the
//! place of those of C that compare. The functions are the stand-in's (`std/access.rs`). That a compiler takes the options
//! does not mean that it does so: a probe is compiled, once for each compiler, in which the calls must be.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use proc_macro2::TokenTree;
use sha2::{Digest, Sha256};
use threadlings::explanation::Watching;

use super::folder::{self, Temporary};
use super::toolchain::Toolchain;
use super::{process, stand_in};
use crate::tokens;

/// When programs are watched for data races.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Races {
    /// Where they may contain `unsafe`: without it there are none.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The options of rustc. All of it is here, as it depends on LLVM's names.
pub const FLAGS: &[&str] = &[
    "-Cpasses=forceattrs asan",
    "-Cllvm-args=-force-attribute=sanitize_address -asan-instrumentation-with-call-threshold=0 \
     -asan-opt=0 -asan-use-stack-safety=0 -asan-instrument-atomics=0 -asan-stack=0 -asan-globals=0 \
     -asan-constructor-kind=none",
    // The functions are called straight, not by way of a table in which they could be replaced.
    "-Clink-arg=-Wl,--wrap=memcmp,--wrap=bcmp,-Bsymbolic-functions",
    // Without optimisation rustc takes the generic functions of std that some library has been compiled with already
    // (`[u8]::copy_from_slice`, the growth of a `Vec`), and these tell nothing. With it, all are compiled here; but no
    // pass of LLVM's own is to run, so that accesses stay what they are.
    "-Copt-level=2",
    "-Cno-prepopulate-passes",
    "-Clto=off",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
];

/// Whether a program of these files is to be watched, and can be.
pub fn watching(races: Races, texts: &[&str], toolchain: &Toolchain) -> Watching {
    let needed = texts.iter().any(|text| may_be_unsafe(text));
    match (races, needed) {
        (Races::Never, true) => Watching::Unwanted,
        (Races::Never | Races::Auto, false) => Watching::Needless,
        (Races::Always, _) | (Races::Auto, true) => match obstacle(toolchain) {
            None => Watching::Watched,
            Some(obstacle) => Watching::Impossible(obstacle),
        },
    }
}

/// Whether there may be unsafe code in a file: the keyword is there, in code or in a macro, or another file is included,
/// which nobody has looked into, or its text can be read in more than one way. No crate but those of std can be used, and none of their macros makes unsafe code of
/// safe code that is not sound.
fn may_be_unsafe(text: &str) -> bool {
    let Ok(tokens) = tokens::read(text) else {
        return true;
    };
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        let mut last = [const { String::new() }; 2];
        for token in tokens {
            let word = match token {
                TokenTree::Ident(word) => word.to_string(),
                TokenTree::Punct(sign) => sign.as_char().to_string(),
                TokenTree::Literal(_) => String::new(),
                TokenTree::Group(group) => {
                    open.push(group.stream());
                    String::new()
                }
            };
            let [before, previous] = &last;
            let is_elsewhere =
                before == "mod" && word == ";" || previous == "include" && word == "!";
            if word == "unsafe" || is_elsewhere {
                return true;
            }
            last.rotate_left(1);
            last[1] = word;
        }
    }
    false
}

/// What is in the way of watching programs of this compiler, as part of a sentence; it is remembered.
fn obstacle(toolchain: &Toolchain) -> Option<String> {
    if !cfg!(target_arch = "x86_64") {
        return Some("this can be done on x86-64 only".to_string());
    }
    let note = folder::cache().map(|cache| cache.join("probes").join(key(toolchain)));
    let known = note.as_ref().and_then(|note| fs::read_to_string(note).ok());
    let known = known.as_deref().and_then(|text| text.strip_suffix('\n'));
    if let Some(known) = known {
        return (known != POSSIBLE).then(|| known.to_string());
    }
    let obstacle = match probe(toolchain) {
        Ok(obstacle) => obstacle,
        // It may be otherwise next time.
        Err(error) => {
            return Some(format!(
                "what this compiler makes cannot be examined: {error}"
            ));
        }
    };
    if let Some(note) = note {
        // Without the note it is examined again.
        let _ = keep(&note, obstacle.unwrap_or(POSSIBLE));
    }
    obstacle.map(str::to_string)
}

/// What is noted where nothing is in the way.
const POSSIBLE: &str = "possible";

/// One access of each kind.
const PROBE: &str = "#![no_std]
#[unsafe(no_mangle)]
pub unsafe fn probe(to: *mut u64, from: *const u64, many: usize) -> bool {
    unsafe {
        *to = *from + 1;
        core::ptr::copy_nonoverlapping(from, to, many);
        core::ptr::copy(from, to, many);
        core::ptr::write_bytes(to, 0, many);
        *from.cast::<[u8; 3]>() == *to.cast::<[u8; 3]>()
    }
}
";

/// What must be called.
const CALLS: [&str; 6] = [
    "__asan_load8",
    "__asan_store8",
    "__asan_loadN",
    "__asan_memcpy",
    "__asan_memmove",
    "__asan_memset",
];

fn probe(toolchain: &Toolchain) -> io::Result<Option<&'static str>> {
    let folder = Temporary::new()?;
    let (source, object) = (
        folder.path().join("probe.rs"),
        folder.path().join("probe.o"),
    );
    fs::write(&source, PROBE)?;
    let mut command = Command::new(&toolchain.rustc);
    command
        .args(["--crate-type=lib", "--edition=2024", "--emit=obj"])
        .args(["-Cembed-bitcode=no", "-o"])
        .arg(&object)
        .arg(&source)
        .args(FLAGS)
        .env_remove("RUSTC_BOOTSTRAP");
    if !process::output(&mut command, process::LIMIT)?
        .status
        .success()
    {
        return Ok(Some("this compiler does not know how to tell of them"));
    }
    let object = fs::read(&object)?;
    let is_called = |name: &&str| {
        object
            .windows(name.len())
            .any(|part| part == name.as_bytes())
    };
    let all = CALLS.iter().all(is_called);
    Ok((!all).then_some("this compiler leaves out the calls that tell of them"))
}

fn key(toolchain: &Toolchain) -> String {
    let mut hash = Sha256::new();
    hash.update(toolchain.fingerprint);
    for text in FLAGS.iter().chain([&PROBE]) {
        hash.update(text);
        hash.update([0]);
    }
    stand_in::hex(&hash.finalize()[..16])
}

/// Writes a note, all of it or nothing.
fn keep(note: &Path, text: &str) -> io::Result<()> {
    let folder = note.parent().unwrap_or(note);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{text}")?;
    file.persist(note)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::super::{process, toolchain};
    use super::{FLAGS, Temporary, may_be_unsafe, obstacle};

    /// What `tests/instrumented/accesses.rs` tells of itself: what it reads and writes of a block, in one line for each
    /// way to do so. Nothing stands where nothing is seen.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn every_access_is_told_of() {
        let expected = include_str!("../../tests/instrumented/told.txt");
        let as_ever: Vec<&str> = FLAGS.to_vec();
        let optimised = FLAGS[..3].iter().copied().chain(["-Copt-level=1"]);
        for (alternative, flags) in [as_ever, optimised.collect()].iter().enumerate() {
            let expected = expected.lines().map(|line| {
                let (name, _) = line.split_once(':').expect("a name");
                match line.split_once(" | at -O1:") {
                    Some((_, other)) if alternative == 1 => format!("{name}:{other}"),
                    Some((first, _)) => first.to_string(),
                    None => line.to_string(),
                }
            });
            let expected: Vec<String> = expected.collect();
            let told = told(flags);
            assert_eq!(told.lines().collect::<Vec<_>>(), expected, "{flags:?}");
        }
    }

    fn told(flags: &[&str]) -> String {
        let toolchain = toolchain::find().expect("a compiler");
        let folder = Temporary::new().expect("a folder");
        let sources = [
            (
                "listener",
                include_str!("../../tests/instrumented/listener.rs"),
            ),
            (
                "accesses",
                include_str!("../../tests/instrumented/accesses.rs"),
            ),
        ];
        for (name, text) in sources {
            let source = folder.path().join(name).with_extension("rs");
            fs::write(&source, text).expect("the folder is ours");
            let mut command = Command::new(&toolchain.rustc);
            command
                .args(["--edition=2024", "-Awarnings", "-L"])
                .arg(folder.path())
                .arg("--out-dir")
                .arg(folder.path())
                .arg(source);
            if name == "listener" {
                command.args(["--crate-type=rlib", "-Copt-level=3"]);
            } else {
                command.args(flags).arg("--extern=listener");
            }
            let compiled = process::output(&mut command, process::LIMIT).expect("it runs");
            let said = String::from_utf8_lossy(&compiled.stderr);
            assert!(compiled.status.success(), "{said}");
        }
        let mut program = Command::new(folder.path().join("accesses"));
        let ran = process::output(&mut program, process::LIMIT).expect("it runs");
        assert!(ran.status.success());
        String::from_utf8(ran.stdout).expect("UTF-8")
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn the_installed_compiler_can_tell_of_accesses() {
        let toolchain = toolchain::find().expect("a compiler");
        assert_eq!(obstacle(&toolchain), None);
    }

    #[test]
    fn unsafe_code_is_found_wherever_it_may_hide() {
        for text in [
            "unsafe impl Sync for A {}",
            "fn main() { { unsafe {} } }",
            "macro_rules! m { () => { unsafe {} } }",
            "mod elsewhere;",
            "#[path = \"/elsewhere.rs\"] mod elsewhere;",
            "include!(\"/elsewhere.rs\");",
            "fn main() { std::include! { \"/elsewhere.rs\" } }",
            "skip!('r\"\\\" \"); unsafe impl Sync for A {} skip!('\"' 'a);",
            "skip!('br\"\\\" \"); unsafe impl Sync for A {} skip!('\"' 'a);",
            "#!/bin/sh \"\nunsafe impl Sync for A {} // \"",
            "fn f<'r#unsafe>() {}",
        ] {
            assert!(may_be_unsafe(text), "{text}");
        }
        for text in [
            "fn main() {}",
            "mod here { fn f() {} }",
            "// unsafe\nconst A: &str = \"unsafe\";",
            "const A: &str = include_str!(\"text\");",
        ] {
            assert!(!may_be_unsafe(text), "{text}");
        }
    }
}
