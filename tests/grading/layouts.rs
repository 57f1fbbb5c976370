//! What `grade` finds in the folders of classes: every layout, and everything that is none.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::door::{Answer, PROJECT, Place, answer};

/// A class of these files. `file <- other` has the text of a file of the project; all other texts differ from each other.
/// A name that ends in `/` is an empty folder.
fn class(files: &[&str]) -> Place {
    let place = Place::empty();
    fs::create_dir(place.path().join("class")).expect("the folder is ours");
    for file in files {
        let (name, text) = match file.split_once(" <- ") {
            Some((name, from)) => (
                name,
                fs::read(Path::new(PROJECT).join(from)).expect("it is there"),
            ),
            None => (*file, format!("// {file}").into_bytes()),
        };
        let name = format!("class/{name}");
        if name.ends_with('/') {
            fs::create_dir_all(place.path().join(name)).expect("the folder is ours");
        } else {
            place.write(&name, text);
        }
    }
    place
}

fn find(place: &Place, arguments: &[&str]) -> Answer {
    let first = ["grade", "class", "--dry-run", "--course", PROJECT];
    place.run(&[&first, arguments].concat())
}

/// What is found among these files: one call for each test.
fn finds(files: &[&str], arguments: &[&str]) {
    told(&find(&class(files), arguments));
}

#[track_caller]
fn told(answer: &Answer) {
    all_told(std::slice::from_ref(answer));
}

/// All of it in one snapshot, by the name of the test, which its thread has.
#[track_caller]
fn all_told(answers: &[Answer]) {
    let texts = answers.iter().map(|answer| {
        assert_eq!(answer.code, Some(0), "{answer:?}");
        &*answer.stdout
    });
    let text: String = texts.collect();
    let thread = std::thread::current();
    let test = thread.name().and_then(|name| name.rsplit("::").next());
    insta::assert_snapshot!(test.expect("a test"), text);
}

/// What is said when the command ends with 2.
#[track_caller]
fn refused(place: &Place, arguments: &[&str]) -> String {
    let answer = place.run(&[&["grade", "--course", PROJECT], arguments].concat());
    assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{answer:?}");
    answer.stderr
}

#[test]
fn folders_of_students() {
    finds(
        &[
            "anna/race_counter.rs",
            "anna/lock_order.rs",
            "Ben O'Neil/homework/3/race_counter.rs",
        ],
        &[],
    );
}

#[test]
fn folders_of_exercises() {
    finds(
        &[
            "race_counter/anna.rs",
            "race_counter/ben/main.rs",
            "Lock-Order/anna.rs",
        ],
        &[],
    );
}

#[test]
fn exercises_as_handed_out() {
    finds(
        &[
            "anna/exercises/02_shared_state/race_counter/exercise.rs",
            "anna/exercises/02_shared_state/race_counter/check.rs <- exercises/02_shared_state/race_counter/check.rs",
            "anna/exercises/02_shared_state/race_counter/exercise.toml <- exercises/02_shared_state/race_counter/exercise.toml",
            "anna/solutions/02_shared_state/race_counter/solution.rs <- solutions/02_shared_state/race_counter/solution.rs",
            "anna/exercises/02_shared_state/race_counter/README.md <- exercises/02_shared_state/race_counter/README.md",
            "anna/README.md",
            "anna/Cargo.toml",
            "ben/02_shared_state/race_counter/exercise.rs",
            "ben/02_shared_state/race_counter/check.rs",
            "ben/02_shared_state/race_counter/exercise.toml",
            "ben/02_shared_state/race_counter/Cargo.toml",
            "ben/02_shared_state/race_counter/build.rs",
            "ben/02_shared_state/race_counter/tests/mine.rs",
            "cleo/a/b/c/race_counter/exercise.rs",
        ],
        &[],
    );
}

#[test]
fn what_stands_beside_the_course_in_a_clone_of_it_is_not_of_the_course() {
    finds(
        &[
            "anna/exercises/04_deadlocks/lock_order/exercise.rs",
            "anna/exercises/04_deadlocks/lock_ordr/exercise.rs",
            "anna/scratch.rs",
        ],
        &[],
    );
}

#[test]
fn exports_of_canvas() {
    finds(
        &[
            "leeanna_12345_67890_race_counter.rs",
            "leeanna_12345_67891_lock_order.rs",
            "benbo_LATE_23456_78901_race_counter.rs",
            "cleoc_34567_89012_race_counter.rs",
            "cleoc_34567_89020_race_counter-1.rs",
            "cleoc_34567_89030_race_counter-10.rs",
            "cleoc_34567_89025_race_counter-2.rs",
            "kim_1_20_race_counter.rs",
            "kim_2_21_race_counter.rs",
            "kim_2_22_lock_order.rs",
            "LATE_dora_45678_90123_race_counter.rs",
        ],
        &[],
    );
}

#[test]
fn exports_of_moodle() {
    finds(
        &[
            "Anna Lee_123456_assignsubmission_file_/race_counter.rs",
            "Ben O'Neil_77_assignsubmission_file/Race Counter.rs",
            "名前_123458_assignsubmission_file_/race_counter/exercise.rs",
            "Cleo Au_123459_assignsubmission_onlinetext_/onlinetext.html",
            "Dora D_123460_assignsubmission_file_race_counter.rs",
        ],
        &[],
    );
}

#[test]
fn names_and_hashes_before_the_exercise() {
    finds(
        &[
            "anna_race_counter.rs",
            "group_2_race_counter.rs",
            "ben-race_counter.rs",
            "cleo_9f86d081_race_counter.rs",
            "1234567_race_counter.rs",
            "dora/homework_race_counter.rs",
            "emil/race_counter (2).rs",
        ],
        &[],
    );
}

#[test]
fn one_exercise() {
    finds(
        &[
            "anna.rs",
            "ben/main.rs",
            "cleo/exercise.rs",
            "cleo/check.rs",
            "dora/src/main.rs",
            "dora/build.rs",
            "dora/tests/all.rs",
            "emil/a.rs",
            "emil/b.rs",
            "fay/lock_order.rs",
            "gus/race_counter.rs",
            "gus/lock_order.rs",
            "hal_123_456_answer.rs",
            "Ida I_7_assignsubmission_file_answer.rs",
            "race_counter.rs",
            "race_counter_jo.rs",
            "lock_order/kim.rs",
            "race_counter/lea.rs",
            "exercise.rs",
        ],
        &["--exercise", "race_counter"],
    );
}

#[test]
fn several_files_for_one_exercise() {
    finds(
        &[
            "anna/race_counter.rs",
            "anna/race_counter/exercise.rs",
            "ben/race_counter.rs",
            "ben/race_counter/exercise.rs <- exercises/02_shared_state/race_counter/exercise.rs",
            "cleo/new/race_counter.rs",
            "cleo/old/race_counter.rs",
            "dora/one/race_counter.rs <- solutions/02_shared_state/race_counter/solution.rs",
            "dora/two/race_counter.rs <- solutions/02_shared_state/race_counter/solution.rs",
            "emil/my_race_counter.rs",
            "emil/race_counter.rs",
            "race_counter/emil.rs",
            "fay/race_counter-1.rs",
            "fay/race_counter.rs",
            "gus/race_counter/exercise.rs",
            "gus/race_counter/race_counter.rs",
            "hal/Race_Counter.rs",
            "hal/race_counter.rs",
        ],
        &[],
    );
}

/// What is nearly the name of an exercise is taken for it, or it is asked whether that was meant.
#[test]
fn names_as_other_languages_spell_them() {
    finds(
        &[
            "anna/RaceCounter.rs",
            "ben/race counter.rs",
            "cleo/raceCounter.rs",
            "dora/LOCKORDER.rs",
            "emil/RaceCounter/Exercise.rs",
            "fay_RaceCounter.rs",
            "LockOrder/gus.rs",
            "hal/race_counter (1).rs",
            "ida/race_counter_final.rs",
            "jo/race_counter_v2.rs",
            "kim/RaceCounterFinal.rs",
            "embraceCounter.rs",
        ],
        &[],
    );
}

#[test]
fn what_is_no_answer() {
    finds(
        &[
            "anna/race_countr.rs",
            "anna/lock-odrer.rs",
            "anna/essay.pdf",
            "ben/",
            "cleo/race_counter.txt",
            "cleo/race_counter.rs.txt",
            "cleo/race_counter",
            "dora/work.zip",
            "dora/WORK.TAR.GZ",
            "emil/essay.pdf",
            "emil/figure.png",
            "essay.pdf",
            "fay_1_2_race_conter.rs",
            "gus_1_2_homework.zip",
            "mystery.rs",
            "race_counter.rs",
            "race_counter_hal.rs",
            "exercises/02_shared_state/race_counter/exercise.rs",
            "race_counter/lock_order.rs",
            "ida/race_counter/main.rs",
            "jo/homework/exercise.rs",
            "kim/race_countr/exercise.rs",
            " _race_counter.rs",
        ],
        &[],
    );
}

#[test]
fn what_nobody_means_to_hand_in_is_counted() {
    finds(
        &[
            ".git/config",
            ".DS_Store",
            "__MACOSX/anna/._race_counter.rs",
            "anna/.idea/workspace.xml",
            "anna/race_counter.rs",
            "anna/race_counter.rs~",
            "anna/race_counter.rs.bak",
            "anna/#race_counter.rs#",
            "anna/Thumbs.db",
            "anna/target/CACHEDIR.TAG",
            "anna/target/debug/build/x/out/race_counter.rs",
            "anna/notes.md",
            "target/race_counter.rs",
            "ben/race_counter.rs~",
            "class-results/results.jsonl",
        ],
        &[],
    );
}

#[test]
fn names_that_do_not_show() {
    let place = class(&[
        "a\nb/race_counter.rs",
        "\u{202e}evil/race_counter.rs",
        "a\tb.rs",
        "<script>/race_counter.rs",
        "%0A::error::/race_counter.rs",
    ]);
    let bytes = OsStr::from_bytes(b"class/caf\xe9");
    fs::create_dir(place.path().join(bytes)).expect("any bytes make a name");
    fs::write(place.path().join(bytes).join("race_counter.rs"), "").expect("the folder is ours");
    told(&find(&place, &[]));
}

#[test]
fn links_are_not_followed() {
    let place = class(&["anna/race_counter.rs"]);
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, place.path().join("class").join(name)).expect("a link");
    };
    link("/etc/passwd", "anna/lock_order.rs");
    link("anna", "ben");
    link("..", "anna/loop");
    link("nowhere", "anna/bank_account.rs");
    told(&find(&place, &[]));
}

#[test]
fn what_is_neither_file_nor_folder() {
    let place = class(&["anna/race_counter.rs"]);
    let pipe = place.path().join("class/anna/lock_order.rs");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(pipe)
            .status()
            .expect("mkfifo")
            .success()
    );
    told(&find(&place, &[]));
}

#[test]
fn folders_have_a_depth_at_which_nobody_looks() {
    let deep = |depth: usize| format!("anna/{}race_counter.rs", "d/".repeat(depth - 1));
    all_told(&[32, 33].map(|depth| find(&class(&[&deep(depth)]), &[])));
}

#[test]
fn a_folder_that_cannot_be_read_is_told() {
    let place = class(&["ben/race_counter.rs"]);
    // A path that is too long for the system is unreadable for everybody, whatever the permissions.
    let long = "d".repeat(200);
    let script = format!(
        "cd class; for n in $(seq 24); do mkdir {long} && cd -P {long}; done; : > race_counter.rs"
    );
    let made = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(place.path())
        .status();
    assert!(made.expect("sh").success());
    let answer = find(&place, &[]);
    told(&Answer {
        stdout: answer.stdout.replace(&long, "LONG"),
        ..answer
    });
}

#[test]
fn there_is_no_class() {
    let place = class(&[]);
    place.write("file.rs", "");
    place.write("class.zip", "");
    let mut told = refused(&place, &["class"]);
    place.write("class/.git/config", "");
    place.write("class/.DS_Store", "");
    told += &refused(&place, &["class"]);
    for folder in ["nowhere", "file.rs", "class.zip"] {
        told += &refused(&place, &[folder]);
    }
    place.write("class/anna/notes.md", "");
    told += &refused(&place, &["class"]);
    told += &refused(&place, &["class", "--exercise", "race_countr"]);
    insta::assert_snapshot!(told);
}

#[test]
fn the_course_is_no_class() {
    let place = Place::with_course();
    let all: String = [".", "exercises", "exercises/02_shared_state", "solutions"]
        .iter()
        .map(|folder| answer(&mut place.command(&["grade", folder])).stderr)
        .collect();
    insta::assert_snapshot!(all);
}

#[test]
fn a_class_may_stand_in_the_course_or_beside_it() {
    let place = Place::with_course();
    place.write("class/anna/race_counter.rs", "");
    let inside = place.run(&["grade", "class", "--dry-run"]);
    for folder in ["exercises", "solutions"] {
        fs::create_dir_all(place.path().join("all/course")).expect("the folder is ours");
        let to = place.path().join("all/course").join(folder);
        fs::rename(place.path().join(folder), to).expect("the folder is ours");
    }
    place.write("all/anna/race_counter.rs", "");
    let beside = place.run(&["grade", "all", "--dry-run", "--course", "all/course"]);
    all_told(&[inside, beside]);
}

#[test]
fn thousands_of_files() {
    let count = std::env::var("THREADLINGS_TEST_FILES")
        .map_or(2_000, |count| count.parse().expect("a number"));
    let place = class(&[]);
    for n in 0..count {
        place.write(&format!("class/s{n}/race_counter.rs"), "");
    }
    let answer = find(&place, &[]);
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!(lines.len(), count + 1);
    assert_eq!(
        lines[0],
        format!("found: STUDENT/EXERCISE.rs ({count} submissions)")
    );
    assert_eq!(lines[1], "s0 race_counter: s0/race_counter.rs");
}
