//! The engine `native`: the verdict is `fail` if any run went wrong, and otherwise that there is none.

use std::time::{Duration, Instant};

use threadlings::explanation::Search;

use super::{RUNS, Request, Runs, count};
use crate::check::{self, Progress};
use crate::compile::{self, Executable, Library};
use crate::failure::{Failure, Fault, Problem};
use crate::options::Options;
use crate::outcome::{Cause, Decision};
use crate::output;
use crate::subject::Subject;

/// Runs every scenario, each [`RUNS`] times or as often as `--max-interleavings` says, in its share of the budget.
///
/// # Errors
/// When the program cannot be compiled or run here, which says nothing of it.
pub fn judge(
    subject: &Subject,
    _: &Library,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Decision, Failure> {
    let begun = Instant::now();
    let budget = check::budget(subject, options);
    let executable = compiled(subject, options)?;
    let wanted = options.max_interleavings.unwrap_or(RUNS);
    let scenarios = subject.scenarios();
    let mut runs = Runs::default();
    let mut complete = true;
    for (at, scenario) in scenarios.iter().enumerate() {
        let left = budget.saturating_sub(begun.elapsed());
        let share = left / u32::try_from(scenarios.len() - at).unwrap_or(1);
        let request = Request {
            executable: executable.path.clone(),
            argument: subject.exercise.is_some().then(|| scenario.name.clone()),
            runs: wanted,
            budget_ms: milliseconds(share),
            jobs: options.jobs,
            memory: options.memory_limit,
        };
        let before = runs.total();
        let mut tell = |count| {
            on_progress(&Progress {
                executions: before + count,
                proof: None,
                hunting: true,
                left: budget.saturating_sub(begun.elapsed()),
            });
        };
        let counted = count(&request, &mut tell)
            .map_err(|error| Fault(format!("the program cannot be run: {error}")))?;
        complete &= counted.total() == wanted;
        runs.add(counted);
    }
    let search = Search {
        engine: "native".to_string(),
        strategy: "runs".to_string(),
        memory: "native".to_string(),
        swept: None,
        hunted_by: Vec::new(),
        interleavings: runs.total(),
        complete: false,
        truncated_by: (!complete).then(|| "budget".to_string()),
        elapsed_ms: milliseconds(begun.elapsed()),
        weaker_orderings: false,
        spurious: false,
        sequential: None,
    };
    Ok(Decision {
        cause: Cause::Ran(runs),
        search,
        tried: Vec::new(),
    })
}

fn compiled(subject: &Subject, options: &Options) -> Result<Executable, Failure> {
    let source = subject.read()?;
    let scenarios: Vec<String> = subject
        .scenarios()
        .into_iter()
        .map(|scenario| scenario.name)
        .collect();
    let input = compile::Input {
        stranger: false,
        allow_unsafe: true,
        file: source.program.as_input(),
        check: source.check.as_ref().map(|check| check.as_input()),
        scenarios: &scenarios,
        edition: options.edition,
        color: false,
        races: compile::Races::Never,
        incremental: false,
        variables: false,
        layers: None,
    };
    let mut tell = |text: &str| {
        if !options.quiet {
            output::remark(text);
        }
    };
    compile::compile_native(&input, &mut tell).map_err(|problem| match problem {
        compile::Problem::NoCompiler { what, help } => Problem::new(what).help(help).into(),
        // The explorer's compiler has accepted it.
        compile::Problem::Errors(what) | compile::Problem::Ours(what) => Fault(what).into(),
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
