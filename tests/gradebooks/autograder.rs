//! The autograder of Gradescope: both scripts run as they would there, in a folder of our own and without a network.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::Cursor;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use zip::ZipArchive;

use super::fields::check_gradescope;
use crate::door::{PROJECT, Place};

/// `/autograder`, somewhere else.
struct Autograder {
    place: Place,
    root: PathBuf,
}

impl Autograder {
    /// What Gradescope does with the zip: unpacks it, and copies `run_autograder`.
    fn unpacked(exercises: &[&str]) -> Autograder {
        let place = Place::empty();
        let root = place.path().join("autograder");
        let mut archive = ZipArchive::new(Cursor::new(exported(exercises))).expect("a zip");
        archive.extract(root.join("source")).expect("it unpacks");
        fs::copy(
            root.join("source/run_autograder"),
            root.join("run_autograder"),
        )
        .expect("a copy");
        let autograder = Autograder { place, root };
        autograder.hand_in(&[]);
        autograder
    }

    /// Runs `setup.sh`, with a `curl` that fetches an installer of ours: it links the compiler of this machine.
    fn set_up(&self) -> Output {
        let sysroot = Command::new("rustc")
            .args(["--print", "sysroot"])
            .output()
            .expect("rustc");
        let sysroot = String::from_utf8(sysroot.stdout).expect("UTF-8");
        let installer = format!(
            "mkdir -p \"$CARGO_HOME/bin\"\nln -s '{}/bin/rustc' \"$CARGO_HOME/bin/rustc\"\necho \"$@\" > \"$AUTOGRADER_ROOT/installed\"\n",
            sysroot.trim()
        );
        let curl = "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\ncp \"$AUTOGRADER_ROOT/fetched.sh\" \"$2\"\n";
        fs::create_dir_all(self.root.join("fake")).expect("ours");
        fs::write(self.root.join("fetched.sh"), installer).expect("ours");
        script(&self.root.join("fake/curl"), curl);
        self.bash("source/setup.sh", &[])
    }

    /// Replaces what was handed in.
    fn hand_in(&self, files: &[(&str, &str)]) {
        let submission = self.root.join("submission");
        let _ = fs::remove_dir_all(&submission);
        fs::create_dir_all(&submission).expect("ours");
        for (name, text) in files {
            let path = submission.join(name);
            fs::create_dir_all(path.parent().expect("below")).expect("ours");
            fs::write(path, text).expect("ours");
        }
        self.metadata("student@example.com");
    }

    fn metadata(&self, email: &str) {
        let text = format!(
            "{{\"id\": 123456, \"assignment\": {{\"title\": \"Threads\"}},\n \"users\": [{{\"email\": \"{email}\", \"id\": 1, \"name\": \"O'Brien\"}}]}}"
        );
        fs::write(self.root.join("submission_metadata.json"), text).expect("ours");
    }

    /// Runs `run_autograder`, and reads what it has left.
    fn graded(&self, variables: &[(&str, &str)]) -> Value {
        let _ = fs::remove_dir_all(self.root.join("results"));
        let output = self.bash("run_autograder", variables);
        let results = self.root.join("results/results.json");
        let text =
            fs::read_to_string(results).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let results = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        check_gradescope(&results);
        results
    }

    fn bash(&self, file: &str, variables: &[(&str, &str)]) -> Output {
        let fake = self.root.join("fake");
        Command::new("bash")
            .arg(self.root.join(file))
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", fake.display()))
            .env("HOME", self.place.path())
            .env("AUTOGRADER_ROOT", &self.root)
            .envs(variables.iter().copied())
            .output()
            .expect("bash")
    }
}

/// The zip; made once, as this program is large before it is optimised.
fn exported(exercises: &[&str]) -> Arc<[u8]> {
    static MADE: Mutex<BTreeMap<String, Arc<[u8]>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let zip = made.entry(exercises.join(" "));
    Arc::clone(zip.or_insert_with(|| export(exercises).into()))
}

fn export(exercises: &[&str]) -> Vec<u8> {
    let place = Place::with_course();
    let mut arguments = vec!["export", "gradescope", "--into", "autograder.zip"];
    for exercise in exercises {
        arguments.extend(["--exercise", exercise]);
    }
    let answer = place.run(&arguments);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    fs::read(place.path().join("autograder.zip")).expect("the zip")
}

fn script(path: &Path, text: &str) {
    fs::write(path, text).expect("ours");
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("ours");
}

fn course(name: &str) -> String {
    fs::read_to_string(Path::new(PROJECT).join(name)).expect("a file of the course")
}

fn output(results: &Value) -> &str {
    results["output"].as_str().expect("output")
}

/// Its threads never end.
const ENDLESS: &str = "pub struct Counter;
impl Counter {
    pub fn new() -> Self { Counter }
    pub fn increment(&self) { loop {} }
    pub fn get(&self) -> u64 { 0 }
}
pub fn run(_: usize, _: u64) -> u64 { 0 }
fn main() {}
";

/// Nothing that Gradescope could take for points.
fn assert_no_points(results: &Value) {
    assert_eq!(results.get("score"), None, "{results}");
    assert!(output(results).contains("NOT GRADED"), "{results}");
}

#[test]
fn the_zip_has_all_that_grading_needs_and_no_solution() {
    let first = exported(&["race_counter"]);
    assert!(
        *first == *export(&["race_counter"]),
        "the same contents are the same file"
    );
    let mut archive = ZipArchive::new(Cursor::new(first)).expect("a zip");
    let mut names: Vec<String> = archive
        .file_names()
        .map(|name| name.expect("UTF-8").into_owned())
        .collect();
    names.sort();
    insta::assert_snapshot!(names.join("\n"));
    for name in ["setup.sh", "run_autograder", "bin/threadlings"] {
        let mode = archive.by_name(name).expect("it is there").unix_mode();
        assert_eq!(mode.map(|mode| mode & 0o777), Some(0o755), "{name}");
    }
}

#[test]
fn ids_that_a_shell_could_misread_are_refused() {
    let place = Place::with_course();
    let manifest = course("exercises/02_shared_state/race_counter/exercise.toml");
    let manifest = manifest.replace("id = \"race_counter\"", "id = \"a; rm x\"");
    place.write("exercises/09_odd/a; rm x/exercise.toml", manifest);
    let answer = place.run(&[
        "export",
        "gradescope",
        "--exercise",
        "a; rm x",
        "--into",
        "a.zip",
    ]);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("cannot be exported"), "{answer:?}");
}

#[test]
fn submissions_are_graded_as_gradescope_does_it() {
    let autograder = Autograder::unpacked(&["race_counter", "bank_account"]);
    let setup = autograder.set_up();
    assert!(setup.status.success(), "{setup:?}");
    let folder = "solutions/02_shared_state/race_counter";
    let solution = course(&format!("{folder}/solution.rs"));
    let wrong = course(&format!("{folder}/wrong/one_place_fixed.rs"));
    let bank = course("solutions/02_shared_state/bank_account/solution.rs");

    autograder.hand_in(&[("race_counter.rs", &solution), ("bank_account.rs", &bank)]);
    let results = autograder.graded(&[]);
    assert_eq!(results["score"], 20, "{results}");

    autograder.hand_in(&[("race_counter.rs", &wrong), ("notes.txt", "sorry")]);
    let results = autograder.graded(&[]);
    let score = results["score"].as_u64().expect("points");
    assert!(score < 10, "{results}");
    let told = results["tests"].to_string();
    assert!(
        told.contains("TL0201") && !told.contains("\\u001b"),
        "{told}"
    );

    autograder.hand_in(&[("race_counter.rs", "fn main() { this is no Rust }")]);
    let results = autograder.graded(&[]);
    assert_eq!(results["score"], 0, "{results}");
    assert_eq!(
        results["extra_data"]["answers"][0]["verdict"],
        "does_not_compile"
    );

    let strange = [
        &[][..],
        &[("answer.txt", "text")],
        &[("other.rs", "fn main() {}")],
        &[("a/x.rs", ""), ("b/y.rs", "")],
    ];
    for files in strange {
        autograder.hand_in(files);
        let results = autograder.graded(&[]);
        assert_eq!(results["score"], 0, "{results}");
        assert!(
            output(&results).contains("race_counter.rs bank_account.rs"),
            "{results}"
        );
    }
}

#[test]
fn hostile_submissions_get_no_further_than_their_results() {
    let autograder = Autograder::unpacked(&["race_counter"]);
    let setup = autograder.set_up();
    assert!(setup.status.success(), "{setup:?}");
    let solution = course("solutions/02_shared_state/race_counter/solution.rs");

    // A link is not followed, wherever it leads.
    autograder.hand_in(&[("a.txt", "")]);
    let secret = autograder.place.path().join("secret.rs");
    fs::write(&secret, &solution).expect("ours");
    symlink(&secret, autograder.root.join("submission/race_counter.rs")).expect("ours");
    let results = autograder.graded(&[]);
    assert_eq!(results["score"], 0, "{results}");

    // Names that a shell or a path could misread.
    autograder.hand_in(&[("race_counter.rs", &solution), ("$(touch x)\n\"'.rs", "")]);
    for email in [
        "../../up",
        "..",
        "$(touch pwned)@x",
        "`id`;exit 7",
        "-rf",
        "ab cd\\\" e",
    ] {
        autograder.metadata(email);
        let results = autograder.graded(&[]);
        assert_eq!(results["score"], 10, "{email}: {results}");
    }
    fs::write(autograder.root.join("submission_metadata.json"), "no JSON").expect("ours");
    assert_eq!(autograder.graded(&[])["score"], 10);

    // Points are not for the writing.
    let forged = autograder.root.join("results/results.json");
    let forger = format!(
        "{ENDLESS}\n#[allow(dead_code)] fn forge() {{ std::fs::write({forged:?}, \"{{\\\"score\\\": 10}}\").unwrap(); }}"
    )
    .replace("loop {}", "forge()");
    autograder.hand_in(&[("race_counter.rs", &forger)]);
    let results = autograder.graded(&[]);
    assert_ne!(results["score"], 10, "{results}");

    // A loop without an end is a verdict.
    autograder.hand_in(&[("race_counter.rs", ENDLESS)]);
    let results = autograder.graded(&[]);
    assert_ne!(results["score"], 10, "{results}");
}

#[test]
fn a_fault_of_ours_leaves_a_result_without_points() {
    let autograder = Autograder::unpacked(&["race_counter"]);
    autograder.hand_in(&[("race_counter.rs", "fn main() {}")]);
    let program = autograder.root.join("source/bin/threadlings");
    let faults = [
        ("exit 139", "exit code 139"),
        ("echo '{\"score\": 10'; kill -9 $$", "was ended"),
        ("echo half a result; exit 0", "exit code 0"),
        ("sleep 100", "still at work after 1 seconds"),
        (
            "trap '' TERM; sleep 100; sleep 100",
            "still at work after 1 seconds",
        ),
    ];
    for (fault, told) in faults {
        script(&program, &format!("#!/bin/sh\n{fault}\n"));
        let results = autograder.graded(&[("AUTOGRADER_LIMIT", "1")]);
        assert_no_points(&results);
        assert!(output(&results).contains(told), "{fault}: {results}");
    }
    // What stands while we are at work, and is left if all of it is killed.
    script(
        &program,
        "#!/bin/sh\ncat \"$AUTOGRADER_ROOT/results/results.json\"\n",
    );
    let results = autograder.graded(&[]);
    assert_no_points(&results);
    assert!(output(&results).contains("ended from outside"), "{results}");
}

#[test]
fn a_setup_that_does_not_work_says_so() {
    let autograder = Autograder::unpacked(&["race_counter"]);
    script(
        &autograder.root.join("source/bin/threadlings"),
        "#!/bin/sh\nexit 1\n",
    );
    let setup = autograder.set_up();
    assert!(!setup.status.success());
    let said = String::from_utf8_lossy(&setup.stderr);
    assert!(said.contains("does not start here"), "{said}");
}
