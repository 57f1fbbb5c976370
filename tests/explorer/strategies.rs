//! The strategies that prove nothing: what each promises, and that a portfolio plays the same rounds whoever plays them.

use std::collections::BTreeMap;
use std::rc::Rc;

use threadlings::explore::engine::{Engine, Rules, RunEnd};
use threadlings::explore::event::Event;
use threadlings::explore::profile::Profile;
use threadlings::explore::random::Random;
use threadlings::explore::strategy::pct::Pct;
use threadlings::explore::strategy::portfolio::{ALL, Portfolio, Round};
use threadlings::explore::strategy::urw::Urw;
use threadlings::explore::strategy::{Decision, Finished, Strategy, View};
use threadlings::explore::threads::ThreadNames;
use threadlings::explore::ways::Ways;
use threadlings::trace::Step;

use super::guest::{Closures, Program};

/// Looks over the shoulder of a strategy.
struct Watched<S> {
    strategy: S,
    schedule: Vec<Step>,
    preemptions: usize,
}

impl<S> Watched<S> {
    fn new(strategy: S) -> Self {
        Watched {
            strategy,
            schedule: Vec::new(),
            preemptions: 0,
        }
    }
}

impl<S: Strategy> Strategy for Watched<S> {
    fn choose(&mut self, view: &View) -> Decision {
        let decision = self.strategy.choose(view);
        let Decision::Go(step) = &decision else {
            panic!("{decision:?}: these always go on");
        };
        let mut enabled = view.enabled.iter();
        let thread = enabled.find(|thread| thread.0 == step.thread);
        let thread = thread.expect("only enabled threads are chosen");
        assert!((view.ways)(thread).contains(step.alternative));
        let current = view.current.filter(|&t| view.enabled.contains(t));
        self.preemptions += usize::from(current.is_some_and(|current| current != thread));
        self.schedule.push(*step);
        decision
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        self.strategy.performed(index, event, ways);
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        self.strategy.finish(finished)
    }
}

/// Runs `executions`, and gives what `of` makes of each.
fn run<S: Strategy, T>(
    program: Program,
    strategy: S,
    executions: usize,
    mut of: impl FnMut(&Watched<S>, &Engine<Closures>) -> T,
) -> Vec<T> {
    let mut guest = Closures::new(program);
    let mut names = ThreadNames::default();
    let rules = Rules {
        spurious: 1,
        ..Rules::default()
    };
    let mut engine = Engine::new(&mut guest, &mut names, rules);
    let mut watched = Watched::new(strategy);
    let mut made = Vec::new();
    for _ in 0..executions {
        let end = engine.run(&mut watched);
        assert!(matches!(end, RunEnd::Ended(_)), "{end:?}");
        assert!(engine.finish(&mut watched, &end));
        made.push(of(&watched, &engine));
        watched.schedule.clear();
        watched.preemptions = 0;
    }
    made
}

/// Locks, a condvar whose waits may end by themselves, and atomics.
fn mixed() -> Program {
    Program::new(2)
        .threads(2, |t, n| {
            t.lock(0);
            if t.get(0) == 0 {
                t.wait(0, 0);
            }
            t.unlock(0);
            t.add(n as usize, 1);
        })
        .thread(|t| {
            t.add(0, 1);
            t.lock(0);
            t.set(0, 1);
            t.notify_all(0);
            t.unlock(0);
            t.load(1);
        })
}

/// Threads of different lengths that share nothing.
fn apart(lengths: &'static [u64]) -> Program {
    let threads = lengths.len();
    Program::new(threads).threads(threads as u64, |t, n| {
        for _ in 0..lengths[n as usize] {
            t.add(n as usize, 1);
        }
    })
}

#[test]
fn every_strategy_depends_on_its_seed_only() {
    for row in ALL {
        let schedules = |seed| {
            let portfolio = Portfolio::of(vec![row], seed, 0, 1);
            run(mixed(), portfolio, 200, |w, _| w.schedule.clone())
        };
        assert_eq!(schedules(1), schedules(1), "{}", row.name);
        let is_systematic = row.name == "delays";
        assert!(
            is_systematic || schedules(1) != schedules(2),
            "{}",
            row.name
        );
    }
}

#[test]
fn a_round_is_the_same_whoever_plays_it() {
    let rounds = |first, stride, count| {
        let portfolio = Portfolio::new(7, first, stride);
        let played = run(mixed(), portfolio, count, |w, _| {
            (w.strategy.round(), w.schedule.clone())
        });
        assert_eq!(played[0].0, 0, "all take their measure from round 0");
        played.into_iter().collect::<BTreeMap<_, _>>()
    };
    let all = rounds(0, 1, 120);
    assert_eq!(
        all.keys().copied().collect::<Vec<_>>(),
        (0..120).collect::<Vec<_>>()
    );
    for first in 0..3 {
        let some = rounds(first, 3, 40);
        assert!(some.keys().all(|round| *round == 0 || round % 3 == first));
        assert!(
            some.iter()
                .all(|(round, schedule)| all.get(round) == Some(schedule))
        );
    }
}

/// One strategy again and again, which chooses every step, and knows how long the threads are.
struct Again {
    begin: fn(&Round) -> Box<dyn Strategy>,
    profile: Rc<Profile>,
    number: u64,
    playing: Option<Box<dyn Strategy>>,
}

impl Strategy for Again {
    fn choose(&mut self, view: &View) -> Decision {
        let playing = self.playing.get_or_insert_with(|| {
            (self.begin)(&Round {
                random: Random::stream(3, self.number),
                number: self.number,
                profile: Rc::clone(&self.profile),
            })
        });
        playing.choose(view)
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        let playing = self.playing.as_mut().expect("it has chosen this");
        playing.performed(index, event, ways);
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        self.number += 1;
        self.playing = None;
        true
    }
}

/// By Pearson's test: chi-squared is as many as there are degrees of freedom, give or take the root of twice that.
#[test]
fn a_uniform_walk_finds_all_interleavings_equally_likely() {
    const EXECUTIONS: usize = 60_000;
    let program = || apart(&[3, 1, 1]);
    let mut profiles = run(program(), Portfolio::new(0, 0, 1), 1, |_, engine| {
        Profile::of(engine.history(), |_| true)
    });
    let walk = Again {
        begin: Urw::begin,
        profile: Rc::new(profiles.remove(0)),
        number: 0,
        playing: None,
    };
    let mut interleavings: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    for order in run(program(), walk, EXECUTIONS, |w, _| w.schedule.clone()) {
        let order = order.iter().map(|step| step.thread).collect();
        *interleavings.entry(order).or_default() += 1;
    }
    // Each thread has one step more, its end; main has that one only: 9! / (4! 2! 2! 1!).
    assert_eq!(interleavings.len(), 3_780);
    let expected = EXECUTIONS as f64 / 3_780.0;
    let distances = interleavings
        .values()
        .map(|&times| (f64::from(times) - expected).powi(2) / expected);
    let chi_squared: f64 = distances.sum();
    let off = chi_squared - 3_779.0;
    assert!(
        off.abs() < 4.0 * (2.0_f64 * 3_779.0).sqrt(),
        "{chi_squared}"
    );
}

#[test]
fn priorities_change_as_often_as_the_depth_says() {
    for depth in 1..=4 {
        let mut seen = 0;
        for seed in 0..200 {
            let pct = Pct::new(Random::new(seed), depth, 15);
            assert_eq!(pct.changes().len() as u32, depth - 1);
            assert!(pct.changes().iter().all(|&step| step < 15));
            let most = run(apart(&[4, 4, 4]), pct, 1, |w, _| w.preemptions)[0];
            assert!(most < depth as usize, "{most} preemptions at depth {depth}");
            seen = seen.max(most);
        }
        assert_eq!(seen, depth as usize - 1);
    }
}

#[test]
fn a_profile_tells_who_spawns_whom_and_what_they_share() {
    let portfolio = Portfolio::new(0, 0, 1);
    let profiles = run(mixed(), portfolio, 1, |_, engine| {
        Profile::of(engine.history(), |_| true)
    });
    let profile = &profiles[0];
    assert_eq!(profile.parents.len(), 4);
    assert!(
        profile.parents[1..]
            .iter()
            .all(|parent| parent.is_some_and(|p| p.0 == 0))
    );
    assert_eq!(
        profile.length(),
        profile.steps.iter().map(|&n| u64::from(n)).sum::<u64>()
    );
    // The lock, the condvar, and both atomics.
    assert_eq!(profile.shared.len(), 4);
}
