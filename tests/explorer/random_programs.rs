//! Random programs: what Optimal-DPOR reaches is what brute force reaches, each trace once.
//!
//! `PROPTEST_CASES=1000000 cargo test --release random_programs` runs millions.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use threadlings::explore::engine::Rules;
use threadlings::operation::{Kind, Rmw};

use super::guest::{Program, Thread};
use super::oracle::{brute_force, optimal};

/// Interleavings after which brute force is given up, and the program left out.
const AFFORDABLE: u64 = 800;

/// One statement of a random program, over two of each object.
#[derive(Clone, Copy, Debug)]
pub enum Statement {
    Read(usize),
    Write(usize, u64),
    Add(usize),
    /// A read-modify-write whose result is not used.
    Change(usize, Family, u64),
    /// The same with a result that is used: a mistake.
    ChangeUsed(usize, u64),
    Swap(usize, u64),
    Cas(usize, u64, u64),
    CasWeak(usize, u64, u64),
    Critical(u32),
    Nested(u32, u32),
    Try(u32),
    /// Holds one mutex while it tries the other.
    LockThenTry(u32),
    ReadLocked(u32),
    WriteLocked(u32),
    TryRead(u32),
    TryWrite(u32),
    /// Upgrades a read lock: deadlocks easily.
    ReadThenWrite(u32, u32),
    /// Waits once, whatever the condition.
    Wait(u32),
    WaitTimeout(u32),
    /// Waits while plain cell 9 is zero.
    WaitWhile(u32),
    Signal(u32),
    Broadcast(u32),
    /// Sets plain cell 9 under the mutex, then signals.
    SetAndSignal(u32),
    Acquire,
    Release,
    Send(u32),
    SendBounded,
    SendRendezvous,
    TrySendBounded,
    Receive(u32),
    ReceiveBounded,
    ReceiveRendezvous,
    TryReceive(u32),
    DropSender(u32),
    DropReceiver(u32),
    Park,
    Unpark(u64),
    Barrier,
    Once(u32),
    Spin(usize),
    /// Another reference.
    Share(u32),
    /// One reference less.
    Unshare(u32),
    /// One reference less; the last one can be told.
    UnshareLoudly(u32),
    LookAtCount(u32),
    Upgrade(u32),
    /// Turns until there is a reference.
    SpinOnCount(u32),
}

/// Read-modify-writes that commute with those of the same family.
#[derive(Clone, Copy, Debug)]
pub enum Family {
    Add,
    Sub,
    And,
    Or,
    Xor,
    Max,
    Min,
}

impl Family {
    fn rmw(self) -> Rmw {
        match self {
            Family::Add => Rmw::Add,
            Family::Sub => Rmw::Sub,
            Family::And => Rmw::And,
            Family::Or => Rmw::Or,
            Family::Xor => Rmw::Xor,
            Family::Max => Rmw::Max,
            Family::Min => Rmw::MinSigned,
        }
    }
}

impl Statement {
    fn run(self, t: &Thread, place: u64, owned: &mut [bool; 2]) {
        match self {
            Statement::Read(x) => t.see(t.load(x)),
            Statement::Write(x, value) => t.store(x, value),
            Statement::Add(x) => t.see(t.add(x, 1)),
            Statement::Change(x, family, value) => {
                t.change(x, family.rmw(), value);
            }
            Statement::ChangeUsed(x, value) => t.see(t.change(x, Rmw::Add, value)),
            Statement::Swap(x, value) => t.see(t.swap(x, value)),
            Statement::Cas(x, old, new) => t.see(u64::from(t.cas(x, old, new))),
            Statement::CasWeak(x, old, new) => t.see(u64::from(t.cas_weak(x, old, new))),
            Statement::Critical(m) => {
                t.lock(m);
                increment(t, m);
                t.unlock(m);
            }
            Statement::Nested(first, second) => {
                t.lock(first);
                if first != second {
                    t.lock(second);
                    increment(t, second);
                    t.unlock(second);
                }
                increment(t, first);
                t.unlock(first);
            }
            Statement::Try(m) => {
                let taken = t.try_lock(m);
                t.see(u64::from(taken));
                if taken {
                    increment(t, m);
                    t.unlock(m);
                }
            }
            Statement::LockThenTry(m) => {
                t.lock(m);
                if t.try_lock(1 - m) {
                    increment(t, m);
                    t.unlock(1 - m);
                }
                t.unlock(m);
            }
            Statement::ReadLocked(l) => {
                t.rw(Kind::RwRead, l);
                t.see(t.get(4 + l as usize));
                t.rw(Kind::RwReadUnlock, l);
            }
            Statement::WriteLocked(l) => {
                t.rw(Kind::RwWrite, l);
                increment(t, 4 + l);
                t.rw(Kind::RwWriteUnlock, l);
            }
            Statement::TryRead(l) => {
                if t.rw(Kind::RwTryRead, l) {
                    t.see(t.get(4 + l as usize));
                    t.rw(Kind::RwReadUnlock, l);
                }
            }
            Statement::TryWrite(l) => {
                if t.rw(Kind::RwTryWrite, l) {
                    increment(t, 4 + l);
                    t.rw(Kind::RwWriteUnlock, l);
                }
            }
            Statement::ReadThenWrite(l, k) => {
                t.rw(Kind::RwRead, l);
                if l != k {
                    t.rw(Kind::RwWrite, k);
                    increment(t, 4 + k);
                    t.rw(Kind::RwWriteUnlock, k);
                }
                t.rw(Kind::RwReadUnlock, l);
            }
            Statement::Wait(cv) => {
                t.lock(0);
                t.wait(cv, 0);
                increment(t, 0);
                t.unlock(0);
            }
            Statement::WaitTimeout(cv) => {
                t.lock(0);
                t.see(u64::from(t.wait_timeout(cv, 0)));
                t.unlock(0);
            }
            Statement::WaitWhile(cv) => {
                t.lock(0);
                while t.get(9) == 0 {
                    t.wait(cv, 0);
                }
                t.set(9, t.get(9) - 1);
                t.unlock(0);
            }
            Statement::Signal(cv) => t.notify_one(cv),
            Statement::Broadcast(cv) => t.notify_all(cv),
            Statement::SetAndSignal(cv) => {
                t.lock(0);
                t.set(9, t.get(9) + 1);
                t.unlock(0);
                t.notify_one(cv);
            }
            Statement::Acquire => {
                t.lock(1);
                while t.get(8) == 0 {
                    t.wait(1, 1);
                }
                t.set(8, t.get(8) - 1);
                t.unlock(1);
            }
            Statement::Release => {
                t.lock(1);
                t.set(8, t.get(8) + 1);
                t.notify_one(1);
                t.unlock(1);
            }
            Statement::Send(c) if owned[c as usize] => t.see(t.channel(Kind::ChannelSend, c, None)),
            Statement::Send(_) => {}
            Statement::SendBounded => t.see(t.channel(Kind::ChannelSend, 2, Some(1))),
            Statement::SendRendezvous => {
                t.see(t.channel(Kind::ChannelSend, 3, Some(0)));
                t.see(t.channel(Kind::ChannelSendTaken, 3, Some(0)));
            }
            Statement::TrySendBounded => t.see(t.channel(Kind::ChannelTrySend, 2, Some(1))),
            Statement::Receive(c) => t.see(t.channel(Kind::ChannelRecv, c, None)),
            Statement::ReceiveBounded => t.see(t.channel(Kind::ChannelRecv, 2, Some(1))),
            Statement::ReceiveRendezvous => t.see(t.channel(Kind::ChannelRecv, 3, Some(0))),
            Statement::TryReceive(c) => t.see(t.channel(Kind::ChannelTryRecv, c, None)),
            Statement::DropSender(c) => {
                if std::mem::take(&mut owned[c as usize]) {
                    t.channel(Kind::SenderDrop, c, None);
                }
            }
            Statement::DropReceiver(c) => {
                t.channel(Kind::ReceiverDrop, c, None);
            }
            Statement::Park => t.park(),
            Statement::Unpark(n) => t.unpark(n),
            Statement::Barrier => t.see(u64::from(t.barrier(0, 2))),
            Statement::Once(o) => {
                if t.once_begin(o) {
                    increment(t, 7);
                    t.once_end(o);
                }
            }
            Statement::Share(c) => {
                t.change_count(c, 1, false);
            }
            Statement::Unshare(c) => {
                t.change_count(c, u64::MAX, false);
            }
            Statement::UnshareLoudly(c) => {
                let left = t.change_count(c, u64::MAX, true);
                t.see(u64::from(left == 0));
            }
            Statement::LookAtCount(c) => t.see(t.look_at_count(c)),
            Statement::Upgrade(c) => t.see(u64::from(t.upgrade(c))),
            Statement::SpinOnCount(c) => {
                t.at(place, 2);
                while t.look_at_count(c) == 0 {
                    t.yield_now();
                }
                t.at(0, 0);
            }
            Statement::Spin(x) => {
                t.at(place, 1);
                while t.load(x) == 0 {
                    t.yield_now();
                }
                t.at(0, 0);
            }
        }
    }
}

fn increment(t: &Thread, cell: u32) {
    t.set(cell as usize, t.get(cell as usize) + 1);
}

/// The statements of each thread.
pub type Source = Vec<Vec<Statement>>;

/// A program that can be run. Where it receives, every thread has a sender, and drops it at its end.
pub fn program(source: &Source) -> Program {
    let receives = |s: &Statement| matches!(s, Statement::Receive(_) | Statement::TryReceive(_));
    let channels = if source.iter().flatten().any(receives) {
        2
    } else {
        0
    };
    source.iter().fold(
        Program::new(2).with_senders(channels),
        |program, statements| {
            let statements = statements.clone();
            program.thread(move |t| {
                let mut owned = [true; 2];
                for (index, statement) in statements.iter().enumerate() {
                    statement.run(t, index as u64 + 1, &mut owned);
                }
                for (channel, _) in (0..channels).zip(owned).filter(|(_, owned)| *owned) {
                    t.channel(Kind::SenderDrop, channel, None);
                }
            })
        },
    )
}

fn statement() -> impl Strategy<Value = Statement> {
    use Statement as S;
    let value = 0..3_u64;
    let cell = 0..2_usize;
    let object = 0..2_u32;
    prop_oneof![
        3 => cell.clone().prop_map(S::Read),
        3 => (cell.clone(), value.clone()).prop_map(|(x, v)| S::Write(x, v)),
        1 => cell.clone().prop_map(S::Add),
        1 => change(),
        1 => (cell.clone(), value.clone()).prop_map(|(x, v)| S::Swap(x, v)),
        3 => (cell.clone(), value.clone(), value.clone()).prop_map(|(x, a, b)| S::Cas(x, a, b)),
        1 => (cell.clone(), value.clone(), value).prop_map(|(x, a, b)| S::CasWeak(x, a, b)),
        2 => object.clone().prop_map(S::Critical),
        3 => (object.clone(), object.clone()).prop_map(|(a, b)| S::Nested(a, b)),
        2 => object.clone().prop_map(S::Try),
        1 => object.clone().prop_map(S::LockThenTry),
        2 => object.clone().prop_map(S::ReadLocked),
        2 => object.clone().prop_map(S::WriteLocked),
        1 => object.clone().prop_map(S::TryRead),
        1 => object.clone().prop_map(S::TryWrite),
        1 => (object.clone(), object.clone()).prop_map(|(a, b)| S::ReadThenWrite(a, b)),
        2 => object.clone().prop_map(S::Wait),
        1 => object.clone().prop_map(S::WaitTimeout),
        2 => object.clone().prop_map(S::WaitWhile),
        2 => object.clone().prop_map(S::Signal),
        1 => object.clone().prop_map(S::Broadcast),
        2 => object.clone().prop_map(S::SetAndSignal),
        1 => Just(S::Acquire),
        1 => Just(S::Release),
        2 => object.clone().prop_map(S::Send),
        2 => Just(S::SendBounded),
        1 => Just(S::SendRendezvous),
        1 => Just(S::TrySendBounded),
        2 => object.clone().prop_map(S::Receive),
        2 => Just(S::ReceiveBounded),
        1 => Just(S::ReceiveRendezvous),
        1 => object.clone().prop_map(S::TryReceive),
        1 => object.clone().prop_map(S::DropSender),
        1 => object.clone().prop_map(S::DropReceiver),
        1 => Just(S::Park),
        1 => (0..3_u64).prop_map(S::Unpark),
        1 => Just(S::Barrier),
        1 => object.clone().prop_map(S::Once),
        2 => object.clone().prop_map(S::Share),
        2 => object.clone().prop_map(S::Unshare),
        1 => object.clone().prop_map(S::UnshareLoudly),
        2 => object.clone().prop_map(S::LookAtCount),
        1 => object.clone().prop_map(S::Upgrade),
        1 => object.prop_map(S::SpinOnCount),
        1 => cell.prop_map(S::Spin),
    ]
}

/// A read-modify-write whose result is not used, more often one of the two kinds that go together.
fn change() -> impl Strategy<Value = Statement> {
    let family = prop_oneof![
        3 => Just(Family::Add),
        2 => Just(Family::Sub),
        1 => Just(Family::And),
        2 => Just(Family::Or),
        1 => Just(Family::Xor),
        1 => Just(Family::Max),
        1 => Just(Family::Min),
    ];
    (0..2_usize, family, 0..4_u64)
        .prop_map(|(x, family, value)| Statement::Change(x, family, value))
}

/// Read-modify-writes whose result is not used, and what can see them.
fn changing() -> impl Strategy<Value = Statement> {
    use Statement as S;
    let cell = 0..2_usize;
    prop_oneof![
        8 => change(),
        2 => cell.clone().prop_map(S::Read),
        1 => (cell.clone(), 0..3_u64).prop_map(|(x, v)| S::Write(x, v)),
        1 => cell.clone().prop_map(S::Add),
        1 => (cell, 0..3_u64, 0..3_u64).prop_map(|(x, a, b)| S::Cas(x, a, b)),
        1 => (0..2_u32).prop_map(S::Critical),
    ]
}

/// The same with threads that wait for them.
fn changing_and_spinning() -> impl Strategy<Value = Statement> {
    prop_oneof![
        5 => changing(),
        1 => (0..2_usize).prop_map(Statement::Spin),
    ]
}

/// Reference counts, and a little else.
fn counting() -> impl Strategy<Value = Statement> {
    use Statement as S;
    let object = 0..2_u32;
    prop_oneof![
        3 => object.clone().prop_map(S::Share),
        3 => object.clone().prop_map(S::Unshare),
        2 => object.clone().prop_map(S::UnshareLoudly),
        2 => object.clone().prop_map(S::LookAtCount),
        2 => object.clone().prop_map(S::Upgrade),
        1 => object.clone().prop_map(S::SpinOnCount),
        1 => object.prop_map(S::Critical),
        1 => (0..2_usize, 0..3_u64).prop_map(|(x, v)| S::Write(x, v)),
        1 => (0..2_usize).prop_map(S::Read),
    ]
}

/// Two or three threads of up to four statements.
pub fn source() -> impl Strategy<Value = Source> {
    threads(statement)
}

fn threads<S: Strategy<Value = Statement>>(statement: fn() -> S) -> impl Strategy<Value = Source> {
    prop_oneof![
        prop::collection::vec(prop::collection::vec(statement(), 1..=4), 2),
        prop::collection::vec(prop::collection::vec(statement(), 1..=2), 3),
    ]
}

/// Compares with brute force. `None` where brute force is too expensive.
pub fn agrees(source: &Source, rules: &Rules) -> Option<Result<(), String>> {
    let all = brute_force(program(source), rules, AFFORDABLE);
    if all.gave_up {
        return None;
    }
    let found = optimal(program(source), rules);
    Some(if found.states != all.states {
        let lost: Vec<_> = all.states.difference(&found.states).collect();
        let invented: Vec<_> = found.states.difference(&all.states).collect();
        Err(format!(
            "final states: lost {lost:?}, invented {invented:?}"
        ))
    } else if found.traces != all.traces {
        Err(format!(
            "{} traces of {}",
            found.traces.len(),
            all.traces.len()
        ))
    } else if found.executions != all.traces.len() as u64 {
        Err(format!(
            "{} executions for {} traces",
            found.executions,
            all.traces.len()
        ))
    } else {
        Ok(())
    })
}

fn check(source: &Source, rules: Rules) -> Result<(), TestCaseError> {
    let rules = Rules {
        max_steps: 500,
        track_loops: true,
        ..rules
    };
    match agrees(source, &rules) {
        None | Some(Ok(())) => Ok(()),
        Some(Err(difference)) => Err(TestCaseError::fail(difference)),
    }
}

/// A thousand programs, always the same; or as many as are asked for, always others.
pub fn config() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if asked {
        return config;
    }
    ProptestConfig {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(1),
        ..config
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_trace_once(source in source()) {
        check(&source, Rules::default())?;
    }

    #[test]
    fn every_trace_once_of_counts(source in threads(counting)) {
        check(&source, Rules::default())?;
    }

    #[test]
    fn every_trace_once_of_changes(source in threads(changing)) {
        let result = agrees(&source, &Rules::default());
        prop_assert!(matches!(result, None | Some(Ok(()))), "{result:?}");
    }

    #[test]
    fn every_trace_once_of_changes_that_are_waited_for(source in threads(changing_and_spinning)) {
        check(&source, Rules::default())?;
    }

    #[test]
    fn every_trace_once_with_spurious_events(source in source()) {
        check(&source, Rules { spurious: 1, ..Rules::default() })?;
    }

    #[test]
    fn every_trace_once_with_writers_first(source in source()) {
        check(&source, Rules { writers_first: true, ..Rules::default() })?;
    }
}
