//! Published numbers of Mazurkiewicz traces: the explorer runs exactly that many executions.

use threadlings::explore::engine::Rules;
use threadlings::explore::model::NotifyOrder;
use threadlings::operation::{Kind, Rmw};

use super::guest::{Program, Thread};
use super::oracle::optimal;

fn expect(what: &str, program: Program, executions: u64) {
    let rules = Rules {
        notify_order: NotifyOrder::Fifo,
        ..Rules::default()
    };
    let explored = optimal(program, &rules);
    assert_eq!(explored.executions, executions, "{what}: executions");
    assert_eq!(explored.redundant, 0, "{what}: redundant");
    assert_eq!(
        explored.traces.len() as u64,
        executions,
        "{what}: distinct traces"
    );
}

fn factorial(n: u64) -> u64 {
    (1..=n).product()
}

fn locked_increments(n: u64, times: u64) -> Program {
    Program::new(0).threads(n, move |t, _| {
        for _ in 0..times {
            t.lock(0);
            t.set(0, t.get(0) + 1);
            t.unlock(0);
        }
    })
}

#[test]
fn locked_increments_take_n_factorial() {
    for n in 2..=6 {
        expect("locked increments", locked_increments(n, 1), factorial(n));
    }
    expect(
        "2 threads, 3 locked increments",
        locked_increments(2, 3),
        factorial(6) / (6 * 6),
    );
    expect(
        "3 threads, 2 locked increments",
        locked_increments(3, 2),
        factorial(6) / 8,
    );
}

#[test]
fn atomic_increments_take_n_factorial() {
    for n in 2..=6 {
        let program = Program::new(1).threads(n, |t, _| {
            t.add(0, 1);
        });
        expect("fetch_add", program, factorial(n));
    }
}

fn change(t: &Thread, rmw: Rmw) {
    t.change(0, rmw, 1);
}

#[test]
fn atomic_increments_that_nobody_looks_at_take_one() {
    for n in 2..=10 {
        let program = Program::new(1).threads(n, |t, _| change(t, Rmw::Add));
        expect("unused fetch_add", program, 1);
    }
    let program = Program::new(1)
        .threads(3, |t, _| change(t, Rmw::Add))
        .threads(3, |t, _| change(t, Rmw::Sub));
    expect("unused fetch_add and fetch_sub", program, 1);
}

/// Each of the n increments comes before or after the only look.
#[test]
fn one_reader_of_increments_takes_two_to_the_n() {
    for n in 1..=8 {
        let program = Program::new(1)
            .threads(n, |t, _| change(t, Rmw::Add))
            .thread(|t| t.see(t.load(0)));
        expect("unused fetch_add and a reader", program, 1 << n);
    }
}

/// Runs of one kind alternate with runs of the other, and the members of a run have no order: the poly-Bernoulli
/// numbers Σ (k!)² S(n+1, k+1) S(m+1, k+1), with Stirling's S (Kaneko, 1997).
#[test]
fn two_kinds_of_changes() {
    let kinds = |n, m| {
        Program::new(1)
            .threads(n, |t, _| change(t, Rmw::Add))
            .threads(m, |t, _| change(t, Rmw::Or))
    };
    for (n, m, executions) in [(1, 1, 2), (2, 1, 4), (2, 2, 14), (3, 2, 46), (3, 3, 230)] {
        expect("two kinds", kinds(n, m), executions);
    }
}

/// A result that is used tells the order.
#[test]
fn an_increment_that_is_looked_at_among_others() {
    for n in 1..=8 {
        let program = Program::new(1)
            .threads(n, |t, _| change(t, Rmw::Add))
            .thread(|t| t.see(t.add(0, 1)));
        expect("one used, the others not", program, 1 << n);
    }
}

fn racy_increments(n: u64, times: u64) -> Program {
    Program::new(1).threads(n, move |t, _| {
        for _ in 0..times {
            let value = t.load(0);
            t.store(0, value + 1);
        }
    })
}

#[test]
fn racy_increments_take_n_factorial_squared() {
    for n in 2..=4 {
        expect(
            "racy increments",
            racy_increments(n, 1),
            factorial(n) * factorial(n),
        );
    }
    expect("2 threads, racy twice", racy_increments(2, 2), 34);
    expect("3 threads, racy twice", racy_increments(3, 2), 7_134);
}

#[test]
fn readers() {
    for n in 2..=10 {
        let program = Program::new(1)
            .thread(|t| t.store(0, 1))
            .threads(n, |t, _| t.see(t.load(0)));
        expect("readers", program, 1 << n);
    }
}

#[test]
fn lastzero() {
    for n in 3..=10_u64 {
        let scan = move |t: &Thread| {
            let mut i = n as usize;
            while t.load(i) != 0 {
                i -= 1;
            }
            t.see(i as u64);
        };
        let program = Program::new(n as usize + 1)
            .thread(scan)
            .threads(n, |t, j| {
                let value = t.load(j as usize);
                t.store(j as usize + 1, value + 1);
            });
        expect("lastzero", program, (n + 3) << (n - 2));
    }
}

#[test]
fn indexer() {
    for n in 11..=13_u64 {
        let program = Program::new(128).threads(n, |t, number| {
            for m in 1..=4 {
                let word = m * 11 + number;
                let mut slot = (word * 7 % 128) as usize;
                while !t.cas(slot, 0, word) {
                    slot = (slot + 1) % 128;
                }
            }
        });
        expect("indexer", program, 8_u64.pow(n as u32 - 11));
    }
}

#[test]
fn filesystem() {
    for n in 14..=18_u64 {
        let program = Program::new(0).threads(n, |t, number| {
            let inode = number % 32;
            t.lock(inode as u32);
            if t.get(inode as usize) == 0 {
                let mut block = inode * 2 % 26;
                loop {
                    t.lock(100 + block as u32);
                    let busy = t.get(100 + block as usize) == 1;
                    if !busy {
                        t.set(100 + block as usize, 1);
                        t.set(inode as usize, block + 1);
                    }
                    t.unlock(100 + block as u32);
                    if !busy {
                        break;
                    }
                    block = (block + 1) % 26;
                }
            }
            t.unlock(inode as u32);
        });
        expect("filesystem", program, 1 << (n - 13));
    }
}

fn philosophers(n: u64, ordered: bool) -> Program {
    Program::new(0).threads(n, move |t, i| {
        let (mut first, mut second) = (i as u32, ((i + 1) % n) as u32);
        if ordered && first > second {
            std::mem::swap(&mut first, &mut second);
        }
        t.lock(first);
        t.lock(second);
        t.unlock(second);
        t.unlock(first);
    })
}

#[test]
fn dining_philosophers() {
    for n in 2..=5 {
        expect("ordered philosophers", philosophers(n, true), (1 << n) - 2);
        expect(
            "deadlocking philosophers",
            philosophers(n, false),
            (1 << n) - 1,
        );
    }
}

#[test]
fn twostage() {
    let twostage = |writers, readers| {
        let write = |t: &Thread, _| {
            t.lock(0);
            t.store(0, 1);
            t.unlock(0);
            t.lock(1);
            let first = t.load(0);
            t.store(1, first + 1);
            t.unlock(1);
        };
        let read = |t: &Thread, _| {
            t.lock(0);
            let first = t.load(0);
            t.unlock(0);
            if first == 0 {
                return;
            }
            t.lock(1);
            let second = t.load(1);
            t.see(u64::from(second == first + 1));
            t.unlock(1);
        };
        Program::new(2)
            .threads(writers, write)
            .threads(readers, read)
    };
    expect("twostage(1,1)", twostage(1, 1), 3);
    expect("twostage(2,1)", twostage(2, 1), 40);
    expect("twostage(2,2)", twostage(2, 2), 472);
}

fn produce(t: &Thread, items: u64) {
    for _ in 0..items {
        t.lock(0);
        while t.get(0) == 1 {
            t.wait(0, 0);
        }
        t.set(0, 1);
        t.notify_one(1);
        t.unlock(0);
    }
}

fn consume(t: &Thread, items: u64) {
    for _ in 0..items {
        t.lock(0);
        while t.get(0) == 0 {
            t.wait(1, 0);
        }
        t.set(0, 0);
        t.notify_one(0);
        t.unlock(0);
    }
}

#[test]
fn bounded_queue() {
    for items in 1..=3 {
        let program = Program::new(0)
            .thread(move |t| produce(t, items))
            .thread(move |t| consume(t, items));
        expect("one producer, one consumer", program, 1 << (2 * items - 1));
    }
}

#[test]
fn channels() {
    for items in 1..=4 {
        let program = Program::new(0)
            .thread(move |t| {
                (0..items).for_each(|_| {
                    t.channel(Kind::ChannelSend, 0, None);
                })
            })
            .thread(move |t| {
                (0..items).for_each(|_| {
                    t.channel(Kind::ChannelRecv, 0, None);
                })
            });
        expect("one sender, one receiver", program, 1);
    }
    let program = Program::new(0)
        .threads(2, |t, _| {
            (0..2).for_each(|_| {
                t.channel(Kind::ChannelSend, 0, None);
            })
        })
        .thread(|t| {
            (0..4).for_each(|_| {
                t.channel(Kind::ChannelRecv, 0, None);
            })
        });
    expect("two senders of two", program, 6);
}

#[test]
fn private_data() {
    for n in 2..=6 {
        let program = Program::new(n as usize).threads(n, |t, i| {
            for _ in 0..10 {
                t.add(i as usize, 1);
            }
        });
        expect("private data", program, 1);
    }
}

#[test]
fn one_lock_with_disjoint_data() {
    let program = Program::new(0).threads(4, |t, i| {
        t.lock(0);
        t.set(i as usize, 1);
        t.unlock(0);
    });
    expect("one lock, disjoint data", program, 24);
}

#[test]
fn rwlock() {
    for (readers, writers) in [(1, 1), (2, 1), (3, 1), (2, 2), (1, 3)] {
        let program = Program::new(0)
            .threads(readers, |t, _| {
                t.rw(Kind::RwRead, 0);
                t.see(t.get(0));
                t.rw(Kind::RwReadUnlock, 0);
            })
            .threads(writers, |t, i| {
                t.rw(Kind::RwWrite, 0);
                t.set(0, i + 1);
                t.rw(Kind::RwWriteUnlock, 0);
            });
        let expected = factorial(writers) * (writers + 1).pow(readers as u32);
        expect("readers and writers", program, expected);
    }
}

#[test]
fn store_buffering() {
    let program = Program::new(2).threads(2, |t, i| {
        t.store(i as usize, 1);
        t.see(t.load(1 - i as usize));
    });
    expect("store buffering", program, 3);
}

/// A waiter either finds the flag set, or looks once too early and then waits for the change: two traces each. (With
/// operations that wait for a value there would be one; std has none.)
#[test]
fn spinning_on_a_flag_takes_two_traces_a_waiter() {
    for n in 1..=4 {
        let program = Program::new(1)
            .thread(|t| t.store(0, 1))
            .threads(n, |t, _| {
                t.at(1, 0);
                while t.load(0) == 0 {
                    t.yield_now();
                }
            });
        let rules = Rules {
            track_loops: true,
            ..Rules::default()
        };
        let explored = optimal(program, &rules);
        assert_eq!(explored.executions, 1 << n, "{n} waiters");
        assert_eq!(explored.redundant, 0, "{n} waiters");
    }
}
