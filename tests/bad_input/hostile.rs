//! Programs that print too much, or what a terminal would obey.

use super::says;
use crate::door::Place;

/// What would change a terminal, or the order in which text is read.
fn is_obeyed(c: char) -> bool {
    let turns = ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    (c.is_control() && c != '\n') || turns
}

fn harmless(program: &str) -> String {
    let place = Place::with(&[("program.rs", program)]);
    let answer = place.run(&["check", "program.rs"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let text = answer.stdout + &answer.stderr;
    let found: Vec<char> = text.chars().filter(|c| is_obeyed(*c)).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
    text
}

const ESCAPES: &str = r"one\x1b[31mred\x07\ntwo\r\x1b]0;title\x07\u{9b}31m\u{202e}three\x08";

#[test]
fn a_panic_message_cannot_command_the_terminal() {
    let text = harmless(&format!("fn main() {{\n    panic!(\"{ESCAPES}\");\n}}\n"));
    says(&text, &["one", "red"]);
}

#[test]
fn an_assertion_message_cannot_command_the_terminal() {
    harmless(&format!(
        "fn main() {{\n    assert!(false, \"{ESCAPES}\");\n}}\n"
    ));
}

#[test]
fn the_name_of_a_thread_cannot_command_the_terminal() {
    let program = "fn main() {
    let builder = std::thread::Builder::new().name(\"NAME\".into());
    builder.spawn(|| panic!(\"no\")).unwrap().join().unwrap();
}
";
    harmless(&program.replace("NAME", ESCAPES));
}

#[test]
fn the_value_of_an_object_cannot_command_the_terminal() {
    let program = "use std::sync::Mutex;
static TEXT: Mutex<&str> = Mutex::new(\"NAME\");
fn main() {
    std::thread::spawn(|| *TEXT.lock().unwrap() = \"NAME\").join().unwrap();
    let held = TEXT.lock().unwrap();
    let again = TEXT.lock().unwrap();
}
";
    harmless(&program.replace("NAME", ESCAPES));
}

#[test]
fn the_source_itself_cannot_command_the_terminal() {
    harmless("fn main() {\n    /* \u{1b}[31m \u{7} */ assert!(1 > 2); // \u{1b}]0;title\u{7}\n}\n");
}

#[test]
fn a_message_of_several_lines_stays_readable() {
    let text = harmless("fn main() {\n    panic!(\"one\\ntwo\\nthree\");\n}\n");
    let wide = text.lines().find(|line| line.chars().count() > 100);
    assert_eq!(wide, None, "{text}");
}

#[test]
fn a_message_without_end_is_shortened() {
    let text = harmless("fn main() {\n    panic!(\"{}\", \"long \".repeat(100_000));\n}\n");
    assert!(text.len() < 10_000, "{} bytes", text.len());
}

#[test]
fn a_program_that_prints_a_lot_is_checked_like_any_other() {
    let program = "fn main() {
    let line = \"x\".repeat(4096);
    let other = std::thread::spawn(|| println!(\"once\"));
    for _ in 0..256 {
        println!(\"{line}\");
    }
    other.join().unwrap();
}
";
    let place = Place::with(&[("loud.rs", program)]);
    let answer = place.run(&["check", "loud.rs", "--format", "json"]);
    assert_eq!(answer.verdict(), "pass");
    assert!(
        answer.stdout.len() < 10_000,
        "what it prints is not ours to print"
    );
}
