//! A small language of atomics: the litmus table is written in it, and random programs are printed in it.
//!
//! Threads are separated by `||` and statements by `;`. Locations are `x`, `y`, `z`, all zero at first. Orderings are
//! `rlx`, `acq`, `rel`, `ar` and `sc`.
//!
//! | statement | |
//! |---|---|
//! | `x acq` | load |
//! | `x until 1 acq` | loads until one reads 1, of which only that one counts |
//! | `x = 1 rel` | store |
//! | `x += 1 ar` | `fetch_add` |
//! | `x <- 1 ar` | `swap` |
//! | `x 0 -> 1 ar acq` | `compare_exchange`, with its two orderings |
//! | `fence sc` | fence |
//! | `if 1` | the thread goes on only if the last value that it read is 1 |
//! | `get 4 2`, `put 4 2` | reads, writes plain memory: 2 bytes from byte 4 on. What is there is not told |

use std::fmt;

use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use crate::explorer::guest::{Program, Thread};

/// The statements of each thread.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(pub Vec<Vec<Statement>>);

/// What one thread does next. Locations are numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    Load(usize, MemoryOrdering),
    /// A loop of loads that ends when it reads the value.
    Await(usize, u64, MemoryOrdering),
    Store(usize, u64, MemoryOrdering),
    Add(usize, u64, MemoryOrdering),
    Swap(usize, u64, MemoryOrdering),
    /// From the first value to the second; the second ordering is that of a failure.
    Exchange(usize, [u64; 2], MemoryOrdering, MemoryOrdering),
    Fence(MemoryOrdering),
    If(u64),
    Plain(Plain),
}

/// An access to plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Plain {
    /// The first byte.
    pub start: usize,
    /// Bytes.
    pub size: usize,
    pub write: bool,
}

/// Their names.
pub const LOCATIONS: [&str; 3] = ["x", "y", "z"];
const ORDERINGS: [(&str, MemoryOrdering); 5] = [
    ("rlx", Relaxed),
    ("acq", Acquire),
    ("rel", Release),
    ("ar", AcqRel),
    ("sc", SeqCst),
];

impl Source {
    /// Reads a program.
    ///
    /// # Panics
    /// At a mistake: the program is a part of a test.
    pub fn parse(text: &str) -> Self {
        let statement = |text: &str| {
            let words: Vec<_> = text.split_whitespace().collect();
            Statement::parse(&words).unwrap_or_else(|| panic!("`{text}` is no statement"))
        };
        let threads = text.split("||");
        Source(
            threads
                .map(|thread| thread.split(';').map(statement).collect())
                .collect(),
        )
    }

    /// How many locations it needs.
    pub fn locations(&self) -> usize {
        let used = self.0.iter().flatten().filter_map(|s| s.location());
        used.map(|location| location + 1).max().unwrap_or(0)
    }

    /// Whether a thread may wait in a loop.
    pub fn waits(&self) -> bool {
        let mut all = self.0.iter().flatten();
        all.any(|statement| matches!(statement, Statement::Await(..)))
    }

    /// The same program, every access and fence `SeqCst`.
    pub fn all_seq_cst(&self) -> Self {
        let strong = |s: &Statement| s.all_seq_cst();
        Source(
            self.0
                .iter()
                .map(|statements| statements.iter().map(strong).collect())
                .collect(),
        )
    }

    /// The same program with a `SeqCst` fence between any two statements.
    pub fn with_fences(&self) -> Self {
        let fenced = |statements: &Vec<Statement>| {
            let both = |s: &Statement| [*s, Statement::Fence(SeqCst)];
            statements.iter().flat_map(both).collect()
        };
        Source(self.0.iter().map(fenced).collect())
    }

    /// The program for the explorer. Its threads see every value that they read.
    pub fn program(&self) -> Program {
        let empty = Program::new(self.locations());
        self.0.iter().fold(empty, |program, statements| {
            let statements = statements.clone();
            program.thread(move |t| run(&statements, t))
        })
    }
}

fn run(statements: &[Statement], t: &Thread) {
    let mut last = 0;
    for (index, statement) in statements.iter().enumerate() {
        let read = match *statement {
            Statement::Load(x, ordering) => Some(t.load_with(x, ordering)),
            Statement::Await(x, value, ordering) => {
                // All that a turn of the loop depends on is where it is.
                let place = 2 * index as u64;
                t.at(place + 1, 1);
                while t.load_with(x, ordering) != value {
                    t.at(place + 2, 1);
                    t.yield_now();
                    t.at(place + 1, 1);
                }
                t.at(0, 0);
                Some(value)
            }
            Statement::Add(x, value, ordering) => Some(t.add_with(x, value, ordering)),
            Statement::Swap(x, value, ordering) => Some(t.swap_with(x, value, ordering)),
            Statement::Exchange(x, values, success, failure) => {
                let (Ok(read) | Err(read)) = t.cas_with(x, values, success, failure);
                Some(read)
            }
            Statement::Store(x, value, ordering) => {
                t.store_with(x, value, ordering);
                None
            }
            Statement::Fence(ordering) => {
                t.fence(ordering);
                None
            }
            Statement::If(value) if value != last => return,
            Statement::If(_) => None,
            Statement::Plain(plain) => {
                t.touch(plain.start, plain.size, plain.write);
                None
            }
        };
        if let Some(read) = read {
            t.see(read);
            last = read;
        }
    }
}

impl Statement {
    fn parse(words: &[&str]) -> Option<Self> {
        Some(match *words {
            ["fence", o] => Statement::Fence(ordering(o)?),
            ["if", value] => Statement::If(value.parse().ok()?),
            [how @ ("get" | "put"), start, size] => Statement::Plain(Plain {
                start: start.parse().ok()?,
                size: size.parse().ok()?,
                write: how == "put",
            }),
            [x, o] => Statement::Load(location(x)?, ordering(o)?),
            [x, "=", value, o] => Statement::Store(location(x)?, value.parse().ok()?, ordering(o)?),
            [x, "until", value, o] => {
                Statement::Await(location(x)?, value.parse().ok()?, ordering(o)?)
            }
            [x, "+=", value, o] => Statement::Add(location(x)?, value.parse().ok()?, ordering(o)?),
            [x, "<-", value, o] => Statement::Swap(location(x)?, value.parse().ok()?, ordering(o)?),
            [x, old, "->", new, success, failure] => Statement::Exchange(
                location(x)?,
                [old.parse().ok()?, new.parse().ok()?],
                ordering(success)?,
                ordering(failure)?,
            ),
            _ => return None,
        })
    }

    /// Whether it reads a value.
    pub fn reads(self) -> bool {
        !matches!(
            self,
            Statement::Store(..) | Statement::Fence(_) | Statement::If(_) | Statement::Plain(_)
        )
    }

    /// Whether it may write an atomic.
    pub fn writes(self) -> bool {
        !matches!(
            self,
            Statement::Load(..)
                | Statement::Await(..)
                | Statement::Fence(_)
                | Statement::If(_)
                | Statement::Plain(_)
        )
    }

    /// The location that it accesses.
    pub fn location(self) -> Option<usize> {
        match self {
            Statement::Load(x, _)
            | Statement::Await(x, ..)
            | Statement::Store(x, ..)
            | Statement::Add(x, ..)
            | Statement::Swap(x, ..)
            | Statement::Exchange(x, ..) => Some(x),
            Statement::Fence(_) | Statement::If(_) | Statement::Plain(_) => None,
        }
    }

    fn all_seq_cst(self) -> Self {
        match self {
            Statement::Load(x, _) => Statement::Load(x, SeqCst),
            Statement::Await(x, value, _) => Statement::Await(x, value, SeqCst),
            Statement::Store(x, value, _) => Statement::Store(x, value, SeqCst),
            Statement::Add(x, value, _) => Statement::Add(x, value, SeqCst),
            Statement::Swap(x, value, _) => Statement::Swap(x, value, SeqCst),
            Statement::Exchange(x, values, ..) => Statement::Exchange(x, values, SeqCst, SeqCst),
            Statement::Fence(_) => Statement::Fence(SeqCst),
            Statement::If(_) | Statement::Plain(_) => self,
        }
    }
}

fn location(name: &str) -> Option<usize> {
    LOCATIONS.iter().position(|known| *known == name)
}

fn ordering(name: &str) -> Option<MemoryOrdering> {
    let known = ORDERINGS.iter().find(|(known, _)| *known == name);
    known.map(|(_, ordering)| *ordering)
}

fn name(ordering: MemoryOrdering) -> &'static str {
    ORDERINGS[ordering as usize].0
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let at = |x: usize| LOCATIONS[x];
        match *self {
            Statement::Load(x, o) => write!(f, "{} {}", at(x), name(o)),
            Statement::Await(x, value, o) => write!(f, "{} until {value} {}", at(x), name(o)),
            Statement::Store(x, value, o) => write!(f, "{} = {value} {}", at(x), name(o)),
            Statement::Add(x, value, o) => write!(f, "{} += {value} {}", at(x), name(o)),
            Statement::Swap(x, value, o) => write!(f, "{} <- {value} {}", at(x), name(o)),
            Statement::Exchange(x, [old, new], success, failure) => {
                let (success, failure) = (name(success), name(failure));
                write!(f, "{} {old} -> {new} {success} {failure}", at(x))
            }
            Statement::Fence(o) => write!(f, "fence {}", name(o)),
            Statement::If(value) => write!(f, "if {value}"),
            Statement::Plain(Plain { start, size, write }) => {
                write!(f, "{} {start} {size}", if write { "put" } else { "get" })
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, thread) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { " || " } else { "" })?;
            for (index, statement) in thread.iter().enumerate() {
                f.write_str(if index > 0 { "; " } else { "" })?;
                write!(f, "{statement}")?;
            }
        }
        Ok(())
    }
}

/// As it is written: this is what a failing test shows.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
