//! Candidate names for objects: from where they are made, and from where they are used.
//!
//! A use is followed back to the variable that owns the object: through `let c = Arc::clone(&counter)`, through
//! captures (the same function, textually), through parameters and `self` (the caller's frame on the stack; at a
//! thread's first function, the stack of its spawn).

use std::collections::HashSet;

use super::index::{Call, Context, Origin};
use super::memory;
use super::operand::Operand;
use super::sources::Sources;
use crate::trace::{Event, Frame, ObjectKind, ObjectRecord, Place, Trace};

/// How many steps a name is followed: deeper than any readable program goes.
const DEPTH: usize = 24;

/// For each object its possible names, best first.
pub(super) fn candidates(trace: &Trace, sources: &Sources) -> Vec<Vec<String>> {
    let mut about: Vec<Vec<&Event>> = vec![Vec::new(); trace.objects.len()];
    for event in trace.events.iter().chain(&trace.pending) {
        if let Some(about) = event.object.and_then(|object| about.get_mut(object)) {
            about.push(event);
        }
    }
    let objects = trace.objects.iter().zip(&about).enumerate();
    objects
        .map(|(at, (object, about))| {
            let race = trace.race.as_ref().filter(|race| race.object == at);
            let mut names = match race {
                Some(race) => memory::candidates(trace, sources, about, object, race),
                None => of_object(trace, sources, about, object),
            };
            if names.is_empty() {
                names.push(fallback(object.kind).to_string());
            }
            let mut seen = std::collections::BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
            names
        })
        .collect()
}

/// The names of an object, from its creation and the events `about` it.
fn of_object(
    trace: &Trace,
    sources: &Sources,
    about: &[&Event],
    object: &ObjectRecord,
) -> Vec<String> {
    if object.kind == ObjectKind::Atomic && is_hidden(about) {
        return vec!["poison flag".into()];
    }
    let place = object.created.as_ref();
    let made = place.and_then(|place| sources.call(place));
    let made = made
        .map(|call| owner(&call.context, object.kind))
        .unwrap_or_default();
    let uses = uses(trace, sources, about);
    let (exact, vague): (Vec<_>, Vec<_>) = uses.into_iter().partition(|name| !name.contains("::"));
    let mut names = Vec::new();
    if let Some(name) = &object.static_name {
        let name = name.rsplit("::").next().unwrap_or(name);
        let inside = exact
            .iter()
            .find(|found| found.starts_with(name) && found.len() > name.len());
        names.extend(inside.cloned());
        names.push(name.to_string());
    }
    if let Some(name) = &made.name {
        names.push(name.clone());
    }
    names.extend(exact);
    if made.name.is_none() {
        // An object inside a value that was put on the heap: named after that value.
        let outer = object
            .allocated
            .iter()
            .find_map(|frame| holder(sources, &frame.place));
        if let Some(outer) = outer {
            names.push(format!("{outer}{}", made.fields));
        }
    }
    names.extend(vague);
    names.extend(made.qualified);
    if object.kind == ObjectKind::Console {
        names = vec!["stdout".into()];
    }
    names
}

/// What an object is called of which nothing is known.
fn fallback(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Atomic => "atomic",
        ObjectKind::Mutex => "mutex",
        ObjectKind::RwLock => "rwlock",
        ObjectKind::Condvar => "condvar",
        ObjectKind::Barrier => "barrier",
        ObjectKind::Once => "once",
        ObjectKind::Channel => "channel",
        ObjectKind::Arc => "arc",
        ObjectKind::Thread => "thread",
        ObjectKind::Scope => "scope",
        ObjectKind::Memory => "memory",
        ObjectKind::Console => "stdout",
    }
}

/// Whether no step of the program itself names this atomic: it is part of a lock.
fn is_hidden(about: &[&Event]) -> bool {
    !about.is_empty() && about.iter().all(|event| event.place.is_none())
}

#[derive(Default)]
pub(super) struct Made {
    /// The variable or static, with fields and index.
    pub(super) name: Option<String>,
    /// Only the fields.
    pub(super) fields: String,
    /// `Account::balance`
    qualified: Option<String>,
}

/// What the value of a constructor call becomes part of.
pub(super) fn owner(context: &[Context], kind: ObjectKind) -> Made {
    let root = context.iter().rposition(|context| {
        matches!(
            context,
            Context::Let(_) | Context::Static(_) | Context::Pushed(_)
        )
    });
    let inner = &context[root.map_or(0, |at| at + 1)..];
    let several =
        root.is_some_and(|at| matches!(&context[at], Context::Let(names) if names.len() > 1));
    let mut made = Made::default();
    let mut tuple = None;
    let mut index = String::new();
    for context in inner {
        match context {
            Context::Field(of, name) => {
                made.fields.push_str(&index);
                index.clear();
                made.fields.push_str(&format!(".{name}"));
                made.qualified = Some(format!("{of}::{name}"));
            }
            // `let (tx, rx) = …` names the parts itself; elsewhere the part is a field.
            Context::Tuple(at) if several => tuple = Some(*at),
            Context::Tuple(at) => made.fields.push_str(&format!(".{at}")),
            Context::Element(at) => index = format!("[{at}]"),
            Context::Repeated => index = "[_]".into(),
            _ => {}
        }
    }
    made.fields.push_str(&index);
    made.name = root.and_then(|at| match &context[at] {
        Context::Static(name) => Some(format!("{name}{}", made.fields)),
        Context::Pushed(into) => Some(format!("{}{}[_]{}", into.base, into.path, made.fields)),
        Context::Let(names) => {
            let name = match (names.len(), tuple) {
                (1, _) => names.first(),
                (_, Some(at)) => names.get(at),
                // `let (tx, rx) = channel()`: the end that holds the queue.
                (_, None) if kind == ObjectKind::Channel => names.last(),
                _ => None,
            }?;
            Some(format!("{name}{}", made.fields))
        }
        _ => None,
    });
    made
}

/// The variable that a heap allocation on this line goes into: that of the outermost call that begins there.
fn holder(sources: &Sources, place: &Place) -> Option<String> {
    let on_line = |call: &&Call| call.span.start.line == place.line;
    let outermost = sources
        .calls(place)
        .filter(on_line)
        .min_by_key(|call| call.span.start)?;
    owner(&outermost.context, ObjectKind::Mutex).name
}

/// The names at every use, in order of first appearance.
fn uses(trace: &Trace, sources: &Sources, about: &[&Event]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // A loop uses an object at the same place again and again.
    let mut places = HashSet::new();
    for event in about {
        let callers: Vec<&Place> = event.stack.iter().map(|frame| &frame.place).collect();
        if places.insert((event.thread, &event.place, callers))
            && let Some(name) = of_use(trace, sources, event)
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

fn of_use(trace: &Trace, sources: &Sources, event: &Event) -> Option<String> {
    let place = event.place.as_ref()?;
    let receiver = sources.call(place)?.receiver.clone()?;
    let scene = Scene::of(trace, sources, event);
    Some(scene.resolve(receiver, place.clone(), 0))
}

/// Where a name is read: a point in the source, and the calls that led there.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    trace: &'a Trace,
    sources: &'a Sources,
    thread: usize,
    frames: &'a [Frame],
}

impl<'a> Scene<'a> {
    /// Where an event happens.
    pub(super) fn of(trace: &'a Trace, sources: &'a Sources, event: &'a Event) -> Self {
        Scene {
            trace,
            sources,
            thread: event.thread,
            frames: &event.stack,
        }
    }

    /// The name of what `operand` stands for at `at`, followed back to its owner.
    pub(super) fn resolve(self, operand: Operand, at: Place, depth: usize) -> String {
        let plain = format!("{}{}", operand.base, operand.path);
        if depth > DEPTH {
            return plain;
        }
        let Some(binding) = self.sources.binding(&at, &operand.base) else {
            return plain;
        };
        match &binding.origin {
            Origin::Value(_) | Origin::Unknown => plain,
            Origin::Alias(inner) => {
                let at = placed(&at, inner);
                let inner = extended(inner.clone(), "", &operand.path);
                self.resolve(inner, at, depth + 1)
            }
            Origin::ElementOf(inner) => {
                let at = placed(&at, inner);
                let inner = extended(inner.clone(), "[_]", &operand.path);
                self.resolve(inner, at, depth + 1)
            }
            Origin::Parameter(nth) => self
                .caller(&at)
                .and_then(|(scene, call, at)| {
                    let argument = call.arguments.get(*nth)?.clone()?;
                    Some(scene.resolve(extended(argument, "", &operand.path), at, depth + 1))
                })
                .unwrap_or(plain),
            Origin::Receiver => self
                .caller(&at)
                .and_then(|(scene, call, at)| {
                    let first = || call.arguments.first().cloned().flatten();
                    let receiver = call.receiver.clone().or_else(first)?;
                    Some(scene.resolve(extended(receiver, "", &operand.path), at, depth + 1))
                })
                .unwrap_or_else(|| self.qualified(&at, &operand)),
        }
    }

    /// The call that led into the function around `at`, and where it stands.
    fn caller(self, at: &Place) -> Option<(Scene<'a>, &'a Call, Place)> {
        let function = self.sources.function(at)?;
        let outside = |frame: &Frame| {
            self.sources
                .function(&frame.place)
                .is_none_or(|other| other.span != function.span)
        };
        if let Some(next) = self.frames.iter().position(outside) {
            let frames = &self.frames[next..];
            let call = self
                .sources
                .calls_of(&frames[0].place, &function.name)
                .next()?;
            let mut place = frames[0].place.clone();
            (place.line, place.column) = (call.at.line, call.at.column);
            return Some((Scene { frames, ..self }, call, place));
        }
        // The thread began inside this function: its caller is that of the spawn.
        let spawn = self
            .trace
            .events
            .get(self.trace.threads.get(self.thread)?.spawned_by?)?;
        let scene = Scene {
            thread: spawn.thread,
            frames: &spawn.stack,
            ..self
        };
        let spawn_place = spawn.place.as_ref()?;
        if self.sources.function(spawn_place)?.span == function.span {
            return scene.caller(spawn_place);
        }
        let call = self.sources.call(spawn_place)?;
        (call.callee.as_deref() == Some(&function.name)).then_some(())?;
        let called = self.sources.calls_of(spawn_place, &function.name).next()?;
        let mut place = spawn_place.clone();
        (place.line, place.column) = (called.at.line, called.at.column);
        Some((scene, called, place))
    }

    /// `self.balance` as `Account::balance`, where nobody knows whose.
    fn qualified(self, at: &Place, operand: &Operand) -> String {
        let of = self
            .sources
            .function(at)
            .and_then(|function| function.of.clone());
        match (of, operand.path.strip_prefix('.')) {
            (Some(of), Some(field)) => format!("{of}::{field}"),
            (Some(of), None) => of,
            (None, _) => format!("{}{}", operand.base, operand.path),
        }
    }
}

fn placed(at: &Place, operand: &Operand) -> Place {
    Place {
        file: at.file.clone(),
        line: operand.at.line,
        column: operand.at.column,
    }
}

fn extended(mut operand: Operand, step: &str, path: &str) -> Operand {
    operand.path.push_str(step);
    operand.path.push_str(path);
    operand
}
