//! The command `threadlings`: reads the command line, runs one command, and ends with the contract's exit code.

mod check;
mod commands;
mod compile;
mod confinement;
mod courses;
mod engines;
mod exit;
mod exports;
mod failure;
mod grading;
mod intake;
mod named;
mod native;
mod options;
mod outcome;
mod output;
mod paths;
mod policy;
mod progress_bar;
mod reports;
mod store;
mod subject;
mod tokens;

use std::process::ExitCode;

fn main() -> ExitCode {
    if threadlings::runtime::is_child() {
        threadlings::runtime::child_main();
    }
    if native::is_supervisor() {
        return match native::supervise() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    if policy::is_worker() {
        return match policy::worker_main() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let ended = match commands::command_line().try_get_matches() {
        Ok(matches) => commands::run(&matches),
        Err(said) => output::clap(&said),
    };
    if let Err(failure) = &ended {
        output::failure(failure);
    }
    exit::code(&ended)
}
