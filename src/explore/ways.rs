//! The ways in which one step can go: which waiter is woken, whether a weak compare-exchange fails, which store a
//! load reads.

/// A set of numbers below 64. Way 0 is what happens where nothing is special, and always a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways(u64);

impl Ways {
    /// One more than the largest number.
    pub const MOST: u32 = u64::BITS;
    /// Way 0 only.
    pub const ONE: Ways = Ways(1);

    /// The ways below `count`, or below [`Ways::MOST`] where there are more.
    #[must_use]
    pub fn below(count: u32) -> Self {
        Ways(u64::MAX >> (Self::MOST - count.clamp(1, Self::MOST)))
    }

    /// Adds a way.
    #[must_use]
    pub fn with(self, way: u32) -> Self {
        debug_assert!(way < Self::MOST, "a way that has no number");
        Ways(self.0 | 1 << way)
    }

    /// How many there are; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether the step can go this way.
    #[must_use]
    pub fn contains(self, way: u32) -> bool {
        way < Self::MOST && self.0 >> way & 1 == 1
    }

    /// The members, in order.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (0..Self::MOST).filter(move |&way| self.contains(way))
    }
}
