//! Solution: the check and the payment share one critical section.
//!
//! In the starter each access is locked, but the lock is free between the check and the payment, and there the
//! other card can take the money that was just seen. A lock protects an *invariant*, here "the balance covers what is
//! paid", so it has to be held for as long as the code relies on the invariant: from the comparison to the
//! subtraction. The guard lives until the end of the function, on every path.

use std::sync::{Arc, Mutex};
use std::thread;

/// An account whose balance never goes below zero.
pub struct BankAccount {
    balance: Mutex<u64>,
}

impl BankAccount {
    /// An account with a first deposit.
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: Mutex::new(balance),
        }
    }

    /// Puts money in.
    pub fn deposit(&self, amount: u64) {
        *self.balance.lock().unwrap() += amount;
    }

    /// Takes money out if there is enough of it, and says whether it did.
    pub fn withdraw(&self, amount: u64) -> bool {
        // One guard for both. Calling `self.balance()` in here would wait for this very guard.
        let mut balance = self.balance.lock().unwrap();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    /// How much money there is.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

fn main() {
    for day in 1..=1_000 {
        let account = Arc::new(BankAccount::new(100));
        let mut cards = Vec::new();
        for _ in 0..2 {
            let account = Arc::clone(&account);
            cards.push(thread::spawn(move || account.withdraw(80)));
        }
        let mut paid = 0;
        for card in cards {
            if card.join().unwrap() {
                paid += 80;
            }
        }
        if paid > 100 {
            println!("day {day}: an account with 100 in it has paid {paid}");
        }
    }
    println!("1000 days are over");
}
