//! From a type and some of its bytes to the path that leads there: `.slots[3].value`.

use std::ops::Range;

use addr2line::gimli::{
    self, DW_AT_byte_size, DW_AT_count, DW_AT_data_member_location, DW_AT_type, DW_AT_upper_bound,
    DW_TAG_array_type, DW_TAG_member, DW_TAG_subrange_type, DW_TAG_template_type_parameter,
    DW_TAG_variant_part,
};

use super::debug::{Debug, Die};
use super::words;

/// How deep types are looked into: deeper than any readable program goes.
const DEPTH: usize = 32;

/// The crate that is the program.
pub const PROGRAM: &str = "program";

/// The innermost thing that holds some bytes of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The variable that it is part of, where the value is that of a closure.
    pub captured: Option<String>,
    /// The way there: fields and indices.
    pub path: String,
    /// The outermost of the program's own types on the way, and the way from there: `Ring::len`.
    pub member: Option<String>,
    /// Its type, where its author knows it.
    pub type_name: Option<String>,
    /// Where it is in the value.
    pub bytes: Range<u64>,
}

/// Types of std that are only a cell around a value: it is that value that they are named for.
const CELLS: &[&str] = &[
    "UnsafeCell",
    "Cell",
    "SyncUnsafeCell",
    "RefCell",
    "MaybeUninit",
    "ManuallyDrop",
    "MaybeDangling",
    "Mutex",
    "RwLock",
    "Wrapping",
    "ArcInner",
    "RcInner",
    "RcBox",
];

/// Of these, the ones with counts beside the value.
const COUNTED: &[&str] = &["ArcInner", "RcInner", "RcBox"];

/// Types of std that a program may name, and that have no parts for it.
const WHOLE: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "Duration",
    "HashMap",
    "HashSet",
    "Instant",
    "LinkedList",
    "NonNull",
    "OnceCell",
    "OnceLock",
    "Option",
    "PathBuf",
    "Range",
    "Rc",
    "Result",
    "String",
    "Vec",
    "VecDeque",
    "Weak",
];

/// The part of a value of the type `whole` that holds `bytes` of it. `None` for what its author does not know of, such as
/// the counts of an `Arc`.
pub fn part(debug: &Debug<'_>, whole: Die, bytes: &Range<u64>) -> Option<Part> {
    let mut part = Part {
        bytes: 0..size(debug, whole, 0)?,
        ..Part::default()
    };
    let mut at = whole;
    // The outermost of the program's own types on the way, and the way from there.
    let mut own: Option<(String, String)> = None;
    for _ in 0..DEPTH {
        let Some(step) = step(debug, at, part.bytes.start, bytes)? else {
            break;
        };
        if step.captured.is_some() {
            part.captured = step.captured;
            part.path.clear();
            own = None;
        }
        if let (None, Some(of)) = (&own, step.of) {
            own = Some((of, String::new()));
        }
        if let Some((_, way)) = &mut own {
            way.push_str(&step.path);
        }
        part.path.push_str(&step.path);
        part.bytes = step.bytes;
        at = step.into;
    }
    if !(part.bytes.start <= bytes.start && bytes.end <= part.bytes.end) {
        return None;
    }
    part.type_name = shown(debug, at);
    part.member = match own {
        Some((of, way)) => Some(match way.strip_prefix('.') {
            Some(field) if !field.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("{of}::{field}")
            }
            _ => of + &way,
        }),
        None => part.type_name.clone().filter(|_| is_own(debug, at)),
    };
    Some(part)
}

/// Bytes of a value of this type.
pub fn size(debug: &Debug<'_>, of: Die, depth: usize) -> Option<u64> {
    if let Some(size) = debug.number(of, DW_AT_byte_size) {
        return Some(size);
    }
    match debug.tag(of)? {
        gimli::DW_TAG_pointer_type => Some(size_of::<usize>() as u64),
        gimli::DW_TAG_array_type if depth < DEPTH => {
            let element = size(debug, debug.refers(of, DW_AT_type)?, depth + 1)?;
            element.checked_mul(count(debug, of)?)
        }
        _ => None,
    }
}

/// From a value to a part of it.
struct Step {
    into: Die,
    path: String,
    bytes: Range<u64>,
    of: Option<String>,
    captured: Option<String>,
}

/// The part of a value at `start`, of the type `of`, in which `bytes` are; `Some(None)` where it has no parts, or more than
/// one of them is meant.
fn step(debug: &Debug<'_>, of: Die, start: u64, bytes: &Range<u64>) -> Option<Option<Step>> {
    match debug.tag(of)? {
        gimli::DW_TAG_array_type => Some(element(debug, of, start, bytes)),
        gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type => field(debug, of, start, bytes),
        _ => Some(None),
    }
}

/// An element of an array.
pub fn element_at(
    debug: &Debug<'_>,
    element: Die,
    start: u64,
    bytes: &Range<u64>,
) -> Option<(u64, Range<u64>)> {
    let size = size(debug, element, 0).filter(|&size| size > 0)?;
    let index = bytes.start.checked_sub(start)? / size;
    let first = start.checked_add(index.checked_mul(size)?)?;
    let end = first.checked_add(size)?;
    (bytes.end <= end).then_some((index, first..end))
}

fn element(debug: &Debug<'_>, of: Die, start: u64, bytes: &Range<u64>) -> Option<Step> {
    let into = debug.refers(of, DW_AT_type)?;
    let (index, bytes) = element_at(debug, into, start, bytes)?;
    (index < count(debug, of)?).then(|| Step {
        into,
        path: format!("[{index}]"),
        bytes,
        of: None,
        captured: None,
    })
}

fn field(debug: &Debug<'_>, of: Die, start: u64, bytes: &Range<u64>) -> Option<Option<Step>> {
    let name = debug.name(of).unwrap_or_default();
    let children = debug.children(of);
    let is = |die: &Die, tag| debug.tag(*die) == Some(tag);
    if children.iter().any(|child| is(child, DW_TAG_variant_part)) {
        return Some(None);
    }
    let members = children.iter().filter(|child| is(child, DW_TAG_member));
    let mut around = members.filter_map(|&member| {
        let into = debug.refers(member, DW_AT_type)?;
        let offset = debug
            .number(member, DW_AT_data_member_location)
            .unwrap_or(0);
        let first = start.checked_add(offset)?;
        let all = first..first.checked_add(size(debug, into, 0)?)?;
        let inside = all.start <= bytes.start && bytes.end <= all.end;
        inside.then_some((member, into, all))
    });
    let found = around.next();
    // Of a union, which one is meant cannot be told.
    let unique = around.next().is_none();
    drop(around);
    let is_tuple = name.starts_with('(');
    if is_tuple || is_own(debug, of) {
        let Some((member, into, bytes)) = found.filter(|_| unique) else {
            return Some(None);
        };
        let field = debug.name(member)?;
        let closure = name.starts_with("{closure_env");
        let plain = field.trim_start_matches("_ref__").trim_start_matches("__");
        return Some(Some(Step {
            into,
            path: match closure {
                true => String::new(),
                false => format!(".{plain}"),
            },
            bytes,
            of: (!is_tuple && !closure).then(|| words::bare(&name).to_owned()),
            captured: closure.then(|| plain.to_owned()),
        }));
    }
    if !is_cell(&name) {
        return Some(None);
    }
    let content = children
        .iter()
        .find(|child| is(child, DW_TAG_template_type_parameter))
        .and_then(|&parameter| debug.refers(parameter, DW_AT_type));
    let step = found.filter(|(_, into, _)| {
        let inner = debug.name(*into).unwrap_or_default();
        Some(*into) == content || is_cell(&inner)
    });
    match step {
        Some((_, into, bytes)) => Some(Some(Step {
            into,
            path: String::new(),
            bytes,
            of: None,
            captured: None,
        })),
        None if COUNTED.contains(&words::bare(&name)) => None,
        None => Some(None),
    }
}

fn is_cell(name: &str) -> bool {
    let bare = words::bare(name);
    CELLS.contains(&bare) || (bare.starts_with("Atomic") && bare != "AtomicBool")
}

/// Elements of an array.
fn count(debug: &Debug<'_>, of: Die) -> Option<u64> {
    let mut ranges = debug.children(of).into_iter();
    let range = ranges.find(|&child| debug.tag(child) == Some(DW_TAG_subrange_type))?;
    let last = || debug.number(range, DW_AT_upper_bound)?.checked_add(1);
    debug.number(range, DW_AT_count).or_else(last)
}

/// Whether a type is one that the program declares.
fn is_own(debug: &Debug<'_>, of: Die) -> bool {
    debug.around(of).first().is_some_and(|root| root == PROGRAM)
}

/// A type as its author would write it.
fn shown(debug: &Debug<'_>, of: Die) -> Option<String> {
    shown_to(debug, of, 0)
}

fn shown_to(debug: &Debug<'_>, of: Die, depth: usize) -> Option<String> {
    if depth > DEPTH {
        return None;
    }
    if debug.tag(of)? == DW_TAG_array_type {
        let element = shown_to(debug, debug.refers(of, DW_AT_type)?, depth + 1)?;
        return Some(format!("[{element}; {}]", count(debug, of)?));
    }
    let name = debug.name(of)?;
    let bare = words::bare(&name);
    match bare {
        "AtomicBool" => return Some("bool".into()),
        _ if name.starts_with('{') => return None,
        _ => {}
    }
    let around = debug.around(of);
    // What is in no module is built in.
    let known = around.first().is_none_or(|root| root == PROGRAM);
    (known || WHOLE.contains(&bare) || CELLS.contains(&bare)).then(|| words::short(&name))
}
