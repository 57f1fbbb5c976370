//! The fixtures, through the real command.

use crate::door::{self, Place};

/// Left out: what does not compile, what is over for every engine in the same way, and what takes long.
const LEFT_OUT: &[&str] = &[
    "does_not_compile.rs",
    "crash_memory_bomb.rs",
    "crash_stack_overflow.rs",
    "endless_loop.rs",
];

#[test]
fn no_engine_sees_in_a_fixture_what_the_others_do_not() {
    let place = Place::with_fixtures();
    let mut names = door::files(place.path(), ".rs");
    names.retain(|name| !LEFT_OUT.contains(&name.as_str()));
    let notes = door::in_parallel(&names, |name| {
        let answer = place.run(&[
            "check",
            name,
            "--cross-check=0.05",
            "--budget=0.5",
            "--format",
            "json",
        ]);
        let report = answer.json();
        let notes = report["notes"].as_array().cloned().unwrap_or_default();
        let says = |engine: &str| {
            let said = notes.iter().filter_map(|note| note.as_str());
            said.map(str::to_string)
                .find(|note| note.starts_with(engine))
        };
        (name.clone(), [says("loom "), says("shuttle ")])
    });
    let mut same = 0;
    for (name, voices) in &notes {
        for voice in voices {
            let voice = voice
                .as_deref()
                .unwrap_or_else(|| panic!("{name}: no opinion is told"));
            assert!(!voice.contains(" differs: "), "{name}: {voice}");
            same += usize::from(voice.contains("the same ends"));
        }
    }
    assert!(
        same > 60,
        "only {same} opinions could be compared to the last end"
    );
}
