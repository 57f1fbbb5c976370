//! Candidate names for the memory of a data race.
//!
//! The variable is a static, a local variable, or for a block of the heap the one that its source is bound to where it is
//! allocated; debug information adds the way from there to the field or element. Without a variable, that is said of
//! the type: `Ring::len`.

use super::index::{Call, Context};
use super::resolve::{self, Scene};
use super::sources::Sources;
use crate::trace::{Event, Frame, ObjectKind, ObjectRecord, Race, Trace};

/// The possible names of the memory of `race`, best first. `about` are the two accesses.
pub(super) fn candidates(
    trace: &Trace,
    sources: &Sources,
    about: &[&Event],
    object: &ObjectRecord,
    race: &Race,
) -> Vec<String> {
    let part = race.variable.as_ref();
    let path = part.map_or("", |part| &part.path);
    let mut names = Vec::new();
    let of_static = object.static_name.as_deref();
    let of_static = of_static.and_then(|name| name.rsplit("::").next());
    let local = part.and_then(|part| part.name.as_deref());
    names.extend(of_static.or(local).map(|name| format!("{name}{path}")));
    let held = holder(sources, &object.allocated)
        .filter(|_| !about.iter().any(|event| is_another_call(event, object)));
    names.extend(held.filter(|_| names.is_empty()).map(|held| match part {
        Some(_) => format!("{held}{path}"),
        None if is_raw(sources, &object.allocated) => format!("*{held}"),
        None => held,
    }));
    let used = about.iter().filter_map(|event| used(trace, sources, event));
    // An index that is not written there is not known.
    names.extend(used.filter(|name| !name.contains("[_]")));
    names.extend(part.and_then(|part| part.member.clone()));
    names
}

/// The variable that a block of the heap is bound to, allocated by these calls: the innermost one makes it, and where it
/// only hands it on to its caller, in a field perhaps, that one may bind it.
fn holder(sources: &Sources, allocated: &[Frame]) -> Option<String> {
    let mut fields = String::new();
    for frame in allocated {
        let context = sources.context(&frame.place)?;
        // Which of many it is cannot be told; what a closure makes may go anywhere.
        if context.contains(&Context::Repeated) {
            return None;
        }
        let made = resolve::owner(context, ObjectKind::Memory);
        if let Some(name) = made.name {
            return Some(format!("{name}{fields}")).filter(|name| !name.contains("[_]"));
        }
        if context.first() != Some(&Context::Returned) {
            return None;
        }
        fields.insert_str(0, &made.fields);
    }
    None
}

/// Whether an access is in the function that has allocated the memory, but in another call of it: the name there may by now
/// be that of other memory.
fn is_another_call(event: &Event, object: &ObjectRecord) -> bool {
    let (Some(access), Some(made)) = (event.stack.first(), object.allocated.first()) else {
        return false;
    };
    let outside = |frames: &[Frame]| {
        let frames = frames.iter().skip(1).map(|frame| frame.place.clone());
        frames.collect::<Vec<_>>()
    };
    access.function == made.function && outside(&event.stack) != outside(&object.allocated)
}

/// Whether the program has asked the allocator itself: then what it binds is a pointer.
fn is_raw(sources: &Sources, allocated: &[Frame]) -> bool {
    let call = allocated
        .first()
        .and_then(|frame| sources.call(&frame.place));
    let raw = |call: &Call| ["alloc", "alloc_zeroed", "realloc"].contains(&call.name.as_str());
    call.is_some_and(raw)
}

/// The place in memory that the source names where it is accessed.
fn used(trace: &Trace, sources: &Sources, event: &Event) -> Option<String> {
    let place = event.place.as_ref()?;
    let operand = sources.place_expression(place)?.clone();
    let scene = Scene::of(trace, sources, event);
    Some(scene.resolve(operand, place.clone(), 0))
}
