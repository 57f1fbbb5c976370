//! The class that each kind of trace is judged to be, and what its title says.

use threadlings::explanation::explain;
use threadlings::names::Names;
use threadlings::trace::{Action as A, Crash, Ending, Frame, ObjectKind as K, ThreadEnd};
use threadlings::verdict::judge;

use super::builder::{Build, peer, values};
use super::renderings::{deadlock, lost_update};

/// "class: title".
fn verdict(build: &Build) -> String {
    explain(&build.trace, &build.sources()).map_or_else(
        || "no bug".into(),
        |found| format!("{}: {}", found.bug.class, found.bug.title),
    )
}

#[test]
fn overwriting_what_another_thread_wrote_is_a_lost_update() {
    assert_eq!(
        verdict(&lost_update()),
        "lost_update: `hits` ends at 1, but `main` and `worker` each added 1"
    );
}

#[test]
fn two_locks_in_opposite_orders_are_a_deadlock() {
    assert_eq!(
        verdict(&deadlock()),
        "deadlock: `alice` and `bob` are locked in opposite orders"
    );
}

const ACCOUNT: &str = r#"struct Account {
    balance: AtomicU64,
}
impl Account {
    fn new(n: u64) -> Self {
        Account { balance: AtomicU64::new(n) }
    }
    fn balance(&self) -> u64 {
        self.balance.load(SeqCst)
    }
    fn withdraw(&self, amount: u64) -> bool {
        if self.balance() >= amount {
            self.balance.fetch_sub(amount, SeqCst);
            return true;
        }
        false
    }
}
fn main() {
    let joint = Arc::new(Account::new(10));
    let theirs = Arc::clone(&joint);
    let wife = thread::spawn(move || theirs.withdraw(10));
    let mine = joint.withdraw(10);
    let hers = wife.join().unwrap();
    assert!(!(mine && hers), "both got it");
}
"#;

/// The frames below a place: `pattern`s of the calls, innermost first.
fn calls(build: &Build, patterns: &[&str]) -> Vec<Frame> {
    let frame = |pattern: &&str| Frame {
        function: "f".into(),
        place: build.place(pattern),
    };
    patterns.iter().map(frame).collect()
}

fn account() -> Build {
    let mut b = Build::new(ACCOUNT, 2);
    let balance = b.object(K::Atomic, "");
    let check = "self.balance.@load(";
    let act = "self.balance.@fetch_sub(";
    let inner = "if self.@balance() >=";
    let main = "mine = joint.@withdraw(";
    let wife = "|| theirs.@withdraw(";
    let (c0, c1) = (
        calls(&b, &[check, inner, main]),
        calls(&b, &[check, inner, wife]),
    );
    let (a0, a1) = (calls(&b, &[act, main]), calls(&b, &[act, wife]));
    let at = |read: &'static str, written: &'static str, stack: Vec<Frame>| {
        move |event: &mut threadlings::trace::Event| {
            values(read, written)(event);
            event.stack = stack;
        }
    };
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Load, balance, check, at("10", "", c0))
        .event(1, A::Load, balance, check, at("10", "", c1))
        .event(1, A::ReadModifyWrite, balance, act, at("10", "0", a1))
        .event(
            0,
            A::ReadModifyWrite,
            balance,
            act,
            at("0", "18446744073709551606", a0),
        )
        .event(0, A::Join, None, "wife.@join()", peer(1))
        .fails(0, "@assert!(", "both got it");
    b
}

#[test]
fn acting_on_an_old_answer_is_check_then_act() {
    assert_eq!(
        verdict(&account()),
        "check_then_act: `main` acts on `joint.balance` being 10, but `wife` has made it 0"
    );
}

#[test]
fn a_field_is_named_after_the_variable_that_owns_it() {
    let b = account();
    let names = Names::new(&b.trace, &b.sources());
    assert_eq!(
        (names.object(0), names.thread(1)),
        ("joint.balance", "wife")
    );
}

const LOCKED: &str = r#"fn main() {
    let total = Arc::new(Mutex::new(0));
    let mut handles = Vec::new();
    for _ in 0..2 {
        let total = Arc::clone(&total);
        handles.push(thread::spawn(move || {
            let seen = *total.lock().unwrap();
            *total.lock().unwrap() = seen + 1;
        }));
    }
    for handle in handles {
        handle.join().unwrap();
    }
    assert_eq!(*total.lock().unwrap(), 2);
}
"#;

#[test]
fn two_critical_sections_can_lose_an_update_too() {
    let mut b = Build::new(LOCKED, 3);
    let total = b.object(K::Mutex, "Arc::new(@Mutex::new(");
    let (read, write) = ("seen = *total.@lock()", "*total.@lock().unwrap() = seen");
    b.spawn(1, "@thread::spawn(").spawn(2, "@thread::spawn(");
    b.event(1, A::Lock, total, read, values(0, ""))
        .event(1, A::Unlock, total, "", values("", 0))
        .event(2, A::Lock, total, read, values(0, ""))
        .event(2, A::Unlock, total, "", values("", 0))
        .event(2, A::Lock, total, write, values(0, ""))
        .event(2, A::Unlock, total, "", values("", 1))
        .event(1, A::Lock, total, write, values(1, ""))
        .event(1, A::Unlock, total, "", values("", 1))
        .event(0, A::Join, None, "handle.@join()", peer(1))
        .event(0, A::Join, None, "handle.@join()", peer(2))
        .event(
            0,
            A::Lock,
            total,
            "assert_eq!(*total.@lock()",
            values(1, ""),
        )
        .fails(0, "@assert_eq!(", "assertion failed");
    assert_eq!(
        verdict(&b),
        "lost_update: `total` ends at 1, but `handles[0]` and `handles[1]` each added 1"
    );
}

#[test]
fn reading_between_two_halves_is_a_torn_update() {
    let text = "fn main() {
    let left = Arc::new(AtomicU64::new(5));
    let right = Arc::new(AtomicU64::new(5));
    let mover = thread::spawn(move || {
        l.fetch_sub(1, SeqCst);
        r.fetch_add(1, SeqCst);
    });
    let sum = left.load(SeqCst) + right.load(SeqCst);
    mover.join().unwrap();
    assert_eq!(sum, 10);
}";
    let mut b = Build::new(text, 2);
    let (left, right) = (b.object(K::Atomic, ""), b.object(K::Atomic, ""));
    b.spawn(1, "@thread::spawn(")
        .event(1, A::ReadModifyWrite, left, "l.@fetch_sub", values(5, 4))
        .event(0, A::Load, left, "left.@load", values(4, ""))
        .event(0, A::Load, right, "right.@load", values(5, ""))
        .event(1, A::ReadModifyWrite, right, "r.@fetch_add", values(5, 6))
        .event(0, A::Join, None, "mover.@join()", peer(1))
        .fails(0, "@assert_eq!(", "9 is not 10");
    let class = judge(&b.trace, &b.sources()).map(|bug| bug.class.name);
    assert_eq!(class, Some("torn_update"));
}

const WAITER: &str = r#"fn main() {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let theirs = Arc::clone(&pair);
    let waiter = thread::spawn(move || {
        let guard = theirs.0.lock().unwrap();
        drop(theirs.1.wait(guard).unwrap());
    });
    *pair.0.lock().unwrap() = true;
    pair.1.notify_one();
    waiter.join().unwrap();
}
"#;

#[test]
fn a_notification_before_the_wait_is_a_lost_wakeup() {
    let mut b = Build::new(WAITER, 2);
    let lock = b.object(K::Mutex, "(@Mutex::new(");
    let condvar = b.object(K::Condvar, "@Condvar::new(");
    let with = move |event: &mut threadlings::trace::Event| event.other = Some(lock);
    b.spawn(1, "@thread::spawn(")
        .event(0, A::NotifyOne, condvar, "pair.1.@notify_one", |_| ())
        .event(1, A::Lock, lock, "theirs.0.@lock", |_| ())
        .event(1, A::Wait, condvar, "theirs.1.@wait(", with)
        .blocked(1, A::Reacquire, condvar, "theirs.1.@wait(", with)
        .blocked(0, A::Join, None, "waiter.@join", peer(1));
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "lost_wakeup: `waiter` waits on `pair.1` after the notification has already been given"
    );
}

#[test]
fn a_lock_taken_twice_is_a_self_deadlock() {
    let text = "struct Printer { device: Mutex<u32> }
impl Printer {
    fn f(&self) { let mut d = self.device.lock().unwrap(); *d += 1; }
    fn g(&self) { let d = self.device.lock().expect(\"g\"); self.f(); }
}
fn main() { let printer = Printer { device: Mutex::new(0) }; printer.g(); }";
    let mut b = Build::new(text, 1);
    let device = b.object(K::Mutex, "device: @Mutex::new(");
    b.event(0, A::Lock, device, "self.device.@lock().expect", |_| ())
        .blocked(0, A::Lock, device, "self.device.@lock().unwrap", |_| ());
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "self_deadlock: `main` locks `printer.device` while it already holds it"
    );
}

const CHANNELS: &str = "fn main() {
    let (to_a, from_b) = mpsc::channel::<u32>();
    let (to_b, from_a) = mpsc::sync_channel::<u32>(0);
    let b = thread::spawn(move || { let n = from_a.recv().unwrap(); to_a.send(n) });
    let n = from_b.recv().unwrap();
    to_b.send(n).unwrap();
    b.join().unwrap();
}";

#[test]
fn both_ends_receiving_is_a_channel_deadlock() {
    let mut b = Build::new(CHANNELS, 2);
    let (first, second) = (
        b.object(K::Channel, "@mpsc::channel"),
        b.object(K::Channel, "@mpsc::sync_channel"),
    );
    b.spawn(1, "@thread::spawn(")
        .blocked(0, A::Receive, first, "from_b.@recv", |_| ())
        .blocked(1, A::Receive, second, "from_a.@recv", |_| ());
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "channel_deadlock: `main` waits for a message from `from_b` and `b` waits for a message from `from_a`"
    );
}

const FLAG: &str = "fn main() {
    let done = Arc::new(AtomicU32::new(0));
    let worker = thread::spawn(move || { flag.store(1, SeqCst); });
    assert_eq!(done.load(SeqCst), 1);
    worker.join().unwrap();
}";

#[test]
fn checking_before_the_join_is_unjoined_work() {
    let mut b = Build::new(FLAG, 2);
    let done = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Load, done, "done.@load", values(0, ""))
        .cut_off(1, A::Store, done, "flag.@store")
        .fails(0, "@assert_eq!(", "0 is not 1");
    assert_eq!(
        verdict(&b),
        "unjoined_work: `main` checks the result before `worker` has finished"
    );
}

#[test]
fn work_that_is_done_after_the_check_is_unjoined_work_too() {
    // As the engine records it: the others run on after the failure.
    let mut b = Build::new(FLAG, 2);
    let done = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Load, done, "done.@load", values(0, ""))
        .fails(0, "@assert_eq!(", "0 is not 1");
    let ending = b.trace.ending.clone();
    b.event(1, A::Store, done, "flag.@store", values("", 1))
        .event(1, A::End, None, "", |_| ())
        .event(0, A::End, None, "", |_| ());
    b.trace.ending = ending;
    let found = explain(&b.trace, &b.sources()).expect("a bug");
    assert_eq!(
        found.bug.title,
        "`main` checks the result before `worker` has finished"
    );
    let steps = found.witness.steps.iter().map(|step| step.what.as_str());
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            "starts `worker`",
            "reads 0 from `done`",
            "the check fails",
            "writes 1 to `done`"
        ]
    );
}

#[test]
fn what_is_computed_from_a_read_is_a_check_too() {
    let mut b = Build::new(
        "fn main() {
    let left = Arc::new(Mutex::new(1));
    let other = thread::spawn(move || buy(&right));
    buy(&left);
    other.join().unwrap();
    assert!(sold(), \"twice\");
}
fn buy(left: &Mutex<i32>) {
    let guard = left.lock().unwrap();
    let some = *guard > 0;
    drop(guard);
    if some {
        *left.lock().unwrap() -= 1;
    }
}",
        2,
    );
    let left = b.object(K::Mutex, "@Mutex::new(1)");
    let (check, act) = ("guard = left.@lock", "*left.@lock");
    b.spawn(1, "@thread::spawn(");
    for (thread, place, before, after) in [
        (0, check, 1, 1),
        (1, check, 1, 1),
        (1, act, 1, 0),
        (0, act, 0, -1),
    ] {
        b.event(thread, A::Lock, left, place, values(before, ""))
            .event(thread, A::Unlock, left, "", values("", after));
    }
    b.event(0, A::Join, None, "other.@join", peer(1))
        .fails(0, "@assert!(", "twice");
    assert_eq!(
        verdict(&b),
        "check_then_act: `main` acts on `left` being 1, but `other` has made it 0"
    );
}

#[test]
fn an_exit_code_is_a_crash_with_its_own_words() {
    let mut b = Build::new(FLAG, 2);
    let done = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Load, done, "done.@load", values(0, ""))
        .cut_off(1, A::Store, done, "flag.@store")
        .event(0, A::Exit, None, "@assert_eq!(", |_| ());
    b.trace.ending = Ending::Exited { code: 3 };
    assert_eq!(
        verdict(&b),
        "crash: `main` ends the program with exit code 3, which stands for a failure"
    );
}

#[test]
fn a_check_that_no_pattern_explains_is_a_wrong_result() {
    let mut b = Build::new(FLAG, 2);
    let done = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Store, done, "flag.@store", values("", 2))
        .event(0, A::Load, done, "done.@load", values(2, ""))
        .fails(0, "@assert_eq!(", "2 is not 1");
    assert_eq!(
        verdict(&b),
        "wrong_result: the check `assert_eq!(done.load(SeqCst), 1)` fails in `main`"
    );
}

#[test]
fn a_panic_leads_back_to_the_first_one() {
    let mut b = Build::new(FLAG, 2);
    b.spawn(1, "@thread::spawn(")
        .fails(1, "@flag.store", "no flag")
        .event(0, A::Join, None, "worker.@join", peer(1))
        .fails(
            0,
            "worker.join().@unwrap",
            "called `Result::unwrap()` on an `Err` value",
        );
    assert_eq!(verdict(&b), "panic: `worker` panics: no flag");
}

#[test]
fn a_lock_whose_holder_has_ended_is_a_leaked_guard() {
    let text = "fn main() {
    let lock = Arc::new(Mutex::new(0));
    let taker = thread::spawn(move || mem::forget(theirs.lock().unwrap()));
    taker.join().unwrap();
    *lock.lock().unwrap() += 1;
}";
    let mut b = Build::new(text, 2);
    let lock = b.object(K::Mutex, "@Mutex::new(");
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Lock, lock, "theirs.@lock", |_| ())
        .event(0, A::Join, None, "taker.@join", peer(1))
        .blocked(0, A::Lock, lock, "*lock.@lock", |_| ());
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "leaked_guard: `taker` has ended without releasing `lock`, and `main` waits for it"
    );
}

#[test]
fn what_ends_the_process_has_its_own_words() {
    let mut b = Build::new(FLAG, 2);
    let done = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Store, done, "flag.@store", values("", 2));
    for (how, says) in [
        (Crash::Abort, "crash: `worker` aborts the process"),
        (Crash::StackOverflow, "crash: `worker` uses up its stack"),
        (
            Crash::OutOfMemory,
            "crash: `worker` asks for more memory than the limit allows",
        ),
        (
            Crash::EndlessLoop,
            "endless_loop: `worker` never leaves a loop in which it neither locks, sends, waits nor touches an atomic",
        ),
    ] {
        b.trace.ending = Ending::Crashed { how, thread: 1 };
        assert_eq!(verdict(&b), says);
    }
}

#[test]
fn a_spin_that_nobody_ends_is_a_livelock() {
    let mut b = Build::new(FLAG, 1);
    let done = b.object(K::Atomic, "");
    b.event(0, A::Load, done, "done.@load", values(0, ""))
        .blocked(0, A::AwaitChange, None, "done.@load", |_| ());
    b.trace.ending = Ending::Livelock;
    assert_eq!(
        verdict(&b),
        "livelock: `main` waits in a loop for `done` to change, and no thread is left that would change it"
    );
}

#[test]
fn a_wait_that_no_other_class_explains_is_blocked_forever() {
    let text = "fn main() { let gate = Barrier::new(2); gate.wait(); }";
    let mut b = Build::new(text, 1);
    let gate = b.object(K::Barrier, "@Barrier::new(");
    b.event(0, A::Arrive, gate, "gate.@wait", |_| ()).blocked(
        0,
        A::Pass,
        gate,
        "gate.@wait",
        |_| (),
    );
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "blocked_forever: `main` waits at the barrier `gate`, and nobody else ever arrives"
    );
}

#[test]
fn an_execution_that_completes_has_no_bug() {
    let mut b = Build::new(FLAG, 2);
    b.spawn(1, "@thread::spawn(").trace.threads[1].end = ThreadEnd::CutOff;
    assert_eq!(verdict(&b), "no bug");
}

#[test]
fn a_panic_that_leaves_others_waiting_is_the_cause() {
    let mut b = Build::new(CHANNELS, 2);
    let first = b.object(K::Channel, "@mpsc::channel");
    b.spawn(1, "@thread::spawn(")
        .fails(1, "from_a.recv().@unwrap", "no sender")
        .blocked(0, A::Receive, first, "from_b.@recv", |_| ());
    b.trace.ending = Ending::Stuck;
    assert_eq!(verdict(&b), "panic: `b` panics: no sender");
}

#[test]
fn every_class_has_its_own_code_and_a_page() {
    let codes = threadlings::explanation::codes();
    let distinct: std::collections::BTreeSet<_> = codes.iter().map(|(code, _)| code).collect();
    assert_eq!(distinct.len(), codes.len());
    for (code, name) in codes {
        let page = threadlings::explanation::page(name).unwrap_or_default();
        assert!(page.starts_with(&format!("# {code} ")), "{name}");
    }
}

#[test]
fn going_on_after_a_wait_without_checking_again_is_check_then_act() {
    let text = "fn main() {
    let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let a = thread::spawn(move || { let mut q = s.0.lock().unwrap(); q.pop() });
    let b = thread::spawn(move || {
        let mut q = t.0.lock().unwrap();
        if q.is_empty() {
            q = t.1.wait(q).unwrap();
        }
        q.pop().unwrap()
    });
    shared.1.notify_all();
}";
    let mut b = Build::new(text, 3);
    let lock = b.object(K::Mutex, "(@Mutex::new(");
    let condvar = b.object(K::Condvar, "@Condvar::new(");
    let with = move |event: &mut threadlings::trace::Event| event.other = Some(lock);
    b.spawn(1, "a = @thread::spawn(")
        .spawn(2, "b = @thread::spawn(");
    b.event(2, A::Lock, lock, "t.0.@lock", |_| ())
        .event(2, A::Wait, condvar, "t.1.@wait", with)
        .event(0, A::NotifyAll, condvar, "shared.1.@notify_all", |_| ())
        .event(1, A::Lock, lock, "s.0.@lock", |_| ())
        .event(1, A::Unlock, lock, "", |_| ())
        .event(2, A::Reacquire, condvar, "t.1.@wait", with)
        .fails(
            2,
            "q.pop().@unwrap",
            "called `Option::unwrap()` on a `None` value",
        );
    assert_eq!(
        verdict(&b),
        "check_then_act: `a` gets `shared.0` between `b`'s wake-up and its return from the wait, and `b` does \
         not check again"
    );
}

#[test]
fn a_notification_that_wakes_another_thread_is_lost_too() {
    let mut b = Build::new(WAITER, 3);
    let lock = b.object(K::Mutex, "(@Mutex::new(");
    let condvar = b.object(K::Condvar, "@Condvar::new(");
    let with = move |event: &mut threadlings::trace::Event| event.other = Some(lock);
    b.trace.threads[2].name = Some("other".into());
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Wait, condvar, "theirs.1.@wait(", with)
        .event(2, A::Wait, condvar, "theirs.1.@wait(", with)
        .event(0, A::NotifyOne, condvar, "pair.1.@notify_one", peer(2))
        .event(2, A::Reacquire, condvar, "theirs.1.@wait(", with)
        .blocked(1, A::Reacquire, condvar, "theirs.1.@wait(", with)
        .blocked(0, A::Join, None, "waiter.@join", peer(1));
    b.trace.ending = Ending::Stuck;
    assert_eq!(
        verdict(&b),
        "lost_wakeup: the notification of `pair.1` wakes `other`, while `waiter` waits for ever"
    );
}
