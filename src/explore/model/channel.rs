//! `mpsc` channels: unbounded, bounded, and rendezvous.
//!
//! Only numbers of messages live here; the messages are the program's. A channel is two objects for the
//! explorer, its head and its tail, so that a send and a receive that cannot affect each other commute.

use std::collections::VecDeque;

use super::{Cause, Effect, Object, ThreadState};
use crate::operation::{Kind, Operation, Reply};
use crate::trace::{Action, Outcome};

/// A channel is born with one sender and its receiver.
#[derive(Debug)]
pub struct Channel {
    /// The event that sent each message that is waiting.
    queue: VecDeque<u32>,
    /// The events that received, in order.
    received: Vec<u32>,
    /// Senders alive.
    pub senders: u32,
    /// The events that dropped a sender.
    dropped: Vec<u32>,
    /// The event that dropped the receiver.
    receiver_dropped: Option<u32>,
    /// A receiver is waiting at a rendezvous.
    ready: bool,
}

impl Default for Channel {
    fn default() -> Self {
        Channel {
            queue: VecDeque::new(),
            received: Vec::new(),
            senders: 1,
            dropped: Vec::new(),
            receiver_dropped: None,
            ready: false,
        }
    }
}

const DONE: u64 = 0;
const DISCONNECTED: u64 = 1;
const WOULD_BLOCK: u64 = 2;

pub(super) fn may_send(object: &Object, operation: &Operation) -> bool {
    match object {
        Object::Channel(channel) => {
            channel.receiver_dropped.is_some() || channel.has_room(operation)
        }
        _ => true,
    }
}

pub(super) fn may_receive(object: &Object) -> bool {
    match object {
        Object::Channel(channel) => !channel.queue.is_empty() || channel.senders == 0,
        _ => false,
    }
}

/// Whether message number `ticket` of a rendezvous channel was taken, or never will be.
pub(super) fn is_taken(object: &Object, ticket: u64) -> bool {
    match object {
        Object::Channel(channel) => {
            channel.receiver_dropped.is_some() || channel.received.len() as u64 > ticket
        }
        _ => false,
    }
}

pub(super) fn perform(
    channel: &mut Channel,
    action: Action,
    operation: &Operation,
    event: u32,
    causes: &mut Vec<Cause>,
    own: &mut ThreadState,
) -> Effect {
    match action {
        Action::Send | Action::TrySend if channel.receiver_dropped.is_some() => reply(DISCONNECTED),
        Action::TrySend if !channel.takes_now(operation) => reply(WOULD_BLOCK),
        Action::Send | Action::TrySend => {
            if let Some(freed_by) = channel.slot_freed_by(operation) {
                causes.push(Cause {
                    event: freed_by,
                    exclusive: false,
                });
            }
            own.ticket = (channel.received.len() + channel.queue.len()) as u64;
            channel.queue.push_back(event);
            reply(DONE)
        }
        Action::SendTaken => match channel.received.get(own.ticket as usize) {
            Some(&taken_by) => {
                causes.push(Cause {
                    event: taken_by,
                    exclusive: true,
                });
                reply(DONE)
            }
            None => {
                causes.extend(channel.receiver_dropped.map(|event| Cause {
                    event,
                    exclusive: true,
                }));
                reply(DISCONNECTED)
            }
        },
        Action::ReceiveReady => {
            channel.ready = true;
            Effect {
                next: Some(Action::Receive),
                changed: true,
                ..Effect::default()
            }
        }
        Action::Receive | Action::TryReceive => {
            channel.ready = false;
            if let Some(sent_by) = channel.queue.pop_front() {
                causes.push(Cause {
                    event: sent_by,
                    exclusive: false,
                });
                channel.received.push(event);
                return reply(DONE);
            }
            if channel.senders == 0 {
                causes.extend(channel.dropped.iter().map(|&event| Cause {
                    event,
                    exclusive: false,
                }));
                return Effect {
                    changed: false,
                    ..reply(DISCONNECTED)
                };
            }
            let timed = operation.kind == Kind::ChannelRecvTimeout;
            let outcome = if timed {
                Outcome::TimedOut
            } else {
                Outcome::Empty
            };
            Effect {
                outcome,
                ..reply(WOULD_BLOCK)
            }
        }
        Action::DropSender => {
            channel.senders = channel.senders.saturating_sub(1);
            channel.dropped.push(event);
            Effect {
                changed: true,
                ..Effect::default()
            }
        }
        _ => {
            channel.receiver_dropped = Some(event);
            // What was sent and not received is dropped here; at a rendezvous it goes back to its sender.
            let dropped = channel.queue.drain(..);
            causes.extend(
                dropped
                    .filter(|_| !is_rendezvous(operation))
                    .map(|event| Cause {
                        event,
                        exclusive: false,
                    }),
            );
            Effect {
                changed: true,
                ..Effect::default()
            }
        }
    }
}

impl Channel {
    fn has_room(&self, operation: &Operation) -> bool {
        match operation.a {
            // A rendezvous sender offers its message at once, and then waits until it is taken.
            0 | 1 => true,
            capacity => (self.queue.len() as u64) < capacity - 1,
        }
    }

    /// Whether a `try_send` succeeds: at a rendezvous only if a receiver is waiting.
    fn takes_now(&self, operation: &Operation) -> bool {
        if is_rendezvous(operation) {
            self.ready && self.queue.is_empty()
        } else {
            self.has_room(operation)
        }
    }

    /// The receive that made room for the next message of a bounded channel, if it was ever full enough.
    fn slot_freed_by(&self, operation: &Operation) -> Option<u32> {
        if operation.a <= 1 {
            return None;
        }
        let next = self.received.len() + self.queue.len();
        next.checked_sub(operation.a as usize - 1)
            .and_then(|k| self.received.get(k).copied())
    }
}

fn is_rendezvous(operation: &Operation) -> bool {
    operation.a == 1
}

fn reply(value: u64) -> Effect {
    let outcome = match value {
        DONE => Outcome::Done,
        DISCONNECTED => Outcome::Disconnected,
        _ => Outcome::Full,
    };
    Effect {
        reply: Reply { value, flag: 0 },
        outcome,
        changed: value == DONE,
        ..Effect::default()
    }
}
