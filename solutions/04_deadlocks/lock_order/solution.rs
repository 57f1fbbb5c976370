//! Solution: all transfers lock in one global order.
//!
//! A deadlock of locks needs a cycle: one thread holds A and waits for B, another holds B and waits for A. If every
//! thread takes its locks in the same order, here by account id, the thread that holds the highest lock of
//! all never waits for a lower one, so somebody can always go on. The direction in which the money moves has nothing to do with
//! the order in which the accounts are locked.
//!
//! An account's own lock cannot be taken twice, so paying oneself is a case of its own.

use std::sync::{Arc, Mutex};
use std::thread;

/// An account of the bank. No two accounts have the same `id`.
pub struct Account {
    pub id: u32,
    pub balance: Mutex<u64>,
}

impl Account {
    /// An account with a first deposit.
    pub fn new(id: u32, balance: u64) -> Self {
        Account {
            id,
            balance: Mutex::new(balance),
        }
    }
}

/// Moves `amount` from one account to another if there is enough of it, and says whether it did.
pub fn transfer(from: &Account, to: &Account, amount: u64) -> bool {
    if from.id == to.id {
        return *from.balance.lock().unwrap() >= amount;
    }
    // The smaller id first, whichever way the money goes.
    let (mut source, mut target);
    if from.id < to.id {
        source = from.balance.lock().unwrap();
        target = to.balance.lock().unwrap();
    } else {
        target = to.balance.lock().unwrap();
        source = from.balance.lock().unwrap();
    }
    if *source < amount {
        return false;
    }
    *source -= amount;
    *target += amount;
    true
}

fn main() {
    let alice = Arc::new(Account::new(1, 100));
    let bob = Arc::new(Account::new(2, 100));
    let (from, to) = (Arc::clone(&alice), Arc::clone(&bob));
    let payer = thread::spawn(move || {
        for _ in 0..100_000 {
            transfer(&from, &to, 1);
        }
    });
    for _ in 0..100_000 {
        transfer(&bob, &alice, 1);
    }
    payer.join().unwrap();
    println!("all transfers are done");
}
