//! The pages of `explain`: those of the bug classes, and those of the verdicts that are no bugs.

use crate::verdict;

/// Verdicts with a page of their own: name, code, page.
static VERDICTS: &[(&str, &str, &str)] = &[
    (
        "not_concurrent",
        "TL0601",
        include_str!("pages/not_concurrent.md"),
    ),
    (
        "over_synchronised",
        "TL0602",
        include_str!("pages/over_synchronised.md"),
    ),
    (
        "inconclusive",
        "TL0603",
        include_str!("pages/inconclusive.md"),
    ),
    ("unmodelled", "TL0604", include_str!("pages/unmodelled.md")),
];

/// The page of a code (`TL0201`) or a name (`lost_update`), in Markdown; the case of letters does not matter.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    let mut all = rows();
    all.find(|(name, own, _)| own.eq_ignore_ascii_case(code) || name.eq_ignore_ascii_case(code))
        .map(|(_, _, page)| page)
}

/// All codes with their names, in the order of the codes.
#[must_use]
pub fn codes() -> Vec<(&'static str, &'static str)> {
    let mut codes: Vec<_> = rows().map(|(name, code, _)| (code, name)).collect();
    codes.sort_unstable();
    codes
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let classes = verdict::ALL
        .iter()
        .map(|class| (class.name, class.code, class.page));
    classes.chain(VERDICTS.iter().copied())
}
