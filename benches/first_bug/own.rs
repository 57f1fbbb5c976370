//! Our own side: the program is compiled and loaded as `threadlings` does it, and run by one strategy at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use threadlings::explore::engine::{Engine, Rules, RunEnd};
use threadlings::explore::search::is_failure;
use threadlings::explore::strategy::portfolio::{ALL, Portfolio, Row};
use threadlings::explore::threads::ThreadNames;
use threadlings::runtime::{Page, Plugin};

use crate::own::root;
use crate::programs::{self, Buggy};

/// Bytes of heap for a program.
const HEAP: usize = 256 << 20;

/// The columns.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once("portfolio").chain(ALL.iter().map(|row| row.name))
}

/// The stand-in for std, compiled for this run: `std/lib.rs` tells how.
pub struct StandIn {
    folder: TempDir,
}

impl StandIn {
    /// Compiles it.
    ///
    /// # Errors
    /// When rustc does not like it.
    pub fn compile() -> Result<StandIn, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let library = folder.path().join("libstd.rlib");
        let mut rustc = rustc();
        rustc.args(["--crate-type=rlib", "--crate-name=std", "--edition=2024"]);
        rustc.args(["--cfg=threadlings_plugin", "-O", "-Cmetadata=threadlings"]);
        rustc.arg(root().join("std/lib.rs")).arg("-o").arg(library);
        run(rustc, "the stand-in for std")?;
        Ok(StandIn { folder })
    }

    /// A program as a library.
    ///
    /// # Errors
    /// When there is no such program, or rustc does not like it.
    pub fn library(&self, program: &Buggy) -> Result<PathBuf, String> {
        let name = program.name;
        let source = root().join(format!("benches/programs/{name}.rs"));
        let text = fs::read_to_string(&source).map_err(|error| format!("{name}: {error}"))?;
        let mut text = programs::instance(&text, program.size, "std")?;
        text.push_str(
            "mod entry { ::std::__threadlings_entry! { scenario \"main\" => super::main } }\n",
        );
        let place = self.folder.path().join(program.label());
        let (source, library) = (place.with_extension("rs"), place.with_extension("so"));
        fs::write(&source, text).map_err(|error| error.to_string())?;
        let mut rustc = rustc();
        rustc.args([
            "--crate-type=cdylib",
            "--crate-name=program",
            "--edition=2021",
        ]);
        rustc.arg(format!(
            "--extern=std={}/libstd.rlib",
            self.folder.path().display()
        ));
        rustc.arg(source).arg("-o").arg(&library);
        run(rustc, name)?;
        Ok(library)
    }
}

fn rustc() -> Command {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.args(["--cap-lints=allow", "-Cforce-frame-pointers=yes"]);
    rustc
}

fn run(mut rustc: Command, what: &str) -> Result<(), String> {
    let output = rustc
        .output()
        .map_err(|error| format!("rustc cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let succeeded = output.status.success().then_some(());
    succeeded.ok_or_else(|| format!("{what} cannot be compiled: {said}"))
}

/// The median of each column.
///
/// # Errors
/// When the library cannot be loaded.
pub fn medians(program: &Buggy, cap: u64, library: &Path) -> Result<Vec<Option<u64>>, String> {
    let page = Page::create().map_err(|error| error.to_string())?;
    // SAFETY: compiled against the stand-in for this process, and loaded once.
    let loaded = unsafe { Plugin::load(library, 0, HEAP, page) };
    let mut plugin = loaded.map_err(|error| format!("{}: {error}", program.name))?;
    let mut median_of = |rows: &[&'static Row]| {
        super::median(cap, |seed, most| {
            search(&mut plugin, most, || {
                Portfolio::of(rows.to_vec(), seed, 0, 1)
            })
        })
    };
    let mut medians = vec![median_of(&ALL.iter().collect::<Vec<_>>())];
    medians.extend(ALL.iter().map(|row| median_of(&[row])));
    Ok(medians)
}

/// The number of the first execution that fails, among the first `most`.
fn search(plugin: &mut Plugin, most: u64, portfolio: impl Fn() -> Portfolio) -> Option<u64> {
    [false, true].into_iter().find_map(|track_loops| {
        let rules = Rules {
            track_loops,
            ..Rules::default()
        };
        hunt(plugin, rules, &mut portfolio(), most)
    })?
}

/// `None` if loops must be tracked.
fn hunt(
    plugin: &mut Plugin,
    rules: Rules,
    portfolio: &mut Portfolio,
    most: u64,
) -> Option<Option<u64>> {
    let mut names = ThreadNames::default();
    let mut engine = Engine::new(plugin, &mut names, rules);
    for number in 1..=most {
        let end = engine.run(portfolio);
        match &end {
            RunEnd::Ended(ending) if is_failure(ending) => return Some(Some(number)),
            RunEnd::Untracked => return None,
            _ => {}
        }
        engine.finish(portfolio, &end);
    }
    Some(None)
}
