//! Snapshots of what the command prints. What may change between two runs is replaced: the time that passed, and the
//! names of stored runs, which are hashes of traces. What is told by the first run only is left out.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compares texts with the snapshots in `snapshots/FOLDER/NAME.snap`, and fails once for all that differ.
pub fn compare(folder: &str, texts: &[(String, String)]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let differ = settings.bind(|| {
        let texts = texts.iter().filter(|(name, text)| {
            let text = repeatable(text);
            let compared = AssertUnwindSafe(|| insta::assert_snapshot!(name.as_str(), text));
            catch_unwind(compared).is_err()
        });
        texts.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    });
    assert!(
        differ.is_empty(),
        "these differ from their snapshots: {differ:?}"
    );
}

/// One text.
pub fn compare_one(folder: &str, name: &str, text: &str) {
    compare(folder, &[(name.to_string(), text.to_string())]);
}

/// `text` without what may change between two runs.
fn repeatable(text: &str) -> String {
    let told = |line: &&str| !line.starts_with("preparing the stand-in");
    let text: String = text.split_inclusive('\n').filter(told).collect();
    let text = replaced(&text, "\"elapsed_ms\":", |c| c.is_ascii_digit(), "TIME");
    replaced(
        &text,
        ".threadlings/traces/",
        |c| c.is_ascii_hexdigit(),
        "HASH",
    )
}

/// Whatever of the `kind` follows `before` becomes `by`.
fn replaced(text: &str, before: &str, kind: fn(char) -> bool, by: &str) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |done, part| {
        done + before + by + part.trim_start_matches(kind)
    })
}
