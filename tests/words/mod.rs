//! From traces made by hand to verdicts and reports.

pub mod builder;
mod classes;
mod data_race;
mod linearise;
pub mod renderings;
mod sentences;
mod weak;
