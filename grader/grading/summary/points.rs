//! How points are spread over a class.

use serde::Serialize;

/// Points of some answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many answers.
    pub answers: usize,
    /// What a right answer gets.
    pub max: u32,
    /// The fewest that anybody has.
    pub least: u32,
    /// A quarter of the answers have this or less.
    pub lower_quartile: u32,
    /// Half of the answers have this or less.
    pub median: u32,
    /// Three quarters of the answers have this or less.
    pub upper_quartile: u32,
    /// The most that anybody has.
    pub most: u32,
}

impl Spread {
    /// Of pairs of points and what a right answer gets; `None` of none.
    ///
    /// A quantile is the smallest number of points that this part of the answers does not exceed (the nearest rank), so that it is
    /// points that somebody has.
    pub fn of(answers: &[(u32, u32)]) -> Option<Spread> {
        let mut points: Vec<u32> = answers.iter().map(|(points, _)| *points).collect();
        points.sort_unstable();
        let quarter = |quarters: usize| {
            let rank = (points.len() * quarters).div_ceil(4);
            points[rank.saturating_sub(1)]
        };
        Some(Spread {
            answers: points.len(),
            max: answers.iter().map(|(_, max)| *max).max()?,
            least: *points.first()?,
            lower_quartile: quarter(1),
            median: quarter(2),
            upper_quartile: quarter(3),
            most: *points.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    fn five(points: &[u32]) -> Option<[u32; 5]> {
        let pairs: Vec<(u32, u32)> = points.iter().map(|points| (*points, 10)).collect();
        let spread = Spread::of(&pairs)?;
        Some([
            spread.least,
            spread.lower_quartile,
            spread.median,
            spread.upper_quartile,
            spread.most,
        ])
    }

    #[test]
    fn quantiles_are_points_that_somebody_has() {
        assert_eq!(five(&[]), None);
        assert_eq!(five(&[7]), Some([7; 5]));
        assert_eq!(five(&[10, 0]), Some([0, 0, 0, 10, 10]));
        assert_eq!(five(&[0, 2, 4, 6, 8]), Some([0, 2, 4, 6, 8]));
        assert_eq!(five(&[1, 2, 3, 4, 5, 6, 7, 8]), Some([1, 2, 4, 6, 8]));
    }
}
