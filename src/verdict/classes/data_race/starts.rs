//! Where the two threads of a data race were started, and whether one waits for the other too late.

use super::super::super::{Telling, place_of};
use super::access::Access;
use crate::names::Sources;
use crate::names::index::{Call, Context, Origin, Position};
use crate::trace::{Event, Place};

/// The starts of the threads; `main` has none.
pub(super) struct Starts {
    starts: Vec<Start>,
    wait: Option<Wait>,
}

struct Start {
    parent: String,
    child: String,
    place: Place,
}

/// How the thread that has started the other one waits for it after its own access.
enum Wait {
    /// By a `join` at a place.
    Join(Place),
    /// At the end of the scope.
    Scope,
    /// Not at all: it keeps no handle.
    Never,
}

impl Starts {
    pub(super) fn of(say: &Telling<'_>, accesses: [&Access<'_>; 2]) -> Starts {
        let mut starts = Vec::new();
        let mut threads = accesses.map(|access| access.event.thread);
        threads.sort_by_key(|&thread| say.trace.threads[thread].spawned_by);
        for thread in threads {
            let spawn = spawn_of(say, thread);
            if let Some((spawn, place)) = spawn.and_then(|spawn| Some((spawn, place_of(spawn)?))) {
                starts.push(Start {
                    parent: say.thread(spawn.thread),
                    child: say.thread(thread),
                    place,
                });
            }
        }
        let [first, second] = accesses;
        let pairs = [(first, second), (second, first)];
        let wait = pairs
            .into_iter()
            .find_map(|(child, parent)| wait(say, child.event, parent.event));
        Starts { starts, wait }
    }

    /// Whether one waits for the other, but only after its own access, or never.
    pub(super) fn wait_is_late(&self) -> bool {
        self.wait.is_some()
    }

    /// "`main` starts `t` in line 4 and `u` in line 5".
    pub(super) fn told(&self, say: &Telling<'_>) -> Option<String> {
        let [one] = &self.starts[..] else {
            return self.both(say);
        };
        let start = format!(
            "{} starts {} in {}",
            one.parent,
            one.child,
            say.line(&one.place)
        );
        Some(match &self.wait {
            None => start,
            Some(Wait::Join(place)) => {
                format!("{start}, and joins it only later, in {}", say.line(place))
            }
            Some(Wait::Scope) => {
                format!("{start}, and waits for it only later, at the end of the scope")
            }
            Some(Wait::Never) => format!("{start}, and never joins it: it keeps no handle"),
        })
    }

    fn both(&self, say: &Telling<'_>) -> Option<String> {
        let [one, two] = &self.starts[..] else {
            return None;
        };
        let line = say.line(&one.place);
        Some(if one.parent != two.parent {
            let sentence = |start: &Start| {
                let line = say.line(&start.place);
                format!("{} starts {} in {line}", start.parent, start.child)
            };
            format!("{}; {}", sentence(one), sentence(two))
        } else if one.place.line == two.place.line && one.place.file == two.place.file {
            format!(
                "{} starts {} and {} in {line}",
                one.parent, one.child, two.child
            )
        } else {
            let other = say.line(&two.place);
            format!(
                "{} starts {} in {line} and {} in {other}",
                one.parent, one.child, two.child
            )
        })
    }
}

/// How `parent`'s thread waits for that of `child` after its access, as far as the function tells that starts it.
fn wait(say: &Telling<'_>, child: &Event, parent: &Event) -> Option<Wait> {
    let sources = say.sources;
    let spawn = spawn_of(say, child.thread).filter(|spawn| spawn.thread == parent.thread)?;
    let spawned_at = spawn.place.as_ref()?;
    let function = sources.function(spawned_at)?;
    let mut frames = parent.stack.iter().map(|frame| &frame.place);
    let here =
        frames.find(|place| place.file == spawned_at.file && function.span.touches(place))?;
    let mut calls = sources.calls(spawned_at);
    let spawned = Position::of(spawned_at);
    if calls.any(|call| call.name == "scope" && call.inside.contains(spawned)) {
        return Some(Wait::Scope);
    }
    let call = sources.call(spawned_at)?;
    let handles = handles(call);
    if handles.is_empty() {
        return call.context.is_empty().then_some(Wait::Never);
    }
    let mut joins = sources.calls(here).filter(|join| {
        join.name == "join"
            && function.span.contains(join.at)
            && join.at > Position::of(here)
            && is_of(sources, here, join, &handles)
    });
    joins.next().map(|join| Wait::Join(at(here, join)))
}

fn spawn_of<'a>(say: &Telling<'a>, thread: usize) -> Option<&'a Event> {
    let spawn = say.trace.threads[thread].spawned_by?;
    say.trace.events.get(spawn)
}

/// The variables that the handle of a thread goes into.
fn handles(spawn: &Call) -> Vec<&str> {
    let bound = spawn.bound().iter().map(String::as_str);
    let pushed = spawn.context.iter().filter_map(|context| match context {
        Context::Pushed(into) => Some(into.base.as_str()),
        _ => None,
    });
    bound.chain(pushed).collect()
}

/// Whether a `join` is one of a handle, or of an element of a collection of handles.
fn is_of(sources: &Sources, here: &Place, join: &Call, handles: &[&str]) -> bool {
    let Some(receiver) = &join.receiver else {
        return false;
    };
    let binding = sources.binding(&at(here, join), &receiver.base);
    let base = match binding.map(|binding| &binding.origin) {
        Some(Origin::ElementOf(of)) => &of.base,
        _ => &receiver.base,
    };
    handles.contains(&base.as_str())
}

fn at(here: &Place, call: &Call) -> Place {
    Place {
        line: call.at.line,
        column: call.at.column,
        ..here.clone()
    }
}
