//! The programs, and the sizes they are run in. The build script reads this table too.

/// A file of `programs/`, written for `std`. Its line `const N: usize = …;` is rewritten to each size.
pub struct Program {
    /// Name of the file, and for `--only`.
    pub name: &'static str,
    /// What is measured, small ones first.
    pub sizes: &'static [usize],
    /// How many threads a size has, with the main one.
    pub threads: fn(usize) -> usize,
    /// The published number of traces: executions of a search that runs one of each. `None` where there is none, or
    /// none that counts what we count.
    pub traces: fn(usize) -> Option<u64>,
}

const fn program(
    name: &'static str,
    sizes: &'static [usize],
    threads: fn(usize) -> usize,
    traces: fn(usize) -> Option<u64>,
) -> Program {
    Program {
        name,
        sizes,
        threads,
        traces,
    }
}

/// All of them.
#[rustfmt::skip]
pub static ALL: &[Program] = &[
    program("locked", &[2, 3, 4, 5, 6, 8], |n| n + 1, |n| Some(factorial(n))),
    program("locked_often", &[1, 2, 3, 4, 6], |_| 3, |n| Some(factorial(2 * n) / factorial(n).pow(2))),
    program("one_lock", &[2, 3, 4, 5, 6], |n| n + 1, |n| Some(factorial(n))),
    program("tickets", &[2, 3, 4, 5, 6, 8], |n| n + 1, |n| Some(factorial(n))),
    program("counter", &[2, 3, 4, 8, 16], |n| n + 1, |_| Some(1)),
    program("racy", &[2, 3, 4, 5, 6], |n| n + 1, |n| Some(factorial(n).pow(2))),
    program("readers", &[2, 3, 5, 10], |n| n + 2, |n| Some(1 << n)),
    program("lastzero", &[2, 3, 5, 10], |n| n + 2, |n| Some((n as u64 + 3) << (n - 2))),
    program("indexer", &[3, 11, 12, 14], |n| n + 1, |n| Some(8_u64.pow(n.saturating_sub(11) as u32))),
    program("filesystem", &[3, 14, 16, 20], |n| n + 1, |n| Some(1 << n.saturating_sub(13))),
    program("philosophers", &[2, 3, 4, 5, 8], |n| n + 1, |n| Some((1 << n) - 2)),
    program("philosophers_deadlock", &[2, 3, 4, 5], |n| n + 1, |_| None),
    program("setters", &[1, 2, 3, 4], |n| n + 2, |n| Some((factorial(n) * (n as u64 + 1)).pow(2))),
    program("fib", &[2, 3, 4, 5, 6], |_| 3, |n| [19, 141, 1_107, 8_953, 73_789].get(n - 2).copied()),
    program("stages", &[1, 2, 3], |n| 2 * n + 1, |n| [3, 472].get(n - 1).copied()),
    program("store_buffering", &[2, 3, 4, 6], |n| n + 1, |n| Some((1 << n) - 1)),
    program("rwlock", &[1, 2, 4], |n| n + 3, |n| Some(2 * 3_u64.pow(n as u32))),
    // Ours counts executions with spurious wake-ups too, and any waiter that is woken.
    program("queue", &[1, 2, 3], |_| 3, |_| None),
    program("queue_of_many", &[1, 2], |n| n + 3, |_| None),
    program("channel", &[1, 3], |_| 3, |_| Some(1)),
    program("channels", &[1, 2, 3], |_| 4, |n| Some(factorial(2 * n) / factorial(n).pow(2))),
    // Nobody who waits in a loop is told when to look again: looking too early is an execution of its own.
    program("spinlock", &[2, 3, 4], |n| n + 1, |_| None),
    program("flag", &[1, 2, 3], |n| n + 2, |_| None),
    program("private", &[2, 3, 4], |n| n + 1, |_| Some(1)),
];

/// A program with a bug, in the size in which strategies look for it.
pub struct Buggy {
    /// Name of the file.
    pub name: &'static str,
    /// Its `N`.
    pub size: usize,
    /// Median schedules to the first bug in the literature, of the best strategy there.
    pub published: &'static str,
}

const fn buggy(name: &'static str, size: usize, published: &'static str) -> Buggy {
    Buggy {
        name,
        size,
        published,
    }
}

/// All of those.
pub static BUGGY: &[Buggy] = &[
    buggy("reorder", 10, "17"),
    buggy("reorder", 20, "6"),
    buggy("twostage", 20, "6"),
    buggy("twostage", 100, "454"),
    buggy("work_stealing", 2, "6"),
    buggy("string_buffer", 1, "8"),
    buggy("bluetooth", 1, "36–70"),
    buggy("bluetooth", 10, "–"),
    buggy("wrong_lock", 3, "7"),
    buggy("token_ring", 3, "8"),
    buggy("philosophers_deadlock", 4, "5"),
    buggy("producers_consumers", 2, "6"),
    buggy("account", 3, "–"),
    buggy("lost_notify", 2, "–"),
    buggy("torn_read", 20, "–"),
];

const fn factorial(n: usize) -> u64 {
    match n {
        0 => 1,
        _ => n as u64 * factorial(n - 1),
    }
}

/// The program in one size, and with `library` where it says `std`.
///
/// # Errors
/// When the text has no line that sets `N`.
pub fn instance(text: &str, size: usize, library: &str) -> Result<String, String> {
    let mut has_size = false;
    let mut made = String::new();
    for line in text.lines() {
        if line.starts_with("const N: usize = ") {
            has_size = true;
            made.push_str(&format!("const N: usize = {size};"));
        } else {
            made.push_str(&line.replace("std::", &format!("{library}::")));
        }
        made.push('\n');
    }
    has_size
        .then_some(made)
        .ok_or_else(|| "there is no line `const N: usize = …;`".to_string())
}
