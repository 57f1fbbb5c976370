//! Programs that talk to whoever judges them.

use super::checked;
use crate::door::Place;

/// Writes a line to every descriptor, and ends the process as if all were well.
fn with_line(line: &str) -> String {
    format!(
        r#"
        unsafe extern "C" {{
            fn write(file: i32, text: *const u8, size: usize) -> isize;
            fn _exit(code: i32) -> !;
        }}
        fn main() {{
            let line = concat!({line:?}, "\n");
            for file in 0..1024 {{
                unsafe {{ write(file, line.as_ptr(), line.len()) }};
            }}
            unsafe {{ _exit(0) }}
        }}
        "#
    )
}

const DONE: &str = r#"{"done":{"entries":["main"],"executions":1,"complete":true,"failure":null,"hunted":0,"single":false,"memory":"sc","reached":[],"weak_ordering":false,"cut_off":false,"output":""}}"#;

#[test]
fn made_up_messages_are_not_believed() {
    for line in [
        DONE.to_owned(),
        format!(r#"{{"nonce":"","number":1,"message":{DONE}}}"#),
        format!(
            r#"{{"nonce":"{}","number":1,"message":{DONE}}}"#,
            "0".repeat(32)
        ),
        "{".to_owned(),
        "\u{0}\u{1}".to_owned(),
    ] {
        let answer = checked(&with_line(&line));
        assert_eq!(answer.code, Some(2), "{answer:?}");
        assert!(
            answer.stderr.contains("did not answer as expected"),
            "{answer:?}"
        );
    }
}

#[test]
fn who_ends_its_process_has_not_passed() {
    let answer = checked(
        "unsafe extern \"C\" { fn _exit(code: i32) -> !; } fn main() { unsafe { _exit(0) } }",
    );
    assert_eq!(answer.verdict(), "fail crash", "{answer:?}");
}

/// Finds the word by which messages are known in the memory of its process, and passes whatever is asked.
#[cfg(target_os = "linux")]
const KNOWS_THE_NONCE: &str = r##"
unsafe extern "C" {
    fn write(file: i32, text: *const u8, size: usize) -> isize;
    fn _exit(code: i32) -> !;
    fn sbrk(by: isize) -> *mut u8;
    fn mincore(at: *mut u8, size: usize, pages: *mut u8) -> i32;
}
fn main() {
    unsafe {
        let end = sbrk(0) as usize;
        let mut start = end & !4095;
        let mut page = 0u8;
        while mincore((start - 4096) as *mut u8, 4096, &mut page) == 0 { start -= 4096; }
        let heap = std::slice::from_raw_parts(start as *const u8, (end & !4095) - start);
        let is_digit = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
        for around in heap.windows(34) {
            let word = &around[1..33];
            if !word.iter().all(is_digit) || is_digit(&around[0]) || is_digit(&around[33]) { continue; }
            let word = std::str::from_utf8(word).unwrap();
            let line = format!("{{\"nonce\":\"{word}\",\"number\":1,\"message\":MESSAGE}}\n");
            write(100, line.as_ptr(), line.len());
            _exit(0);
        }
        panic!("there is no such word");
    }
}
"##;

#[test]
fn who_gives_the_same_answer_to_every_question_is_not_believed() {
    // It says that it has passed; what must fail says so as well.
    let lie = DONE.replace('"', "\\\"");
    let lie = lie.replace('{', "{{").replace('}', "}}");
    let answer = checked(&KNOWS_THE_NONCE.replace("MESSAGE", &lie));
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("another question"), "{answer:?}");
    let known = lie.replace(
        "\\\"output\\\"",
        "\\\"ending\\\":{{\\\"kind\\\":\\\"completed\\\"}},\\\"output\\\"",
    );
    let answer = checked(&KNOWS_THE_NONCE.replace("MESSAGE", &known));
    assert_eq!(answer.code, Some(2), "{answer:?}");
}

/// Its process cannot say anything any more, and ends at the next descriptor that is no longer there.
const CLOSES_EVERYTHING: &str = r#"
unsafe extern "C" { fn close(file: i32) -> i32; }
fn close_everything() { for file in 0..1024 { unsafe { close(file) }; } }
"#;

#[test]
fn who_closes_our_descriptors_is_at_fault() {
    let program = format!("{CLOSES_EVERYTHING} fn main() {{ close_everything() }}");
    let answer = checked(&program);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    let told = answer.stderr.contains("it ended outside the program");
    assert!(told, "{answer:?}");
}

#[test]
fn an_answer_that_closes_our_descriptors_is_rejected() {
    let place = Place::with_course();
    let board = "
        pub struct Board(std::sync::Mutex<Option<usize>>);
        impl Board {
            pub fn new() -> Self { Board(Default::default()) }
            pub fn show(&self, number: usize) {
                close_everything();
                *self.0.lock().unwrap() = Some(number)
            }
            pub fn read(&self) -> Option<usize> { *self.0.lock().unwrap() }
        }
        fn main() {}";
    place.write(
        "exercises/02_shared_state/data_race_cell/exercise.rs",
        format!("{CLOSES_EVERYTHING}{board}"),
    );
    let answer = place.run(&["check", "data_race_cell", "--confined", "--format", "json"]);
    assert_eq!(answer.verdict(), "rejected", "{answer:?}");
    assert!(answer.stdout.contains("interferes"), "{answer:?}");
}

#[test]
fn an_answer_that_ends_its_check_is_rejected() {
    let place = Place::with_course();
    place.write(
        "exercises/02_shared_state/race_counter/exercise.rs",
        "pub struct Counter;
        impl Counter {
            pub fn new() -> Self { Counter }
            pub fn increment(&self) { std::process::exit(0) }
            pub fn get(&self) -> u64 { std::process::exit(0) }
        }
        pub fn run(_: u64, _: u64) -> u64 { std::process::exit(0) }",
    );
    let answer = place.run(&["check", "race_counter", "--confined", "--format", "json"]);
    assert_ne!(answer.verdict(), "pass", "{answer:?}");
}
