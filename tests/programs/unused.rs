//! Read-modify-writes whose result is not used change places; where it is used, they do not.

use crate::door::Place;

/// What each of three threads does to `X`, and in how many interleavings.
const STEPS: &[(&str, u64)] = &[
    ("X.fetch_add(1, SeqCst);", 1),
    ("let _ = X.fetch_add(1, SeqCst);", 1),
    ("{ (); } X // counts\n    .fetch_sub(1, SeqCst);", 1),
    ("for _ in 0..2 { X.fetch_xor(1, SeqCst); }", 1),
    ("X.fetch_max(1, SeqCst); X.fetch_max(2, SeqCst);", 1),
    ("(|| { Y[0].fetch_or(1, SeqCst); })();", 1),
    ("\tX.fetch_add(1, SeqCst);", 1),
    ("\"é數\"; X.fetch_add(1, SeqCst);", 1),
    ("let _old = X.fetch_add(1, SeqCst);", 6),
    ("X.fetch_add(1, SeqCst).min(1);", 6),
    ("(|| X.fetch_add(1, SeqCst))();", 6),
    ("if X.fetch_add(1, SeqCst) == 7 {}", 6),
    ("assert!(X.fetch_add(1, SeqCst) < 3);", 6),
    ("add!(X);", 6),
    ("block! { X.fetch_add(1, SeqCst); }", 6),
    ("X.swap(1, SeqCst);", 6),
    ("X.fetch_nand(1, SeqCst);", 6),
    ("X.fetch_add(1, SeqCst); X.fetch_add(1, SeqCst);", 1),
    ("X.fetch_add(1, SeqCst); X.load(SeqCst);", 19),
];

#[test]
fn only_results_that_are_used_make_orders() {
    let counts = STEPS.iter().map(|(step, _)| {
        let place = Place::with(&[("a.rs", &program(step))]);
        let answer = place.run(&["check", "--format=json", "--memory=sc", "a.rs"]);
        (*step, answer.json()["search"]["interleavings"].as_u64())
    });
    let expected = STEPS.iter().map(|(step, count)| (*step, Some(*count)));
    assert_eq!(counts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

fn program(step: &str) -> String {
    format!(
        "
use std::sync::atomic::{{AtomicI32, Ordering::SeqCst}};
static X: AtomicI32 = AtomicI32::new(0);
static Y: [AtomicI32; 1] = [AtomicI32::new(0)];
#[allow(unused)]
macro_rules! add {{ ($x:expr) => {{ $x.fetch_add(1, SeqCst); }} }}
#[allow(unused)]
macro_rules! block {{ ($($all:tt)*) => {{ $($all)* }} }}
fn main() {{
    std::thread::scope(|scope| {{
        for _ in 0..3 {{
            scope.spawn(|| {{ {step} }});
        }}
    }});
}}
"
    )
}

/// A method of the program's own that bears a known name, and passes the place of its call on.
#[test]
fn a_place_that_is_passed_on_tells_nothing() {
    let text = "
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
static COUNT: Counter = Counter(AtomicU32::new(0));
struct Counter(AtomicU32);
impl Counter {
    #[track_caller]
    fn fetch_add(&self, by: u32) {
        let before = self.0.fetch_add(by, SeqCst);
        assert_ne!(before, 2);
    }
}
fn main() {
    let thread = std::thread::spawn(|| COUNT.fetch_add(1));
    COUNT.fetch_add(2);
    thread.join().unwrap();
}
";
    let place = Place::with(&[("a.rs", text)]);
    assert_eq!(place.run(&["check", "--format=json", "a.rs"]).code, Some(1));
}
