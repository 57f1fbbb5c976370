//! From a failing execution to what a person needs to see of it: the same trace with the fewest switches, and
//! only the steps that matter.

mod fold;
mod linearise;
mod relevant;

pub use fold::{Fold, fold};
pub use linearise::relinearise;
pub use relevant::relevant;
