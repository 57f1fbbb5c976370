//! Folding of loops: "steps 4–9 repeat 3 times".

/// A run of equal rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The first item of the first round.
    pub start: usize,
    /// Items in a round.
    pub period: usize,
    /// How many rounds there are, the first included.
    pub rounds: usize,
}

/// Finds runs of at least three equal rounds among `keys`, the longest coverage first come. Items inside a fold
/// but its first round need not be shown.
#[must_use]
pub fn fold<K: PartialEq>(keys: &[K]) -> Vec<Fold> {
    const PERIODS: usize = 16;
    let mut folds = Vec::new();
    let mut at = 0;
    while at < keys.len() {
        let mut best: Option<Fold> = None;
        for period in 1..=PERIODS.min((keys.len() - at) / 3) {
            let mut rounds = 1;
            while at + (rounds + 1) * period <= keys.len()
                && keys[at..at + period] == keys[at + rounds * period..at + (rounds + 1) * period]
            {
                rounds += 1;
            }
            let longer = best.is_none_or(|best| rounds * period > best.rounds * best.period);
            if rounds >= 3 && longer {
                best = Some(Fold {
                    start: at,
                    period,
                    rounds,
                });
            }
        }
        match best {
            Some(found) => {
                at += found.period * found.rounds;
                folds.push(found);
            }
            None => at += 1,
        }
    }
    folds
}
