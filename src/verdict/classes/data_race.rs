//! `data_race`: two unordered accesses to plain memory, one of them a write.
//!
//! Plain accesses are not events yet, so no execution shows one; the row keeps the code and the page.

use super::super::{Class, Words};

pub(super) const CLASS: Class = Class {
    name: "data_race",
    code: "TL0204",
    page: include_str!("data_race.md"),
    recognise: |_| None,
    tell: |_, _| Words::default(),
};
