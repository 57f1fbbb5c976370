//! Everything else that a class hands in: files that are no answers, and answers that are wrong in ways of their own.

use super::course::Exercise;
use super::{Answer, Chance};

/// One of each kind, to exercises by chance.
pub fn one_of_each(course: &[Exercise], chance: &mut Chance) -> Vec<Answer> {
    let mut made = Vec::new();
    for (name, expected, change) in TEXTS {
        let exercise = chance.one(course);
        made.push(answer(
            exercise,
            name,
            expected,
            change(&exercise.right.text).into_bytes(),
        ));
    }
    for (name, bytes) in FILES {
        made.push(answer(chance.one(course), name, "rejected", bytes()));
    }
    let safe: Vec<&Exercise> = course
        .iter()
        .filter(|exercise| !exercise.allows_unsafe)
        .collect();
    let exercise = *chance.one(&safe);
    let text = format!(
        "{}\npub fn peek(at: *const u8) -> u8 {{\n    unsafe {{ *at }}\n}}\n",
        exercise.right.text
    );
    made.push(answer(
        exercise,
        "unsafe where it is forbidden",
        "rejected",
        text.into_bytes(),
    ));
    let exercise = chance.one(course);
    let untouched = &exercise.wrong[0];
    made.push(answer(
        exercise,
        "untouched",
        &untouched.expected,
        untouched.text.clone().into_bytes(),
    ));
    made
}

fn answer(exercise: &Exercise, made: &str, expected: &str, text: Vec<u8>) -> Answer {
    Answer {
        exercise: exercise.id.clone(),
        text,
        made: made.to_string(),
        expected: vec![expected.to_string()],
    }
}

type Change = fn(&str) -> String;
type Make = fn() -> Vec<u8>;

/// What is done to the solution, and the verdict after that.
const TEXTS: [(&str, &str, Change); 15] = [
    ("Python", "does_not_compile", |_| {
        "def increment(self):\n    self.value += 1\n".into()
    }),
    ("prose", "does_not_compile", |_| {
        "I could not do this one, sorry! The cat's away.\n".into()
    }),
    ("HTML", "does_not_compile", |_| {
        "<!DOCTYPE html><p>Sign in to continue</p>\n".into()
    }),
    ("unclosed brace", "does_not_compile", |text| {
        text.trim_end().trim_end_matches('}').into()
    }),
    ("unclosed string", "does_not_compile", |text| {
        format!("{text}\nconst NAME: &str = \"Anna;\n")
    }),
    ("unclosed comment", "does_not_compile", |text| {
        format!("{text}\n/* the end\n")
    }),
    ("wrong type", "does_not_compile", |text| {
        format!("{text}\nfn wrong() -> u64 {{ \"one\" }}\n")
    }),
    ("moved value", "does_not_compile", |text| {
        format!("{text}\nfn moved() -> String {{ let a = String::new(); let b = a; a + &b }}\n")
    }),
    ("race that the compiler sees", "does_not_compile", |text| {
        format!("{text}\nfn shared() {{ let mut n = 0; std::thread::spawn(|| n += 1); n += 1; }}\n")
    }),
    ("another crate", "does_not_compile", |text| {
        format!("use rand::Rng;\n{}", without_head(text))
    }),
    ("merge conflict", "does_not_compile", |text| {
        format!("<<<<<<< HEAD\n{text}=======\n>>>>>>> main\n")
    }),
    ("nothing public", "does_not_compile", |_| {
        "fn main() {}\n".into()
    }),
    ("panics", "fail panic", |text| {
        in_public_functions(text, "panic!(\"not today\");")
    }),
    ("to be done", "fail panic", |text| {
        in_public_functions(text, "todo!();")
    }),
    ("endless loop", "fail endless_loop", |text| {
        in_public_functions(text, "loop {}")
    }),
];

/// What no program is.
const FILES: [(&str, Make); 6] = [
    ("empty", Vec::new),
    ("blank", || b" \n\t\r\n\n".to_vec()),
    ("binary", || {
        (0..4096u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect()
    }),
    ("UTF-16", || {
        "fn main() {}\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .chain([0xff, 0xfe])
            .collect()
    }),
    ("Latin-1", || b"// caf\xe9\nfn main() {}\n".to_vec()),
    ("huge", || b"// and so on\n".repeat(200_000)),
];

/// Without the comments that only stand at the head of a file.
fn without_head(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("//!"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// `what` is the first thing that public functions do, but for those that make something.
fn in_public_functions(text: &str, what: &str) -> String {
    let lines = text.lines().map(|line| {
        let code = line.trim_start();
        let opens =
            code.starts_with("pub fn ") && !code.starts_with("pub fn new(") && code.ends_with('{');
        if opens {
            format!("{line}\n{what}\n")
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}
