//! A class that is made up: answers to four exercises, right and wrong, no two of them equal, the same in every run.

use std::fs;

use crate::own;

/// An exercise of the course, and what is handed in for it.
pub struct Exercise {
    /// Its id.
    pub id: &'static str,
    /// Its chapter.
    pub chapter: &'static str,
    /// The same check for loom.
    pub loom: &'static str,
    /// Wrong answers that both can tell to be wrong and that loom has all types for: not those that use `sleep` or a
    /// static mutex, nor those that are right and only do nothing at the same time.
    wrong: &'static [&'static str],
}

/// All of them.
pub static EXERCISES: &[Exercise] = &[
    Exercise {
        id: "race_counter",
        chapter: "02_shared_state",
        loom: include_str!("loom/race_counter.rs"),
        wrong: &["lock_in_every_call", "one_place_fixed", "stronger_ordering"],
    },
    Exercise {
        id: "bank_account",
        chapter: "02_shared_state",
        loom: include_str!("loom/bank_account.rs"),
        wrong: &["unlock_between", "two_locks", "atomic_check_then_sub"],
    },
    Exercise {
        id: "reentrant_lock",
        chapter: "03_locks",
        loom: include_str!("loom/reentrant_lock.rs"),
        wrong: &["unlock_call_relock", "a_second_mutex", "try_lock_and_skip"],
    },
    Exercise {
        id: "lock_order",
        chapter: "04_deadlocks",
        loom: include_str!("loom/lock_order.rs"),
        wrong: &[
            "swapped_in_one_place",
            "same_account_twice",
            "gives_up_silently",
        ],
    },
];

/// What a student hands in.
pub struct Answer {
    /// Everybody hands in one.
    pub student: String,
    /// What it answers.
    pub exercise: &'static Exercise,
    /// For std.
    pub text: String,
    /// Whether it has no bug.
    pub is_right: bool,
}

/// Names that an answer is free to choose.
const FREE: &[&str] = &[
    "value", "seen", "doors", "door", "paper", "source", "target", "guard", "cards", "card",
];

/// The first `count` answers of the class: the exercises in turn, half of them right.
///
/// # Errors
/// When the course cannot be read.
pub fn class(count: usize) -> Result<Vec<Answer>, String> {
    (0..count).map(answer).collect()
}

fn answer(number: usize) -> Result<Answer, String> {
    let exercise = &EXERCISES[number % EXERCISES.len()];
    let round = number / EXERCISES.len();
    let is_right = round.is_multiple_of(2);
    let file = match is_right {
        true => "solution.rs".to_string(),
        false => format!(
            "wrong/{}.rs",
            exercise.wrong[round / 2 % exercise.wrong.len()]
        ),
    };
    let path = own::root()
        .join("solutions")
        .join(exercise.chapter)
        .join(exercise.id)
        .join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let student = format!("student_{number:03}");
    let mut text = renamed(&text, &format!("_{number}"));
    text.push_str(&format!(
        "\n/// Who has done this.\npub fn done_by() -> &'static str {{\n    {student:?}\n}}\n"
    ));
    Ok(Answer {
        student,
        exercise,
        text,
        is_right,
    })
}

/// The same with longer names.
fn renamed(text: &str, end: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut renamed = String::new();
    for piece in text.split_inclusive(|c| !is_part(c)) {
        let word = piece.trim_end_matches(|c| !is_part(c));
        renamed.push_str(word);
        if FREE.contains(&word) {
            renamed.push_str(end);
        }
        renamed.push_str(&piece[word.len()..]);
    }
    renamed
}
