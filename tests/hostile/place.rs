//! A class of attackers, and what is around it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::outcome::Outcome;
use crate::door::{self, Answer, PROJECT, Place};

/// In the environment, and in files beside the class.
pub const SECRET: &str = "the-name-of-the-rose";

/// What is said of a link where answers are looked for.
const LINK: &str = "unmatched \"a symbolic link, which is not followed\"";

/// A folder with attacks, and others beside it that must stay as they are.
pub struct Class(Place);

/// What came of it.
pub struct Graded {
    pub answer: Answer,
    /// By the name of the attack.
    pub records: BTreeMap<String, Value>,
    /// Processes that have not ended.
    pub left_behind: Vec<String>,
}

impl Class {
    pub fn new() -> Class {
        let place = Place::empty();
        place.write("canary.txt", SECRET);
        place.write("other/alice/race_counter.rs", format!("// {SECRET}\n"));
        place.write("class/CANARY", "untouched");
        Class(place)
    }

    fn path(&self, student: &str, exercise: &str) -> PathBuf {
        let folder = self.0.path().join("class").join(student);
        fs::create_dir_all(&folder).expect("the folder is ours");
        folder.join(format!("{exercise}.rs"))
    }

    /// Hands an answer in.
    pub fn hand_in(&self, student: &str, exercise: &str, text: &[u8]) {
        fs::write(self.path(student, exercise), text).expect("the folder is ours");
    }

    /// Hands in what is no text, and text that no person would write.
    pub fn generate(&self) -> Vec<(String, Outcome)> {
        let mut expected = Vec::new();
        let mut at = |student: &str, outcome: &str| {
            expected.push((student.to_string(), Outcome::parse(outcome)));
            self.path(student, "race_counter")
        };
        let secret = self.0.path().join("canary.txt");
        let too_deep = "rejected \"nested too deeply\"";
        symlink("/etc/passwd", at("link_away", LINK)).expect("a link");
        symlink(&secret, at("link_to_a_secret", LINK)).expect("a link");
        let neighbour = "../../other/alice/race_counter.rs";
        symlink(neighbour, at("link_to_a_neighbour", LINK)).expect("a link");
        let sparse = File::create(at("sparse", "rejected \"larger than 256 KiB\"")).expect("ours");
        sparse.set_len(100 << 20).expect("no block is written");
        let write = |path: PathBuf, bytes: &[u8]| fs::write(path, bytes).expect("ours");
        write(
            at("latin", "rejected \"not UTF-8\""),
            b"// caf\xe9\nfn main() {}\n",
        );
        write(at("nul", "rejected \"NUL\""), b"fn main() {}\n\0\n");
        write(at("utf16", "rejected \"UTF-16\""), b"\xff\xfef\0n\0");
        write(at("empty", "rejected \"empty\""), b"");
        let fifo = at("pipe", "unmatched \"neither a file nor a folder\"");
        rustix::fs::mkfifoat(rustix::fs::CWD, fifo, rustix::fs::Mode::RWXU).expect("a pipe");
        fs::create_dir(at("folder", "unmatched \"no answer is in this folder\"")).expect("ours");
        for (name, open, close) in [
            ("deep_parentheses", "(", ")"),
            ("deep_blocks", "{", "}"),
            ("deep_arrays", "[", "]"),
        ] {
            let text = format!(
                "fn main() {{ {}1{}; }}",
                open.repeat(90_000),
                close.repeat(90_000)
            );
            write(at(name, too_deep), text.as_bytes());
        }
        for (name, before, again) in [
            ("deep_negation", "let _ = ", "!"),
            ("deep_references", "let _ = ", "&"),
            ("deep_closures", "let _ = ", "||"),
            ("deep_returns", "", "return "),
            ("deep_sum", "let _ = 1", "+1"),
            ("deep_calls", "let _ = x", ".f()"),
            ("deep_conditions", "", "if true {} else "),
            ("deep_types", "let _: ", "&"),
            ("deep_patterns", "let ", "&"),
        ] {
            let count = 200_000 / again.len();
            let text = format!("fn main() {{ {before}{}{{}}; }}", again.repeat(count));
            write(at(name, too_deep), text.as_bytes());
        }
        let comments = format!(
            "fn main() {{}}\n{}{}",
            "/*".repeat(60_000),
            "*/".repeat(60_000)
        );
        write(
            at("deep_comments", "does_not_compile \"Counter\""),
            comments.as_bytes(),
        );
        let long = format!("fn main() {{}}\n// {}\n", "x".repeat(250_000));
        write(
            at("long_line", "does_not_compile \"Counter\""),
            long.as_bytes(),
        );
        expected
    }

    /// Grades all of it, as an instructor would.
    pub fn grade(&self) -> Graded {
        let arguments = [
            "grade",
            "class",
            "--course",
            PROJECT,
            "--results",
            "results",
            "--require-sandbox",
            "--format",
            "json",
            "--jobs",
            "3",
        ];
        let mut command = self.0.command(&arguments);
        command.env("THREADLINGS_TEST_SECRET", SECRET);
        let session = || {
            // SAFETY: no pointers; changes the new process only.
            match unsafe { libc::setsid() } {
                -1 => Err(std::io::Error::last_os_error()),
                _ => Ok(()),
            }
        };
        // SAFETY: one system call, and nothing is allocated.
        unsafe { command.pre_exec(session) };
        let child = command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("threadlings starts");
        let id = child.id();
        let output = child.wait_with_output().expect("threadlings ends");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let answer = Answer {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        let records = answer.stdout.lines().filter_map(|line| {
            let record: Value = serde_json::from_str(line).ok()?;
            Some((record["student"].as_str()?.to_string(), record))
        });
        let mut records: BTreeMap<String, Value> = records.collect();
        let unmatched = "results/unmatched.txt";
        assert!(self.0.path().join(unmatched).exists(), "{}", answer.stderr);
        let unmatched = self.0.read(unmatched);
        for line in unmatched.lines() {
            let (path, reason) = line.split_once(": ").unwrap_or((line, ""));
            let student = path.split('/').next().unwrap_or(path);
            let record = json!({
                "student": student,
                "verdict": "unmatched",
                "words": { "feedback": reason },
            });
            records.insert(student.to_string(), record);
        }
        records.remove("CANARY");
        Graded {
            records,
            left_behind: in_session(id),
            answer,
        }
    }

    /// All that is neither an answer nor a result, with its contents.
    pub fn all_else(&self) -> BTreeMap<String, String> {
        let files = ["canary.txt", "other/alice/race_counter.rs", "class/CANARY"];
        let mut all: BTreeMap<String, String> = files
            .iter()
            .map(|name| (name.to_string(), self.0.read(name)))
            .collect();
        for folder in [".", "other", "other/alice"] {
            for entry in fs::read_dir(self.0.path().join(folder))
                .expect("ours")
                .flatten()
            {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name != "results" {
                    all.entry(format!("{folder}/{name}")).or_default();
                }
            }
        }
        all
    }

    /// What an instructor finds in the results.
    pub fn results(&self) -> String {
        let folder = self.0.path().join("results");
        let names = door::files(&folder, "");
        let read = |name: &String| fs::read_to_string(folder.join(name)).unwrap_or_default();
        names.iter().map(read).collect()
    }
}

/// The processes of a session, by their names.
fn in_session(id: u32) -> Vec<String> {
    let all = fs::read_dir(Path::new("/proc"))
        .into_iter()
        .flatten()
        .flatten();
    let of_session = |entry: fs::DirEntry| {
        let status = fs::read_to_string(entry.path().join("stat")).ok()?;
        // After the name, which may contain anything: state, parent, group, session.
        let (name, rest) = status.rsplit_once(") ")?;
        let session = rest.split(' ').nth(3)?;
        (session == id.to_string()).then(|| name.to_string())
    };
    all.filter_map(of_session).collect()
}
