//! Atomics under sequential consistency: the value is the one in the program's memory.

use super::{Effect, ThreadState};
use crate::explore::ways::Ways;
use crate::guest::Guest;
use crate::operation::{Kind, Operation, Reply, Rmw};
use crate::trace::Outcome;

/// The way of a weak compare-exchange that would succeed, and fails all the same.
pub const FAILS: u32 = 32;

/// The ways in which a compare-exchange can go now.
pub(super) fn ways(operation: &Operation, own: &ThreadState, guest: &impl Guest) -> Ways {
    let may_fail = operation.kind == Kind::AtomicCasWeak
        && own.spurious_left > 0
        && guest.read(operation) == truncate(operation.a, operation.width);
    if may_fail {
        Ways::ONE.with(FAILS)
    } else {
        Ways::ONE
    }
}

pub(super) fn perform(
    operation: &Operation,
    alternative: u32,
    own: &mut ThreadState,
    guest: &mut impl Guest,
) -> Effect {
    let before = guest.read(operation);
    let mut outcome = Outcome::Done;
    let mut flag = 0;
    let after = match operation.kind {
        Kind::AtomicLoad => before,
        Kind::AtomicStore => truncate(operation.a, operation.width),
        Kind::AtomicRmw => combine(operation, before),
        _ if alternative == FAILS => {
            own.spurious_left -= 1;
            outcome = Outcome::Spurious;
            before
        }
        _ if before == truncate(operation.a, operation.width) => {
            flag = 1;
            truncate(operation.b, operation.width)
        }
        _ => {
            outcome = Outcome::Failed;
            before
        }
    };
    if after != before {
        guest.write(operation, after);
    }
    Effect {
        reply: Reply {
            value: before,
            flag,
        },
        outcome,
        before: Some(before),
        after: Some(after),
        changed: after != before,
        ..Effect::default()
    }
}

/// The new value of a read-modify-write.
#[must_use]
pub fn combine(operation: &Operation, old: u64) -> u64 {
    let width = operation.width;
    let a = truncate(operation.a, width);
    let new = match operation.rmw {
        Rmw::Swap => a,
        Rmw::Add => old.wrapping_add(a),
        Rmw::Sub => old.wrapping_sub(a),
        Rmw::And => old & a,
        Rmw::Nand => !(old & a),
        Rmw::Or => old | a,
        Rmw::Xor => old ^ a,
        Rmw::Max => old.max(a),
        Rmw::Min => old.min(a),
        Rmw::MaxSigned => signed(old, width).max(signed(a, width)) as u64,
        Rmw::MinSigned => signed(old, width).min(signed(a, width)) as u64,
    };
    truncate(new, width)
}

/// The lowest `width` bytes.
#[must_use]
pub fn truncate(value: u64, width: u32) -> u64 {
    if width >= 8 {
        value
    } else {
        value & ((1 << (8 * width)) - 1)
    }
}

/// The lowest `width` bytes, sign-extended.
fn signed(value: u64, width: u32) -> i64 {
    let unused = 64 - 8 * width.min(8);
    ((value << unused) as i64) >> unused
}
