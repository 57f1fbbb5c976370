//! Compiling a program so that it tells of its accesses to memory.
//!
//! Two passes of LLVM, both reachable with a stable compiler: `sancov-module` calls a function before every load and
//! store, and `memprof`, told to leave loads and stores alone, puts a call in the place of every copy and fill, of
//! whatever size. The functions are the stand-in's (`std/access.rs`).

use proc_macro2::{TokenStream, TokenTree};

/// When programs are watched for data races.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Races {
    /// Where they contain `unsafe`: without it there are none.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The options of rustc. All of it is here, as it depends on LLVM's names.
pub const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module function(memprof)",
    "-Cllvm-args=-sanitizer-coverage-level=1 -sanitizer-coverage-trace-loads \
     -sanitizer-coverage-trace-stores -memprof-instrument-reads=0 -memprof-instrument-writes=0 \
     -memprof-instrument-atomics=0",
    // Without optimisation rustc takes the generic functions of std that some library has been compiled with already
    // (`[u8]::copy_from_slice`, the growth of a `Vec`), and these tell nothing. With it, all are compiled here; but no
    // pass of LLVM's own is to run, so that accesses stay what they are.
    "-Copt-level=2",
    "-Cno-prepopulate-passes",
    "-Clto=off",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
];

impl Races {
    /// Whether a program of these files is to be watched, where that is possible.
    pub fn wants(self, texts: &[&str]) -> bool {
        match self {
            Races::Auto => texts.iter().any(|text| has_unsafe(text)),
            Races::Always => true,
            Races::Never => false,
        }
    }
}

/// Whether accesses can be told of on this machine.
pub const fn is_possible() -> bool {
    cfg!(target_arch = "x86_64")
}

fn has_unsafe(text: &str) -> bool {
    // What is not even made of Rust tokens is for rustc to refuse.
    let Ok(tokens) = text.parse::<TokenStream>() else {
        return false;
    };
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(word) if word == "unsafe" => return true,
                TokenTree::Group(group) => open.push(group.stream()),
                _ => {}
            }
        }
    }
    false
}
