//! The class that each kind of trace is judged to be.
