//! Candidate names for threads: the builder's name, the variable of the handle, the function it runs.

use super::index::{Call, Context};
use super::sources::Sources;
use crate::trace::Trace;

/// For each thread its possible names, best first.
pub(super) fn candidates(trace: &Trace, sources: &Sources) -> Vec<Vec<String>> {
    let spawned = trace.threads.iter().map(|thread| {
        let event = trace.events.get(thread.spawned_by?)?;
        sources.call(event.place.as_ref()?)
    });
    let calls: Vec<Option<&Call>> = spawned.collect();
    let mut many = 0;
    trace
        .threads
        .iter()
        .enumerate()
        .map(|(at, thread)| {
            if at == 0 {
                return vec![if trace.entry.is_empty() {
                    "main".into()
                } else {
                    trace.entry.clone()
                }];
            }
            let mut names: Vec<String> = thread.name.iter().cloned().collect();
            if let Some(call) = calls[at] {
                names.extend(of_handle(call));
                names.extend(call.callee.iter().cloned());
            }
            many += 1;
            // A name from a loop is worth more when it says which turn: `worker 2`.
            if names.is_empty() {
                names.push(format!("thread {many}"));
            }
            names
        })
        .collect()
}

fn of_handle(call: &Call) -> Vec<String> {
    let mut found = Vec::new();
    for context in call.context.iter().rev() {
        match context {
            Context::Let(names) if names.len() == 1 => {
                let element = call.context.iter().find_map(|context| match context {
                    Context::Element(at) => Some(at),
                    _ => None,
                });
                found.push(if call.context.contains(&Context::Repeated) {
                    format!("{}[_]", names[0])
                } else if let Some(at) = element {
                    format!("{}[{at}]", names[0])
                } else {
                    names[0].clone()
                });
                break;
            }
            Context::Pushed(into) => {
                found.push(format!("{}[_]", into.base));
                break;
            }
            _ => {}
        }
    }
    found
}
