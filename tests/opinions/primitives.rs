//! Each kind of object by itself: all engines reach exactly the ends that std allows.

use threadlings::operation::Kind;
use threadlings::opinions::Witness;
use threadlings::opinions::compare::Comparison;

use super::examined;
use crate::explorer::guest::Program;

/// Everybody reaches these ends, and no others.
#[track_caller]
fn all_reach(ends: usize, program: impl Fn() -> Program) {
    let (own, others) = examined(program, 4_000);
    assert!(own.is_exhaustive(), "{own:?}");
    assert_eq!(own.finals.len(), ends, "{:#?}", own.finals);
    for (witness, opinion, comparison) in others {
        assert_eq!(opinion.refused, None, "{witness:?}");
        // loom may not come to its end; shuttle tries its luck then.
        if opinion.complete || witness == Witness::Shuttle {
            assert_eq!(opinion.finals, own.finals, "{witness:?}: {comparison:?}");
        }
        let agrees = matches!(comparison, Comparison::Same | Comparison::Consistent);
        assert!(agrees, "{witness:?}: {comparison:?}");
    }
}

#[test]
fn a_barrier_opens_for_all_and_any_may_lead() {
    all_reach(2, || {
        Program::new(0).threads(2, |t, _| t.see(t.barrier(0, 2).into()))
    });
}

#[test]
fn a_barrier_opens_again() {
    all_reach(4, || {
        Program::new(0).threads(2, |t, _| {
            t.see(t.barrier(0, 2).into());
            t.see(t.barrier(0, 2).into());
        })
    });
}

#[test]
fn a_sender_waits_at_a_rendezvous() {
    all_reach(1, || {
        Program::new(0)
            .thread(|t| {
                t.see(t.channel(Kind::ChannelSend, 3, Some(0)));
                t.see(t.channel(Kind::ChannelSendTaken, 3, Some(0)));
            })
            .thread(|t| t.see(t.channel(Kind::ChannelRecv, 3, Some(0))))
    });
}

#[test]
fn a_message_is_tried_at_a_rendezvous_only_while_the_receiver_is_there() {
    all_reach(2, || {
        Program::new(0)
            .thread(|t| t.see(t.channel(Kind::ChannelTrySend, 3, Some(0))))
            .thread(|t| t.see(t.channel(Kind::ChannelRecv, 3, Some(0))))
    });
}

#[test]
fn a_bounded_channel_is_full_until_somebody_receives() {
    all_reach(2, || {
        Program::new(0)
            .thread(|t| {
                t.see(t.channel(Kind::ChannelSend, 2, Some(1)));
                t.see(t.channel(Kind::ChannelSend, 2, Some(1)));
            })
            .thread(|t| {
                t.see(t.channel(Kind::ChannelRecv, 2, Some(1)));
                t.channel(Kind::ReceiverDrop, 2, Some(1));
            })
    });
}

#[test]
fn a_channel_without_senders_is_emptied_first() {
    all_reach(1, || {
        Program::new(0)
            .thread(|t| {
                t.see(t.channel(Kind::ChannelSend, 0, None));
                t.channel(Kind::SenderDrop, 0, None);
            })
            .thread(|t| {
                t.see(t.channel(Kind::ChannelRecv, 0, None));
                t.see(t.channel(Kind::ChannelRecv, 0, None));
            })
    });
}

#[test]
fn a_receiver_that_does_not_wait_finds_nothing_something_or_the_end() {
    all_reach(5, || {
        Program::new(0)
            .thread(|t| {
                t.channel(Kind::ChannelSend, 0, None);
                t.channel(Kind::SenderDrop, 0, None);
            })
            .thread(|t| t.see(t.channel(Kind::ChannelTryRecv, 0, None)))
            .thread(|t| t.see(t.channel(Kind::ChannelTryRecv, 0, None)))
    });
}

#[test]
fn readers_share_and_a_writer_does_not() {
    all_reach(4, || {
        let writer = Program::new(0).thread(|t| {
            t.rw(Kind::RwWrite, 0);
            t.set(4, 1);
            t.rw(Kind::RwWriteUnlock, 0);
        });
        writer.threads(2, |t, _| {
            t.rw(Kind::RwRead, 0);
            t.see(t.get(4));
            t.rw(Kind::RwReadUnlock, 0);
        })
    });
}

#[test]
fn a_lock_can_be_seen_locked() {
    all_reach(2, || {
        Program::new(0)
            .thread(|t| {
                t.lock(0);
                t.unlock(0);
            })
            .thread(|t| t.see(t.try_lock(0).into()))
    });
    all_reach(2, || {
        Program::new(0)
            .thread(|t| {
                t.rw(Kind::RwRead, 0);
                t.rw(Kind::RwReadUnlock, 0);
            })
            .thread(|t| t.see(t.rw(Kind::RwTryWrite, 0).into()))
    });
}

#[test]
fn one_thread_runs_the_initialiser() {
    all_reach(2, || {
        Program::new(0).threads(2, |t, _| {
            let first = t.once_begin(0);
            t.see(first.into());
            if first {
                t.once_end(0);
            }
        })
    });
}

#[test]
fn one_notification_wakes_any_one_waiter() {
    // Nobody, the first, or the second.
    all_reach(3, || {
        let waiters = Program::new(0).threads(2, |t, number| {
            t.lock(0);
            t.wait(0, 0);
            t.see(number);
            t.unlock(0);
        });
        waiters.thread(|t| t.notify_one(0))
    });
}

#[test]
fn two_notifications_wake_two_waiters() {
    all_reach(4, || {
        let waiters = Program::new(0).threads(2, |t, number| {
            t.lock(0);
            t.wait(0, 0);
            t.see(number);
            t.unlock(0);
        });
        waiters.thread(|t| {
            t.notify_one(0);
            t.notify_one(0);
        })
    });
}

#[test]
fn a_wait_ends_by_its_timeout_or_by_a_notification() {
    all_reach(2, || {
        Program::new(0)
            .thread(|t| {
                t.lock(0);
                t.see(t.wait_timeout(0, 0).into());
                t.unlock(0);
            })
            .thread(|t| {
                t.lock(0);
                t.notify_one(0);
                t.unlock(0);
            })
    });
}

#[test]
fn a_token_is_kept_for_whoever_parks_later() {
    all_reach(1, || {
        Program::new(0)
            .thread(|t| {
                t.park();
                t.see(1);
            })
            .thread(|t| t.unpark(0))
    });
}

#[test]
fn a_deadlock_is_an_end_and_not_a_failure_of_the_library() {
    all_reach(2, || {
        Program::new(0).threads(2, |t, number| {
            t.lock(number as u32);
            t.lock(1 - number as u32);
            t.see(1);
            t.unlock(1 - number as u32);
            t.unlock(number as u32);
        })
    });
}

#[test]
fn an_atomic_is_read_and_written_by_everybody() {
    let program = || {
        Program::new(1).threads(2, |t, _| {
            let value = t.load(0);
            t.store(0, value + 1);
            t.see(value);
        })
    };
    let (own, others) = examined(program, 4_000);
    // Both read 0, or one reads what the other wrote.
    assert_eq!(own.finals.len(), 3, "{:#?}", own.finals);
    for (witness, opinion, comparison) in others {
        match witness {
            Witness::Loom => assert!(opinion.finals.is_subset(&own.finals), "{comparison:?}"),
            _ => assert_eq!(opinion.finals, own.finals),
        }
    }
}

#[test]
fn a_library_with_few_threads_has_no_opinion_on_many() {
    let (_, others) = examined(|| Program::new(1).threads(5, |t, _| t.store(0, 1)), 100);
    let [(_, loom, _), (_, shuttle, _)] = others;
    assert!(loom.refused.is_some_and(|why| why.contains("5 threads")));
    assert_eq!(shuttle.refused, None);
}
