//! Folders of classes, and what is found in them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Sought, discover};
use crate::courses::Course;

fn course() -> Course {
    let project = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let course = Course::find(Some(project)).expect("the project has a course");
    course.expect("the project has a course")
}

fn class(files: &[&str]) -> TempDir {
    let folder = TempDir::with_prefix("a-class-").expect("a folder for a test");
    for file in files {
        let path = folder.path().join(file);
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        fs::create_dir_all(if file.ends_with('/') {
            &path
        } else {
            path.parent().unwrap()
        })
        .unwrap();
        if !file.ends_with('/') {
            // Every file is another one.
            fs::write(&path, format!("// {name} {file}")).unwrap();
        }
    }
    folder
}

/// All that is found, one line for each thing.
fn told(root: &Path, sought: &Sought<'_>) -> String {
    let found = match discover(root, &course(), sought) {
        Ok(found) => found,
        Err(problem) => {
            let all = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
            return problem.to_string().replace(&*all.to_string_lossy(), "DIR");
        }
    };
    let mut text = format!("{}\n", found.layout);
    for it in found.submissions {
        let path = super::names::visible(it.path.as_os_str());
        let _ = writeln!(text, "{} / {} = {path}", it.student, it.exercise);
        for remark in it.remarks {
            let _ = writeln!(text, "  {remark}");
        }
    }
    for it in found.unmatched {
        let _ = writeln!(
            text,
            "? {}: {}",
            super::names::visible(it.path.as_os_str()),
            it.reason
        );
    }
    text
}

#[track_caller]
fn finds(files: &[&str], sought: &Sought<'_>, expected: &str) {
    let folder = class(files);
    let told = told(folder.path(), sought);
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    let told: Vec<&str> = told.trim().lines().map(str::trim).collect();
    assert_eq!(told, expected, "{files:#?}");
}

#[test]
fn probe() {
    let course = course();
    let files = [
        "anna/race_counter.rs",
        "anna/lock_order.rs",
        "anna/notes.md",
        "ben/clone/exercises/02_shared_state/race_counter/exercise.rs",
        "ben/clone/exercises/02_shared_state/race_counter/check.rs",
        "ben/clone/exercises/02_shared_state/race_counter/build.rs",
        "ben/clone/solutions/02_shared_state/race_counter/solution.rs",
        "ben/clone/mine.rs",
        "cleo/02_shared_state/race_counter/exercise.rs",
        "race_counter/dora.rs",
        "race_counter/emil.rs",
        "race_counter/Fay Lee_123_assignsubmission_file_/main.rs",
        "leeanna_12345_67890_race_counter.rs",
        "leeanna_12345_67999_race_counter-1.rs",
        "leeanna_777_67999_race_counter.rs",
        "lee_LATE_12345_67890_lock_order.rs",
        "First Last_123456_assignsubmission_file_/race_counter.rs",
        "gus/race_countr.rs",
        "hal/",
        "ida/essay.pdf",
        "jo/work.zip",
        "kim/Race-Counter.RS",
        "paper.pdf",
        "lea_99_77_race_countr.rs",
        "max/a/race_counter.rs",
        "max/b/race_counter.rs",
        ".git/config",
        "nora/race_counter.rs~",
        "race_counter.rs",
        "race_counter_otto.rs",
        "02_shared_state/race_counter/exercise.rs",
    ];
    let folder = class(&files);
    let _ = course;
    println!("{}", told(folder.path(), &Sought::default()));
    println!(
        "{}",
        told(
            folder.path(),
            &Sought {
                exercise: Some("race_counter"),
                map: None
            }
        )
    );
}
