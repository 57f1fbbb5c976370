//! The whole search: a proof if the budget allows one, and otherwise the best hunt for a bug.
//!
//! 1. Optimal-DPOR over all interleavings in which nothing wakes without a reason.
//! 2. If a thread reads an `RwLock` while it holds a lock: the same again, where a writer that waits keeps new
//!    readers out.
//! 3. If the program waits at condvars, parks, or uses weak compare-exchange: the same again, where each thread
//!    may once be woken, or fail, for no reason.
//! 4. If the program uses an ordering weaker than `SeqCst`: all of that again under C11.
//! 5. A proof that takes long is interrupted early on, once: for a sweep of the schedules with few preemptions, where
//!    most bugs are and which depth-first order may reach late; and for an estimate of its size.
//! 6. When the proof's share of the budget is used up, the search ends with a plan for a [`hunt`](super::hunt).

use serde::{Deserialize, Serialize};

use super::engine::{Engine, Noticed, Rules, RunEnd};
use super::hunt::{self, Plan, RuleSet};
use super::model::NotifyOrder;
use super::races::{Mutations, leaves_out_orders};
use super::remedy::Strengthened;
use super::strategy::depth_first::DepthFirst;
use super::strategy::optimal::Optimal;
use super::strategy::probe::Probe;
use super::strategy::replay::Replay;
use super::strategy::{Divergence, Strategy};
use super::threads::ThreadNames;
use crate::execution::Execution;
use crate::guest::Guest;
use crate::trace::{Ending, Memory, Step};

/// What to search, and how far.
#[derive(Clone, Debug)]
pub struct Options {
    /// Executions after which the search ends.
    pub max_interleavings: Option<u64>,
    /// Steps after which one execution is given up.
    pub max_steps: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether spurious wake-ups and weak failures are explored (once for each thread).
    pub spurious: bool,
    /// Which waiter `notify_one` wakes.
    pub notify_order: NotifyOrder,
    /// The memory model.
    pub memory: MemoryChoice,
    /// See [`Rules::strengthened`].
    pub strengthened: Vec<Strengthened>,
    /// Mistakes to make, for tests of the tests.
    pub mutations: Mutations,
}

/// Which memory models are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryChoice {
    /// Sequential consistency, and then C11 where the program uses an ordering weaker than `SeqCst`.
    #[default]
    Auto,
    /// Sequential consistency.
    Sc,
    /// C11.
    C11,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            max_interleavings: None,
            max_steps: Rules::default().max_steps,
            seed: 0,
            spurious: true,
            notify_order: NotifyOrder::Any,
            memory: MemoryChoice::Auto,
            strengthened: Vec::new(),
            mutations: Mutations::default(),
        }
    }
}

impl Options {
    /// The rules of a search, but for what it tries in more than one way.
    #[must_use]
    pub fn rules(&self, track_loops: bool) -> Rules {
        Rules {
            notify_order: self.notify_order,
            max_steps: self.max_steps,
            track_loops,
            strengthened: self.strengthened.clone(),
            mutations: self.mutations,
            ..Rules::default()
        }
    }
}

/// What the caller wants, asked after every execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Give up the proof, and plan a hunt.
    Hunt,
    /// End the search.
    Stop,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Executions so far.
    pub executions: u64,
    /// Those that count for the proof in progress, which is one of several where several sets of rules matter.
    pub covered: u64,
    /// How many that proof is estimated to need.
    pub estimate: Option<f64>,
}

/// Why a search is not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truncation {
    /// The time was up.
    Budget,
    /// The number of executions.
    Interleavings,
    /// An execution had too many steps.
    Steps,
    /// A loop that makes no progress was followed for a limited number of turns.
    Loop,
    /// An atomic had more old values that could be read than are told apart.
    Stores,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Search {
    /// Executions of the proof, complete or not.
    pub executions: u64,
    /// Executions beside it that looked for bugs only.
    pub hunted: u64,
    /// All schedules with at most so many preemptions were run, whatever became of the proof. Without wake-ups for
    /// no reason, and where writers do not keep readers out.
    pub swept: Option<u32>,
    /// How to go on looking for bugs, where the proof was given up with something left to spend.
    pub hunt: Option<Plan>,
    /// Executions that turned out to be covered by others.
    pub redundant: u64,
    /// Every interleaving was covered.
    pub complete: bool,
    /// Why not.
    pub truncated_by: Option<Truncation>,
    /// The first failing execution.
    pub failure: Option<Execution>,
    /// The program behaved differently under the same schedule.
    pub diverged: Option<Divergence>,
    /// There is only one interleaving, not even another one that is the same in effect because steps commute.
    pub single: bool,
    /// The weakest memory model that was searched: what is said holds under it.
    pub memory: Memory,
    /// Executions after which everything was proved under sequential consistency, if that came first.
    pub sequential: Option<u64>,
    /// What was noticed on the way.
    pub noticed: Noticed,
}

/// A proof that is longer than this is interrupted: about a tenth of a second.
const INTERRUPT: Stretch = Stretch {
    executions: 2_000,
    steps: 300_000,
};
/// How far the schedules with one number of preemptions are swept.
const SWEEP: Stretch = Stretch {
    executions: 1_000,
    steps: 1_000_000,
};
/// The most preemptions of a sweep.
const MOST_PREEMPTIONS: u32 = 2;
/// How much of an interruption the estimate may take.
const PROBES: Stretch = Stretch {
    executions: 128,
    steps: 100_000,
};

/// A part of a search: it ends when one of these is used up.
#[derive(Clone, Copy)]
struct Stretch {
    executions: u64,
    steps: u64,
}

impl Stretch {
    const ALL: Stretch = Stretch {
        executions: u64::MAX,
        steps: u64::MAX,
    };
}

/// Searches for a failing execution, and stops at the first.
pub fn explore<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress) -> Control,
) -> Search {
    let mut run = Run::begin(options, on_progress, false);
    run.prove_all(guest, names);
    let mut track_loops = false;
    while run.untracked || run.lent_stack {
        track_loops |= run.untracked;
        if run.lent_stack {
            guest.watch_lent_stacks();
        }
        run = Run::begin(options, run.on_progress, track_loops);
        run.prove_all(guest, names);
    }
    let is_open = run.search.failure.is_none() && run.search.diverged.is_none();
    if run.control == Control::Hunt && is_open {
        run.search.hunt = Some(run.plan());
    }
    run.search
}

/// Runs one schedule again, and on to the end without preemptions.
///
/// # Errors
/// When the program does not do the same again.
pub fn replay<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    schedule: &[Step],
) -> Result<Execution, Divergence> {
    replay_strengthened(guest, names, schedule, Vec::new())
}

/// The same, with stronger orderings at some places.
///
/// # Errors
/// When they rule the schedule out, or the program does not do the same again.
pub fn replay_strengthened<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    schedule: &[Step],
    strengthened: Vec<Strengthened>,
) -> Result<Execution, Divergence> {
    // The schedule shows under which rules it was found: under others it cannot be followed. A schedule that needs
    // no spurious event must not end in one, so these come last.
    let mut divergence = None;
    for number in 0..16 {
        let rules = Rules {
            track_loops: number & 1 != 0,
            writers_first: number & 2 != 0,
            spurious: number >> 2 & 1,
            strengthened: strengthened.clone(),
            // Under C11, what does not commute leaves a load more ways to go.
            commuting: false,
            memory: if number & 8 == 0 {
                Memory::Sc
            } else {
                Memory::C11
            },
            ..Rules::default()
        };
        let mut engine = Engine::new(guest, names, rules);
        let mut end = engine.run(&mut Replay::new(schedule));
        // Each time it is the stack of another thread, so this ends.
        while end == RunEnd::LentStack {
            engine.guest().watch_lent_stacks();
            end = engine.run(&mut Replay::new(schedule));
        }
        match end {
            RunEnd::Ended(ending) => return Ok(engine.execution(&ending)),
            RunEnd::Diverged(first) => divergence = divergence.or(Some(first)),
            RunEnd::Untracked => {}
            RunEnd::LentStack => unreachable!("it is watched by now"),
            RunEnd::OrderTold => unreachable!("nothing is taken to commute in a replay"),
            RunEnd::Cut => unreachable!("a replay never cuts"),
        }
    }
    Err(divergence.expect("loops that are tracked never end a run"))
}

/// Whether an execution that ends like this is a bug.
#[must_use]
pub fn is_failure(ending: &Ending) -> bool {
    !matches!(
        ending,
        Ending::Completed | Ending::TooLong | Ending::Exited { code: 0 }
    )
}

struct Run<'a> {
    options: &'a Options,
    on_progress: &'a mut dyn FnMut(&Progress) -> Control,
    search: Search,
    control: Control,
    /// A thread may be spinning, and loops are not tracked.
    untracked: bool,
    /// A thread uses the stack of another, whose own accesses to it were not watched.
    lent_stack: bool,
    /// The order of what was taken to commute can be told.
    order_told: bool,
    /// The last execution has orders that were not explored, as its steps commute.
    leaves_out_orders: bool,
    rules: Rules,
    /// Under these rules nothing fails.
    proved: Vec<RuleSet>,
    /// The proof in progress: executions of earlier ones, and its estimated size.
    proved_before: u64,
    estimate: Option<f64>,
    /// Executions, of all kinds, after which the proof is given up.
    most_for_proof: Option<u64>,
    /// An execution, or a loop in one, was not followed to its end.
    cut_short: bool,
}

impl<'a> Run<'a> {
    fn begin(
        options: &'a Options,
        on_progress: &'a mut dyn FnMut(&Progress) -> Control,
        track_loops: bool,
    ) -> Self {
        let rules = options.rules(track_loops);
        let search = Search::empty();
        Run {
            options,
            on_progress,
            search,
            control: Control::Continue,
            untracked: false,
            lent_stack: false,
            order_told: false,
            leaves_out_orders: false,
            rules,
            proved: Vec::new(),
            proved_before: 0,
            estimate: None,
            most_for_proof: None,
            cut_short: false,
        }
    }

    /// The proof, and again under each other set of rules that std allows and that matters to the program.
    fn prove_all<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) {
        // What fails under sequential consistency is easier to understand, so that comes first.
        if self.options.memory != MemoryChoice::C11 {
            self.prove_under(Memory::Sc, guest, names);
            self.search.sequential = self.search.complete.then_some(self.search.executions);
        }
        let weak = match self.options.memory {
            MemoryChoice::Auto => self.search.complete && self.search.noticed.weak_ordering,
            MemoryChoice::Sc => false,
            MemoryChoice::C11 => true,
        };
        if weak {
            self.prove_under(Memory::C11, guest, names);
        }
    }

    fn prove_under<G: Guest>(&mut self, memory: Memory, guest: &mut G, names: &mut ThreadNames) {
        self.rules.memory = memory;
        self.rules.commuting = true;
        self.search.memory = memory;
        let before = self.search.executions;
        self.prove(guest, names);
        self.search.single =
            self.search.complete && self.search.executions == before + 1 && !self.leaves_out_orders;
        if self.search.complete && self.search.noticed.nested_read {
            self.rules.writers_first = true;
            self.prove(guest, names);
            self.rules.writers_first = false;
        }
        if self.search.complete && self.options.spurious && self.search.noticed.spurious_possible {
            self.rules.spurious = 1;
            self.prove(guest, names);
            self.rules.spurious = 0;
        }
    }

    /// The rules of all proofs that would have come, without those that are done.
    fn plan(&self) -> Plan {
        let mut rules = Plan::rules(self.options, &self.search.noticed);
        rules.retain(|set| !self.proved.contains(set));
        Plan {
            track_loops: self.rules.track_loops,
            rules,
        }
    }

    fn prove<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) {
        self.proved_before = self.search.executions;
        self.estimate = None;
        let is_first = self.proved_before == 0;
        let mut optimal = Optimal::with_mutations(self.options.mutations);
        let mut exhausted = self.phase(guest, names, &mut optimal, INTERRUPT, false);
        if !exhausted && self.goes_on() {
            let swept = self.sweep(guest, names);
            if is_first {
                self.search.swept = swept;
            }
            self.estimate_size(guest, names);
            exhausted = self.phase(guest, names, &mut optimal, Stretch::ALL, false);
        }
        if std::mem::take(&mut self.order_told) {
            self.search.executions = self.proved_before;
            self.rules.commuting = false;
            return self.prove(guest, names);
        }
        self.search.redundant += optimal.redundant();
        self.search.complete =
            exhausted && self.search.truncated_by.is_none() && self.search.failure.is_none();
        if self.search.complete {
            self.proved.push(RuleSet::of(&self.rules));
        }
    }

    /// Runs the schedules with few preemptions. The number up to which these were all.
    fn sweep<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) -> Option<u32> {
        let mut swept = None;
        self.cut_short = false;
        for bound in 0..=MOST_PREEMPTIONS {
            let mut schedules = DepthFirst::with_preemptions(bound);
            let all = self.phase(guest, names, &mut schedules, SWEEP, true);
            if all && !self.cut_short && swept == bound.checked_sub(1) {
                swept = Some(bound);
            }
        }
        swept
    }

    /// Estimates how long the proof would take, and what it may spend where the number of executions is limited.
    fn estimate_size<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) {
        let mut probe = Probe::new(self.options.seed);
        self.phase(guest, names, &mut probe, PROBES, true);
        let estimate = probe.estimate();
        self.estimate = Some(estimate);
        if let Some(most) = self.options.max_interleavings {
            let left = most.saturating_sub(self.executions());
            let needed = estimate - self.covered() as f64;
            self.most_for_proof = Some(hunt::share_of_proof(needed, left, most));
        }
    }

    /// Runs on for a `stretch`. True when the strategy has nothing left.
    fn phase<G: Guest>(
        &mut self,
        guest: &mut G,
        names: &mut ThreadNames,
        strategy: &mut impl Strategy,
        stretch: Stretch,
        is_hunt: bool,
    ) -> bool {
        if !self.goes_on() {
            return false;
        }
        let rules = self.rules.clone();
        let mut engine = Engine::new(guest, names, rules);
        for _ in 0..stretch.executions {
            let end = engine.run(strategy);
            match end {
                RunEnd::Untracked => self.untracked = true,
                RunEnd::OrderTold => self.order_told = true,
                _ => {}
            }
            if self.untracked || self.order_told {
                return false;
            }
            if end == RunEnd::LentStack {
                self.lent_stack = true;
                return false;
            }
            let more = engine.finish(strategy, &end);
            self.heed(&engine, &end, is_hunt);
            if !more {
                self.leaves_out_orders = leaves_out_orders(engine.history());
                self.search.noticed.merge(engine.noticed());
                return self.search.failure.is_none() && self.search.diverged.is_none();
            }
            if self.goes_on() {
                self.ask(is_hunt);
            }
            if !self.goes_on() || engine.noticed().steps >= stretch.steps {
                break;
            }
        }
        self.search.noticed.merge(engine.noticed());
        false
    }

    fn heed<G: Guest>(&mut self, engine: &Engine<G>, end: &RunEnd, is_hunt: bool) {
        if *end != RunEnd::Cut {
            *if is_hunt {
                &mut self.search.hunted
            } else {
                &mut self.search.executions
            } += 1;
        }
        self.cut_short |= engine.noticed().loop_bounded || *end == RunEnd::Ended(Ending::TooLong);
        if engine.noticed().loop_bounded && !is_hunt {
            self.search.truncated_by.get_or_insert(Truncation::Loop);
        }
        if engine.has_left_out_stores() && !is_hunt {
            self.search.truncated_by.get_or_insert(Truncation::Stores);
        }
        match end {
            RunEnd::Ended(Ending::TooLong) if !is_hunt => {
                self.search.truncated_by = Some(Truncation::Steps)
            }
            RunEnd::Ended(ending) if is_failure(ending) => {
                self.search.failure = Some(engine.execution(ending))
            }
            RunEnd::Diverged(divergence) => self.search.diverged = Some(divergence.clone()),
            _ => {}
        }
    }

    fn ask(&mut self, is_hunt: bool) {
        let executions = self.executions();
        let reached = |limit: Option<u64>| limit.is_some_and(|most| executions >= most);
        if reached(self.options.max_interleavings) {
            self.control = Control::Stop;
            self.search.truncated_by = Some(Truncation::Interleavings);
            return;
        }
        if reached(self.most_for_proof) && !is_hunt {
            self.control = Control::Hunt;
            self.search.truncated_by = Some(Truncation::Interleavings);
            return;
        }
        let progress = Progress {
            executions,
            covered: self.covered(),
            estimate: self.estimate,
        };
        self.control = (self.on_progress)(&progress);
        if self.control != Control::Continue {
            self.search.truncated_by = Some(Truncation::Budget);
        }
    }

    fn executions(&self) -> u64 {
        self.search.executions + self.search.hunted
    }

    fn covered(&self) -> u64 {
        self.search.executions - self.proved_before
    }

    fn goes_on(&self) -> bool {
        self.control == Control::Continue
            && !self.untracked
            && !self.lent_stack
            && !self.order_told
            && self.search.failure.is_none()
            && self.search.diverged.is_none()
    }
}

impl Search {
    fn empty() -> Self {
        Search {
            executions: 0,
            hunted: 0,
            swept: None,
            hunt: None,
            redundant: 0,
            complete: false,
            truncated_by: None,
            failure: None,
            diverged: None,
            single: false,
            memory: Memory::Sc,
            sequential: None,
            noticed: Noticed::default(),
        }
    }
}
