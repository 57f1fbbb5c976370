//! The hunt for a bug in a program that is too big to prove: round after round, each one execution.
//!
//! Rounds are numbered. What happens in a round depends on the seed and on its number only, so any number of processes
//! can share the rounds, and the failure in the lowest one is the same however many there are.
//!
//! Every set of rules that matters to the program takes part: with `k` of them, round `r` runs under set `r mod k`,
//! and is round `r / k` of that set's own portfolio of strategies.

use serde::{Deserialize, Serialize};

use super::engine::{Engine, Noticed, Rules, RunEnd};
use super::search::{MemoryChoice, Options, is_failure};
use super::strategy::Divergence;
use super::strategy::portfolio::Portfolio;
use super::threads::ThreadNames;
use crate::execution::Execution;
use crate::guest::Guest;
use crate::trace::Memory;

/// Under which rules to hunt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// A thread may spin: see [`Rules::track_loops`].
    pub track_loops: bool,
    /// In the order of their turns; at least one.
    pub rules: Vec<RuleSet>,
}

/// What differs between the rules of one round and those of another; see [`Rules`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// See [`Rules::writers_first`].
    pub writers_first: bool,
    /// See [`Rules::spurious`].
    pub spurious: u32,
    /// See [`Rules::memory`].
    pub memory: Memory,
}

/// After so many rounds each strategy has had many turns.
const MANY: u64 = 1_000;

/// Which rounds of a hunt are one hunter's: of each set of rules, `first`, `first + stride`, `first + 2 * stride`…
/// Each hunter plays round 0 too, from which the portfolio takes its measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The hunter's number, from 0.
    pub first: u64,
    /// How many hunters there are.
    pub stride: u64,
}

/// A round that is about to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its number among all rounds.
    pub number: u64,
    /// False where another hunter plays it too, and counts it.
    pub is_own: bool,
}

/// What one hunter has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing, in all its rounds.
    Nothing,
    /// The execution of its last round fails.
    Failure(Box<Execution>),
    /// The program behaved differently under the same schedule.
    Diverged(Divergence),
}

impl RuleSet {
    /// What makes these rules different from others.
    #[must_use]
    pub fn of(rules: &Rules) -> RuleSet {
        RuleSet {
            writers_first: rules.writers_first,
            spurious: rules.spurious,
            memory: rules.memory,
        }
    }
}

impl Plan {
    /// The sets of rules that matter to a program of which so much was noticed: those of the proofs, in their order.
    #[must_use]
    pub fn rules(options: &Options, noticed: &Noticed) -> Vec<RuleSet> {
        let models: &[Memory] = match options.memory {
            MemoryChoice::Auto if noticed.weak_ordering => &[Memory::Sc, Memory::C11],
            MemoryChoice::Auto | MemoryChoice::Sc => &[Memory::Sc],
            MemoryChoice::C11 => &[Memory::C11],
        };
        let mut rules = Vec::new();
        for &memory in models {
            let plain = RuleSet {
                memory,
                ..RuleSet::default()
            };
            rules.push(plain);
            if noticed.nested_read {
                rules.push(RuleSet {
                    writers_first: true,
                    ..plain
                });
            }
            if options.spurious && noticed.spurious_possible {
                rules.push(RuleSet {
                    spurious: 1,
                    ..plain
                });
            }
        }
        rules
    }

    /// The strategies that have taken turns in so many rounds, as a report names them.
    #[must_use]
    pub fn strategies(rounds: u64) -> Vec<String> {
        match rounds {
            0 => Vec::new(),
            // Not all of them may have had their turn.
            1..MANY => vec!["random schedules".to_owned()],
            MANY.. => Portfolio::new(0, 0, 1).names().map(str::to_owned).collect(),
        }
    }

    fn hunters(&self, options: &Options, share: Share) -> Vec<Hunter> {
        let hunter = |set: &RuleSet| Hunter {
            rules: Rules {
                spurious: set.spurious,
                writers_first: set.writers_first,
                memory: set.memory,
                // A strategy counts schedules, not traces; and nothing is to begin again.
                commuting: false,
                ..options.rules(self.track_loops)
            },
            portfolio: Portfolio::new(options.seed, share.first, share.stride),
            seed: options.seed,
            stride: share.stride,
        };
        self.rules.iter().map(hunter).collect()
    }
}

/// Runs the rounds of `share` until one fails, or until `may_begin`, asked before each, says no.
pub fn hunt<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    options: &Options,
    plan: &Plan,
    share: Share,
    may_begin: &mut dyn FnMut(Round) -> bool,
) -> Found {
    let mut hunters = plan.hunters(options, share);
    let sets = hunters.len() as u64;
    let others = (share.first..).step_by(usize::try_from(share.stride).unwrap_or(usize::MAX));
    for turn in std::iter::once(0).chain(others.filter(|&turn| turn > 0)) {
        for (number, hunter) in (turn * sets..).zip(&mut hunters) {
            let is_own = turn > 0 || share.first == 0;
            if !may_begin(Round { number, is_own }) {
                return Found::Nothing;
            }
            let found = hunter.play(guest, names, turn);
            if found != Found::Nothing {
                return found;
            }
        }
    }
    Found::Nothing
}

/// One set of rules, and its own portfolio.
struct Hunter {
    rules: Rules,
    portfolio: Portfolio,
    seed: u64,
    stride: u64,
}

impl Hunter {
    fn play<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames, turn: u64) -> Found {
        if let Some(found) = self.execute(guest, names) {
            return found;
        }
        // A thread may spin. The same once more, and all that comes, with an eye on that.
        self.rules.track_loops = true;
        self.portfolio = Portfolio::new(self.seed, turn, self.stride);
        let measured = self.execute(guest, names);
        let played = if turn == 0 {
            measured
        } else {
            self.execute(guest, names)
        };
        played.unwrap_or(Found::Nothing)
    }

    /// The next round. `None` if loops must be tracked.
    fn execute<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) -> Option<Found> {
        let mut engine = Engine::new(guest, names, self.rules.clone());
        let end = engine.run(&mut self.portfolio);
        engine.finish(&mut self.portfolio, &end);
        match end {
            RunEnd::Ended(ending) if is_failure(&ending) => {
                Some(Found::Failure(Box::new(engine.execution(&ending))))
            }
            RunEnd::Diverged(divergence) => Some(Found::Diverged(divergence)),
            RunEnd::Ended(_) | RunEnd::Cut => Some(Found::Nothing),
            RunEnd::Untracked => None,
            RunEnd::LentStack => unreachable!("all stacks are watched in a hunt"),
            RunEnd::OrderTold => unreachable!("nothing is taken to commute in a hunt"),
        }
    }
}

/// How far a proof is believed to be out of reach before it gives way.
///
/// The estimates are unbiased and never negative, so by Markov's inequality fewer than one in twenty is twenty times
/// too high.
const HOPELESS: f64 = 20.0;

/// Whether a proof that still needs about `needed` executions, where `affordable` can be run, is hopeless.
#[must_use]
pub fn is_hopeless(needed: f64, affordable: f64) -> bool {
    needed > HOPELESS * affordable
}

/// How many of `all` executions a proof may use that has `left` of them and needs about `needed` more. A hopeless
/// one still gets a quarter, as estimates may err; one that is believed to fit in is not ended before the limit is.
#[must_use]
pub fn share_of_proof(needed: f64, left: u64, all: u64) -> u64 {
    if is_hopeless(needed, left as f64) {
        all / 4
    } else if needed > left as f64 {
        all / 3 * 2
    } else {
        all
    }
}
