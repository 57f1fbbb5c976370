//! One file a class, one row a file. The order is the order in which they are asked.

mod blocked_forever;
mod channel_deadlock;
mod check_then_act;
mod crash;
mod data_race;
mod deadlock;
mod endless_loop;
mod leaked_guard;
mod livelock;
mod lost_update;
mod lost_wakeup;
mod panic;
mod self_deadlock;
mod torn_update;
mod unjoined_work;
mod wrong_result;

pub use blocked_forever::phrase as waiting_phrase;

use super::Class;

/// Every class: causes before symptoms, the more specific first.
pub static ALL: &[Class] = &[
    endless_loop::CLASS,
    leaked_guard::CLASS,
    self_deadlock::CLASS,
    deadlock::CLASS,
    data_race::CLASS,
    lost_update::CLASS,
    check_then_act::CLASS,
    torn_update::CLASS,
    crash::CLASS,
    unjoined_work::CLASS,
    wrong_result::CLASS,
    panic::CLASS,
    livelock::CLASS,
    lost_wakeup::CLASS,
    channel_deadlock::CLASS,
    blocked_forever::CLASS,
];

/// A class by the name of the contract.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Class> {
    ALL.iter().find(|class| class.name == name)
}

/// A class by its code, in any case of letters.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Class> {
    ALL.iter()
        .find(|class| class.code.eq_ignore_ascii_case(code))
}
