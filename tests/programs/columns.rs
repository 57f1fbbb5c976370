//! What stands before the code of a line changes nothing but its columns, and those are characters.

use serde_json::{Value, json};

use crate::door::{self, Place};

/// Programs whose verdicts and names depend on exact places: of calls, of the ends of guards, of constructors, of
/// accesses to memory.
const PROGRAMS: &[&str] = &[
    "check_then_act_queue",
    "condvar_no_flag",
    "deadlock_two_locks",
    "lost_update_two_sections",
    "race_reports/box_freed",
    "race_reports/two_mutexes",
];

/// What indentation of four becomes, what stands behind all of it, and the end of the line.
const VARIANTS: &[[&str; 3]] = &[
    ["\t", "", "\n"],
    ["\t", "", "\r\n"],
    ["  \t", "", "\n"],
    ["    ", "/*\t*/ ", "\n"],
    ["    ", "/*é*/ ", "\n"],
    ["    ", "/*數字*/ ", "\n"],
    ["\t", "/*ｗ한*/ ", "\n"],
    ["    ", "/*e\u{301}\u{200b}*/ ", "\n"],
    ["    ", "/*👩‍👩‍👧❤️🇨🇭👍🏽*/ ", "\n"],
];

#[test]
fn what_is_said_does_not_depend_on_what_stands_before_it() {
    let place = Place::with_fixtures();
    let mut cases = Vec::new();
    for program in PROGRAMS {
        let text = place.read(&format!("{program}.rs"));
        for (number, variant) in [["    ", "", "\n"]].iter().chain(VARIANTS).enumerate() {
            cases.push((*program, number, changed(&text, *variant)));
        }
    }
    let said = door::in_parallel(&cases, |(_, _, text)| {
        let place = Place::with(&[("a.rs", text)]);
        said(&place.run(&["check", "--format=json", "a.rs"]).json(), text)
    });
    for (of_one, cases) in said
        .chunks(VARIANTS.len() + 1)
        .zip(cases.chunks(VARIANTS.len() + 1))
    {
        assert!(of_one[0]["sites"].as_array().is_some_and(|s| s.len() > 1));
        for (said, (program, number, _)) in of_one.iter().zip(cases) {
            assert_eq!(said, &of_one[0], "{program}, variant {number}");
        }
    }
}

fn changed(text: &str, [indent, before, end]: [&str; 3]) -> String {
    let lines = text.lines().map(|line| {
        let code = line.trim_start_matches(' ');
        let depth = (line.len() - code.len()) / 4;
        let before = if depth > 0 { before } else { "" };
        format!("{}{before}{code}{end}", indent.repeat(depth))
    });
    lines.collect()
}

/// The bug and the steps, with what stands at each place instead of its column.
fn said(answer: &Value, text: &str) -> Value {
    let from = |place: &Value, line: &str, column: &str| {
        let number = |name: &str| usize::try_from(place[name].as_u64()?).ok();
        let line = text.lines().nth(number(line)?.checked_sub(1)?)?;
        let ahead = number(column)?.checked_sub(1)?;
        Some(line.chars().skip(ahead).collect::<String>())
    };
    let placed = |places: &Value| {
        let mut places = places.as_array().cloned().unwrap_or_default();
        for place in &mut places {
            place["column"] = json!(from(place, "line", "column"));
            place["end_column"] = json!(from(place, "end_line", "end_column"));
        }
        places
    };
    json!({
        "class": answer["bug"]["class"],
        "title": answer["bug"]["title"],
        "help": answer["bug"]["help"],
        "interleavings": answer["search"]["interleavings"],
        "sites": placed(&answer["bug"]["sites"]),
        "steps": placed(&answer["witness"]["steps"]),
    })
}
