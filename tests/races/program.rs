//! A small language of threads that touch plain memory: atomics and plain accesses as in the litmus table, and whatever
//! else std orders threads with. The first thread is `main`.

use std::fmt;

use threadlings::operation::{Kind, Rmw};

use crate::explorer::guest::{Program, Thread};
use crate::explorer::weak::program::{Source as Atomics, Statement as Memory};

/// The statements of each thread.
#[derive(Clone)]
pub struct Source(pub Vec<Vec<Statement>>);

/// What one thread does next. There are two objects of each kind, but for channels: see [`capacity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    Memory(Memory),
    Lock(u32),
    /// Leaves out so many statements if the lock is held.
    TryLock(u32, usize),
    Unlock(u32),
    Read(u32),
    /// The same, by reader.
    TryRead(u32, usize),
    ReadUnlock(u32),
    Write(u32),
    TryWrite(u32, usize),
    WriteUnlock(u32),
    Send(u32),
    Receive(u32),
    /// Leaves out so many statements if there is no message.
    TryReceive(u32, usize),
    Park,
    /// A thread that this one has started, or `main`.
    Unpark(usize),
    /// Leaves out so many statements unless this thread is to initialise.
    Begin(u32, usize),
    End(u32),
    /// Leaves out so many statements unless it is complete.
    IsCompleted(u32, usize),
    /// A barrier of two.
    Meet(u32),
    Start(usize),
    Join(usize),
}

/// Messages that a channel holds: the first any number, the second one, the third none.
pub fn capacity(channel: u32) -> Option<u64> {
    [None, Some(1), Some(0)][channel as usize]
}

impl Source {
    /// How many atomics it needs.
    pub fn atomics(&self) -> usize {
        let memory = self.0.iter().flatten().filter_map(|s| match s {
            Statement::Memory(memory) => memory.location(),
            _ => None,
        });
        memory.map(|location| location + 1).max().unwrap_or(0)
    }

    /// The program for the explorer.
    pub fn program(&self) -> Program {
        let main = self.0[0].clone();
        let program = Program::new(self.atomics()).watched();
        let program = program.main(move |t| run(&main, t));
        self.0[1..].iter().fold(program, |program, statements| {
            let statements = statements.clone();
            program.thread(move |t| run(&statements, t))
        })
    }
}

fn run(statements: &[Statement], t: &Thread) {
    let mut started = [0; 8];
    let mut last = 0;
    let mut next = 0;
    while let Some(&statement) = statements.get(next) {
        next += 1;
        let mut unless = |done: bool, left_out: usize| next += if done { 0 } else { left_out };
        match statement {
            Statement::Memory(Memory::If(value)) if value != last => return,
            Statement::Memory(memory) => {
                let used = matches!(statements.get(next), Some(Statement::Memory(Memory::If(_))));
                last = remember(memory, t, used).unwrap_or(last);
            }
            Statement::Lock(m) => t.lock(m),
            Statement::TryLock(m, n) => unless(t.try_lock(m), n),
            Statement::Unlock(m) => t.unlock(m),
            Statement::Read(l) => drop(t.rw(Kind::RwRead, l)),
            Statement::TryRead(l, n) => unless(t.rw(Kind::RwTryRead, l), n),
            Statement::ReadUnlock(l) => drop(t.rw(Kind::RwReadUnlock, l)),
            Statement::Write(l) => drop(t.rw(Kind::RwWrite, l)),
            Statement::TryWrite(l, n) => unless(t.rw(Kind::RwTryWrite, l), n),
            Statement::WriteUnlock(l) => drop(t.rw(Kind::RwWriteUnlock, l)),
            Statement::Send(c) => {
                t.channel(Kind::ChannelSend, c, capacity(c));
                if capacity(c) == Some(0) {
                    t.channel(Kind::ChannelSendTaken, c, capacity(c));
                }
            }
            Statement::Receive(c) => drop(t.channel(Kind::ChannelRecv, c, capacity(c))),
            Statement::TryReceive(c, n) => {
                unless(t.channel(Kind::ChannelTryRecv, c, capacity(c)) == 0, n);
            }
            Statement::Park => t.park(),
            Statement::Unpark(thread) => t.unpark_started(started[thread]),
            Statement::Begin(o, n) => unless(t.once_begin(o), n),
            Statement::End(o) => t.once_end(o),
            Statement::IsCompleted(o, n) => unless(t.once_is_completed(o), n),
            Statement::Meet(b) => drop(t.barrier(b, 2)),
            Statement::Start(thread) => started[thread] = t.spawn(thread as u64 - 1),
            Statement::Join(thread) => t.join(started[thread]),
        }
    }
}

/// One access of memory; the value that it has read. `used`: whether the program looks at it.
fn remember(memory: Memory, t: &Thread, used: bool) -> Option<u64> {
    match memory {
        Memory::Load(x, ordering) => Some(t.load_with(x, ordering)),
        Memory::Store(x, value, ordering) => {
            t.store_with(x, value, ordering);
            None
        }
        Memory::Add(x, value, ordering) if used => Some(t.add_with(x, value, ordering)),
        Memory::Add(x, value, ordering) => {
            t.change_with(x, Rmw::Add, value, ordering);
            None
        }
        Memory::Swap(x, value, ordering) => Some(t.swap_with(x, value, ordering)),
        Memory::Exchange(x, values, success, failure) => {
            let (Ok(read) | Err(read)) = t.cas_with(x, values, success, failure);
            Some(read)
        }
        Memory::Fence(ordering) => {
            t.fence(ordering);
            None
        }
        Memory::Plain(plain) => {
            t.touch(plain.start, plain.size, plain.write);
            None
        }
        Memory::If(_) | Memory::Await(..) => None,
    }
}

/// A program of atomics as one of this language: `main` starts its threads, and that is all.
pub fn started(atomics: &Atomics) -> Source {
    let threads = atomics.0.iter();
    let threads = threads.map(|thread| thread.iter().copied().map(Statement::Memory).collect());
    let main = (1..=atomics.0.len()).map(Statement::Start).collect();
    Source(std::iter::once(main).chain(threads).collect())
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Statement::Memory(memory) => write!(f, "{memory}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// As it is written: this is what a failing test shows.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, thread) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { " || " } else { "" })?;
            let words: Vec<_> = thread.iter().map(Statement::to_string).collect();
            f.write_str(&words.join("; "))?;
        }
        Ok(())
    }
}
