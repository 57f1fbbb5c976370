//! The memory of a data race bears the name that its author would give it, and shows its values.

use crate::door::{self, Place};

/// A program with one race, and what its two steps are to say: what is done to which memory, and its value.
const PROGRAMS: &[(&str, &str, [&str; 2])] = &[
    (
        "static_in_a_function",
        r"
        struct State { count: i32, pair: (u8, char) }
        fn main() {
            static mut STATE: State = State { count: 5, pair: (1, 'a') };
            let t = thread::spawn(|| unsafe { STATE.pair.1 = 'b' });
            let seen = unsafe { STATE.pair.1 };
            t.join().unwrap();
            assert!(seen < 'c' && unsafe { STATE.count } == 5);
        }",
        ["write STATE.pair.1 'b'", "read STATE.pair.1 'b'"],
    ),
    (
        "array_in_a_module",
        r"
        mod stats {
            pub struct Row { pub hits: u32, pub name: char }
            pub static mut ROWS: [Row; 2] = [Row { hits: 0, name: 'a' }, Row { hits: 0, name: 'b' }];
        }
        fn hit(at: usize) { unsafe { stats::ROWS[at].hits += 1 } }
        fn main() {
            let t = thread::spawn(|| hit(1));
            hit(1);
            t.join().unwrap();
            assert!(unsafe { stats::ROWS[0].name } == 'a');
        }",
        ["write ROWS[1].hits 1", "read ROWS[1].hits 1"],
    ),
    (
        "copied_as_a_whole",
        r"
        static mut DATA: [u8; 24] = [0; 24];
        fn main() {
            let t = thread::spawn(|| unsafe { DATA = [7; 24] });
            let seen = unsafe { DATA };
            t.join().unwrap();
            assert!(seen[3] == seen[4]);
        }",
        ["write DATA", "read DATA"],
    ),
    (
        "one_of_two_rings",
        r"
        struct Slot { value: u64, ready: bool }
        struct Ring { head: u32, slots: [UnsafeCell<Slot>; 4] }
        unsafe impl Sync for Ring {}
        impl Ring {
            fn new() -> Ring {
                let empty = |_| UnsafeCell::new(Slot { value: 0, ready: false });
                Ring { head: 0, slots: std::array::from_fn(empty) }
            }
            fn put(&self, at: usize) { unsafe { (*self.slots[at].get()).value = 7 } }
            fn get(&self, at: usize) -> u64 { unsafe { (*self.slots[at].get()).value } }
        }
        fn main() {
            let first = Arc::new(Ring::new());
            let second = Arc::new(Ring::new());
            let other = second.clone();
            let t = thread::spawn(move || other.put(2));
            let seen = second.get(2) + first.get(0);
            t.join().unwrap();
            assert!(seen <= 7 && first.head == 0 && !unsafe { (*first.slots[0].get()).ready });
        }",
        [
            "write second.slots[2].value 7",
            "read second.slots[2].value 7",
        ],
    ),
    (
        "made_in_a_constructor",
        r"
        struct Table { flags: Box<[UnsafeCell<bool>]> }
        unsafe impl Sync for Table {}
        unsafe impl Send for Table {}
        impl Table {
            fn new(n: usize) -> Self {
                Table { flags: (0..n).map(|_| UnsafeCell::new(false)).collect() }
            }
        }
        fn main() {
            let table = Arc::new(Table::new(4));
            let other = table.clone();
            let t = thread::spawn(move || unsafe { *other.flags[1].get() = true });
            if unsafe { *table.flags[1].get() } {
                println!();
            }
            t.join().unwrap();
        }",
        ["write table.flags[1] true", "read table.flags[1] true"],
    ),
    (
        "vec_of_floats",
        r"
        struct Part(*mut f32, usize);
        unsafe impl Send for Part {}
        fn add(part: Part) {
            for at in 0..part.1 {
                unsafe { *part.0.add(at) += 0.5 }
            }
        }
        fn main() {
            let mut samples = vec![0.0f32; 6];
            let base = samples.as_mut_ptr();
            let (a, b) = (Part(base, 4), Part(unsafe { base.add(3) }, 3));
            thread::scope(|s| {
                s.spawn(move || add(a));
                s.spawn(move || add(b));
            });
            assert!(samples[3] > 0.0);
        }",
        ["write samples[3] 0.5", "read samples[3] 0.5"],
    ),
    (
        "slice_behind_an_arc",
        r"
        struct Slot(UnsafeCell<u32>, u8);
        unsafe impl Sync for Slot {}
        unsafe impl Send for Slot {}
        fn main() {
            let made: Vec<Slot> = (0..3).map(|i| Slot(UnsafeCell::new(0), i)).collect();
            let slots: Arc<[Slot]> = Arc::from(made);
            let other = slots.clone();
            let t = thread::spawn(move || unsafe { *other[2].0.get() += 1 });
            unsafe { *slots[2].0.get() += 1 }
            t.join().unwrap();
            assert_eq!(slots[1].1, 1);
        }",
        ["write slots[2].0 1", "read slots[2].0 1"],
    ),
    (
        "local_of_main",
        r"
        struct Totals { left: i64, right: i64 }
        struct To(*mut i64);
        unsafe impl Send for To {}
        fn main() {
            let mut totals = Totals { left: 1, right: 2 };
            let to = To(&raw mut totals.right);
            thread::scope(|s| {
                s.spawn(move || { let to = to; unsafe { *to.0 = -4 } });
                totals.right += 1;
            });
            assert_eq!(totals.left, 1);
        }",
        ["write totals.right -4", "read totals.right -4"],
    ),
    (
        "local_of_a_function_below",
        r"
        struct To(*mut [u16; 3]);
        unsafe impl Send for To {}
        fn bump(to: *mut [u16; 3], at: usize) { unsafe { (*to)[at] += 1 } }
        fn work() -> u16 {
            let mut counts = [0; 3];
            let (to, own) = (To(&raw mut counts), &raw mut counts);
            let t = thread::spawn(move || { let to = to; bump(to.0, 1) });
            bump(own, 1);
            t.join().unwrap();
            counts[1]
        }
        fn main() { assert!(work() <= 2) }",
        ["write counts[1] 1", "read counts[1] 1"],
    ),
    (
        "taken_along_by_a_closure",
        r"
        struct From(*mut u32);
        unsafe impl Send for From {}
        fn main() {
            let (tx, rx) = std::sync::mpsc::channel();
            let mut counter = 7u32;
            let t = thread::spawn(move || {
                tx.send(From(&raw mut counter)).unwrap();
                counter += 1;
                thread::park();
                counter
            });
            let from = rx.recv().unwrap();
            let seen = unsafe { *from.0 };
            t.thread().unpark();
            assert!(seen > 6 && t.join().unwrap() > 7);
        }",
        ["write counter 8", "read counter 8"],
    ),
    (
        "pointer_in_a_node",
        r"
        struct Node { next: *mut Node, item: i8 }
        struct To(*mut Node);
        unsafe impl Send for To {}
        fn main() {
            let tail = Box::leak(Box::new(Node { next: std::ptr::null_mut(), item: 1 }));
            let own = &raw mut *tail;
            let to = To(own);
            let t = thread::spawn(move || {
                let to = to;
                let node = Box::new(Node { next: std::ptr::null_mut(), item: 2 });
                unsafe { (*to.0).next = Box::into_raw(node) }
            });
            let next = unsafe { (*own).next };
            t.join().unwrap();
            assert!(next.is_null() || unsafe { (*next).item } == 2);
        }",
        ["write tail.next pointer", "read tail.next pointer"],
    ),
    (
        "header_of_a_vec",
        r"
        struct Log { lines: UnsafeCell<Vec<u32>> }
        unsafe impl Sync for Log {}
        unsafe impl Send for Log {}
        fn main() {
            let log = Arc::new(Log { lines: UnsafeCell::new(vec![1]) });
            let other = log.clone();
            let t = thread::spawn(move || unsafe { (&mut *other.lines.get()).push(1) });
            let seen = unsafe { (&*log.lines.get()).len() };
            t.join().unwrap();
            assert!(seen <= 2);
        }",
        ["write log.lines", "read log.lines"],
    ),
    (
        "which_of_many_is_not_known",
        r"
        struct Cell(UnsafeCell<u64>, u8);
        unsafe impl Sync for Cell {}
        unsafe impl Send for Cell {}
        fn main() {
            let cells: Vec<_> = (0..3).map(|i| Arc::new(Cell(UnsafeCell::new(0), i))).collect();
            let (one, other) = (cells[1].clone(), cells[1].clone());
            let t = thread::spawn(move || unsafe { other.0.get().write(5) });
            let seen = unsafe { one.0.get().read() };
            t.join().unwrap();
            assert!(seen <= 5 && cells[0].1 == 0);
        }",
        ["write Cell.0 5", "read Cell.0 5"],
    ),
    (
        "asked_of_the_allocator",
        r"
        use std::alloc::{Layout, alloc};
        struct Buffer { start: *mut u32 }
        unsafe impl Sync for Buffer {}
        impl Buffer {
            fn new() -> Buffer {
                Buffer { start: unsafe { alloc(Layout::array::<u32>(4).unwrap()) as *mut u32 } }
            }
            fn set(&self, at: usize) { unsafe { self.start.add(at).write(5) } }
        }
        fn main() {
            let buffer = Buffer::new();
            thread::scope(|s| {
                s.spawn(|| buffer.set(1));
                s.spawn(|| buffer.set(1));
            });
        }",
        ["write *buffer.start", "write *buffer.start"],
    ),
    (
        "used_after_its_end",
        r"
        struct Owner(*mut u32);
        unsafe impl Send for Owner {}
        fn main() {
            let number = Box::into_raw(Box::new(5u32));
            let owner = Owner(number);
            let t = thread::spawn(move || { let owner = owner; drop(unsafe { Box::from_raw(owner.0) }) });
            let seen = unsafe { *number };
            t.join().unwrap();
            assert!(seen < 6);
        }",
        ["free number", "read number"],
    ),
    (
        "an_atomic_read_as_plain_memory",
        r"
        use std::sync::atomic::{AtomicU32, Ordering};
        struct Meter { hits: AtomicU32, total: u32 }
        fn main() {
            let meter = Arc::new(Meter { hits: AtomicU32::new(0), total: 3 });
            let other = meter.clone();
            let t = thread::spawn(move || other.hits.fetch_add(1, Ordering::Relaxed));
            let seen = unsafe { *meter.hits.as_ptr() };
            t.join().unwrap();
            assert!(seen <= 1 && meter.total == 3);
        }",
        ["read meter.hits 0", "read_modify_write meter.hits 1"],
    ),
];

const BEFORE: &str = "#![allow(unused, static_mut_refs)]
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::thread;
";

#[test]
fn racing_memory_is_named_after_its_variable() {
    let names: Vec<String> = PROGRAMS
        .iter()
        .map(|(name, ..)| format!("{name}.rs"))
        .collect();
    let place = Place::empty();
    for (name, (_, text, _)) in names.iter().zip(PROGRAMS) {
        place.write(name, format!("{BEFORE}{text}\n"));
    }
    for edition in ["2021", "2024"] {
        let wrong = door::in_parallel(&names, |name| {
            let arguments = ["check", name, "--format", "json", "--edition", edition];
            let answer = place.run(&arguments).json();
            let sites = answer["bug"]["sites"].as_array().into_iter().flatten();
            let steps = answer["witness"]["steps"].as_array().into_iter().flatten();
            let text = |of: &serde_json::Value| of.as_str().unwrap_or_default().to_string();
            let objects: Vec<String> = sites.map(|site| text(&site["object"])).collect();
            let about = steps.filter(|step| objects.contains(&text(&step["object"])));
            let said: Vec<String> = about
                .map(|step| {
                    format!(
                        "{} {} {}",
                        text(&step["op"]),
                        text(&step["object"]),
                        text(&step["value"])
                    )
                })
                .map(|step| step.trim_end().to_string())
                .collect();
            let expected = PROGRAMS
                .iter()
                .find(|program| format!("{}.rs", program.0) == *name);
            let expected = expected.expect("one of them").2;
            (said[said.len().saturating_sub(2)..] != expected)
                .then(|| format!("{name} ({edition}): {said:?} {}", answer["bug"]["title"]))
        });
        let wrong: Vec<String> = wrong.into_iter().flatten().collect();
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }
}
