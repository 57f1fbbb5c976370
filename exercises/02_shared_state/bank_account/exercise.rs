//! A bank account that two people share, with a card each.

use std::sync::{Arc, Mutex};
use std::thread;

/// An account whose balance never goes below zero. That is the plan.
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
        // TODO: both cards may be used at the same moment.
        if self.balance() < amount {
            return false;
        }
        *self.balance.lock().unwrap() -= amount;
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
