//! Races of plain memory: a program has one if and only if the detector says so.

mod edges;
mod enumeration;
mod program;
mod random;
