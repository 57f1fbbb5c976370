//! Statics of a compiled library, and what comes of damaged debug information.

use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;

use object::{Object, ObjectSection, ObjectSymbol};

use super::{Active, Debug, in_block, in_frame, in_static};

const PROGRAM: &str = r#"
use std::cell::{Cell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16};

pub struct Slot<T> { pub ready: bool, pub value: MaybeUninit<T> }
pub struct Ring<T, const N: usize> { pub head: AtomicU16, pub slots: UnsafeCell<[Slot<T>; N]> }
pub struct Shared<T>(pub T);
pub enum Shape { Circle(f32), Square { side: u16 } }
#[repr(u8)] pub enum Light { Red, Green }
pub union Bits { pub whole: u32, pub halves: [u16; 2] }
pub mod inner { pub struct Node { pub next: *mut Node, pub text: &'static str } }
unsafe impl<T> Sync for Shared<T> {}

#[unsafe(no_mangle)] pub static mut NUMBER: i64 = -1;
#[unsafe(no_mangle)] pub static mut TABLE: [[u8; 4]; 3] = [[1; 4]; 3];
#[unsafe(no_mangle)] pub static mut PAIR: (u8, (char, f64)) = (1, ('a', 1.0));
#[unsafe(no_mangle)] pub static RING: Shared<Ring<u32, 3>> = Shared(Ring {
    head: AtomicU16::new(1),
    slots: UnsafeCell::new([const { Slot { ready: true, value: MaybeUninit::uninit() } }; 3]),
});
#[unsafe(no_mangle)] pub static CELLS: Shared<ManuallyDrop<[Cell<i16>; 2]>> = Shared(ManuallyDrop::new([Cell::new(3), Cell::new(4)]));
#[unsafe(no_mangle)] pub static LOCKED: Mutex<Option<u32>> = Mutex::new(Some(4));
#[unsafe(no_mangle)] pub static FLAG: AtomicBool = AtomicBool::new(true);
#[unsafe(no_mangle)] pub static mut SHAPES: [Shape; 2] = [Shape::Circle(1.0), Shape::Square { side: 2 }];
#[unsafe(no_mangle)] pub static mut LIGHT: Light = Light::Green;
#[unsafe(no_mangle)] pub static mut BITS: Bits = Bits { whole: 7 };
#[unsafe(no_mangle)] pub static mut NODE: inner::Node = inner::Node { next: std::ptr::null_mut(), text: "node" };
#[unsafe(no_mangle)] pub static mut WORDS: Vec<String> = Vec::new();
"#;

/// A static, the bytes of it that are meant, and what they are called, of which type.
const EXPECTED: &[(&str, Range<u64>, &str, Option<&str>)] = &[
    ("NUMBER", 0..8, "", Some("i64")),
    ("NUMBER", 4..5, "", Some("i64")),
    ("TABLE", 0..12, "", Some("[[u8; 4]; 3]")),
    ("TABLE", 4..8, "[1]", Some("[u8; 4]")),
    ("TABLE", 11..12, "[2][3]", Some("u8")),
    ("TABLE", 3..5, "", Some("[[u8; 4]; 3]")),
    ("FLAG", 0..1, "", Some("bool")),
    ("LIGHT", 0..1, "", Some("Light")),
    ("BITS", 2..4, "", Some("Bits")),
    ("WORDS", 8..16, "", Some("Vec<String>")),
];

/// A program of these lines, compiled as programs are.
struct Compiled {
    folder: PathBuf,
    bytes: Vec<u8>,
}

impl Compiled {
    fn new(name: &str) -> Compiled {
        let folder = std::env::temp_dir().join(format!("variables-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        std::fs::write(folder.join("program.rs"), PROGRAM).expect("the folder is ours");
        let library = folder.join("program.so");
        let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
            .current_dir(&folder)
            .args(["--edition=2024", "--crate-type=cdylib", "program.rs"])
            .args(["-Cdebuginfo=full", "-Aunused", "-o"])
            .arg(&library)
            .status();
        assert!(compiled.expect("rustc runs").success());
        let bytes = std::fs::read(&library).expect("it was compiled");
        Compiled { folder, bytes }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where a static is.
fn address(bytes: &[u8], name: &str) -> u64 {
    let file = object::File::parse(bytes).expect("a library");
    let mut symbols = file.symbols();
    let symbol = symbols.find(|symbol| symbol.name() == Ok(name));
    symbol.expect("the library exports it").address()
}

#[test]
fn parts_of_statics_have_paths_and_types() {
    let compiled = Compiled::new("statics");
    let debug = Debug::read(&compiled.bytes).expect("debug information");
    let look = |name: &str, bytes: &Range<u64>| {
        let start = address(&compiled.bytes, name);
        let (begin, part) = in_static(&debug, &(start + bytes.start..start + bytes.end))?;
        assert_eq!(begin, start);
        Some(part)
    };
    for (name, bytes, path, type_name) in EXPECTED {
        let part = look(name, bytes).unwrap_or_else(|| panic!("{name} is known"));
        assert_eq!(part.path, *path, "{name} {bytes:?}");
        assert_eq!(part.type_name.as_deref(), *type_name, "{name} {bytes:?}");
    }
    // The compiler orders fields as it likes: everything that there is must be found somewhere.
    let all = |name: &str, size: u64, width: u64| {
        let found = (0..=size - width).filter_map(|at| look(name, &(at..at + width)));
        let mut found: Vec<_> = found
            .map(|part| format!("{}: {}", part.path, part.type_name.unwrap_or_default()))
            .collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(
        all("PAIR", 24, 4),
        [
            ".1.0: char",
            ".1.1: f64",
            ".1: (char, f64)",
            ": (u8, (char, f64))"
        ]
    );
    assert_eq!(
        all("RING", 28, 2),
        [
            ".0.head: u16",
            ".0.slots: [Slot<u32>; 3]",
            ".0.slots[0].value: u32",
            ".0.slots[0]: Slot<u32>",
            ".0.slots[1].value: u32",
            ".0.slots[1]: Slot<u32>",
            ".0.slots[2].value: u32",
            ".0.slots[2]: Slot<u32>",
            ".0: Ring<u32, 3>",
        ]
    );
    assert_eq!(
        all("CELLS", 4, 2),
        [".0: [Cell<i16>; 2]", ".0[0]: i16", ".0[1]: i16"]
    );
    assert_eq!(
        all("NODE", 24, 8),
        [".next: *mut Node", ".text: &str", ": Node"]
    );
    assert_eq!(
        all("SHAPES", 16, 4),
        [": [Shape; 2]", "[0]: Shape", "[1]: Shape"]
    );
    let part = look("NODE", &(0..24)).expect("all of it");
    assert_eq!(part.member.as_deref(), Some("Node"));
}

#[test]
fn damaged_debug_information_has_no_answer() {
    let compiled = Compiled::new("damaged");
    let file = object::File::parse(&*compiled.bytes).expect("a library");
    let ranges: Vec<Range<usize>> = [
        ".debug_info",
        ".debug_abbrev",
        ".debug_ranges",
        ".debug_str",
    ]
    .iter()
    .filter_map(|name| file.section_by_name(name)?.file_range())
    .map(|(start, size)| start as usize..(start + size) as usize)
    .collect();
    assert!(ranges.len() > 2);
    let statics: Vec<u64> = EXPECTED
        .iter()
        .map(|(name, ..)| address(&compiled.bytes, name))
        .collect();
    let code = file.section_by_name(".text").expect("code").address();
    // A linear congruential generator (Knuth, The Art of Computer Programming, 3.3.4).
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..24 {
        let mut bytes = compiled.bytes.clone();
        for range in &ranges {
            for _ in 0..range.len() / 40 + 1 {
                bytes[range.start + next(range.len())] = next(256) as u8;
            }
        }
        let Some(debug) = Debug::read(&bytes) else {
            continue;
        };
        for &start in &statics {
            let _ = in_static(&debug, &(start..start + 4));
        }
        for pc in (code..code + 4096).step_by(512) {
            let call = Active { pc, frame: 1 << 40 };
            let _ = in_frame(&debug, &[call], &((1 << 40) - 64..(1 << 40) - 60));
            let _ = in_block(&debug, &[pc], 64, &(8..16));
        }
    }
}
