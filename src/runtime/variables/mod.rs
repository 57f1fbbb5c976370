//! What the author of a program calls a piece of its memory, and what type it has: from its debug information.
//!
//! A static is found by its address, a local variable by the frame it is in, and a block of the heap by the generic
//! function of std that allocated it (`Box::<T>::new`). From there, the types lead on to the field or element.

mod debug;
mod functions;
mod types;
mod words;

use std::ops::Range;

use addr2line::gimli::{DW_AT_alignment, DW_AT_location, DW_AT_type, DW_TAG_variable, Operation};

pub use debug::Debug;
use debug::Die;
use functions::Function;
pub use types::Part;

/// A call that is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// Where it is in the code: an address in the library.
    pub pc: u64,
    /// The base pointer of its frame.
    pub frame: u64,
}

/// The part of a static in which the `bytes` of the library are, and where the static begins.
pub fn in_static(debug: &Debug<'_>, bytes: &Range<u64>) -> Option<(u64, Part)> {
    debug.find(|die, entry| {
        if entry.tag() != DW_TAG_variable || !entry.has_attr(DW_AT_location) {
            return None;
        }
        let start = match debug.expression(die, DW_AT_location)?[..] {
            [Operation::Address { address }] if address <= bytes.start => address,
            _ => return None,
        };
        let declared = debug.with_origins(die).into_iter();
        let mut types = declared.filter_map(|die| debug.refers(die, DW_AT_type));
        Some((
            start,
            types::part(debug, types.next()?, &relative(bytes, start)?)?,
        ))
    })
}

/// The local variable in which `bytes` of a stack are, and its part. `calls` are active there, innermost first.
pub fn in_frame(debug: &Debug<'_>, calls: &[Active], bytes: &Range<u64>) -> Option<(u64, Part)> {
    // Frames lie upwards, each below its return address.
    let call = calls.iter().find(|call| call.frame > bytes.start)?;
    let function = *Function::at(debug, call.pc).last()?;
    let local = function.local(debug, call.pc, call.frame, bytes.start)?;
    let mut part = types::part(debug, local.of, &relative(bytes, local.start)?)?;
    part.captured.get_or_insert(local.name);
    Some((local.start, part))
}

/// The part of a block of the heap in which `bytes` of it are. `calls` are the addresses in the library of the calls that
/// allocated it, innermost first.
pub fn in_block(debug: &Debug<'_>, calls: &[u64], size: u64, bytes: &Range<u64>) -> Option<Part> {
    for &pc in calls {
        for function in Function::at(debug, pc) {
            let path = function.path(debug);
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let Some(content) = Content::of(&path) else {
                continue;
            };
            if content == Content::Unknown {
                return None;
            }
            let of = function.parameter(debug);
            if let Some(found) = of.and_then(|of| content.part(debug, of, size, bytes)) {
                return Some(found);
            }
        }
    }
    None
}

/// What a function allocates a block for, told by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// One `T`.
    One,
    /// As many `T` as there is room for.
    Many,
    /// The counts of an `Arc` or `Rc`, and then as many `T` as there is room for.
    CountsAndMany,
    /// That is the program's own affair.
    Unknown,
}

impl Content {
    /// `None`: it leaves that to its caller.
    fn of(path: &[&str]) -> Option<Content> {
        Some(match path {
            [types::PROGRAM, ..] => Content::Unknown,
            ["alloc", "sync" | "rc", .., name] if name.starts_with("allocate_for_slice") => {
                Content::CountsAndMany
            }
            ["alloc", "boxed", ..] => Content::One,
            ["alloc", "raw_vec" | "vec", .., name] if !name.starts_with("{closure") => {
                Content::Many
            }
            _ => return None,
        })
    }

    fn part(self, debug: &Debug<'_>, of: Die, size: u64, bytes: &Range<u64>) -> Option<Part> {
        let each = types::size(debug, of, 0).filter(|&each| each > 0)?;
        let start = match self {
            Content::One => {
                return (each == size)
                    .then(|| types::part(debug, of, bytes))
                    .flatten();
            }
            Content::Many => size.is_multiple_of(each).then_some(0),
            // Behind the two counts, where elements may be.
            Content::CountsAndMany => Some(debug.number(of, DW_AT_alignment).unwrap_or(0).max(16)),
            Content::Unknown => None,
        }?;
        let (index, element) = types::element_at(debug, of, start, bytes)?;
        let mut part = types::part(debug, of, &relative(bytes, element.start)?)?;
        part.path = format!("[{index}]{}", part.path);
        let shifted = |at: u64| at.checked_add(element.start);
        part.bytes = shifted(part.bytes.start)?..shifted(part.bytes.end)?;
        Some(part)
    }
}

fn relative(bytes: &Range<u64>, start: u64) -> Option<Range<u64>> {
    Some(bytes.start.checked_sub(start)?..bytes.end.checked_sub(start)?)
}

#[cfg(test)]
mod tests;
