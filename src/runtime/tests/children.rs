//! Programs that take their process with them: the parent says how, and where they were.

use std::path::Path;
use std::process::Command;

use threadlings::runtime::{
    Exploration, Limits, Request, Settings, Source, Task, child_main, is_child, run,
};
use threadlings::sandbox::Layers;
use threadlings::trace::{Action, Crash, Ending, Trace};

const SOURCE: &str = "runtime/tests/program.rs";

fn main() {
    if is_child() {
        child_main();
    }
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("children-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let library = folder.join("program.so");
    let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "--edition=2021",
            "--crate-type=cdylib",
            "--crate-name=program",
            "-Awarnings",
        ])
        .args([
            "-Cdebuginfo=line-tables-only",
            "-Cforce-frame-pointers=yes",
            "-o",
        ])
        .arg(&library)
        .arg(SOURCE)
        .status();
    assert!(compiled.expect("rustc runs").success());
    all(&library);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn all(library: &Path) {
    let exploration = explored(library, 0);
    assert!(
        exploration.complete && exploration.executions > 3,
        "{exploration:?}"
    );
    assert_eq!(exploration.failure, None);
    assert_eq!(exploration.entries[0], "counter");

    let trace = failing(library, 1);
    assert_eq!(trace.ending, Ending::MainFailed);
    assert!(
        trace
            .events
            .iter()
            .any(|event| event.action == Action::Unlock),
        "{trace:#?}"
    );

    let trace = failing(library, 8);
    let allocated: Vec<&str> = trace.objects[0]
        .allocated
        .iter()
        .map(|frame| frame.function.as_str())
        .collect();
    let calls = ["cell_on_the_heap", "lost_cell"];
    assert!(allocated.windows(2).any(|w| w == calls), "{allocated:?}");

    for (entry, how, function) in [
        (2, Crash::StackOverflow, "deep"),
        (3, Crash::OutOfMemory, "ENTRIES::{closure}"),
        (4, Crash::EndlessLoop, "ENTRIES::{closure}"),
        (5, Crash::Segfault, "ENTRIES::{closure}"),
        (6, Crash::Abort, "ENTRIES::{closure}"),
        (7, Crash::Other, ""),
    ] {
        let trace = failing(library, entry);
        assert_eq!(
            trace.ending,
            Ending::Crashed { how, thread: 0 },
            "{trace:#?}"
        );
        let last = trace.events.last().expect("the death is an event");
        assert_eq!(last.action, Action::Abort);
        let known = last.stack.iter().any(|frame| frame.function == function);
        assert_eq!(known, !function.is_empty(), "{how:?} {:#?}", last.stack);
    }

    let after_the_last = exploration.entries.len();
    let tried = run(
        &Request {
            task: Task::Try,
            ..request(library, after_the_last)
        },
        &mut |_| (),
    );
    let ending = tried.expect("it ends").ending;
    assert_eq!(ending, Some(Ending::Completed), "this program lies");

    let another = Request {
        entries: vec!["something else".into()],
        ..request(library, 0)
    };
    let fault = run(&another, &mut |_| ()).unwrap_err().to_string();
    assert!(fault.contains("other entry points"), "{fault}");

    let missing = run(&request(&library.with_extension("none"), 0), &mut |_| ());
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("cannot be loaded")
    );
    let beyond = run(&request(library, 99), &mut |_| ());
    assert!(beyond.unwrap_err().to_string().contains("entry point"));
}

fn failing(library: &Path, entry: usize) -> Trace {
    let exploration = explored(library, entry);
    exploration
        .failure
        .unwrap_or_else(|| panic!("entry {entry} fails"))
}

fn explored(library: &Path, entry: usize) -> Exploration {
    run(&request(library, entry), &mut |_| ())
        .unwrap_or_else(|fault| panic!("entry {entry}: {fault}"))
}

fn request(library: &Path, entry: usize) -> Request {
    Request {
        watch: false,
        library: library.to_owned(),
        sources: vec![Source::new(SOURCE, "")],
        unused: Vec::new(),
        entries: Vec::new(),
        layers: Layers::default(),
        entry,
        task: Task::Explore(Settings::default()),
        limits: Limits {
            silence_ms: 300,
            memory: 64 << 20,
            ..Limits::default()
        },
    }
}
