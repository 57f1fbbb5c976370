//! Threads that go round in circles until another one changes something.

use threadlings::explore::engine::Rules;

use super::guest::Program;
use super::oracle::optimal;

/// The last thing that the thread does to the number before it waits is a store, of what the other one has just
/// stored: it has changed nothing, but it has not seen that either.
#[test]
fn a_store_is_not_a_look() {
    let program = Program::new(1)
        .thread(|t| {
            t.at(1, 0);
            while t.load(0) == 0 {
                t.at(2, 0);
                t.store(0, t.get(0));
                t.at(1, 0);
            }
            t.see(7);
        })
        .thread(|t| {
            t.set(0, 1);
            t.store(0, 1);
        });
    let rules = Rules {
        track_loops: true,
        ..Rules::default()
    };
    let explored = optimal(program, &rules);
    for state in explored.states {
        assert!(state.ends_with("[7], []])"), "it waits for ever: {state}");
    }
}
