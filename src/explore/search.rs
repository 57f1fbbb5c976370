//! The whole search: a proof if the budget allows one, and otherwise the best hunt for a bug.
//!
//! 1. Optimal-DPOR over all interleavings in which nothing wakes without a reason.
//! 2. If a thread reads an `RwLock` while it holds a lock: the same again, where a writer that waits keeps new
//!    readers out.
//! 3. If the program waits at condvars, parks, or uses weak compare-exchange: the same again, where each thread
//!    may once be woken, or fail, for no reason.
//! 4. If the program uses an ordering weaker than `SeqCst`: all of that again under C11.
//! 5. A proof that takes long is interrupted early on, once, for a sweep of the schedules with few preemptions:
//!    that is where most bugs are, and depth-first order may reach them late.
//! 6. When the budget for the proof is used up, a random walk uses what is left.

use serde::{Deserialize, Serialize};

use super::engine::{Engine, Noticed, Rules, RunEnd};
use super::model::NotifyOrder;
use super::races::{Mutations, leaves_out_orders};
use super::remedy::Strengthened;
use super::strategy::depth_first::DepthFirst;
use super::strategy::optimal::Optimal;
use super::strategy::random::RandomWalk;
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
    /// Seed of the random walk.
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

/// What the caller wants, asked after every execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Give up the proof, and look for bugs at random.
    Hunt,
    /// End the search.
    Stop,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Executions so far.
    pub executions: u64,
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
    /// What was noticed on the way.
    pub noticed: Noticed,
}

/// Executions of a proof before the schedules with few preemptions are swept.
const SWEEP_AFTER: u64 = 2_000;
/// Executions of each sweep.
const SWEEP: u64 = 1_000;

/// Searches for a failing execution, and stops at the first.
pub fn explore<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress) -> Control,
) -> Search {
    let mut run = Run::begin(options, on_progress, false);
    run.prove_all(guest, names);
    if run.untracked {
        run = Run::begin(options, run.on_progress, true);
        run.prove_all(guest, names);
    }
    if run.control == Control::Hunt && run.search.failure.is_none() {
        run.control = Control::Continue;
        run.phase(
            guest,
            names,
            &mut RandomWalk::new(options.seed),
            u64::MAX,
            true,
        );
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
        match engine.run(&mut Replay::new(schedule)) {
            RunEnd::Ended(ending) => return Ok(engine.execution(&ending)),
            RunEnd::Diverged(first) => divergence = divergence.or(Some(first)),
            RunEnd::Untracked | RunEnd::OrderTold => {}
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
    /// The order of what was taken to commute can be told.
    order_told: bool,
    /// The last execution has orders that were not explored, as its steps commute.
    leaves_out_orders: bool,
    rules: Rules,
}

impl<'a> Run<'a> {
    fn begin(
        options: &'a Options,
        on_progress: &'a mut dyn FnMut(&Progress) -> Control,
        track_loops: bool,
    ) -> Self {
        let rules = Rules {
            notify_order: options.notify_order,
            max_steps: options.max_steps,
            track_loops,
            strengthened: options.strengthened.clone(),
            mutations: options.mutations,
            ..Rules::default()
        };
        let search = Search::empty();
        Run {
            options,
            on_progress,
            search,
            control: Control::Continue,
            untracked: false,
            order_told: false,
            leaves_out_orders: false,
            rules,
        }
    }

    /// The proof, and again under each other set of rules that std allows and that matters to the program.
    fn prove_all<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) {
        // What fails under sequential consistency is easier to understand, so that comes first.
        if self.options.memory != MemoryChoice::C11 {
            self.prove_under(Memory::Sc, guest, names);
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

    fn prove<G: Guest>(&mut self, guest: &mut G, names: &mut ThreadNames) {
        let before = self.search.executions;
        let mut optimal = Optimal::with_mutations(self.options.mutations);
        let mut exhausted = self.phase(guest, names, &mut optimal, SWEEP_AFTER, false);
        if !exhausted && self.goes_on() {
            for bound in [0, 1, 2] {
                self.phase(
                    guest,
                    names,
                    &mut DepthFirst::with_preemptions(bound),
                    SWEEP,
                    true,
                );
                if !self.goes_on() {
                    break;
                }
            }
            if self.goes_on() {
                exhausted = self.phase(guest, names, &mut optimal, u64::MAX, false);
            }
        }
        if std::mem::take(&mut self.order_told) {
            self.search.executions = before;
            self.rules.commuting = false;
            return self.prove(guest, names);
        }
        self.search.redundant += optimal.redundant();
        self.search.complete =
            exhausted && self.search.truncated_by.is_none() && self.search.failure.is_none();
    }

    /// Runs up to `executions` more. True when the strategy has nothing left.
    fn phase<G: Guest>(
        &mut self,
        guest: &mut G,
        names: &mut ThreadNames,
        strategy: &mut impl Strategy,
        executions: u64,
        is_hunt: bool,
    ) -> bool {
        let rules = Rules {
            commuting: self.rules.commuting && !is_hunt,
            ..self.rules.clone()
        };
        let mut engine = Engine::new(guest, names, rules);
        for _ in 0..executions {
            let end = engine.run(strategy);
            match end {
                RunEnd::Untracked => self.untracked = true,
                RunEnd::OrderTold => self.order_told = true,
                _ => {}
            }
            if self.untracked || self.order_told {
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
            if !self.goes_on() {
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
        let executions = self.search.executions + self.search.hunted;
        if self
            .options
            .max_interleavings
            .is_some_and(|most| executions >= most)
        {
            self.control = Control::Stop;
            self.search.truncated_by = Some(Truncation::Interleavings);
            return;
        }
        self.control = match (self.on_progress)(&Progress { executions }) {
            Control::Hunt if is_hunt => Control::Continue,
            control => control,
        };
        if self.control != Control::Continue {
            self.search.truncated_by = Some(Truncation::Budget);
        }
    }

    fn goes_on(&self) -> bool {
        self.control == Control::Continue
            && !self.untracked
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
            redundant: 0,
            complete: false,
            truncated_by: None,
            failure: None,
            diverged: None,
            single: false,
            memory: Memory::Sc,
            noticed: Noticed::default(),
        }
    }
}
