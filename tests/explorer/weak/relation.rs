//! Relations between the events of one execution, as bit matrices.

/// A set of pairs of numbers below 64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// For each number, those that it is related to.
    rows: Vec<u64>,
}

impl Relation {
    /// The pairs of numbers below `size` that satisfy a condition.
    pub fn of(size: usize, condition: impl Fn(usize, usize) -> bool) -> Self {
        assert!(size <= 64, "an execution of {size} events");
        let row = |a| (0..size).fold(0, |row, b| row | u64::from(condition(a, b)) << b);
        Relation {
            rows: (0..size).map(row).collect(),
        }
    }

    pub fn insert(&mut self, a: usize, b: usize) {
        self.rows[a] |= 1 << b;
    }

    pub fn contains(&self, a: usize, b: usize) -> bool {
        self.rows[a] >> b & 1 == 1
    }

    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let all = 0..self.rows.len();
        all.clone()
            .flat_map(move |a| all.clone().map(move |b| (a, b)))
            .filter(|&(a, b)| self.contains(a, b))
    }

    pub fn union(&self, other: &Self) -> Self {
        let rows = self.rows.iter().zip(&other.rows);
        Relation {
            rows: rows.map(|(a, b)| a | b).collect(),
        }
    }

    /// First a pair of this one, then a pair of the other: `self ; other`.
    pub fn then(&self, other: &Self) -> Self {
        let row = |&row: &u64| members(row).fold(0, |all, middle| all | other.rows[middle]);
        Relation {
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// The transitive closure.
    pub fn closure(mut self) -> Self {
        for middle in 0..self.rows.len() {
            let beyond = self.rows[middle];
            for row in &mut self.rows {
                if *row >> middle & 1 == 1 {
                    *row |= beyond;
                }
            }
        }
        self
    }

    /// Whether nothing is related to itself.
    pub fn is_irreflexive(&self) -> bool {
        (0..self.rows.len()).all(|a| !self.contains(a, a))
    }

    /// Whether no chain leads back to where it began.
    pub fn is_acyclic(&self) -> bool {
        self.clone().closure().is_irreflexive()
    }
}

fn members(mut row: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = row.trailing_zeros() as usize;
        (row != 0).then(|| {
            row &= row - 1;
            next
        })
    })
}
