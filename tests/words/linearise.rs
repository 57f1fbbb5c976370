//! The order with the fewest switches.
