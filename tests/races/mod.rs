//! Races of plain memory: a program has one if and only if the detector says so.

mod compiled;
mod edges;
mod enumeration;
mod loom;
mod program;
mod random;
mod shadow;
