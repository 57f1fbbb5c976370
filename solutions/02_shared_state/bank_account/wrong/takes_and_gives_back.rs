//~ expect: fail torn_update
//! Takes the money first, and gives it back if it was too much: for a moment it is missing.

use std::sync::atomic::{AtomicI64, Ordering};

pub struct BankAccount {
    balance: AtomicI64,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: AtomicI64::new(balance as i64),
        }
    }

    pub fn deposit(&self, amount: u64) {
        self.balance.fetch_add(amount as i64, Ordering::SeqCst);
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let before = self.balance.fetch_sub(amount as i64, Ordering::SeqCst);
        if before < amount as i64 {
            self.balance.fetch_add(amount as i64, Ordering::SeqCst);
            return false;
        }
        true
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::SeqCst) as u64
    }
}

fn main() {}
