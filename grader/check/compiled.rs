//! From the texts of a subject to what the runner loads.

use super::layers;
use crate::compile::{self, Library, Races};
use crate::failure::{Failure, Fault, Problem};
use crate::options::Options;
use crate::output;
use crate::subject::{Source, Subject};

/// The program as the runner loads it, or what rustc says about it. `variables`: see [`compile::Input`].
///
/// # Errors
/// When there is no compiler, or it cannot do its work here.
pub fn compiled(
    subject: &Subject,
    source: &Source,
    edition: &str,
    variables: bool,
    options: &Options,
) -> Result<Result<Library, String>, Failure> {
    let scenarios = names(subject);
    let layers = layers(options)?;
    let input = compile::Input {
        edition,
        variables,
        layers: layers.as_ref(),
        ..input(subject, source, &scenarios, options)
    };
    match compile::compile(&input, &mut |text| tell(text, options)) {
        Ok(library) => Ok(Ok(library)),
        Err(compile::Problem::Errors(errors)) => Ok(Err(errors)),
        Err(compile::Problem::NoCompiler { what, help }) => {
            Err(Problem::new(what).help(help).into())
        }
        Err(compile::Problem::Ours(what)) => Err(Fault(what).into()),
    }
}

/// Compiles several programs at once, as far as that can be done. Whether they may be what they are is not looked at: that
/// is told of each when it is judged.
///
/// # Errors
/// When a sandbox is required and there is none.
pub fn compiled_together(
    sources: &[(Subject, &Source)],
    options: &Options,
) -> Result<Vec<Option<Library>>, Problem> {
    let layers = layers(options)?;
    let all_names: Vec<_> = sources.iter().map(|(subject, _)| names(subject)).collect();
    let inputs: Vec<_> = sources
        .iter()
        .zip(&all_names)
        .map(|((subject, source), names)| compile::Input {
            layers: layers.as_ref(),
            ..input(subject, source, names, options)
        })
        .collect();
    let mut tell = |text: &str| tell(text, options);
    Ok(compile::compile_together(&inputs, &mut tell))
}

fn names(subject: &Subject) -> Vec<String> {
    let scenarios = subject.scenarios().into_iter();
    scenarios.map(|scenario| scenario.name).collect()
}

fn input<'a>(
    subject: &Subject,
    source: &'a Source,
    scenarios: &'a [String],
    options: &Options,
) -> compile::Input<'a> {
    compile::Input {
        stranger: options.stranger,
        allow_unsafe: subject.allows_unsafe(),
        file: source.program.as_input(),
        check: source.check.as_ref().map(|check| check.as_input()),
        scenarios,
        edition: options.edition,
        color: options.color,
        races: if options.engine.watches {
            options.races
        } else {
            Races::Never
        },
        variables: false,
        incremental: options.incremental,
        layers: None,
    }
}

fn tell(text: &str, options: &Options) {
    if !options.quiet {
        output::remark(text);
    }
}
