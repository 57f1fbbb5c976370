//! The scenarios of the exercise `lock_order`, as an instructor would write them for loom: without what is asked of `try_lock`,
//! after which loom 0.7.2 may take threads for stuck that are not.

use loom::sync::Arc;
use loom::thread;

use crate::answer::{Account, transfer};

fn balances(accounts: [&Account; 2]) -> [u64; 2] {
    accounts.map(|account| *account.balance.lock().unwrap())
}

fn account(id: u32, balance: u64) -> Arc<Account> {
    Arc::new(Account::new(id, balance))
}

fn paid(from: &Arc<Account>, to: &Arc<Account>, amount: u64) -> thread::JoinHandle<bool> {
    let (from, to) = (Arc::clone(from), Arc::clone(to));
    thread::spawn(move || transfer(&from, &to, amount))
}

#[test]
fn one_transfer_after_the_other() {
    loom::model(|| {
        let (alice, bob) = (Account::new(1, 100), Account::new(2, 0));
        assert!(transfer(&alice, &bob, 70), "Alice has 100");
        assert!(!transfer(&alice, &bob, 70), "Alice has only 30 left");
        assert!(transfer(&bob, &alice, 20), "Bob has 70");
        assert_eq!(balances([&alice, &bob]), [50, 50]);
    });
}

#[test]
fn alice_pays_bob_while_bob_pays_alice() {
    loom::model(|| {
        let (alice, bob) = (account(1, 100), account(2, 100));
        let there = paid(&alice, &bob, 30);
        let back = paid(&bob, &alice, 10);
        assert!(there.join().unwrap(), "Alice had enough money");
        assert!(back.join().unwrap(), "Bob had enough money");
        assert_eq!(balances([&alice, &bob]), [80, 120]);
    });
}

#[test]
fn alice_pays_herself() {
    loom::model(|| {
        let alice = Account::new(1, 100);
        assert!(transfer(&alice, &alice, 30), "Alice has 100");
        assert_eq!(*alice.balance.lock().unwrap(), 100);
        assert!(!transfer(&alice, &alice, 101), "Alice does not have 101");
    });
}

#[test]
fn two_pairs_at_once() {
    for busy in [1, 0] {
        loom::model(move || {
            let pair = [account(1, 100), account(2, 100)];
            let others = [account(3, 100), account(4, 100)];
            let held = pair[busy].balance.lock().unwrap();
            let first = paid(&pair[0], &pair[1], 30);
            let second = paid(&others[0], &others[1], 40);
            drop(held);
            first.join().unwrap();
            second.join().unwrap();
            assert_eq!(balances([&pair[0], &pair[1]]), [70, 130]);
            assert_eq!(balances([&others[0], &others[1]]), [60, 140]);
        });
    }
}
