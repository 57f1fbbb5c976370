//! What the documentation tells people to type does what it says: commands, recipes, workflows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::door::{self, PROJECT, Place};

/// A file of the project.
fn project(name: &str) -> String {
    fs::read_to_string(Path::new(PROJECT).join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The text of each fenced block in `language`, without its indentation.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match &mut open {
            None if line.trim() == format!("```{language}") => open = Some((indent, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => found.extend(open.take().map(|(_, block)| block)),
            Some((indent, block)) => {
                block.push_str(line.get(*indent..).unwrap_or_default());
                block.push('\n');
            }
        }
    }
    found
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A course, and a small class: one right answer, a wrong one, one that does not compile.
fn class() -> Place {
    let place = Place::with_course();
    let folder = "solutions/02_shared_state/race_counter";
    let solution = place.read(&format!("{folder}/solution.rs"));
    let wrong = place.read(&format!("{folder}/wrong/one_place_fixed.rs"));
    place.write("submissions/ada/race_counter.rs", solution);
    place.write("submissions/O'Brien, \"Pat\"/race_counter.rs", wrong);
    place.write("submissions/grace/race_counter.rs", "fn main() { no Rust }");
    place
}

/// Runs a script as it stands, with `threadlings` on the path.
fn bash(place: &Place, script: &str, variables: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_threadlings"));
    let path = std::env::var("PATH").expect("a path");
    let folder = program.parent().expect("a folder").display();
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(place.path())
        .env("PATH", format!("{folder}:{path}"))
        .env("THREADLINGS_CACHE", door::cache())
        .env("USER", "tester")
        .envs(variables.iter().copied())
        .output()
        .expect("bash")
}

/// Students and exercises of a plain table.
fn graded(csv: &str) -> BTreeSet<(String, String)> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    let all: Vec<_> = rows
        .map(|row| (row[0].to_string(), row[1].to_string()))
        .collect();
    let unique: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(all.len(), unique.len(), "nobody is graded twice");
    unique
}

fn everybody() -> BTreeSet<(String, String)> {
    let names = ["ada", "O'Brien, \"Pat\"", "grace"];
    names
        .map(|name| (name.to_string(), "race_counter".to_string()))
        .into()
}

#[test]
fn every_command_for_instructors_works() {
    let place = class();
    let mut run = 0;
    for block in blocks(&project("docs/instructors.md"), "console") {
        for line in block.lines() {
            let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{line}"));
            let done = bash(&place, command, &[]);
            assert_eq!(done.status.code(), Some(0), "{command}: {done:?}");
            run += 1;
        }
    }
    assert!(run >= 10, "{run} commands were found");
    assert_eq!(graded(&place.read("grades.csv")), everybody());
    for file in [
        "grades.csv",
        "summary.txt",
        "results.jsonl",
        "feedback/ada/race_counter.txt",
    ] {
        assert!(
            !place
                .read(&format!("submissions-results/{file}"))
                .is_empty(),
            "{file}"
        );
    }
    assert!(
        place
            .read("canvas.csv")
            .starts_with("Student,ID,SIS Login ID,Section,race_counter")
    );
}

#[test]
fn the_steps_for_classroom_and_exercism_work() {
    let text = project("docs/instructors.md");
    let place = class();
    place.write(
        "answers/race_counter.rs",
        place.read("submissions/ada/race_counter.rs"),
    );
    let steps = yaml(&blocks(&text, "yaml")[0]);
    let folder = place.path().display().to_string();
    let step = steps[0]["run"].as_str().expect("a script");
    let variables = [
        ("GITHUB_WORKSPACE", folder.as_str()),
        ("GITHUB_ACTOR", "ada"),
        ("GITHUB_OUTPUT", "output"),
    ];
    let done = bash(&place, step, &variables);
    assert!(done.status.success(), "{done:?}");
    let name = steps[1]["with"]["runners"]
        .as_str()
        .expect("a name")
        .to_uppercase();
    assert!(steps[1]["env"].get(format!("{name}_RESULTS")).is_some());
    assert!(
        place.read("output").starts_with("result=ey"),
        "{}",
        place.read("output")
    );

    let script = &blocks(&text, "sh")[0];
    let script = format!("set -- race_counter answers/ out\nmkdir out\n{script}");
    let done = bash(&place, &script, &[]);
    assert!(done.status.success(), "{done:?}");
    let results: Value = serde_json::from_str(&place.read("out/results.json")).expect("JSON");
    super::fields::check_exercism(&results);
    assert_eq!(results["status"], "pass");
}

/// Whatever is wrong, the site gets something that it can show.
#[test]
fn an_exercism_runner_without_an_answer_says_so() {
    let script = &blocks(&project("docs/instructors.md"), "sh")[0];
    let place = Place::with_course();
    place.write("notes/essay.txt", "no answer");
    for (exercise, folder) in [
        ("race_counter", "empty/"),
        ("race_counter", "not_there/"),
        ("race_counter", "notes/"),
        ("race_countr", "notes/"),
    ] {
        let script = format!("set -- {exercise} {folder} out\nmkdir -p out empty\n{script}");
        let done = bash(&place, &script, &[]);
        assert!(done.status.success(), "{done:?}");
        let results: Value = serde_json::from_str(&place.read("out/results.json")).expect("JSON");
        assert_eq!(results["version"], 3, "{exercise} {folder}");
        assert_eq!(results["status"], "error", "{exercise} {folder}");
        let message = results["message"].as_str().expect("a message");
        assert!(message.contains("no answer"), "{message}");
    }
}

/// The scripts in a workflow or a job, wherever they are.
fn scripts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("run", Value::String(script)) => found.push(script.clone()),
                    ("script", Value::Array(lines)) => {
                        found.extend(
                            lines
                                .iter()
                                .filter_map(|line| line.as_str().map(str::to_string)),
                        );
                    }
                    ("arguments", Value::String(arguments)) => {
                        found.push(format!("threadlings {arguments}"));
                    }
                    _ => scripts(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| scripts(value, found)),
        _ => {}
    }
}

#[test]
fn the_jobs_for_ci_work() {
    let place = Place::with_course();
    let text = project("docs/ci.md");
    let mut commands = Vec::new();
    for block in blocks(&text, "yaml") {
        scripts(&yaml(&block), &mut commands);
    }
    commands.sort();
    commands.dedup();
    let installs = |job: &&Value| job["before_script"].to_string().contains("cargo install");
    let yamls: Vec<Value> = blocks(&text, "yaml").iter().map(|it| yaml(it)).collect();
    let jobs = yamls.iter().filter_map(Value::as_object);
    let jobs: Vec<&Value> = jobs.flat_map(|it| it.values()).filter(installs).collect();
    assert_eq!(jobs.len(), 2);
    for job in jobs {
        assert_eq!(job["cache"]["paths"][0], ".cargo-home", "{job}");
    }
    assert!(commands.len() >= 5, "{commands:?}");
    for command in &commands {
        let done = bash(&place, command, &[]);
        // The starters are wrong; a request that is wrong would be 2.
        let code = done.status.code();
        assert!(code == Some(0) || code == Some(1), "{command}: {done:?}");
    }
    assert!(place.read("junit.xml").contains("<testsuites"));
    for file in ["gl-code-quality-report.json", "threadlings.sarif"] {
        serde_json::from_str::<Value>(&place.read(file)).expect("JSON");
    }
}

/// Every part, and then the join, as the recipe does it.
fn divided(script: &str, parts: u32, variable: &str, from: u32, more: &[(&str, &str)]) -> Place {
    let place = class();
    let count = parts.to_string();
    for part in 0..parts {
        let number = (part + from).to_string();
        let mut variables = more.to_vec();
        variables.extend([(variable, number.as_str()), ("PARTS", count.as_str())]);
        let done = bash(&place, script, &variables);
        assert!(done.status.success(), "part {number}: {done:?}");
    }
    place
}

#[test]
fn a_matrix_of_github_grades_everybody_once() {
    let recipe = yaml(&project("docs/recipes/github-matrix.yml"));
    let job = &recipe["jobs"]["grade"];
    let parts = job["strategy"]["matrix"]["part"].as_array().expect("parts");
    let numbers: Vec<u64> = parts.iter().filter_map(Value::as_u64).collect();
    assert_eq!(numbers, [1, 2, 3, 4], "parts count from 1");
    let mut steps = Vec::new();
    scripts(job, &mut steps);
    let place = divided(&steps[0], 4, "PART", 1, &[]);
    let mut join = Vec::new();
    scripts(&recipe["jobs"]["merge"], &mut join);
    let done = bash(&place, &join[0], &[]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(graded(&place.read("grades.csv")), everybody());
}

#[test]
fn an_array_of_slurm_grades_everybody_once() {
    let script = Path::new(PROJECT).join("docs/recipes/slurm-array.sh");
    let script = script.canonicalize().expect("the recipe");
    // Not every scheduler says who it is that runs a job.
    let command = format!("unset USER\n'{}' submissions . results", script.display());
    let place = divided(
        &command,
        3,
        "SLURM_ARRAY_TASK_ID",
        1,
        &[("SLURM_CPUS_PER_TASK", "2")],
    );
    let join = "threadlings merge results/part-*/ --into results/all --format csv > grades.csv";
    assert!(
        project("docs/recipes/slurm-array.sh")
            .contains("threadlings merge RESULTS/part-*/ --into RESULTS/all")
    );
    let done = bash(&place, join, &[]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(graded(&place.read("grades.csv")), everybody());
    for wrong in ["0", "4"] {
        let done = bash(
            &place,
            &command,
            &[("SLURM_ARRAY_TASK_ID", wrong), ("PARTS", "3")],
        );
        assert_eq!(done.status.code(), Some(2), "{done:?}");
    }
}

#[test]
fn an_indexed_job_of_kubernetes_grades_everybody_once() {
    let job = yaml(&project("docs/recipes/kubernetes-job.yaml"));
    let spec = &job["spec"];
    let container = &spec["template"]["spec"]["containers"][0];
    let variable = |name: &str| {
        let all = container["env"].as_array().expect("variables");
        let one = all
            .iter()
            .find(|one| one["name"] == name)
            .expect("the variable");
        one["value"].as_str().expect("a text").to_string()
    };
    assert_eq!(variable("PARTS"), spec["completions"].to_string());
    assert_eq!(spec["completionMode"], "Indexed");
    let command = container["command"].as_array().expect("a command");
    let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
    assert_eq!(words[..4], ["bash", "-euo", "pipefail", "-c"]);
    let script = format!(
        "mkdir -p volume/course results\ncp -r submissions volume\ncp -r exercises solutions volume/course\n{}",
        words[4]
    );
    let place = divided(
        &script,
        3,
        "JOB_COMPLETION_INDEX",
        0,
        &[("CLASS", "volume"), ("RESULTS", "results")],
    );
    let join = "threadlings merge results/part-*/ --into results/all --format csv > grades.csv";
    assert!(
        project("docs/recipes/kubernetes-job.yaml").contains("threadlings merge /results/part-*/")
    );
    let done = bash(&place, join, &[]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(graded(&place.read("grades.csv")), everybody());
}

/// The scripts of the action, with what the runner sets; what is installed is a link to the one that is tested.
#[test]
fn the_action_runs_what_it_is_asked_to() {
    let action = yaml(&project(".github/actions/threadlings/action.yml"));
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    for step in steps.iter().filter(|step| step.get("run").is_some()) {
        assert_eq!(step["shell"], "bash", "a composite action says which");
        let script = step["run"].as_str().expect("a script");
        assert!(
            !script.contains("${{"),
            "inputs come by the environment only: {script}"
        );
    }
    let script = |name: &str| {
        let step = steps
            .iter()
            .find(|step| step["name"] == name)
            .expect("the step");
        step["run"].as_str().expect("a script").to_string()
    };
    let place = Place::with_course();
    let home = place.path().display().to_string();
    let action = Path::new(PROJECT).join(".github/actions/threadlings");
    let action = action
        .canonicalize()
        .expect("the action")
        .display()
        .to_string();
    let program = env!("CARGO_BIN_EXE_threadlings");
    let link = format!(
        "mkdir -p .local/threadlings/bin\nln -sf '{program}' .local/threadlings/bin/threadlings"
    );
    let run = |script: &str, arguments: &str| {
        // The compiler of a proxy is found by the home folder.
        let script = format!("{link}\nHOME='{home}'\n{script}");
        let variables = [
            ("ACTION_PATH", action.as_str()),
            ("GITHUB_OUTPUT", "output"),
            ("GITHUB_PATH", "path"),
            ("ARGUMENTS", arguments),
        ];
        bash(&place, &script, &variables)
    };
    let key = script("Name what is built").replace("rustc -vV", "echo a compiler");
    assert!(run(&key, "").status.success());
    assert!(place.read("output").starts_with("key="));
    assert!(run(&script("Install"), "").status.success());
    assert!(place.read("path").contains(".local/threadlings/bin"));
    let done = run(&script("Run"), "explain TL0201");
    assert!(done.status.success(), "{done:?}");
    let done = run(
        &script("Run"),
        "explain $(touch pwned)`touch pwned`;touch pwned",
    );
    assert!(
        !done.status.success() && !place.path().join("pwned").exists(),
        "{done:?}"
    );
}
