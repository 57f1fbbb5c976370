//! Money moves between accounts, in both directions.

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
    // TODO: Alice may pay Bob while Bob pays Alice.
    let mut source = from.balance.lock().unwrap();
    let mut target = to.balance.lock().unwrap();
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
    println!("all transfers are done (it does not always get here)");
}
