//! Whole programs and exercises through the real command: verdicts, reports, and that both are repeatable.

mod columns;
mod courses;
mod formats;
mod hunts;
mod native;
mod pages;
mod repeatable;
mod reports;
mod snapshot;
mod unused;
mod variables;
pub mod verdicts;
mod watching;
