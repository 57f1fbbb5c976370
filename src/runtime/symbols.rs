//! From an address in the compiled program to a place in its source.

use std::collections::HashMap;
use std::path::Path;

use addr2line::fallible_iterator::FallibleIterator;
use addr2line::{Loader, Location, demangle, gimli};

use super::source::Source;
use crate::trace::{Frame, Place};

/// How the names of the modules begin that several programs are in which were compiled together. Nobody is told of them.
pub const MEMBER: &str = "__threadlings_member_";

/// What the paths of the stand-in's files begin with.
const STAND_IN: &str = "threadlings-std/";
/// Those in which the stand-in does to the program's memory what std would do, and nothing to its own.
const ACT_FOR_CALLER: &[&str] = &[
    "threadlings-std/sync/arc/mod.rs",
    "threadlings-std/sync/arc/convert.rs",
    "threadlings-std/sync/arc/weak.rs",
    "threadlings-std/thread/local.rs",
];
/// What is inlined from here into a program that has no atomics but the stand-in's is a count of an `Arc`.
const ATOMICS: &str = "core/src/sync/atomic.rs";

/// For whom code acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// It is the program's own.
    Program,
    /// It is the stand-in's.
    StandIn,
    /// It is std's: for who calls it.
    Caller,
}

/// The line tables and symbols of a shared library.
pub struct Symbols {
    loader: Option<Loader>,
    /// The program's own files.
    sources: Vec<Source>,
    known: HashMap<u64, Vec<Frame>>,
}

impl Symbols {
    /// Reads the tables of the library at `path`; without them every look-up is empty.
    pub fn of(path: &Path, sources: Vec<Source>) -> Symbols {
        Symbols {
            loader: Loader::new(path).ok(),
            sources,
            known: HashMap::new(),
        }
    }

    /// The calls, in the program's own files, that are active at `address`: more than one where calls were
    /// inlined. Innermost first.
    pub fn frames(&mut self, address: u64) -> Vec<Frame> {
        if let Some(frames) = self.known.get(&address) {
            return frames.clone();
        }
        let frames = self.look_up(address, Symbols::place_after);
        let frames = frames.unwrap_or_default();
        self.known.insert(address, frames.clone());
        frames
    }

    /// The same for an access to memory.
    pub fn frames_of_access(&self, address: u64) -> Vec<Frame> {
        let frames = self.look_up(address, Symbols::place_before);
        frames.unwrap_or_default()
    }

    /// For whom the code at `address` acts: the innermost of the calls inlined there that is not std's decides. A count of
    /// an `Arc` is nobody's: that it changes is announced where it matters.
    pub fn whose(&self, address: u64) -> Whose {
        let frames = self.loader.as_ref().map(|l| l.find_frames(address));
        let Some(Ok(mut frames)) = frames else {
            return Whose::Caller;
        };
        let mut is_innermost = true;
        while let Ok(Some(frame)) = frames.next() {
            let Some(file) = frame.location.and_then(|location| location.file) else {
                continue;
            };
            let is_in = |folder: &&str| file.contains(*folder);
            if self.own(file).is_some() {
                return Whose::Program;
            }
            let own_part = is_in(&STAND_IN) && !ACT_FOR_CALLER.iter().any(is_in);
            if own_part || (is_innermost && file.ends_with(ATOMICS)) {
                return Whose::StandIn;
            }
            is_innermost = false;
        }
        Whose::Caller
    }

    /// The static that lies at `address`, and its first byte.
    pub fn static_at(&self, address: u64) -> Option<(String, u64)> {
        let symbol = self.loader.as_ref()?.find_symbol_info(address)?;
        Some((short(symbol.name()), symbol.address()))
    }

    /// Which of the program's own files `file` is.
    pub fn own(&self, file: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.is_named(file))
    }

    fn look_up(
        &self,
        address: u64,
        unplaced: impl Fn(&Symbols, u64) -> Option<Place>,
    ) -> Option<Vec<Frame>> {
        let loader = self.loader.as_ref()?;
        let mut frames = Vec::new();
        let mut calls = loader.find_frames(address).ok()?.peekable();
        while let Some(call) = calls.next().ok()? {
            let Some(location) = call.location else {
                continue;
            };
            let place = match location.line {
                Some(_) => self.place(&location),
                None => unplaced(self, address),
            };
            let Some(place) = place else {
                continue;
            };
            // Line tables have the last segment of a name only. The symbol has all of it, but is that of the
            // function into which the others are inlined.
            let symbol = match calls.peek().ok()? {
                None => loader.find_symbol(address).map(short),
                Some(_) => None,
            };
            let own = || Some(short(&call.function?.raw_name().ok()?));
            frames.push(Frame {
                function: symbol.or_else(own).unwrap_or_default(),
                place,
            });
        }
        Some(frames)
    }

    fn place(&self, location: &Location<'_>) -> Option<Place> {
        let (source, line) = (self.own(location.file?)?, location.line?);
        Some(Place {
            file: source.path.clone(),
            line,
            column: source.from_debug_information(line, location.column.unwrap_or(0)),
        })
    }

    /// The compiler gives no line to code that only prepares what follows it, at the begin of a block.
    fn place_after(&self, address: u64) -> Option<Place> {
        let loader = self.loader.as_ref()?;
        let function = loader.find_symbol_info(address)?.address();
        let rows = loader.find_location_range(address, address + NEAR).ok()?;
        let mut placed = Iterator::filter(rows, |(_, _, location)| location.line.is_some());
        let (at, _, location) = placed.next()?;
        let same = loader.find_symbol_info(at)?.address() == function;
        self.place(&location).filter(|_| same)
    }

    /// Nor to the loop that fills an array (`[7; 4]`), which comes behind what it belongs to.
    fn place_before(&self, address: u64) -> Option<Place> {
        let loader = self.loader.as_ref()?;
        let function = loader.find_symbol_info(address)?.address();
        let rows = loader.find_location_range(function, address).ok()?;
        let placed = Iterator::filter(rows, |(_, _, location)| location.line.is_some());
        self.place(&placed.last()?.2)
    }
}

/// Bytes of code in which the line is looked for that code without a line belongs to.
const NEAR: u64 = 256;

/// A mangled name as its author knows it: demangled, without crate, hashes, numbers and type parameters.
fn short(mangled: &str) -> String {
    let name = demangle(mangled, gimli::DW_LANG_Rust).unwrap_or_else(|| mangled.to_owned());
    plain(&name)
}

/// `<program::Account as core::fmt::Debug>::fmt` → `Account::fmt`, `program::main::{{closure}}` →
/// `main::{closure}`, `program::swap::<u32>` → `swap`.
fn plain(name: &str) -> String {
    let mut segments: Vec<String> = Vec::new();
    let mut rest = name;
    // An implementation: `<Type as Trait>::method` belongs to the type, or to the trait where the type is a
    // parameter's.
    if let Some(inner) = rest.strip_prefix('<')
        && let Some(end) = matching(inner)
    {
        let type_name = inner[..end].split(" as ").next().unwrap_or("");
        let bare = type_name
            .trim_start_matches(['&', '*'])
            .trim_start_matches("mut ");
        segments.extend(plain(bare).rsplit("::").next().map(str::to_owned));
        rest = inner[end + 1..].trim_start_matches("::");
    }
    let own = segments.is_empty();
    let mut path = split(rest).into_iter().map(|segment| match segment {
        closure if closure.starts_with('{') => "{closure}".to_owned(),
        other => other.split('<').next().unwrap_or(other).to_owned(),
    });
    if own && split(rest).len() > 1 {
        // The crate.
        path.next();
    }
    let mut path = path.peekable();
    path.next_if(|module| module.starts_with(MEMBER));
    segments.extend(path.filter(|segment| !segment.is_empty()));
    segments.join("::")
}

/// The segments of a path, not split inside brackets.
fn split(path: &str) -> Vec<&str> {
    let (mut depth, mut from, mut segments) = (0i32, 0, Vec::new());
    let bytes = path.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'{' | b'(' | b'[' => depth += 1,
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b'>' | b'}' | b')' | b']' => depth -= 1,
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                segments.push(&path[from..at]);
                from = at + 2;
            }
            _ => {}
        }
    }
    segments.push(path.get(from..).unwrap_or(""));
    segments
}

/// The position of the `>` that closes a bracket opened before `text`.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b'>' if depth == 0 => return Some(at),
            b'>' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Source, Symbols, plain};
    use crate::names::Sources;

    /// The overflow checks make rustc split the loop into blocks that begin with code without a line.
    const LOOP: &str = r#"
#[unsafe(no_mangle)]
pub fn collatz(mut n: u64) -> u32 {
    let mut steps = 0u32;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps = steps.wrapping_add(1);
    }
    steps
}
"#;

    #[test]
    fn every_instruction_has_a_place_and_all_of_a_loop_are_in_it() {
        let folder = std::env::temp_dir().join(format!("symbols-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        std::fs::write(folder.join("loop.rs"), LOOP).expect("the folder is ours");
        let library = folder.join("loop.so");
        let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
            .current_dir(&folder)
            .args(["--edition=2024", "--crate-type=cdylib", "loop.rs"])
            .args(["-Cdebuginfo=line-tables-only", "-o"])
            .arg(&library)
            .status();
        assert!(compiled.expect("rustc runs").success());
        let mut symbols = Symbols::of(&library, vec![Source::new("loop.rs", LOOP)]);
        let sources = Sources::new([("loop.rs".into(), LOOP.into())]);
        let code = std::fs::metadata(&library).expect("compiled").len();
        let is_known = |symbols: &mut Symbols, address| {
            let frames = symbols.frames(address);
            let lines: Vec<u32> = frames.iter().map(|frame| frame.place.line).collect();
            assert!(
                lines.iter().all(|line| (3..=10).contains(line)),
                "{lines:?}"
            );
            for frame in &frames {
                let around = sources.loop_around(&frame.place, false);
                let inside = (5..=8).contains(&frame.place.line);
                let begin = around.map(|place| (place.line, place.column));
                assert_eq!(begin, inside.then_some((5, 5)), "{:?}", frame.place);
            }
            !lines.is_empty()
        };
        let known: Vec<u64> = (0..code).filter(|at| is_known(&mut symbols, *at)).collect();
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        let (first, last) = (known.first().expect("code"), known.last().expect("code"));
        assert_eq!(known.len() as u64, last - first + 1);
        assert!(known.len() > 50, "{}", known.len());
    }

    #[test]
    fn names_lose_crates_hashes_and_parameters() {
        for (demangled, expected) in [
            ("program::main", "main"),
            ("program::main::{{closure}}", "main::{closure}"),
            ("program::main::{closure#0}", "main::{closure}"),
            ("program::Account::deposit", "Account::deposit"),
            (
                "<program::Account as core::fmt::Debug>::fmt",
                "Account::fmt",
            ),
            ("<program::bank::Account>::deposit", "Account::deposit"),
            ("program::swap::<u32>", "swap"),
            (
                "<program::Slot<u32> as program::Put>::put::{closure#1}",
                "Slot::put::{closure}",
            ),
            (
                "<fn(u32) -> u32 as program::Call>::call",
                "fn(u32) -> u32::call",
            ),
            ("program::COUNTER", "COUNTER"),
            ("program::__threadlings_member_7::bank::pay", "bank::pay"),
            (
                "<program::__threadlings_member_7::Account>::deposit",
                "Account::deposit",
            ),
            ("main", "main"),
        ] {
            assert_eq!(plain(demangled), expected, "{demangled}");
        }
    }
}
