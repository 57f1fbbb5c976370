//! Tells a process that can never go on from one that sleeps or is slow, by what its threads wait for.

use std::collections::BTreeMap;
use std::fs;

/// A thread by its number, and how often it has gone to sleep so far.
type Sleepers = BTreeMap<u32, u64>;

/// Looks at one process, again and again.
#[derive(Debug)]
pub struct Watch {
    process: u32,
    last: Option<Sleepers>,
}

impl Watch {
    /// Of a child of ours.
    pub fn of(process: u32) -> Watch {
        Watch {
            process,
            last: None,
        }
    }

    /// Whether every thread waits, without a time limit, to be woken by another: locks, joins, condvars, channels and
    /// parked threads of std are all of this kind. `false` where the system does not tell.
    ///
    /// Threads are looked at one after another. Only where all of them have slept from one look to the next is there
    /// a moment at which all of them slept.
    pub fn is_deadlocked(&mut self) -> bool {
        let now = self.sleepers();
        let same = now.is_some() && now == self.last;
        self.last = now;
        same
    }

    /// `None` if some thread does not wait for another.
    fn sleepers(&self) -> Option<Sleepers> {
        let mut sleepers = Sleepers::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.process)).ok()? {
            let task = task.ok()?;
            let thread = task.file_name().to_str()?.parse().ok()?;
            let call = fs::read_to_string(task.path().join("syscall")).ok()?;
            if !waits_for_ever(&call)? {
                return None;
            }
            let status = fs::read_to_string(task.path().join("status")).ok()?;
            sleepers.insert(thread, naps(&status)?);
        }
        (!sleepers.is_empty()).then_some(sleepers)
    }
}

/// Whether a line of `/proc/PID/task/TID/syscall` is a futex wait without a timeout: the number of the call, then its
/// arguments, in hexadecimal.
fn waits_for_ever(call: &str) -> Option<bool> {
    let mut words = call.split_whitespace();
    if words.next()?.parse() != Ok(libc::SYS_futex) {
        return Some(false);
    }
    let mut argument = |nth| {
        let word: &str = words.nth(nth)?;
        u64::from_str_radix(word.trim_start_matches("0x"), 16).ok()
    };
    let (operation, timeout) = (argument(1)?, argument(1)?);
    let kind = i32::try_from(operation).ok()? & libc::FUTEX_CMD_MASK;
    Some([libc::FUTEX_WAIT, libc::FUTEX_WAIT_BITSET].contains(&kind) && timeout == 0)
}

/// How often a thread has gone to sleep, from its `/proc/PID/task/TID/status`.
fn naps(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{naps, waits_for_ever};

    #[test]
    fn a_futex_wait_without_a_timeout_lasts_for_ever() {
        let futex = libc::SYS_futex;
        for (call, expected) in [
            (
                format!("{futex} 0x7f12 0x80 0x2 0x0 0x0 0x0 0x7ff 0x7f1"),
                Some(true),
            ),
            (
                format!("{futex} 0x7f12 0x109 0x2 0x0 0x0 0xffffffff 0x7ff 0x7f1"),
                Some(true),
            ),
            (
                format!("{futex} 0x7f12 0x89 0x2 0x7ffc 0x0 0xffffffff 0x7ff 0x7f1"),
                Some(false),
            ),
            (
                format!("{futex} 0x7f12 0x81 0x1 0x0 0x0 0x0 0x7ff 0x7f1"),
                Some(false),
            ),
            (
                "230 0x0 0x0 0x7ffc 0x7ffc 0x0 0x0 0x7ffc 0x7f1".into(),
                Some(false),
            ),
            ("running".into(), Some(false)),
            (format!("{futex} 0x7f12"), None),
            (String::new(), None),
        ] {
            assert_eq!(waits_for_ever(&call), expected, "{call}");
        }
    }

    #[test]
    fn sleeping_is_counted() {
        let status =
            "Name:\tprogram\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t3\n";
        assert_eq!(naps(status), Some(17));
        assert_eq!(naps("Name:\tprogram\n"), None);
    }
}
